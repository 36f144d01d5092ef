"""The high-contrast theme keeps its promise; every theme knows every colour that rendering uses."""

from __future__ import annotations

import pytest
from textual.color import Color

from tui.themes import DEFAULT_VARIABLES, THEMES

CONTRAST = next(theme for theme in THEMES if theme.name == "patchjury-high-contrast")
TINTS = ("added", "removed")


def ratio(first: Color, second: Color) -> float:
    """The contrast of two colours by WCAG 2.1, 1 to 21."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: Color) -> float:
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour.normalized]
    red, green, blue = parts
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(
    "name", [n for n in CONTRAST.variables if "tint" not in n and "word" not in n]
)
def test_text_stands_out_seven_to_one_on_every_ground(name: str) -> None:
    text = Color.parse(CONTRAST.variables[name])
    grounds = [CONTRAST.background, CONTRAST.surface, CONTRAST.panel]
    grounds += [CONTRAST.variables[f"{name}-{kind}"] for kind in ("tint", "word") if name in TINTS]
    worst = min(ratio(text, Color.parse(ground)) for ground in grounds if ground)
    assert worst >= 7, f"{worst:.1f}"


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_every_theme_knows_every_colour(theme: object) -> None:
    known = getattr(theme, "variables", {})
    assert set(DEFAULT_VARIABLES) <= set(known)
