"""A parser's possible answers about a text, and what follows for a file that a patch changed."""

from __future__ import annotations

from msgspec import Struct


class ParseError(Struct, frozen=True):
    """Where a parser stopped and why; line and column count from 1."""

    message: str
    line: int
    column: int


class Reading(Struct, frozen=True):
    """What a parser says about one text: sound, an error, or why it cannot tell.

    `certain`: the language's own parser would reject the text as well.
    """

    error: ParseError | None = None
    unjudged: str = ""  # why there is no answer; "" if there is one
    certain: bool = True

    @property
    def is_sound(self) -> bool:
        """Is the text sound?"""
        return self.error is None and not self.unjudged


SOUND = Reading()


class Sound(Struct, frozen=True):
    """The changed file parses."""


class Broken(Struct, frozen=True):
    """The changed file does not parse, but did before."""

    error: ParseError


class Unknown(Struct, frozen=True):
    """Unknown here; `suspect` is what a weaker method takes for an error."""

    reason: str
    suspect: ParseError | None = None


Answer = Sound | Broken | Unknown


def compare(base: Reading | None, patched: Reading) -> Answer:
    """What a patch did to a file, from the readings of both versions; `base` None: a new file."""
    if patched.unjudged:
        return Unknown(patched.unjudged)
    if patched.error is None:
        return Sound()
    if base is not None and base.unjudged:
        return Unknown(base.unjudged)
    if base is not None and base.error is not None:
        if base.certain:
            return Unknown("the base file does not parse either")
        return Unknown(
            f"the parser used here already rejects line {base.error.line} of the base file"
        )
    if not patched.certain:
        line = patched.error.line
        return Unknown(
            f"the parser used here may not know the construct on line {line}", patched.error
        )
    return Broken(patched.error)
