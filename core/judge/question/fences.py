"""How untrusted text is set apart in a prompt.

Data stands between two lines that hold a random id, which nobody who wrote the data can know.
Whatever in the data looks like such a line is made harmless, and hidden characters are shown.
"""

from __future__ import annotations

import re
import secrets

from core.checks.tripwires import FENCE_LOOK_ALIKE
from core.text import visible

_PLAIN = re.compile(r"[\t\n\x20-\x7e]*")


def new_fence() -> str:
    """An id that cannot be guessed."""
    return secrets.token_hex(8)


def fenced(name: str, text: str, fence: str) -> str:
    """A text that is `neutralised` between its fence lines."""
    return f"<<<patchjury:{fence} begin {name}>>>\n{text}\n<<<patchjury:{fence} end {name}>>>"


def neutralised(text: str) -> str:
    """The text with hidden characters shown and without anything that looks like a fence."""
    shown = text if _PLAIN.fullmatch(text) else visible(text, keep_newlines=True)
    return FENCE_LOOK_ALIKE.sub("(not a fence) patchjury", shown)
