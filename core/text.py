"""How untrusted text is made visible: nothing that a terminal, a browser or an eye would misread.

Control characters, escape sequences, bidirectional and invisible characters become visible
stand-ins; letters, wide characters and combining marks stay as they are.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

_INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0"
    "\ufff0-\uffff\U000e0000-\U000e0fff\ue000-\uf8ff\U000f0000-\U0010ffff"
)
_HIDDEN = "\x00-\x08\x0a-\x1f\x7f-\x9f\ud800-\udfff" + _INVISIBLE


@cache  # compiled when it is needed: all that many commands print is plain
def _any_of(characters: str) -> re.Pattern[str]:
    return re.compile(f"[{characters}]")


def _stand_in(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x20:
        return chr(0x2400 + code)  # control pictures: one cell each
    if code == 0x7F:
        return "\u2421"
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"  # a byte that was not UTF-8
    return f"<U+{code:04X}>"


def visible(text: str, *, keep_newlines: bool = False, tab: int | None = None) -> str:
    """Text that can be shown anywhere: each hidden or control character as a visible stand-in.

    Tabs stay unless `tab` gives a number of columns to expand them to; line feeds stay only with
    `keep_newlines`. Source of the invisible set: Unicode's Default_Ignorable_Code_Point, the
    bidirectional controls, surrogates, private use and non-characters. The variation selectors are
    among them: a terminal and a library seldom agree on the width of what they change.
    """
    if text.isascii() and text.isprintable():
        return text
    if keep_newlines:
        return "\n".join(visible(line, tab=tab) for line in text.split("\n"))
    shown = _any_of(_HIDDEN).sub(_stand_in, text)
    return shown.expandtabs(tab) if tab else shown


def counted(count: int, what: str, several: str = "") -> str:
    """A number of things: 1 file, 2 files, 3 patches (if `several` says so)."""
    return f"{count:,} {what if count == 1 else several or what + 's'}"


def stored_text(stored: str, edited: str) -> str:
    """What to store after a person edited the visible form of a stored text.

    Untouched parts stay as they were stored: a stand-in that is still in its place means the
    character that it replaces, one that a person typed is what they typed.
    """
    pieces = [(char, char if char == "\n" else visible(char)) for char in stored]
    shown = "".join(piece for _, piece in pieces)
    if edited == shown:
        return stored
    if shown == stored:
        return edited
    from difflib import SequenceMatcher  # here: most commands edit nothing

    kept = [-1] * (len(shown) + 1)  # where a shown character is in the edited text
    matcher = SequenceMatcher(a=shown, b=edited, autojunk=False)
    for a, b, size in matcher.get_matching_blocks():
        kept[a : a + size] = range(b, b + size)
    result, at, done = [], 0, 0
    for char, piece in pieces:
        first = kept[at]
        if len(piece) > 1 and first >= 0 and kept[at + len(piece) - 1] == first + len(piece) - 1:
            result += [edited[done:first], char]
            done = first + len(piece)
        elif piece != char and len(piece) == 1 and first >= 0:
            result += [edited[done:first], char]
            done = first + 1
        at += len(piece)
    return "".join((*result, edited[done:]))


def has_hidden_unicode(text: str) -> bool:
    """Does the text contain a character that nobody can see (bidirectional, zero width, ...)?"""
    return not text.isascii() and _any_of(_INVISIBLE).search(text) is not None


def describe_character(character: str) -> str:
    """A character's code point and name, such as `U+202E RIGHT-TO-LEFT OVERRIDE`."""
    return f"U+{ord(character):04X} {unicodedata.name(character, 'UNNAMED')}"


def one_line(text: str, limit: int = 200) -> str:
    """The first line of a text, visible, at most `limit` characters and an ellipsis."""
    line = visible(text.strip()[: 4 * limit].split("\n", 1)[0].rstrip("\r"), tab=1)
    return line if len(line) <= limit else line[: limit - 1] + "…"
