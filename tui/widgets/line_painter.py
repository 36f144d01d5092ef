"""How a line of a view becomes cells: the cursor's look, the selection, the theme's colours."""

from __future__ import annotations

from rich.segment import Segment
from textual.content import Content
from textual.strip import Strip
from textual.style import Style
from textual.widget import Widget


class LinePainter:
    """Paints the lines of one view; caches what named styles look like in each theme."""

    def __init__(self, view: Widget) -> None:
        self._view = view
        self._styles: dict[tuple[str, str], Style] = {}

    def paint(self, content: Content, index: int, width: int, *, is_current: bool) -> Strip:
        """The cells of the line with this index; `is_current`: the cursor is on it."""
        view, base = self._view, self._view.visual_style
        if is_current:
            name = "line--cursor" if view.has_focus else "line--cursor-blurred"
            base = view.get_visual_style(name)
        selected = self._selected(index, content)
        if selected:
            style = view.screen.get_visual_style("screen--selection")
            content = content.stylize(style, *selected)
        segments = [
            Segment(text, style.rich_style)
            for text, style in content.render(base, end="", parse_style=self._parse_style)
        ]
        strip = Strip(segments).adjust_cell_length(width, base.rich_style)
        return strip.apply_offsets(0, index)

    def _selected(self, index: int, content: Content) -> tuple[int, int] | None:
        """The range of characters of a line that is selected with the mouse."""
        if (selection := self._view.text_selection) is None:
            return None
        span = selection.get_span(index)
        if span is None:
            return None
        start, end = span
        return start, len(content.plain) if end == -1 else end

    def _parse_style(self, style: str | Style) -> Style:
        if isinstance(style, Style):
            return style
        key = (self._view.app.theme, style)
        if key not in self._styles:
            self._styles[key] = Style.parse(style)
        return self._styles[key]
