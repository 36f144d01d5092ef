"""Few colours and none: what stands out still does, and everything can be read."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.color import Color as RichColor
from rich.color import ColorType
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.geometry import Region

from tests.support.runs import build_runs
from tests.support.screen import press, running, settled
from tests.support.textual_private import painted_segments
from tui.colours import Colourless, ReadableAnsi
from tui.themes import SIXTEEN
from tui.widgets.writing_fields import TextField

_VGA: tuple[int, ...] = (
    *(0x000000, 0xAA0000, 0x00AA00, 0xAA5500, 0x0000AA, 0xAA00AA, 0x00AAAA, 0xAAAAAA),
    *(0x555555, 0xFF5555, 0x55FF55, 0xFFFF55, 0x5555FF, 0xFF55FF, 0x55FFFF, 0xFFFFFF),
)
_XTERM: tuple[int, ...] = (
    *(0x000000, 0xCD0000, 0x00CD00, 0xCDCD00, 0x0000EE, 0xCD00CD, 0x00CDCD, 0xE5E5E5),
    *(0x7F7F7F, 0xFF0000, 0x00FF00, 0xFFFF00, 0x5C5CFF, 0xFF00FF, 0x00FFFF, 0xFFFFFF),
)
PALETTES = {"vga": _VGA, "xterm": _XTERM}
DARK = Color.parse("#10141b")


def luminance(rgb: int) -> float:
    """Relative luminance (WCAG 2.1)."""
    parts = [(rgb >> shift & 255) / 255 for shift in (16, 8, 0)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: int, other: int) -> float:
    """Contrast ratio (WCAG 2.1): 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def coloured(segment: Segment) -> tuple[int, int] | None:
    """Text and background as numbers of the palette, where the background is a colour."""
    style = segment.style
    if style is None or not segment.text.strip():
        return None
    colours = (style.bgcolor, style.color) if style.reverse else (style.color, style.bgcolor)
    text, ground = colours
    if ground is None or ground.type is ColorType.DEFAULT:
        return None
    assert text is not None and text.number is not None and ground.number is not None
    return text.number, ground.number


@pytest.mark.parametrize("palette", PALETTES.values(), ids=PALETTES)
def test_text_on_any_of_16_backgrounds_can_be_read(palette: tuple[int, ...]) -> None:
    for number in range(16):
        for style in (
            Style(color="cyan", bgcolor=RichColor.from_ansi(number)),
            Style(color=RichColor.from_ansi(number), bgcolor="default", reverse=True),
        ):
            (segment,) = ReadableAnsi().apply([Segment("x", style)], DARK)
            pair = coloured(segment)
            assert pair is not None
            assert contrast(*(palette[colour] for colour in pair)) >= 4.0, number


async def test_the_selected_row_and_word_marks_can_be_read_in_16_colours(tmp_path: Path) -> None:
    async with running(build_runs(tmp_path / "runs")) as (app, pilot):
        app.theme = SIXTEEN
        await settled(pilot)
        await press(pilot, "tab", "tab", "j")
        pairs = {pair for segment in painted_segments(app) if (pair := coloured(segment))}
    grounds = {ground for _, ground in pairs}
    assert {1, 2, 4} <= grounds, "word marks and the selected row stand out"
    for name, palette in PALETTES.items():
        for text, ground in pairs:
            assert contrast(palette[text], palette[ground]) >= 4.5, (name, text, ground)


async def test_a_field_that_is_taken_away_can_still_be_drawn_in_16_colours(tmp_path: Path) -> None:
    """A picture that was due when the writing pane closed ended the app."""
    async with running(build_runs(tmp_path / "runs")) as (app, pilot):
        app.theme = SIXTEEN
        await settled(pilot)
        field = TextField("Note", "written")
        await app.screen.mount(field)
        await settled(pilot)
        row = Region(0, 0, 20, 1)
        assert "written" in field.render_lines(row)[0].text
        await field.remove()
        assert len(field.render_lines(row)) == 1


def test_without_colours_only_what_stands_out_is_reversed() -> None:
    grey, tint = "#10141b", "#2a3342"
    segments = [
        Segment("plain", Style(color="red", bgcolor=grey, bold=True)),
        Segment("row", Style(color="red", bgcolor=tint)),
        Segment("cursor", Style(color="red", bgcolor=tint, reverse=True)),
        Segment("none", None),
    ]
    plain, row, cursor, none = Colourless().apply(segments, DARK)
    assert none.style is None
    styles = [one.style for one in (plain, row, cursor) if one.style]
    for style in styles:
        assert style.color == style.bgcolor == RichColor.parse("default")
    assert [bool(style.reverse) for style in styles] == [False, True, False]
    assert styles[0].bold
