"""The triage screen: composes lists and attempt, and routes their messages.

It decides nothing itself: `Deciding` knows what the verdict keys mean, `Judging` follows the judge,
the runners in `tui/work` compute and post messages. The windows that its keys open are imported
then: the first picture comes first.
"""

from __future__ import annotations

import time
from functools import partial
from inspect import isawaitable
from typing import TYPE_CHECKING, ClassVar, Protocol, cast

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType

from core.session import Session
from tui.commands import bindings
from tui.keymap import read_keys
from tui.screens import first_picture
from tui.screens.deciding import Deciding
from tui.screens.judging import Judging
from tui.screens.moving import Moving
from tui.screens.panes import Panes
from tui.screens.quitting import Quitting
from tui.screens.redrawing import STREAM_S, Redrawing
from tui.screens.reopening import EVERY_S, Reopening
from tui.screens.restyling import mark
from tui.screens.triage_frame import TriageFrame
from tui.widgets.attempt_lists import AttemptLists
from tui.widgets.attempt_pane import AttemptPane
from tui.widgets.covered import CoveredRow
from tui.widgets.document_view import DocumentView
from tui.widgets.evidence import Evidence
from tui.widgets.key_bar import KeyBar
from tui.widgets.search_field import SearchField
from tui.widgets.seen import Seen
from tui.widgets.top_bar import TopBar
from tui.work.check_runner import CheckRunner
from tui.work.judge_runner import JudgeRunner
from tui.work.saver import Saver
from tui.work.store_watcher import StoreWatcher

if TYPE_CHECKING:
    from tui.screens.filling import Filling


class Actor(Protocol):
    """A part of the screen that carries out actions by name."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Would it do something? None: its key is greyed out."""


class TriageScreen(TriageFrame):
    """Shows what is selected and passes on what the user wants."""

    FIRST_PICTURE_S: ClassVar = 0.3
    """Background work begins this long after the screen was mounted."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("screen")]
    HORIZONTAL_BREAKPOINTS, VERTICAL_BREAKPOINTS = first_picture.BY_WIDTH, first_picture.BY_HEIGHT

    def __init__(self, session: Session, *, checks: bool = True, seen: Seen | None = None) -> None:
        super().__init__(session, seen)
        self.filling: Filling | None = None  # while the runs are still read
        self._checks = CheckRunner(self, session, only_stored=not checks)
        self.triage.view.blind = session.settings.review.blind
        self.triage.view.keeps_apart = True
        self.panes = Panes(self)
        self.redrawing = Redrawing(self)
        self.judging = Judging(self)
        self.deciding = Deciding(self, self.panes, self.redrawing)
        self.moving = Moving(self, self.panes, self.judging, self.deciding.writing)
        self.reopening = Reopening(self, self.panes)
        self._quitting = Quitting(self, self.judging, self.reopening, self.keep_draft)
        self._commands = read_keys(session.settings.keys)

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        first_picture.resume(self, event)

    def compose(self) -> ComposeResult:
        yield TopBar(self.session, "top", lambda: self.filling.work if self.filling else "")
        with CoveredRow(id="body"):
            columns = self.session.settings.screen.columns
            yield AttemptLists(self.triage, self.seen, "lists", columns)
            pane = AttemptPane(self.session, self.seen, id="attempt")
            yield pane.data_bind(TriageFrame.attempt_key)
        yield KeyBar("keys", self._commands, self.deciding.hint)

    def on_mount(self) -> None:
        self.watch(self.lists, "selected", self._selected)
        self.attempt_pane.coming = self.lists.coming
        self.reopening.take_up()
        self.set_interval(EVERY_S, self.reopening.keep_soon)
        if self.filling is None:
            self.set_timer(self.FIRST_PICTURE_S, self.begin)
        else:
            self.filling.start()

    def on_unmount(self) -> None:
        self._checks.stop()
        self.judging.stop()
        self.saver.stop()

    def begin(self) -> None:
        """Start the background work, and offer leftovers: all runs are read."""
        self.filling = None
        self.judging.read_spending()
        self.judging.ask_trust(then=partial(self.reopening.greet, self._commands))
        self.deciding.writing.offer_drafts()
        self.top_bar.checking = self._checks.says(0)
        self._checks.start()

    def _selected(self, key: str | None) -> None:
        self.seen.expect(key)
        self.attention.look(key, self.pressed_at or time.monotonic())  # no key: it was opened
        self.attempt_key = key
        self.deciding.writing.follow(key)
        self.refresh_bindings()

    def keep_draft(self) -> None:
        """Save what is being written; called when nobody can be asked any more."""
        if not self.is_mounted:  # ended before there was anything to write
            return
        self.deciding.writing.keep_draft()
        self.reopening.keep()

    # What comes in from the background

    @on(CheckRunner.Reported)
    def _checked(self, message: CheckRunner.Reported) -> None:
        self.triage.add_report(message.report)
        self.top_bar.later(checking=self._checks.says(message.done))
        self.redrawing.soon(message.report.attempt)

    @on(CheckRunner.Ended)
    def _checks_ended(self, message: CheckRunner.Ended) -> None:
        self.triage.stored_facts = message.stored
        self.top_bar.count_facts()
        if message.trouble:
            self.notify(message.trouble, title="Checks", severity="warning", markup=False)

    @on(StoreWatcher.Changed)
    def _stored_by_others(self, message: StoreWatcher.Changed) -> None:
        for key in self.session.take_in_stored(message.contents):
            self.redrawing.soon(key)

    @on(JudgeRunner.Told)
    def _judge_told(self, message: JudgeRunner.Told) -> None:
        self.redrawing.soon(*self.judging.take(message.event), within_s=STREAM_S)

    @on(JudgeRunner.Ended)
    async def _judge_ended(self, message: JudgeRunner.Ended) -> None:
        self.judging.end(message.trouble)
        self.redrawing.news()
        if self._quitting.waits_for_judge:
            await self.action_quit()

    @on(Reopening.NotSaved)
    def _not_saved(self, message: Reopening.NotSaved) -> None:
        title = "What you do on the screen will not be remembered"
        self.notify(message.trouble, title=title, severity="warning", timeout=10, markup=False)

    # The room

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        if not isinstance(event.widget, SearchField):
            mark(self, isinstance(event.widget, DocumentView | Evidence), "-reading")
        self.call_after_refresh(self.attempt_pane.follow_width)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        if self.panes.grab(event.screen_x, event.screen_y):
            self.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        self.panes.drag(event.screen_x, event.screen_y)

    def on_mouse_up(self, event: events.MouseUp) -> None:
        if self.panes.is_held:
            self.panes.release()
            self.capture_mouse(False)

    def on_resize(self, event: events.Resize) -> None:
        first_picture.resize(self, event)
        self.call_after_refresh(self.attempt_pane.follow_width)

    def _part(self, name: str) -> Actor:
        """Who carries out the commands of a scope (`tui.commands`)."""
        plain: dict[str, Actor] = {
            "verdict": self.deciding,
            "judge": self.judging,
            "panes": self.panes,
            "moving": self.moving,
        }
        return plain.get(name) or cast(Actor, self.query_one(f"#{name}"))

    async def action_to(
        self, part: str, action: str, one: object = None, two: object = None
    ) -> None:
        """Pass an action with its arguments on to the part that carries it out."""
        if self.filling and self.filling.forbids(part, action):
            return
        given = [argument for argument in (one, two) if argument is not None]
        done = getattr(self._part(part), f"action_{action}")(*given)
        if isawaitable(done):
            await done

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "to":
            part, passed_on = map(str, parameters[:2])
            return self._part(part).check_action(passed_on, parameters[2:])
        return True

    @on(Saver.Saved)
    def _saved(self, message: Saver.Saved) -> None:
        self.redrawing.now(message.keys)
        if message.trouble is not None:
            self.tell_unsaved(message.trouble)

    # Windows, and the end

    def action_open(self, window: str) -> None:
        from tui.screens import windows

        if self.filling and self.filling.forbids("open", window):
            return
        windows.open_window(self, window)

    async def action_quit(self) -> None:
        await self._quitting.quit()
