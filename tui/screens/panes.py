"""How the room is divided between the panes: one of them alone, lists hidden, splits moved."""

from __future__ import annotations

from textual.widget import Widget

from tui.screens.restyling import mark
from tui.screens.triage_frame import TriageFrame
from tui.widgets.attempt_lists import AttemptLists
from tui.widgets.document_view import DocumentView
from tui.widgets.evidence import Evidence

_ZOOMS = ("lists", "document", "evidence")
_LEAST_WIDTH, _LEAST_HEIGHT = 20, 3


class Panes:
    """Zooms the pane that has the focus, and follows the focus while zoomed."""

    def __init__(self, frame: TriageFrame) -> None:
        self._frame = frame
        self._zoomed = False
        self._held = ""  # the split that the mouse holds
        self.moved = (0, 0)
        """Width of the lists and height of the evidence if somebody moved the splits, else 0."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is always something to divide."""
        return True

    def action_zoom(self) -> None:
        """Give all room to the focused pane, or share it again."""
        self._zoomed = not self._zoomed
        self._zoom(self._frame.focused)

    def action_lists(self) -> None:
        """Hide the lists, or show them again."""
        hide = not self._frame.has_class("-no-lists")
        mark(self._frame, hide, "-no-lists")
        if hide:
            self.focus(self._frame.attempt_pane.document_view)

    def action_split(self, across: int, down: int) -> None:
        """Give the lists more cells across, the evidence more lines."""
        lists, evidence = self._frame.lists, self._frame.attempt_pane.evidence
        if across:
            most = self._frame.size.width - _LEAST_WIDTH
            width = max(_LEAST_WIDTH, min(lists.outer_size.width + across, most))
            self._place(width, 0)
        if down:
            most = self._frame.attempt_pane.size.height - 2 * _LEAST_HEIGHT
            height = max(_LEAST_HEIGHT, min(evidence.outer_size.height + down, most))
            self._place(0, height)

    def restore(self, width: int, height: int) -> None:
        """Restore the splits as far as the screen has room; 0: leave that one."""
        size = self._frame.size
        widest, highest = size.width - _LEAST_WIDTH, size.height - 4 * _LEAST_HEIGHT
        self._place(min(width, widest) if width else 0, min(height, highest) if height else 0)

    def _place(self, width: int, height: int) -> None:
        if width:
            self._frame.lists.styles.width = width
        if height:
            self._frame.attempt_pane.evidence.styles.height = height
        self.moved = (width or self.moved[0], height or self.moved[1])

    # Splits dragged with the mouse

    def grab(self, x: int, y: int) -> bool:
        """Grab the split at a cell of the screen; False if there is none."""
        lists, evidence = self._frame.lists, self._frame.attempt_pane.evidence
        edge = lists.region
        if lists.display and edge.y <= y < edge.bottom and x in (edge.right - 1, edge.right):
            self._held = "across"
        elif evidence.display and evidence.region.x <= x and y == evidence.region.y:
            self._held = "down"
        return bool(self._held)

    def drag(self, x: int, y: int) -> None:
        """Move the grabbed split to a cell of the screen."""
        lists, evidence = self._frame.lists, self._frame.attempt_pane.evidence
        if self._held == "across":
            self.action_split(x + 1 - lists.region.x - lists.outer_size.width, 0)
        elif self._held == "down":
            self.action_split(0, evidence.region.bottom - y - evidence.outer_size.height)

    def release(self) -> None:
        """Release it."""
        self._held = ""

    @property
    def is_held(self) -> bool:
        """Is a split being dragged?"""
        return bool(self._held)

    def focus(self, pane: Widget) -> None:
        """Focus a pane; while zoomed, or with lists hidden, it is shown first."""
        self._zoom(pane)
        if isinstance(pane.parent, AttemptLists):
            mark(self._frame, False, "-no-lists")
        pane.focus()

    def _zoom(self, pane: Widget | None) -> None:
        shown = (
            "document"
            if isinstance(pane, DocumentView)
            else "evidence"
            if isinstance(pane, Evidence)
            else "lists"
        )
        for name in _ZOOMS:
            mark(self._frame, self._zoomed and name == shown, f"-zoom-{name}")
