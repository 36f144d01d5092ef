"""Everything shown of one attempt: header, tabs, the large text, the evidence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.reactive import reactive

from core.errors import PatchjuryError
from core.records import replace
from core.session import Session
from core.triage.seen_changes import SeenChanges
from tui.commands import bindings
from tui.documents.compare_document import CompareDocument
from tui.documents.document import Document, Place
from tui.documents.layout import View
from tui.documents.log_document import LogDocument
from tui.documents.marks import marks_of
from tui.documents.text_document import TextDocument, error_lines
from tui.preferences import Preferences, read_preferences, write_preferences
from tui.widgets.attempt_header import AttemptHeader
from tui.widgets.covered import covered_lines
from tui.widgets.document_view import DocumentView
from tui.widgets.evidence import Evidence
from tui.widgets.reading_ahead import MOST_AHEAD, Reading, Showing
from tui.widgets.row_opening import open_row, show_instead, turn_seen
from tui.widgets.seen import Part, Seen
from tui.widgets.tab_bar import TabBar
from tui.widgets.wrapping import MOST_ROWS

NOT_READ = "not yet: the text of this attempt is still being read"

_NOTHING = "No attempt here matches the search."


class AttemptPane(Vertical):
    """Reads and shows the attempt named by `attempt_key`; changes only how it is shown."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("attempt")]
    render_lines = covered_lines

    attempt_key: reactive[str | None] = reactive(None, init=False, repaint=False)
    """The key of the attempt on screen, None when none is selected."""

    def __init__(self, session: Session, seen: Seen, id: str) -> None:
        super().__init__(id=id)
        self._session, self._triage = session, session.triage
        self._seen = seen
        self._preferences = read_preferences()
        self._changes = SeenChanges(session.triage.run_set.root)
        self._reading = Reading(self, session, self._arrived, self._show_failure)
        self._rows: dict[tuple[str, str], int] = {}  # by attempt and tab, where the cursor was
        self._loaded: tuple[str, str] | None = None  # attempt and tab of the document on screen
        self._read: str | None = None  # the attempt of the large text
        self._knows_basis = False  # was the basis of a decision read after what is shown?
        self.is_stale = False  # are the remarks on screen outdated?
        self._wanted: Place | None = None  # a line to go to as soon as the comparison is there
        self.coming: Callable[[int], Sequence[str]] = lambda count: ()  # keys to be shown next

    def compose(self) -> ComposeResult:
        yield AttemptHeader(self._seen, id="attempt-header")
        yield TabBar(id="tabs")
        yield DocumentView("document")
        yield Evidence("evidence")

    def on_mount(self) -> None:
        self.evidence.border_title = "Evidence"
        self.document_view.wrap(self._preferences.wrapped)
        self.document_view.drawn = lambda: self._seen.drawn(Part.TEXT, self._read)

    @property
    def document_view(self) -> DocumentView:
        """The large text."""
        return self.query_one("#document", DocumentView)

    @property
    def place(self) -> Place | None:
        """The line of code under the cursor; None while another attempt's text is shown."""
        return self.document_view.place if self.is_read else None

    @property
    def is_read(self) -> bool:
        """Is the large text that of the attempt on screen?"""
        return self._read == self.attempt_key

    @property
    def evidence(self) -> Evidence:
        """The panel below it."""
        return self.query_one(Evidence)

    # Showing

    def watch_attempt_key(self, key: str | None) -> None:
        self._remember_row()
        self._wanted = None
        if key is None:
            self._reading.cancel()
            self._loaded = self._read = None
            self.query_one(AttemptHeader).clear()
            self.evidence.clear()
            self.document_view.show(TextDocument([_NOTHING]))
            return
        self.refresh_evidence()
        if self._read is None:  # reading would take turns with the first picture
            self.call_after_refresh(self._show_document)
        else:
            self._show_document()

    def _show_document(self) -> None:
        """Read and show what the chosen tab shows of the attempt on screen."""
        key = self.attempt_key
        if key is None:
            return
        self._loaded, self._knows_basis = None, False
        self._reading.read(key, self._showing)

    @property
    def _showing(self) -> Showing:
        """How attempts are shown here and now."""
        room = self.document_view.scrollable_content_region
        return Showing(self.query_one(TabBar).shown, self._view, room.width, room.height)

    def _arrived(self, key: str, tab: str, document: Document | None) -> None:
        if document is not None:
            self._show_loaded(key, tab, document)
        else:
            self._knows_basis = True
            self._seen.drawn(Part.BASIS, key)
            if self._triage.assessment(key) != self.evidence.known:
                self.refresh_evidence()
            self._reading.read_ahead(self.coming(MOST_AHEAD), self._showing)

    def _show_loaded(self, key: str, tab: str, document: Document) -> None:
        # Of a very large log the beginning comes first: somebody reading it stays there.
        grows = self._loaded == (key, tab) and isinstance(document, LogDocument)
        row = self.document_view.row if grows else self._rows.get((key, tab), 0)
        self._loaded, self._read = (key, tab), key
        if not self._knows_basis:
            self._seen.drawn(Part.TEXT, None)  # the previous text is not what a decision is on
        self.document_view.show(document, row, again=grows)
        self._go_to_wanted()
        self.refresh_bindings()

    def _show_failure(self, key: str, error: PatchjuryError) -> None:
        self._read = key
        self.document_view.show(TextDocument(error_lines(error, self._width)))

    def begin_at(self, key: str, tab: str, row: int) -> None:
        """Show a row of an attempt's tab when it is first shown."""
        self._rows.setdefault((key, tab), row)

    def _remember_row(self) -> None:
        if self._loaded is not None:
            self._rows[self._loaded] = self.document_view.row

    def refresh_evidence(self) -> None:
        """Redraw header and evidence, as far as they may be seen."""
        if (key := self.attempt_key) is not None:
            known = self._triage.view.look(key)
            sha = known.attempt.reference_sha
            siblings = [sibling.key for sibling in self._triage.attempts_of(sha)]
            place = siblings.index(key) + 1, len(siblings)
            header = self.query_one(AttemptHeader)
            header.show(self._triage.commit(sha), known.attempt, *place)
            self.evidence.show(known, key in self._triage.unsaved_attempts)

    def refresh_known(self) -> None:
        """Redraw the evidence, and the remarks if they changed."""
        self.refresh_evidence()
        if self.is_stale:
            self.is_stale = False
            self.refresh_marks()

    def refresh_marks(self) -> None:
        """Redraw the remarks on the attempt on screen."""
        document = self.document_view.document
        if isinstance(document, CompareDocument) and self.attempt_key is not None:
            marks = marks_of(self._triage.assessment(self.attempt_key))
            show_instead(self.document_view, document, document.with_marks(marks))

    # How it is shown

    def show_again(self) -> None:
        """Reread what the tab shows: something was sealed, or unsealed."""
        self.action_show(self.query_one(TabBar).shown)

    def action_show(self, tab: str) -> None:
        self._remember_row()
        self.query_one(TabBar).shown = tab
        self._show_document()

    @on(TabBar.Chosen)
    def _tab_chosen(self, event: TabBar.Chosen) -> None:
        self.action_show(event.tab)

    def action_view(self, what: str) -> None:
        now = replace(self._preferences, theme=read_preferences().theme)
        self._preferences = {
            "layout": lambda: now.with_other_layout(self._width),
            "fold": lambda: replace(now, folded=not now.folded),
            "wrap": lambda: self._wrapped(replace(now, wrapped=not now.wrapped)),
            "remarks": lambda: replace(now, remarks=not now.remarks),
        }[what]()
        write_preferences(self._preferences)
        self._apply_view()

    def _wrapped(self, preferences: Preferences) -> Preferences:
        self.document_view.wrap(preferences.wrapped)
        if preferences.wrapped and len(self.document_view.document) > MOST_ROWS:
            self.notify("Too many lines to wrap: → and ← scroll them.")
        return preferences

    @property
    def _width(self) -> int:
        return self.document_view.scrollable_content_region.width

    @property
    def _view(self) -> View:
        """How a comparison is to be shown here and now."""
        liked = self._preferences
        seen = self._changes.of(self._triage.reviewer)
        return View(liked.is_stacked(self._width), liked.folded, liked.remarks, seen=seen)

    def _apply_view(self) -> None:
        """Show the comparison on screen as the view requires now; the cursor stays on its row."""
        document = self.document_view.document
        if isinstance(document, CompareDocument):
            show_instead(
                self.document_view, document, document.with_view(self._view.after(document.view))
            )

    def follow_width(self) -> None:
        """Choose the layout of the comparison by the current width."""
        document = self.document_view.document
        if isinstance(document, CompareDocument) and document.view.stacked != self._view.stacked:
            self._apply_view()

    # Going to a line, opening a gap

    def action_seen(self) -> None:
        if not self.is_read:
            self.notify(NOT_READ)
        elif turn_seen(self.document_view, self._changes, self._triage.reviewer):
            self._apply_view()

    def action_expand(self) -> None:
        """In the evidence: go to the row's line, or unfold a rule; else open a gap."""
        if not self.evidence.has_focus:
            self._open_row()
        elif self.evidence.toggle_group():
            return
        elif self.evidence.place is not None:
            self.go_to_place(self.evidence.place)

    def go_to_place(self, place: Place) -> None:
        """Put the cursor of the comparison on a line."""
        self._wanted = place
        if self.query_one(TabBar).shown == "compare":
            self._go_to_wanted()
        else:
            self.action_show("compare")

    def _go_to_wanted(self) -> None:
        document, place = self.document_view.document, self._wanted
        if place is None or not isinstance(document, CompareDocument):
            return
        self._wanted = None
        row = document.row_of_line(place)
        if row is None:
            self.notify(f"{place.file}:{place.line} is not in the patches.", markup=False)
            return
        self.document_view.focus()
        self.document_view.go_to_row(row)

    def _open_row(self) -> None:
        """Open what the row under the cursor represents: a fold, a gap of the base, remarks."""
        view, key = self.document_view, self.attempt_key
        if key is None or not self.is_read:
            return
        if isinstance(view.document, CompareDocument) and view.document.is_fold(view.row):
            self.action_view("fold")
            return
        attempt = self._triage.attempt(key)
        if told := open_row(view, lambda path: self._session.base_text(attempt, path)):
            self.notify(told)
