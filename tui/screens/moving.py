"""Moving through the screen: to another pane, another attempt, a match, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widget import Widget

from tui.widgets.document_view import DocumentView
from tui.widgets.evidence import Evidence
from tui.widgets.row_list import RowList
from tui.widgets.search_field import SearchField, clear_search, is_searched

if TYPE_CHECKING:
    from tui.screens.triage import TriageScreen


class Moving:
    """Moves focus and selection of a triage screen."""

    def __init__(self, screen: TriageScreen) -> None:
        self._screen = screen

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is always somewhere to go."""
        return True

    def action_next_pane(self, step: int) -> None:
        """Focus the next (-1: previous) pane that is shown."""
        screen = self._screen
        lists, pane, focused = screen.lists, screen.attempt_pane, screen.focused
        panes: list[Widget] = [
            *([] if lists.is_flat else [lists.commit_list]),
            lists.attempt_list,
            pane.document_view,
            pane.evidence,
        ]
        here = panes.index(focused) if focused in panes else -step
        screen.panes.focus(panes[(here + step) % len(panes)])

    def action_next_undecided(self, step: int) -> None:
        """Select the next (-1: previous) attempt that needs a decision."""
        screen = self._screen
        key = screen.lists.next_undecided(step)
        if key is None:
            whole = len(screen.lists.listed) == len(screen.triage.run_set.attempts)
            here = "" if whole else " that is listed"
            screen.notify(f"Every attempt{here} is decided.")
        else:
            screen.lists.select(key)

    def action_search(self) -> None:
        """Type what to search for in the focused pane."""
        screen = self._screen
        focused = screen.focused
        searched = isinstance(focused, RowList | DocumentView)
        field = screen.query_one(SearchField)
        field.open(focused if searched and focused else screen.lists.attempt_list)

    def action_leave(self) -> None:
        """End a search, else writing, else go back to the list, else stop the judge."""
        screen = self._screen
        focused = screen.focused
        if isinstance(focused, SearchField):
            focused.leave()
        elif is_searched(focused):
            clear_search(focused)
        elif screen.deciding.writing.close():
            return
        elif isinstance(focused, DocumentView | Evidence):
            screen.panes.focus(screen.lists.attempt_list)
        elif screen.judging.is_at_work:
            screen.judging.stop()
            screen.notify("The judge stops after the calls in flight; they are kept.")
