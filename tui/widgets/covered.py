"""Containers of which nothing is seen, because what they contain covers them.

Textual draws them with every picture nevertheless, line by line: more lines than of all the rest.
"""

from __future__ import annotations

from textual.containers import Horizontal
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget


class Covered(Widget):
    """Draws its background only, the same line everywhere: neither border nor text."""

    def render_lines(self, crop: Region) -> list[Strip]:
        blank = Strip.blank(crop.width, self.visual_style.rich_style)
        _, background = self.background_colors
        for line_filter in self.get_line_filters():
            blank = blank.apply_filter(line_filter, background)
        return [blank] * crop.height


class CoveredRow(Horizontal, Covered):
    """Panes side by side."""
