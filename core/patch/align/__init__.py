"""Two patches on one base, aligned by base line: what both changed, and what only one did.

`align` is pure and linear in the number of lines; it can be cancelled from another thread. A screen
asks a `FileAlignment` for the visible rows, and for the marks inside them (`word_marks`).
"""

from core.patch.align.aligned import (
    Alignment,
    Cell,
    Counts,
    FileAlignment,
    Lane,
    Presence,
    Row,
    line_text,
)
from core.patch.align.build import align
from core.patch.align.sides import Cancelled
from core.patch.align.word_marks import pair_changes, word_marks

__all__ = [
    "Alignment",
    "Cancelled",
    "Cell",
    "Counts",
    "FileAlignment",
    "Lane",
    "Presence",
    "Row",
    "align",
    "line_text",
    "pair_changes",
    "word_marks",
]
