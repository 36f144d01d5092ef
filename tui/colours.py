"""Filters for terminals with few colours, and for users who want none: pure functions of lines.

With `NO_COLOR` the terminal keeps its own colours, and what only a background distinguished is
shown in reverse. With 16 colours, text on a coloured background gets a readable colour.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

from rich.color import Color as RichColor
from rich.color import ColorType
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter

_BLACK, _WHITE = RichColor.from_ansi(0), RichColor.from_ansi(15)
_DEFAULT = RichColor.parse("default")
_PLAIN = Style(color="default", bgcolor="default")
_ON_LIGHT = frozenset((2, 3, 6, 7, 9, 10, 11, 12, 13, 14, 15))
"""The ANSI backgrounds on which black reads better than bright white, in VGA's and xterm's colours;
on the others (black, red, blue, magenta, grey) it is bright white."""


class Colourless(LineFilter):
    """No colours at all: the terminal's own foreground and background, and reverse."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        ground = background.rich_color
        return [_with(segment, _without_colour, ground) for segment in segments]


class ReadableAnsi(LineFilter):
    """Text on an ANSI background in black or bright white, whichever is readable there."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [_with(segment, _readable, _DEFAULT) for segment in segments]


class _InTurn(LineFilter):
    def __init__(self, filters: Sequence[LineFilter]) -> None:
        super().__init__()
        self._filters = filters

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        for one in self._filters:
            segments = one.apply(segments, background)
        return segments


@lru_cache(8)
def in_one(*filters: LineFilter) -> LineFilter:
    """One filter that applies these in turn: Textual keeps a line, with all its caches, for each.

    The same filters give the same one, by which Textual finds what it filtered before.
    """
    return _InTurn(filters)


def _with(
    segment: Segment, change: Callable[[Style, RichColor], Style], ground: RichColor
) -> Segment:
    text, style, control = segment
    return segment if style is None or control else Segment(text, change(style, ground), control)


@lru_cache(4096)
def _without_colour(style: Style, ground: RichColor) -> Style:
    plain = style + _PLAIN
    return plain + Style(reverse=not style.reverse) if _stands_out(style.bgcolor, ground) else plain


@lru_cache(4096)
def _readable(style: Style, ground: RichColor) -> Style:
    background = style.color if style.reverse else style.bgcolor
    if background is None or background.number is None or not _stands_out(background, ground):
        return style
    text = _BLACK if background.number in _ON_LIGHT else _WHITE
    return style + Style(color=text, bgcolor=background, reverse=False, dim=False)


def _stands_out(colour: RichColor | None, ground: RichColor) -> bool:
    """Does a background differ from the terminal's and from the one around it?"""
    return colour is not None and colour.type is not ColorType.DEFAULT and colour != ground
