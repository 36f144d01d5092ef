"""Writes the table of `docs/inputs.md`: `python -m tests.support.inputs_document`."""

from __future__ import annotations

from core.readers.reader_registry import READERS
from tests.conftest import ROOT

PATH = ROOT / "docs/inputs.md"

_HEAD = "| kind | recognised by | what becomes what | not read |\n|---|---|---|---|\n"


def table() -> str:
    """A row a kind of input."""
    cells = ((r.name, r.recognised, r.mapped, r.unread) for r in READERS)
    rows = (" | ".join(text.replace("|", "\\|") for text in row) for row in cells)
    return _HEAD + "".join(f"| {row} |\n" for row in rows)


def document() -> str:
    """The page as it should be."""
    before, _, rest = PATH.read_text("utf-8").partition(_HEAD)
    return before + table() + "\n" + rest.partition("\n\n")[2]


if __name__ == "__main__":
    PATH.write_text(document(), "utf-8")
