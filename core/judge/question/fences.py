"""How untrusted text is fenced in a prompt: the one place that knows the format.

Data is enclosed in two lines that hold a random id, which nobody who wrote the data can know.
Whatever in the data looks like such a line, or like a token of a chat template, is made harmless,
and hidden characters are shown.
"""

from __future__ import annotations

import re
import secrets

from core.judge.question.look_alikes import neutralise
from core.text import visible

_PLAIN = re.compile(r"[\t\n\x20-\x7e]*")
_FENCED = re.compile(
    r"^<<<patchjury:(\w+) begin ([^>]+)>>>\n(.*?)\n<<<patchjury:\1 end \2>>>$", re.M | re.S
)
_ID = re.compile(r"(?<=<<<patchjury:)\w+(?= )")


def new_fence() -> str:
    """An id that cannot be guessed."""
    return secrets.token_hex(8)


def fenced(name: str, text: str, fence: str) -> str:
    """A text that is `neutralised` between its fence lines."""
    return f"<<<patchjury:{fence} begin {name}>>>\n{text}\n<<<patchjury:{fence} end {name}>>>"


def read_fenced(prompt: str) -> dict[str, str]:
    """The pieces of evidence in a prompt, by name."""
    return {name: text for _, name, text in _FENCED.findall(prompt)}


def without_ids(prompt: str) -> str:
    """A prompt that reads the same whatever the ids of its fences."""
    ids = set(_ID.findall(prompt))
    return re.sub("|".join(map(re.escape, ids)), "", prompt) if ids else prompt


def neutralised(text: str) -> str:
    """The text with hidden characters shown and nothing that looks like a fence."""
    shown = text if _PLAIN.fullmatch(text) else visible(text, keep_newlines=True)
    return neutralise(shown)
