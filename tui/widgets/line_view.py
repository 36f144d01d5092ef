"""A view of very many lines that draws only the visible ones: the base of lists and texts."""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.binding import BindingType
from textual.content import Content
from textual.geometry import Region, Size
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.style import Style

from tui.commands import bindings


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
        self._styles: dict[tuple[str, str], Style] = {}

    # What a subclass says

    def line_count(self) -> int:
        """How many lines there are."""
        return 0

    def draw(self, index: int, width: int) -> Content:
        """One line, at most `width` cells wide."""
        return Content("")

    def cursor_moved(self) -> None:
        """Called after the cursor came to stand on another line."""

    # What it does with that

    def lines_changed(self) -> None:
        """Measure and draw anew after the lines changed; the cursor stays where it can."""
        self._styles.clear()
        count = self.line_count()
        self.virtual_size = Size(self.scrollable_content_region.width, count)
        self.set_reactive(LineView.cursor, max(0, min(self.cursor, count - 1)))
        self.refresh()

    def go_to(self, index: int, *, top: bool = False) -> None:
        """Put the cursor on a line and show it (`top`: as the first line of the view)."""
        self.cursor = index
        self._show_cursor(top)

    def validate_cursor(self, index: int) -> int:
        return max(0, min(index, self.line_count() - 1))

    def watch_cursor(self, before: int, now: int) -> None:
        self.refresh_line(before)
        self.refresh_line(now)
        self.cursor_moved()

    def validate_columns(self, columns: int) -> int:
        return max(0, columns)

    def _show_cursor(self, top: bool = False) -> None:
        height = self.scrollable_content_region.height
        first = self.scroll_offset.y
        if top or not first <= self.cursor < first + height:
            above = 0 if top else (height - 1 if self.cursor >= first + height else 0)
            self.scroll_to(y=max(0, self.cursor - above), animate=False, force=True)

    def render_line(self, y: int) -> Strip:
        width = self.scrollable_content_region.width
        index = self.scroll_offset.y + y
        if index >= self.line_count():
            return Strip.blank(width, self.visual_style.rich_style)
        return self._strip(self.draw(index, width), index, width)

    def _strip(self, content: Content, index: int, width: int) -> Strip:
        base = self.visual_style
        if index == self.cursor:
            name = "line--cursor" if self.has_focus else "line--cursor-blurred"
            base = self.get_visual_style(name)
        selected = self._selected(index, content)
        if selected:
            content = content.stylize(self._selection_style(), *selected)
        segments = [
            Segment(text, style.rich_style)
            for text, style in content.render(base, end="", parse_style=self._parse_style)
        ]
        strip = Strip(segments).adjust_cell_length(width, base.rich_style)
        return strip.apply_offsets(0, index)

    def _selected(self, index: int, content: Content) -> tuple[int, int] | None:
        if (selection := self.text_selection) is None:
            return None
        span = selection.get_span(index)
        if span is None:
            return None
        start, end = span
        return start, len(content.plain) if end == -1 else end

    def _selection_style(self) -> Style:
        return self.screen.get_visual_style("screen--selection")

    def _parse_style(self, style: str | Style) -> Style:
        if isinstance(style, Style):
            return style
        key = (self.app.theme, style)
        if key not in self._styles:
            self._styles[key] = Style.parse(style)
        return self._styles[key]

    def on_focus(self, event: events.Focus) -> None:
        self.refresh_line(self.cursor)

    def on_blur(self, event: events.Blur) -> None:
        self.refresh_line(self.cursor)

    def on_resize(self, event: events.Resize) -> None:
        self.lines_changed()
        self._show_cursor()

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is not None and self.scroll_offset.y + offset.y < self.line_count():
            self.go_to(self.scroll_offset.y + offset.y)

    def refresh_line(self, y: int) -> None:
        """Draw one line again."""
        self.refresh(Region(0, y - self.scroll_offset.y, self.size.width, 1))

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
