"""The panes of the triage screen: what is selected on the left is shown on the right."""

from __future__ import annotations

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Input

from core.errors import PatchjuryError
from core.models import Assessment, Attempt, HumanCommit
from core.session import Session
from core.triage import CommitProgress
from tui.documents.attempt import read_documents
from tui.documents.document import Document
from tui.documents.layout import View
from tui.documents.marks import marks_of
from tui.documents.text import TextDocument
from tui.loading import Latest
from tui.preferences import read_preferences
from tui.render import attempt_row, commit_row
from tui.widgets.attempt_header import AttemptHeader
from tui.widgets.document_view import DocumentView
from tui.widgets.evidence import Evidence
from tui.widgets.key_bar import KeyBar
from tui.widgets.row_list import RowList
from tui.widgets.tab_bar import TabBar
from tui.widgets.top_bar import TopBar


class TriagePanes(Screen[None]):
    """Commits and attempts, one attempt, its evidence: shows the triage and changes nothing."""

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
        self._remembered: dict[str, str] = {}  # by commit, the attempt that was selected
        self._rows: dict[tuple[str, str], int] = {}  # by attempt and tab, where the cursor was
        self._loaded: tuple[str, str] | None = None  # attempt and tab of the document on screen

    def compose(self) -> ComposeResult:
        yield TopBar(id="top")
        with Horizontal(id="body"):
            with Vertical(id="lists"):
                yield RowList[CommitProgress](
                    "commits",
                    key_of=lambda row: row.commit.sha,
                    draw_row=commit_row,
                    searched=lambda row: f"{row.commit.sha} {row.commit.subject}",
                )
                yield RowList[Assessment](
                    "attempts",
                    key_of=lambda row: row.attempt.key,
                    draw_row=self._attempt_row,
                    searched=_searched_attempt,
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
    def commit_list(self) -> RowList[CommitProgress]:
        return self.query_one("#commits", RowList)

    @property
    def attempt_list(self) -> RowList[Assessment]:
        return self.query_one("#attempts", RowList)

    @property
    def document_view(self) -> DocumentView:
        return self.query_one(DocumentView)

    @property
    def attempt_key(self) -> str | None:
        """The key of the attempt on screen."""
        return self._shown

    # Showing

    def on_mount(self) -> None:
        self.document_view.wrap(self.preferences.wrapped)
        self.commit_list.border_title = "Commits"
        self.attempt_list.border_title = "Attempts"
        self.query_one(Evidence).border_title = "Evidence"
        self.commit_list.show_rows(self.triage.commits())
        self.attempt_list.focus()
        self.refresh_counts()

    @on(RowList.Highlighted, "#commits")
    def _commit_selected(self, event: RowList.Highlighted) -> None:
        attempts = self.triage.attempts_of(event.key)
        rows = [self.triage.assessment(attempt.key) for attempt in attempts]
        remembered = self._remembered.get(event.key)
        self.attempt_list.show_rows(rows, remembered or (rows[0].attempt.key if rows else None))

    @on(RowList.Highlighted, "#attempts")
    def _attempt_selected(self, event: RowList.Highlighted) -> None:
        self.show_attempt(event.key)

    def show_attempt(self, key: str) -> None:
        """Show one attempt on the right."""
        attempt = self.triage.attempt(key)
        self._shown = key
        self._remembered[attempt.human] = key
        siblings = [a.key for a in self.triage.attempts_of(attempt.human)]
        header = self.query_one(AttemptHeader)
        header.show(self.commit_of(attempt), attempt, siblings.index(key) + 1, len(siblings))
        self.refresh_evidence()
        self.show_document()

    def commit_of(self, attempt: Attempt) -> HumanCommit:
        """The human commit of an attempt; a bare one when only its name is known."""
        return self.triage.run_set.commits.get(attempt.human) or HumanCommit(attempt.human)

    def show_document(self) -> None:
        """Read and show what the chosen tab wants to see of the attempt on screen."""
        key = self._shown
        if key is None:
            return
        attempt = self.triage.attempt(key)
        commit, tab = self.commit_of(attempt), self.query_one(TabBar).shown
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

    @property
    def view(self) -> View:
        """How a comparison is to be shown here and now."""
        width = self.document_view.scrollable_content_region.width
        likes = self.preferences
        return View(likes.is_stacked(width), likes.folded, likes.remarks)

    def _show_failure(self, error: PatchjuryError) -> None:
        self.document_view.show(TextDocument([error.title, error.hint]))

    def _remember_row(self) -> None:
        if self._loaded is not None:
            self._rows[self._loaded] = self.document_view.row

    def _attempt_row(self, row: Assessment, width: int) -> Content:
        return attempt_row(row, width, self.triage.is_unsaved(row.attempt.key))

    def remember_attempt(self, human: str, key: str) -> None:
        """Select this attempt when its commit is selected next."""
        self._remembered[human] = key

    def refresh_counts(self) -> None:
        """Draw the header's counts anew."""
        root = self.triage.run_set.root.name
        self.query_one(TopBar).show(root, self.triage.progress(), self.session.location.note)

    def refresh_evidence(self) -> None:
        """Draw the evidence on the attempt on screen anew."""
        if self._shown is not None:
            known = self.triage.assessment(self._shown)
            self.query_one(Evidence).show(known, self.triage.is_unsaved(self._shown))

    def refresh_attempt(self, key: str) -> None:
        """Draw everything anew that shows this attempt."""
        human = self.triage.attempt(key).human
        self.commit_list.show_rows(self.triage.commits())
        if self.commit_list.key == human:
            attempts = self.triage.attempts_of(human)
            self.attempt_list.show_rows([self.triage.assessment(a.key) for a in attempts])
        self.refresh_counts()
        self.refresh_evidence()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        if event.widget.id != "search":
            self.set_class(event.widget is self.document_view, "-reading")


def _searched_attempt(row: Assessment) -> str:
    attempt = row.attempt
    words = [attempt.key, attempt.agent, attempt.model, attempt.status or "", row.outcome.value]
    words += [attempt.patch.state.value, "reviewed" if row.verdict else "undecided"]
    return " ".join(words)
