"""The lines of code that a document knows of one file on one side, by their numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from core.models import Side
from core.patch.align import FileAlignment, Row
from core.patch.parse import Patch, diff_lines
from tui.documents.compare_document import CompareDocument
from tui.documents.document import Document
from tui.documents.file_headings import paths_of
from tui.documents.patch_document import PatchDocument


def code_lines(document: Document, file: str, side: Side) -> Mapping[int, str]:
    """The text of each line that is known; lines that no hunk shows are not."""
    if isinstance(document, CompareDocument):
        files = [one for one in document.alignment.files if file in paths_of(one)]
        return {at: text for one in files for at, text in aligned_lines(one, side)}
    if isinstance(document, PatchDocument):
        return dict(_lines(document.patch, file, side is Side.BASE))
    return {}


def aligned_lines(file: FileAlignment, side: Side) -> Iterator[tuple[int, str]]:
    """The lines of an aligned file on one side, with their numbers."""
    for row in file.rows():
        if not row.gap:
            yield from _of_row(row, side)


def _of_row(row: Row, side: Side) -> Iterator[tuple[int, str]]:
    cells = [cell for cell in (row.human, row.attempt) if cell is not None]
    if side is Side.BASE:
        texts = [cell.text for cell in cells if cell.kind in (" ", "-")]
        if row.base is not None and texts:
            yield row.base, texts[0]
        return
    cell = row.human if side is Side.HUMAN else row.attempt
    if cell is not None and cell.new is not None:
        yield cell.new, cell.text


def _lines(patch: Patch, path: str, is_base: bool) -> Iterator[tuple[int, str]]:
    for file in patch.files:
        if path not in (file.path, file.old_path):
            continue
        for hunk in file.hunks:
            for line in diff_lines(patch, hunk):
                number = line.old if is_base else line.new
                if number is not None:
                    yield number, line.text
