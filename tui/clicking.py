"""What a click in a window does: the key that stands there; a double click on a row is Enter.

The lines of windows say their keys ("Enter opens, esc leaves", "u  undecided"). A click on such
words presses that key, so that the mouse needs no words of its own.
"""

from __future__ import annotations

import re
from typing import Any

from textual import events
from textual.errors import NoWidget
from textual.screen import ModalScreen, Screen
from textual.widgets import Static

from tui.commands import KEY_NAMES
from tui.widgets.line_view import LineView
from tui.widgets.row_list import RowList

_NAMED = {
    "Enter": "enter",
    "Space": "space",
    "Delete": "delete",
    "⌫": "backspace",
    **{shown: name for name, shown in KEY_NAMES.items()},
}
_CHOICE = re.compile(r"\s*(?:▸\s+)?(\S)\s{2,}\S")
"""A line that a letter or digit chooses: it stands alone before two spaces."""

_PHRASE = re.compile(r"[^,;·]+?(?=\s{2,}|[,;·]|$)")


def key_at(line: str, x: int) -> str | None:
    """The key, as Textual names it, of the words at a cell of a line; None: they name none."""
    if choice := _CHOICE.match(line):
        return _name(choice[1])
    for phrase in _PHRASE.finditer(line):
        if phrase.start() <= x < phrase.end():
            words = phrase[0].split()
            return _name(words[0]) if len(words) > 1 else None
    return None


def _name(shown: str) -> str | None:
    if shown in _NAMED:
        return _NAMED[shown]
    return shown if len(shown) == 1 and shown.isalnum() else None


def pressed_by(screen: Screen[Any], event: events.Click) -> str | None:
    """The key that a click on a screen stands for; None: for none."""
    try:
        widget, _ = screen.get_widget_at(event.screen_x, event.screen_y)
    except NoWidget:
        return None
    is_window = isinstance(screen, ModalScreen)
    if isinstance(widget, LineView) and (is_window or not isinstance(widget, RowList)):
        return "enter" if event.chain == 2 else None
    if not isinstance(widget, Static) or not is_window:
        return None
    x, y = event.screen_offset - widget.content_region.offset
    return key_at(widget.render_line(y).text, x) if 0 <= y < widget.content_size.height else None
