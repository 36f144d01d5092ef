"""The first line of the screen: what is open, progress, and what needs attention."""

from __future__ import annotations

from collections.abc import Callable

from textual import on
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from core.session import Session
from tui.render.attempt_heading import facts_text, header_line
from tui.work.runs_watcher import RunsWatcher
from tui.work.store_watcher import StoreWatcher

_MOST_NAMED = 3
_SHOWN_S = 30.0


class TopBar(Widget):
    """Counts of the session, taken when they are painted, and the work in progress.

    It watches what colleagues store: `StoreWatcher.Changed` goes on to the screen.
    """

    checking: reactive[str] = reactive("")
    """The progress of the checks."""

    judging: reactive[str] = reactive("")
    """The progress of the judge."""

    facts: reactive[str] = reactive("")
    """On how many attempts the facts hold, if not on all."""

    spent: reactive[str] = reactive("")
    """What the judge has cost, shown while it is idle."""

    on_disk: reactive[str] = reactive("")
    """That the runs changed on disk since they were read."""

    def __init__(self, session: Session, id: str, reading: Callable[[], str]) -> None:
        super().__init__(id=id)
        self._session = session
        self._reading = reading  # its progress
        self._watchers = (StoreWatcher(self, session), RunsWatcher(self, session))

    def on_mount(self) -> None:
        for watcher in self._watchers:
            watcher.start()
        if offered := self._session.offered_repository:
            message = (
                f"These runs were opened with --repo {offered} before; it provides the base files."
            )
            self.notify(message, title="No repository", markup=False)

    def on_unmount(self) -> None:
        for watcher in self._watchers:
            watcher.stop()

    def later(self, *, judging: str | None = None, checking: str | None = None) -> None:
        """Take progress that is shown with the next picture: news come faster than one can read."""
        if judging is not None:
            self.set_reactive(TopBar.judging, judging)
        if checking is not None:
            self.set_reactive(TopBar.checking, checking)

    def count_facts(self) -> None:
        """Show on how many attempts the facts hold, when no checks are running."""
        self.checking, self.facts = "", facts_text(self._session.fact_counts)

    @on(StoreWatcher.Troubled)
    def _store_troubled(self, message: StoreWatcher.Troubled) -> None:
        self.notify(str(message.trouble), title="Store", severity="error", markup=False)

    @on(RunsWatcher.Troubled)
    def _runs_troubled(self, message: RunsWatcher.Troubled) -> None:
        text = f"{message.trouble}\nChanges on disk are no longer watched."
        self.notify(text, title="Runs", severity="error", markup=False)

    @on(RunsWatcher.Changed)
    def _runs_changed(self, message: RunsWatcher.Changed) -> None:
        """Say it once by name, and from then on in the line itself."""
        if not self.on_disk:
            more = ", ..." if len(message.places) > _MOST_NAMED else ""
            named = ", ".join(message.places[:_MOST_NAMED])
            text = f"{named}{more}\nOpen the runs again to see the changes."
            title = "The runs changed on disk"
            self.notify(text, title=title, severity="warning", timeout=_SHOWN_S, markup=False)
        self.on_disk = "runs changed on disk"

    def render(self) -> Content:
        triage, place = self._session.triage, self._session.location.note
        parts = (self.on_disk, self._reading(), self.checking, self.judging or self.spent)
        work = "  ".join(filter(None, parts))
        facts = "" if self.checking else self.facts
        who = f"{triage.reviewer} ● blind" if triage.view.blind else triage.reviewer
        root = triage.run_set.root.name
        return header_line(root, triage.progress(), self.size.width, place, work, who, facts)
