"""Whether a judge's quote appears in what it was shown, and whether an issue's place exists.

White space is folded, line numbers and diff marks are ignored. A yes rests on the attempt; for
something absent a line of the human commit or the number of a must-have is enough; saying that a
patch is not template code needs no quote.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cached_property

_MARKS = re.compile(r"^[^\S\n]*(?:\d+[^\S\n])?[^\S\n]*[-+]?[^\S\n]*", re.MULTILINE)
_MUST_HAVE = re.compile(r"\s*(?:must[- _]?have\s*)?[m#]?\s*(\d{1,3})\s*[.:)]?\s*", re.IGNORECASE)
_GAP = re.compile(r"\s*(?:\.\.\.|…)\s*")
_SHORTEST = 4
"""The minimum length of a meaningful quote: `}` is everywhere."""

ATTEMPT, RUBRIC = "attempt", "rubric"


class ShownText:
    """The evidence of one question, by section, for checking quotes."""

    def __init__(self, sections: Mapping[str, str], must_haves: int = 0) -> None:
        self._sections = sections
        self._must_haves = must_haves

    @cached_property
    def _attempt(self) -> str:
        return _folded(self._sections.get(ATTEMPT, ""))

    @cached_property
    def _others(self) -> str:
        others = (text for name, text in self._sections.items() if name != ATTEMPT)
        return "\n".join(map(_folded, others))

    def supports(self, criterion: str, answer: str, quotes: Iterable[str]) -> bool:
        """Does a yes or no rest on anything that was shown?"""
        if answer not in ("yes", "no") or (criterion, answer) == ("is_template_code", "no"):
            return True
        quotes = list(quotes)
        if any(self._stands(quote, self._attempt) for quote in quotes):
            return True
        if answer == "yes":
            return False
        return any(self._stands(q, self._others) or self._is_must_have(q) for q in quotes)

    @staticmethod
    def _stands(quote: str, shown: str) -> bool:
        """Is every line of a quote in a text? Dots stand for omissions."""
        parts = [part for line in quote.splitlines() for part in _GAP.split(line)]
        parts = [folded for part in parts if (folded := _folded(part))]
        told = [part for part in parts if len(part) >= _SHORTEST and any(map(str.isalnum, part))]
        return bool(told) and all(part in shown for part in parts)

    def _is_must_have(self, quote: str) -> bool:
        match = _MUST_HAVE.fullmatch(quote)
        return match is not None and 1 <= int(match[1]) <= self._must_haves


def _folded(text: str) -> str:
    """A text without line numbers, diff marks and more than single spaces, line by line."""
    return "\n".join(" ".join(line.split()) for line in _MARKS.sub("", text).split("\n"))
