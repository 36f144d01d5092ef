"""Moving through the screen: to another pane, another attempt, a match, and back."""

from __future__ import annotations

from textual.widget import Widget

from tui.screens.judging import Judging
from tui.screens.next_undecided import select_next_undecided
from tui.screens.panes import Panes
from tui.screens.triage_frame import TriageFrame
from tui.screens.writing import Writing
from tui.widgets.document_view import DocumentView
from tui.widgets.evidence import Evidence
from tui.widgets.row_list import RowList
from tui.widgets.search_field import SearchField, clear_search, is_searched


class Moving:
    """Moves focus and selection of a triage screen."""

    def __init__(
        self, frame: TriageFrame, panes: Panes, judging: Judging, writing: Writing
    ) -> None:
        self._frame = frame
        self._panes = panes
        self._judging = judging
        self._writing = writing

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is always somewhere to go."""
        return True

    def action_next_pane(self, step: int) -> None:
        """Focus the next (-1: previous) pane that is shown."""
        frame = self._frame
        lists, pane, focused = frame.lists, frame.attempt_pane, frame.focused
        panes: list[Widget] = [
            *([] if lists.is_flat else [lists.commit_list]),
            lists.attempt_list,
            pane.document_view,
            pane.evidence,
        ]
        here = panes.index(focused) if focused in panes else -step
        self._panes.focus(panes[(here + step) % len(panes)])

    def action_next_undecided(self, step: int) -> None:
        """Select the next (-1: previous) attempt that needs a decision."""
        select_next_undecided(self._frame, step)

    def action_search(self) -> None:
        """Type what to search for in the focused pane."""
        frame = self._frame
        focused = frame.focused
        searched = isinstance(focused, RowList | DocumentView)
        field = frame.query_one(SearchField)
        field.open(focused if searched and focused else frame.lists.attempt_list)

    def action_leave(self) -> None:
        """End a search, else writing, else go back to the list, else stop the judge."""
        frame = self._frame
        focused = frame.focused
        if isinstance(focused, SearchField):
            focused.leave()
        elif is_searched(focused):
            clear_search(focused)
        elif self._writing.close():
            return
        elif isinstance(focused, DocumentView | Evidence):
            self._panes.focus(frame.lists.attempt_list)
        elif self._judging.is_at_work:
            self._judging.stop()
            frame.notify("The judge stops after the calls in flight, whose answers are kept.")
