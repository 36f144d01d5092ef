"""The panes of the triage screen: what is selected on the left is shown on the right."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Input

from core.errors import PatchjuryError
from core.models import Attempt
from core.session import Session
from core.text import visible
from tui.documents.document import Document
from tui.documents.layout import View
from tui.documents.marks import marks_of
from tui.documents.read_documents import read_documents
from tui.documents.text_document import TextDocument
from tui.loading import Latest
from tui.preferences import read_preferences
from tui.render.lists import attempt_row, commit_row, searched_text
from tui.widgets.attempt_header import AttemptHeader
from tui.widgets.document_view import DocumentView
from tui.widgets.evidence import Evidence
from tui.widgets.key_bar import KeyBar
from tui.widgets.row_list import RowList
from tui.widgets.tab_bar import TabBar
from tui.widgets.top_bar import TopBar


class TriagePanes(Screen[None]):
    """Commits and attempts, one attempt, its evidence: shows the triage and changes nothing.

    Textual calls the `on_…` handlers of every class that has one: none of them calls another's.
    """

    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012 (Textual declares an instance variable)
        (0, "-narrow"),
        (90, "-medium"),
        (130, "-wide"),
    ]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (36, "-tall")]  # noqa: RUF012

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.triage = session.triage
        self.preferences = read_preferences()
        self._loading = Latest(self)
        self._shown: str | None = None
        self._listed: str | None = None  # the commit whose attempts are listed
        self._queue: frozenset[str] | None = None  # the only attempts that are listed at all
        self._remembered: dict[str, str] = {}  # by commit, the attempt that was selected
        self._rows: dict[tuple[str, str], int] = {}  # by attempt and tab, where the cursor was
        self._loaded: tuple[str, str] | None = None  # attempt and tab of the document on screen

    def compose(self) -> ComposeResult:
        yield TopBar(id="top")
        with Horizontal(id="body"):
            with Vertical(id="lists"):
                yield RowList[str](
                    "commits",
                    key_of=str,
                    draw_row=self._commit_row,
                    searched=lambda sha: f"{sha} {self.triage.commit(sha).subject}",
                )
                yield RowList[Attempt](
                    "attempts",
                    key_of=lambda attempt: attempt.key,
                    draw_row=self._attempt_row,
                    searched=lambda attempt: searched_text(self.triage.assessment(attempt.key)),
                )
                yield Input(id="search", compact=True)
            with Vertical(id="content"):
                yield AttemptHeader(id="attempt-header")
                yield TabBar(id="tabs")
                yield DocumentView("document")
                yield Evidence("evidence")
        yield KeyBar(id="keys")

    # The parts, by name

    @property
    def commit_list(self) -> RowList[str]:
        return self.query_one("#commits", RowList)

    @property
    def attempt_list(self) -> RowList[Attempt]:
        return self.query_one("#attempts", RowList)

    @property
    def document_view(self) -> DocumentView:
        return self.query_one(DocumentView)

    @property
    def attempt_key(self) -> str | None:
        """The key of the attempt on screen."""
        return self._shown

    @property
    def work_under_way(self) -> str:
        """What is being done in the background, for the header."""
        return ""

    # Showing

    def on_mount(self) -> None:
        self.document_view.wrap(self.preferences.wrapped)
        self.commit_list.border_title = "Commits"
        self.attempt_list.border_title = "Attempts"
        self.query_one(Evidence).border_title = "Evidence"
        self.commit_list.show_rows(self.triage.commit_shas)
        self.attempt_list.focus()
        self.refresh_counts()

    @on(RowList.Highlighted, "#commits")
    def _commit_selected(self, event: RowList.Highlighted) -> None:
        if event.key is not None and event.key == self.commit_list.key:  # not passed by already
            self.list_attempts(event.key)

    def list_attempts(self, human: str) -> None:
        """List the attempts at a commit, the cursor where it was the last time."""
        if human != self._listed:
            self._listed = human
            attempts = self._members(human)
            self.attempt_list.show_rows(attempts, self._remembered.get(human) or attempts[0].key)

    @property
    def queue(self) -> frozenset[str] | None:
        """The keys of the attempts that the lists show a part of; None for all."""
        return self._queue

    def show_queue(self, keys: frozenset[str] | None, label: str = "") -> None:
        """List only these attempts, of which there is at least one, and their commits."""
        self._queue, self._listed = keys, None
        self.commit_list.border_title = f"Commits · {label}" if label else "Commits"
        self.commit_list.filter_rows("")
        self.attempt_list.filter_rows("")
        shas = [sha for sha in self.triage.commit_shas if self._members(sha)]
        self.commit_list.show_rows(shas)
        if self.commit_list.key is not None:
            self.list_attempts(self.commit_list.key)

    @property
    def listed(self) -> list[str]:
        """The keys of all attempts that the lists lead to now, commit by commit."""
        return [
            attempt.key
            for sha in self.commit_list.keys
            for attempt in self._members(sha)
            if self.attempt_list.matches(attempt)
        ]

    def _members(self, human: str) -> Sequence[Attempt]:
        attempts = self.triage.attempts_of(human)
        if self._queue is None:
            return attempts
        return [attempt for attempt in attempts if attempt.key in self._queue]

    @on(RowList.Highlighted, "#attempts")
    def _attempt_selected(self, event: RowList.Highlighted) -> None:
        if event.key != self.attempt_list.key:
            return  # passed by already
        if event.key is None:
            self._show_nothing()
        else:
            self.show_attempt(event.key)

    def show_attempt(self, key: str) -> None:
        """Show one attempt on the right."""
        attempt = self.triage.attempt(key)
        self._shown = key
        self._remembered[attempt.reference_sha] = key
        siblings = [a.key for a in self.triage.attempts_of(attempt.reference_sha)]
        header = self.query_one(AttemptHeader)
        header.show(
            self.triage.commit(attempt.reference_sha),
            attempt,
            siblings.index(key) + 1,
            len(siblings),
        )
        self.refresh_evidence()
        self.show_document()

    def _show_nothing(self) -> None:
        """No attempt is listed, so none is shown and no key decides on one."""
        self._remember_row()
        self._loading.cancel()
        self._shown = self._loaded = None
        self.query_one(AttemptHeader).clear()
        self.query_one(Evidence).clear()
        self.document_view.show(TextDocument(["No attempt here contains what was searched for."]))

    def show_document(self) -> None:
        """Read and show what the chosen tab wants to see of the attempt on screen."""
        key = self._shown
        if key is None:
            return
        attempt = self.triage.attempt(key)
        commit, tab = self.triage.commit(attempt.reference_sha), self.query_one(TabBar).shown
        marks, view = marks_of(self.triage.assessment(key)), self.view
        self._remember_row()
        self._loaded = None
        self._loading.run(
            lambda cancelled: read_documents(
                tab, attempt, commit, marks, view, self.session, cancelled
            ),
            lambda document: self._show_loaded(key, tab, document),
            self._show_failure,
        )

    def _show_loaded(self, key: str, tab: str, document: Document) -> None:
        self._loaded = (key, tab)
        self.document_view.show(document, self._rows.get((key, tab), 0))
        self.document_shown()

    def document_shown(self) -> None:
        """Called when the document of the attempt on screen was read and shown."""

    @property
    def view(self) -> View:
        """How a comparison is to be shown here and now."""
        width = self.document_view.scrollable_content_region.width
        likes = self.preferences
        return View(likes.is_stacked(width), likes.folded, likes.remarks)

    def _show_failure(self, error: PatchjuryError) -> None:
        width = max(20, self.document_view.scrollable_content_region.width)
        lines = [line for text in (error.title, error.hint) for line in wrap(visible(text), width)]
        self.document_view.show(TextDocument(lines))

    def _remember_row(self) -> None:
        if self._loaded is not None:
            self._rows[self._loaded] = self.document_view.row

    def _commit_row(self, sha: str, width: int) -> Content:
        return commit_row(self.triage.commit_progress(sha), width)

    def _attempt_row(self, attempt: Attempt, width: int) -> Content:
        known = self.triage.assessment(attempt.key)
        return attempt_row(known, width, self.triage.is_unsaved(attempt.key))

    def remember_attempt(self, human: str, key: str) -> None:
        """Select this attempt when its commit is selected next."""
        self._remembered[human] = key

    def refresh_counts(self) -> None:
        """Draw the header's counts anew."""
        root = self.triage.run_set.root.name
        place = self.session.location.note
        self.query_one(TopBar).show(root, self.triage.progress(), place, self.work_under_way)

    def refresh_evidence(self) -> None:
        """Draw the evidence on the attempt on screen anew."""
        if self._shown is not None:
            known = self.triage.assessment(self._shown)
            self.query_one(Evidence).show(known, self.triage.is_unsaved(self._shown))

    def refresh_lists(self) -> None:
        """Draw the visible rows of both lists, the counts and the evidence anew."""
        self.commit_list.refresh()
        self.attempt_list.refresh()
        self.refresh_counts()
        self.refresh_evidence()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        if event.widget.id != "search":
            reading = event.widget.id in ("document", "evidence")
            self.set_class(reading, "-reading")
