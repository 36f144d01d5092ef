"""A key that nothing reveals: no `repr`, format, pickle or record; only `reveal`."""

from __future__ import annotations

import re

_SECRET_FROM = 8
"""Minimum length of a secret: a shorter key is an ordinary word that somebody made up."""


class Secret:
    """A text that no `repr`, format, pickle or record reveals; `reveal` does."""

    __slots__ = ("_pattern", "_text")

    def __init__(self, text: str = "") -> None:
        self._text = text
        # As JSON may write it, including JSON texts inside JSON.
        # No more backslashes than any nesting needs: many of them would take for ever.
        many = r"\\{1,32}"
        letters = (rf"(?:{re.escape(c)}|{many}u{ord(c):04x}|{many}{re.escape(c)})" for c in text)
        self._pattern = re.compile("".join(letters), re.IGNORECASE)

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._text == other._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __repr__(self) -> str:
        return "Secret(…)" if self._text else "Secret()"

    def __reduce__(self) -> tuple[type[Secret], tuple[()]]:
        if self._text:
            raise TypeError("a secret is not written anywhere")
        return Secret, ()

    def reveal(self) -> str:
        """The text itself, for the one place that needs it."""
        return self._text

    def redact(self, text: str) -> str:
        """`text` with every occurrence of the secret removed, however JSON may write it.

        A key of fewer than 8 characters is not a secret: its letters are everywhere.
        """
        if len(self._text) < _SECRET_FROM or not self._may_stand_in(text):
            return text
        return self._pattern.sub("[key]", text)

    def _may_stand_in(self, text: str) -> bool:
        """Could the slow pattern find anything?

        In ASCII without \\u escapes, letters can only differ in case and by preceding backslashes.
        """
        if not text.isascii() or "\\u" in text.lower():
            return True
        return self._text.replace("\\", "").lower() in text.replace("\\", "").lower()
