"""The lines of code that a document knows of one file on one side, by their numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from core.models import Side
from core.patch.parse import Patch, diff_lines
from tui.documents.compare_document import CompareDocument
from tui.documents.document import Document
from tui.documents.file_headings import paths_of
from tui.documents.file_lines import file_lines
from tui.documents.patch_document import PatchDocument


def code_lines(document: Document, file: str, side: Side) -> Mapping[int, str]:
    """The text of each known line; lines that no hunk shows are not known."""
    if isinstance(document, CompareDocument):
        files = [one for one in document.alignment.files if file in paths_of(one)]
        return {at: text for one in files for at, text in file_lines(one, side)}
    if isinstance(document, PatchDocument):
        return dict(_lines(document.patch, file, side is Side.BASE))
    return {}


def _lines(patch: Patch, path: str, is_base: bool) -> Iterator[tuple[int, str]]:
    for file in patch.files:
        if path not in (file.path, file.old_path):
            continue
        for hunk in file.hunks:
            for line in diff_lines(patch, hunk):
                number = line.old if is_base else line.new
                if number is not None:
                    yield number, line.text
