"""How the keys change the view of one attempt: tabs, layout, folding, remarks, gaps."""

from __future__ import annotations

from dataclasses import replace

from textual import events, on

from tui.documents.compare_document import CompareDocument
from tui.documents.document import Place
from tui.documents.layout import View
from tui.documents.marks import marks_of
from tui.preferences import read_preferences, write_preferences
from tui.screens.panes import TriagePanes
from tui.widgets.evidence import Evidence
from tui.widgets.tab_bar import TabBar
from tui.widgets.wrapping import MOST_ROWS


class ViewActions(TriagePanes):
    """Changes how things are shown and nothing else; what the user likes is remembered."""

    _wanted: Place | None = None  # a line to go to as soon as the comparison is there

    def action_show(self, tab: str) -> None:
        self.query_one(TabBar).shown = tab
        self.show_document()

    @on(TabBar.Chosen)
    def _tab_chosen(self, event: TabBar.Chosen) -> None:
        self.action_show(event.tab)

    def action_view(self, what: str) -> None:
        now = self.view
        likes = replace(self.preferences, theme=read_preferences().theme)
        if what == "layout":
            width = self.document_view.scrollable_content_region.width
            usual = replace(likes, stacked=None).is_stacked(width)
            chosen = not now.stacked
            likes = replace(likes, stacked=None if chosen == usual else chosen)
        elif what == "fold":
            likes = replace(likes, folded=not likes.folded)
        elif what == "wrap":
            likes = replace(likes, wrapped=not likes.wrapped)
            self.document_view.wrap(likes.wrapped)
            if likes.wrapped and len(self.document_view.document) > MOST_ROWS:
                self.notify("These are too many lines to wrap: → and ← scroll them.")
        else:
            likes = replace(likes, remarks=not likes.remarks)
        self.preferences = likes
        write_preferences(likes)
        self.apply_view()

    def apply_view(self) -> None:
        """Show the comparison on screen as the view says now; the cursor stays on its row."""
        document = self.document_view.document
        if isinstance(document, CompareDocument):
            self._replace(document, document.with_view(self._view_of(document)))

    def refresh_marks(self) -> None:
        """Draw the remarks on the attempt on screen anew."""
        document = self.document_view.document
        if isinstance(document, CompareDocument) and self.attempt_key is not None:
            marks = marks_of(self.triage.assessment(self.attempt_key))
            self._replace(document, document.with_marks(marks))

    def action_files(self) -> None:
        from tui.screens.file_picker import FilesScreen  # here: the first picture comes first

        view = self.document_view
        if not view.document.files:
            self.notify("There are no files in this view.")
            return

        def chosen(row: int | None) -> None:
            if row is not None:
                view.focus()
                view.go_to_row(row)

        self.app.push_screen(FilesScreen(view.document, view.row), chosen)

    def action_expand(self) -> None:
        """In the evidence: go to the line it speaks of. In the diff: show the lines of a gap."""
        evidence = self.query_one(Evidence)
        if self.focused is not evidence:
            self._expand_gap()
        elif evidence.place is not None:
            self.go_to_place(evidence.place)

    def go_to_place(self, place: Place) -> None:
        """Show a line of code in the comparison."""
        self._wanted = place
        if self.query_one(TabBar).shown == "compare":
            self.document_shown()
        else:
            self.action_show("compare")

    def document_shown(self) -> None:
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

    def _expand_gap(self) -> None:
        """Show the lines of the base that the gap under the cursor stands for."""
        document = self.document_view.document
        if not isinstance(document, CompareDocument) or self.attempt_key is None:
            return
        if document.is_fold(self.document_view.row):
            self.action_view("fold")
            return
        gap = document.gap_at(self.document_view.row)
        if gap is None:
            return
        attempt = self.triage.attempt(self.attempt_key)
        text = self.session.base_text(attempt, gap.path)
        if text is None:
            self.notify("The base file is not known here (name its repository with --repo).")
            return
        lines = text.split("\n")[gap.first - 1 : gap.first - 1 + gap.count]
        opened = {**document.view.base_lines, (gap.file, gap.row): lines}
        self._replace(document, document.with_view(replace(document.view, base_lines=opened)))

    def _view_of(self, document: CompareDocument) -> View:
        return replace(self.view, base_lines=document.view.base_lines)

    def _replace(self, before: CompareDocument, after: CompareDocument) -> None:
        place = before.place_of(self.document_view.row)
        self.document_view.replace(after, after.row_of(*place))

    def on_resize(self, event: events.Resize) -> None:
        self.call_after_refresh(self._follow_width)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        self.call_after_refresh(self._follow_width)

    def _follow_width(self) -> None:
        document = self.document_view.document
        if isinstance(document, CompareDocument) and document.view.stacked != self.view.stacked:
            self.apply_view()
