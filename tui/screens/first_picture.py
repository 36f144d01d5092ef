"""How the first picture takes one reading of the styles and one layout: its size is known before.

Textual reads the styles of each widget as it appears, those of all again when the screen shows
itself, and again when its classes change to those of its size. It lays the screen out when that
shows itself, and again whenever it is told its size, which is three times before one sees anything.
"""

from __future__ import annotations

from textual import events
from textual.dom import DOMNode
from textual.geometry import Size
from textual.screen import Screen

BY_WIDTH = [(0, "-narrow"), (90, "-medium"), (130, "-wide"), (190, "-widest"), (225, "-vast")]
"""The class of a screen from so many columns on."""

BY_HEIGHT = [(0, "-short"), (36, "-tall")]
"""The class of a screen from so many lines on."""


def take_size(screen: DOMNode, size: Size) -> None:
    """Give a screen that was not shown yet the classes of its size."""
    screen.update_classes(dict.fromkeys(_classes_of(size), True), update=False)


def resume(screen: Screen[None], event: events.ScreenResume) -> None:
    """Read no styles again for a screen that was never laid out: all were read just now."""
    event.refresh_styles = event.refresh_styles and bool(screen.outer_size)


def resize(screen: Screen[None], event: events.Resize) -> None:
    """Lay nothing out again for the size that the screen was laid out for."""
    if event.size == screen.outer_size and screen.has_class(*_classes_of(event.size)):
        event.prevent_default().stop()


def _classes_of(size: Size) -> list[str]:
    places = zip(size, (BY_WIDTH, BY_HEIGHT), strict=True)
    return [max(place for place in by if place[0] <= cells)[1] for cells, by in places]
