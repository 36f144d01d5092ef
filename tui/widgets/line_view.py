"""A view of very many lines that draws only the visible ones: the base of lists and texts."""

from __future__ import annotations

from typing import ClassVar

from textual import events, on
from textual.binding import BindingType
from textual.content import Content
from textual.geometry import Region, Size
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui.commands import bindings
from tui.widgets.line_painter import LinePainter


class LineView(ScrollView, can_focus=True):
    """Lines with a cursor. Subclasses say how many there are and draw one when asked."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("pane")]
    COMPONENT_CLASSES: ClassVar[set[str]] = {"line--cursor", "line--cursor-blurred"}

    cursor: reactive[int] = reactive(0, repaint=False)
    """Index of the line that the keys act on."""

    columns: reactive[int] = reactive(0)
    """How many columns the text is scrolled to the right."""

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self._painter = LinePainter(self)
        self._head = 0  # lines that stay above all others

    # What a subclass says

    def line_count(self) -> int:
        """How many lines there are."""
        return 0

    def draw(self, index: int, width: int) -> Content:
        """One line, at most `width` cells wide."""
        return Content("")

    def cursor_moved(self) -> None:
        """Called after the cursor moved to another line."""

    # What it does with that

    def lines_changed(self) -> None:
        """Measure and redraw after the lines changed; the cursor stays where it can."""
        count = self.line_count()
        _resize(self, Size(self.scrollable_content_region.width, count + self._head))
        self.set_reactive(LineView.cursor, max(0, min(self.cursor, count - 1)))
        self.refresh()

    def go_to(self, index: int) -> None:
        """Put the cursor on a line and show it."""
        self.cursor = index
        self._show_cursor()

    def validate_cursor(self, index: int) -> int:
        return max(0, min(index, self.line_count() - 1))

    def watch_cursor(self, before: int, now: int) -> None:
        self.refresh_line(before)
        self.refresh_line(now)
        self.cursor_moved()

    def validate_columns(self, columns: int) -> int:
        return max(0, columns)

    def _show_cursor(self) -> None:
        height, first = self.scrollable_content_region.height - self._head, self.scroll_offset.y
        if not first <= self.cursor < first + height:
            above = height - 1 if self.cursor >= first + height else 0
            self.scroll_to(y=max(0, self.cursor - above), animate=False, force=True)

    def render_line(self, y: int) -> Strip:
        width = self.scrollable_content_region.width
        index = self.scroll_offset.y + y - self._head
        if index >= self.line_count():
            return Strip.blank(width, self.visual_style.rich_style)
        content, is_current = self.draw(index, width), index == self.cursor
        return self._painter.paint(content, index, width, is_current=is_current)

    @on(events.Focus)
    @on(events.Blur)
    def _focus_changed(self) -> None:
        self.refresh_line(self.cursor)

    def on_resize(self, event: events.Resize) -> None:
        self.lines_changed()
        self._show_cursor()

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is not None:
            index = self.scroll_offset.y + offset.y - self._head
            if index < self.line_count():
                self.go_to(index)

    def refresh_line(self, y: int) -> None:
        """Draw one line again."""
        self.refresh(Region(0, y - self.scroll_offset.y + self._head, self.size.width, 1))

    # Keys

    def action_cursor_move(self, step: int) -> None:
        self.go_to(self.cursor + step)

    def action_cursor_page(self, step: int) -> None:
        height = max(1, self.scrollable_content_region.height - 1)
        self.scroll_to(y=self.scroll_offset.y + step * height, animate=False, force=True)
        self.go_to(self.cursor + step * height)

    def action_cursor_edge(self, step: int) -> None:
        self.go_to(0 if step < 0 else self.line_count() - 1)

    def action_scroll_columns(self, step: int) -> None:
        self.columns += step


def _resize(view: LineView, size: Size) -> None:
    """Set another size of all lines, without a full layout if the scroll bars stay."""
    has_bar = view.show_vertical_scrollbar
    same_bars = has_bar == (size.height > view.container_size.height)
    if same_bars and size.width == view.virtual_size.width and not view.styles.auto_dimensions:
        view.set_reactive(LineView.virtual_size, size)
        if has_bar:
            view.vertical_scrollbar.window_virtual_size = size.height
        view.scroll_y = min(view.scroll_y, view.max_scroll_y)
    else:
        view.virtual_size = size
