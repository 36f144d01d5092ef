"""The writing pane beside the diff: fields under the headings of a page.

The pane keeps drafts and hands over what is recorded; only its page knows what it is about, and
what recording means.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol

from textual import on, work
from textual.app import ComposeResult, SuspendNotSupported
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Input, Static, TextArea

from core.assess.headed_text import compose, parse
from core.errors import InputError, PatchjuryError
from core.text import one_line, visible
from tui.commands import bindings
from tui.widgets.growing import Growing
from tui.widgets.writing_fields import ABBREVIATION, TagsField, TextField
from tui.work.outside_editor import chosen_editor, edit_outside
from tui.work.trouble import as_trouble, post

_KEEP_AFTER_S = 0.5
"""How long after a key the draft is saved: a burst of typing is written once."""

_HINT = "^s records  esc diff  Tab next  ^n findings  ^t {turn}  ^g editor  ^r drops"


class Page(Protocol):
    """What is written on: its headings, the recorded texts, and what to do with others."""

    @property
    def title(self) -> str:
        """The subject."""

    @property
    def headings(self) -> Mapping[str, str]:
        """The headings by text name."""

    @property
    def texts(self) -> Mapping[str, str]:
        """What is recorded, by name."""

    @property
    def closed(self) -> str:
        """Why nothing can be written; "" if it can."""

    @property
    def turns_to(self) -> str:
        """What its key turns to, in a word or two."""

    @property
    def is_turned(self) -> bool:
        """Does something besides the texts differ from what is recorded?"""

    def above(self) -> Content:
        """What is shown above the fields."""

    def below(self, name: str) -> str:
        """What colleagues wrote under a heading."""

    def prefill(self, name: str) -> str:
        """What the evidence suggests for a heading."""

    def tags(self) -> Sequence[str]:
        """The tags to propose."""

    def snippets(self) -> Mapping[str, str]:
        """Snippets by name."""

    def record(self, texts: Mapping[str, str]) -> None:
        """Record the texts."""

    def stretch(self, lines: int) -> None:
        """Extend or shrink the range of lines."""

    def restore(self) -> None:
        """Reset what is shown besides the texts to what is recorded."""

    def find_draft(self) -> str | None:
        """The unfinished text that was saved."""

    def keep_draft(self, text: str) -> None:
        """Save an unfinished text. Called from a thread, too. Raises `StoreError`."""

    def drop_draft(self) -> None:
        """Nothing is unfinished any more."""


class WritingPane(Vertical):
    """Shows one page; `turn` and `leave` are the actions of its keys for these.

    It moves the focus to the field that it `enters`, "" for the first one; None leaves it.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("text")]

    @dataclass
    class NotSaved(Message):
        """The draft cannot be saved."""

        trouble: PatchjuryError

    def __init__(
        self,
        page: Page,
        turn: Callable[[], None],
        leave: Callable[[bool], None],
        *,
        enters: str | None = None,
    ) -> None:
        super().__init__()
        self.page = page
        self._enters = enters
        self._turn = turn
        self._leave = leave
        self._waiting: Timer | None = None
        self._is_over = False
        self._forgotten = 0  # how often a draft was deleted
        self._asked = False
        self.border_title = Content(page.title)

    def compose(self) -> ComposeResult:
        page = self.page
        found = {} if page.closed else self._found()
        yield Growing(page.above(), id="writing-above")
        with VerticalScroll(id="writing-fields", can_focus=False):
            if page.closed:
                yield Static(Content.styled(page.closed, "$warning"))
            else:
                yield from self._compose_fields(found)
        restored = Content.styled("Your unfinished draft was restored.", "$accent-text")
        yield Growing(restored if _differs(page, found) else _hint(page), id="writing-hint")

    def _compose_fields(self, found: Mapping[str, str]) -> ComposeResult:
        page = self.page
        for name, heading in page.headings.items():
            yield Static(Content.styled(heading, "bold $accent-text"), classes="heading")
            text = found.get(name, page.texts.get(name, ""))
            tags = name == "tags"
            yield TagsField(name, text, page.tags) if tags else TextField(name, text)
            if others := page.below(name):
                yield Static(Content.styled(visible(others, keep_newlines=True), "$dim"))

    def _found(self) -> Mapping[str, str]:
        """The texts of a draft that was saved when the writing ended in the middle."""
        draft = self.page.find_draft()
        if draft is None:
            return {}
        try:
            return parse(draft, self.page.headings)
        except InputError:  # its headings no longer exist
            return {}

    def on_mount(self) -> None:  # with nothing in it, if it is closed again already
        if self._enters is not None:  # at once: the next key goes there
            self.enter(self._enters)

    @property
    def fields(self) -> list[TextField | TagsField]:
        """The fields in their order."""
        return [w for w in self.query("*") if isinstance(w, TextField | TagsField)]

    @property
    def texts(self) -> dict[str, str]:
        """The content of the fields, as it is to be stored."""
        return {field.label: field.stored for field in self.fields}

    @property
    def is_changed(self) -> bool:
        """Is something written that is not recorded?"""
        return _differs(self.page, self.texts)

    def enter(self, name: str = "") -> None:
        """Go to a field, the first existing one without a name."""
        fields = self.fields
        field = next((one for one in fields if one.label == name), fields[0] if fields else None)
        if field is not None:
            field.focus(scroll_visible=False)
            heading = self.query("#writing-fields > .heading")[fields.index(field)]
            self.call_after_refresh(heading.scroll_visible, top=True, animate=False)

    def show_above(self) -> None:
        """Redraw what is above the fields after a key changed it."""
        self.query_one("#writing-above", Growing).update(self.page.above())
        self._keep_later()

    # Drafts

    @on(TextArea.Changed)
    @on(Input.Changed)
    def _changed(self) -> None:
        self._say(self._offer())
        self._keep_later()

    def _keep_later(self) -> None:
        _set_subtitle(self, "not recorded" if (changed := self.is_changed) else "")
        if changed:
            if self._waiting is not None:
                self._waiting.stop()
            self._waiting = self.set_timer(_KEEP_AFTER_S, self._keep_soon)

    def _keep_soon(self) -> None:
        self._keep(compose(self.texts, self.page.headings), self._forgotten)

    @work(thread=True, group="draft")
    def _keep(self, text: str, forgotten: int) -> None:
        try:
            self.page.keep_draft(text)
        except Exception as error:  # noqa: BLE001 - what is typed is in danger: it is told
            post(self, self.NotSaved(as_trouble(error)))
        if self._forgotten != forgotten:  # recorded or discarded while this was being written
            self.page.drop_draft()

    @on(NotSaved)
    def _not_saved(self, message: NotSaved) -> None:
        self._say(f"the draft cannot be saved: {message.trouble.title}", "$error")

    def keep_draft(self) -> bool:
        """Save what is not recorded; False if there is nothing. Raises `StoreError`."""
        if not self.is_mounted or self._is_over or not self.is_changed:
            return False
        self.page.keep_draft(compose(self.texts, self.page.headings))
        return True

    # Keys

    def action_record(self) -> None:
        """Record what is written, and go back."""
        self.record()
        self._leave(True)

    def record(self) -> None:
        """Record what is written, if anything is."""
        if self.is_changed:
            self._is_over = True
            self._forget_draft()
            self.page.record(self.texts)

    def _forget_draft(self) -> None:
        """Delete the saved draft, and cancel pending and running saves."""
        self._forgotten += 1
        if self._waiting is not None:
            self._waiting.stop()
        self.page.drop_draft()

    def action_aside(self) -> None:
        """Back to the diff; what is written stays here."""
        self._leave(False)

    def action_field(self, step: int) -> None:
        """The next (-1: previous) field; a snippet's name before the cursor becomes its text."""
        focused = self.screen.focused
        if (
            isinstance(focused, TextField)
            and step > 0
            and focused.expand_name(self.page.snippets())
        ):
            return
        names = [field.label for field in self.fields]
        if isinstance(focused, TextField | TagsField) and focused.label in names:
            self.enter(names[(names.index(focused.label) + step) % len(names)])

    def action_prefill(self) -> None:
        """Add what the evidence suggests below the text under this heading."""
        focused = self.screen.focused
        if not isinstance(focused, TextField):
            return
        if text := self.page.prefill(focused.label):
            focused.add_lines(text)
        else:
            self._say("The evidence has nothing for this heading.")

    def action_turn(self) -> None:
        """The next subject, or kind of comment."""
        self._turn()

    def action_stretch(self, lines: int) -> None:
        """Extend or shrink the range of lines."""
        self.page.stretch(lines)
        self.show_above()

    def action_restore(self) -> None:
        """Discard what is not recorded; only on a second request."""
        if not self._asked and self.is_changed:
            self._asked = True
            self._say("^r again discards what is not recorded", "$warning")
            return
        self._asked = False
        self.page.restore()
        self.show_above()
        for field in self.fields:
            field.put(self.page.texts.get(field.label, ""))
        self._forget_draft()

    def action_editor(self) -> None:
        """Write in one's own editor."""
        try:
            command = chosen_editor(os.environ)
            self._edit(command)
        except SuspendNotSupported:
            self._say("An editor cannot be started in this terminal.", "$warning")
        except PatchjuryError as error:
            self.notify(str(error), title="Editor", severity="error", markup=False)

    def _edit(self, command: list[str]) -> None:
        text = compose(self.texts, self.page.headings)
        failed: PatchjuryError | None = None
        with self.app.suspend():  # must be left properly: leaving resumes the app
            try:
                edit_outside(command, text, self._take)
            except PatchjuryError as error:
                failed = error
        if failed is not None:
            raise failed

    def _take(self, text: str) -> None:
        for name, edited in parse(text, self.page.headings).items():
            for field in self.fields:
                if field.label == name and field.stored.strip() != edited:
                    field.put(edited)

    # What it says

    def _offer(self) -> str:
        """The snippet that Tab would insert here."""
        focused = self.screen.focused
        name = focused.abbreviation() if isinstance(focused, TextField) else ""
        text = self.page.snippets().get(name, "") if name else ""
        return f"Tab: {ABBREVIATION}{name} becomes “{one_line(text, 60)}”" if text else ""

    def _say(self, text: str, style: str = "$accent-text") -> None:
        said = Content.styled(text, style) if text else _hint(self.page)
        self.query_one("#writing-hint", Growing).update(said)


def _differs(page: Page, texts: Mapping[str, str]) -> bool:
    """Is any of the texts, or what the page says besides, not what is recorded?"""
    recorded = page.texts
    return page.is_turned or any(
        text.rstrip() != recorded.get(name, "").rstrip() for name, text in texts.items()
    )


def _hint(page: Page) -> Content:
    return Content.styled(_HINT.format(turn=page.turns_to), "$dim")


def _set_subtitle(pane: WritingPane, text: str) -> None:
    """Say something below; what it says already would paint the whole pane for every letter."""
    if text != pane.border_subtitle:
        pane.border_subtitle = text
