"""The fixed words of the prompts: one readable file each, beside this module, with a version.

A file starts with `version: N`, raised with every change of its words or of how evidence is laid
out; the rest is sent verbatim.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

from msgspec import Struct


class Instructions(Struct, frozen=True):
    """What a model is told before any evidence."""

    name: str
    version: int
    text: str

    @property
    def label(self) -> str:
        """Name and version, as recorded with a call."""
        return f"{self.name} {self.version}"


@lru_cache
def read_instructions(name: str) -> Instructions:
    """The instructions called "rubric", "judgement" or "no_reference"."""
    whole = files(__package__).joinpath(f"{name}_instructions.md").read_text(encoding="utf-8")
    head, _, text = whole.partition("\n\n")
    return Instructions(name, int(head.removeprefix("version:")), text.rstrip("\n"))
