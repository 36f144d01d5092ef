"""Untrusted text that passes for one of our fences or a chat template, however it is spelt.

Letters are compared as the eye reads them: from other alphabets and widths, with marks above or
below, with hidden characters between. Which tokens mean a new speaker or the end of a text depends
on the model behind a server, so those of every family are listed here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence

from core.checks.tripwires import CHAT_MARK, FENCE_LOOK_ALIKE

_LETTERS = str.maketrans(
    "авсԁеԍһіјӏмոорԛгѕтυԝхуαβεηικνορτχγսϲϳɡɑıАВСЕНІЈКМОРЅТХУΑΒΕΗΙΚΜΝΟΡΤΧΥ",
    "abcdeghijlmnopqrstuwxyabenikvoptxyucjgaiABCEHIJKMOPSTXYABEHIKMNOPTXY",
)
_MARKS = str.maketrans("＜‹⟨〈《«＞›⟩〉》»｜∣│ǀ［］／＿▁", "<<<<<<>>>>>>||||[]/__")

_STAND_IN = re.compile(r"<U\+[0-9A-F]{4,6}>")

_TOKENS = re.compile(
    CHAT_MARK.text
    + r"|<\|[^\n<>|]{1,60}\|>"  # ChatML, Llama 3 and 4, Phi, Command R, GLM, Granite, harmony, Kimi
    r"|</?(?:s|bos|eos|pad|unk|mask|cls|sep|sop|eop|eod|eot|eoh|eoa|think|tool_(?:call|response))>"
    r"|</?(?:start|end)_of_(?:turn|image|text|role|audio)>"  # Gemma
    r"|<(?:unused|reserved_|extra_id_|special_|fim_)\w{1,20}>|<seed:[\w:]{1,20}>"
    r"|\[/?(?:inst|system_prompt|available_tools|tool_(?:calls|results|content)|think|prefix|middle"
    r"|suffix|args|g?mask|smask|control_\d+)\]"  # Mistral, GLM
    r"|\]~[!b]\[?|\[e~\["  # MiniMax
    r"|^[ \t]*(?:\#{2,}[ \t]*)?(?:human|assistant|user|system|developer|instruction|response|input)"
    r"[ \t]*:(?=[ \t]|$)",  # Alpaca, Vicuna, and others with turns
    re.IGNORECASE | re.MULTILINE,
)


def neutralise(text: str) -> str:
    """A visible text without anything that looks like a fence or a chat template token."""
    text = _replace(text, FENCE_LOOK_ALIKE.compiled, lambda _: "(not a fence) patchjury")
    return _replace(text, _TOKENS, lambda found: f"(not a mark) {found.strip(' <|>[]｜#:/')}")


def _replace(text: str, pattern: re.Pattern[str], instead: Callable[[str], str]) -> str:
    """Every match replaced, even if the text only looks like one."""
    if text.isascii() and "<U+" not in text:
        return pattern.sub(lambda match: instead(match[0]), text)
    read, places = _as_read(text)
    parts, done = [], 0
    for match in pattern.finditer(read):
        start, end = places[match.start()], places[match.end() - 1] + 1
        parts += [text[done:start], instead(match[0])]
        done = end
    return "".join([*parts, text[done:]])


def _as_read(text: str) -> tuple[str, Sequence[int]]:
    """The text as the eye reads it, and the position of each of its characters."""
    text = _STAND_IN.sub(lambda found: _UNREAD * len(found[0]), text)
    read = text.translate(_READ)
    if len(read) == len(text):
        return read, range(len(text))
    return read, [place for place, character in enumerate(text) if _READ[ord(character)]]


_REMEMBERED = 20_000
"""More characters than that are in no honest text."""


class _Read(dict[int, str]):
    """How each character is read, worked out once for most: "" is a mark above or below another."""

    def __missing__(self, number: int) -> str:
        character = chr(number)
        if unicodedata.combining(character):
            letter = ""
        else:
            letter = unicodedata.normalize("NFKD", character.translate(_MARKS))[:1]
            letter = letter.translate(_LETTERS) or character
        if len(self) < _REMEMBERED:
            self[number] = letter
        return letter


_READ = _Read({number: chr(number) for number in range(128)})
_UNREAD = "\u0301"  # a mark, which stands for each character of what is hidden
