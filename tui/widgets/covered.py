"""Containers of which nothing is seen, because what they contain covers them.

Textual draws them with every picture nevertheless, line by line: more lines than of all the rest.
"""

from __future__ import annotations

from textual.containers import Horizontal
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget


def covered_lines(self: Widget, crop: Region) -> list[Strip]:
    """What such a container draws: its background, one line for all; neither border nor text."""
    line = Strip.blank(crop.width, self.visual_style.rich_style)
    for line_filter in self.get_line_filters():
        line = line.apply_filter(line_filter, self.background_colors[1])
    return [line] * crop.height


class CoveredRow(Horizontal):
    """Panes side by side."""

    render_lines = covered_lines
