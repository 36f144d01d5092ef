"""One patch as a document: its raw text, coloured by what each line does."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from textual.content import Content

from core.models import Side
from core.patch.align import Cell, Lane, line_text
from core.patch.parse import FilePatch, Hunk, Patch, PatchProblem
from tui.documents.cells import draw_cell
from tui.documents.document import Place, Work
from tui.documents.lines import cells, code, cropped, prose, shown
from tui.documents.patch_colours import BaseText, PatchColours


class PatchDocument:
    """The lines of a patch verbatim, preceded by the line numbers of the new file.

    What could not be parsed is shown as text too, with the reasons in rows above.
    """

    marks: Sequence[int] = ()

    def __init__(
        self,
        patch: Patch,
        side: Side,
        notes: Sequence[str] = (),
        base_text: BaseText | None = None,
        above: Sequence[str] = (),
        below: Sequence[str] = (),
    ) -> None:
        self.patch = patch
        self._side = side
        self._colours = PatchColours(patch, base_text)
        self._hunks = [(file, hunk) for file in patch.files for hunk in file.hunks]
        self._starts = [hunk.start for _, hunk in self._hunks]
        problems = [f"not understood, line {p.line}: {p.reason}" for p in _problems(patch)]
        self._notes = [*above, *notes, *problems]
        self._said = len(above)  # how many of them are texts, not warnings
        self._below = below
        lines = len(patch.lines) - (1 if patch.lines and not patch.lines[-1] else 0)
        self._end = lines + len(self._notes)
        shift = len(self._notes)
        self.changes: Sequence[int] = [_first_change(patch, h) + shift for _, h in self._hunks]
        self.files: Sequence[int] = [file.start + shift for file in patch.files]
        self._file_rows = frozenset(file.start for file in patch.files)
        self._numbers: dict[int, list[int]] = {}

    def __len__(self) -> int:
        return self._end + len(self._below)

    def draw(self, row: int, width: int, columns: int, continued: bool = False) -> Content:
        if (text := self._prose(row)) is not None:
            style = "$middling" if self._said <= row < self._end else ""
            return prose(shown(text), style, 1, columns, width)
        index = row - len(self._notes)
        line = self.patch.lines[index]
        found = self._hunk_at(index)
        if found is None:
            style = "bold" if index in self._file_rows else "$accent-text"
            style = "$accent-text" if line.startswith("@@") else style
            return Content.assemble(
                "      ", (cropped(code(line), columns, width - 6).plain, style)
            )
        file, hunk = found
        kind = line[:1] if line[:1] in ("+", "-", "\\") else " "
        numbered = kind in ("+", " ") and not continued
        gutter = f"{self._number(hunk, index):>5} " if numbered else "      "
        cell = Cell(kind, line_text(line), None, index)
        spans, words = self._colours.spans(file, hunk, index), self._colours.words(index)
        room = width - len(gutter)
        return Content.assemble(
            (gutter, "$gutter"), draw_cell(cell, Lane.CONTEXT, room, columns, spans, words)
        )

    def _prose(self, row: int) -> str | None:
        """The text of a row above or below the patch."""
        if row < len(self._notes):
            return self._notes[row]
        return self._below[row - self._end] if row >= self._end else None

    def measure(self, row: int, width: int) -> tuple[int, int]:
        index = row - len(self._notes)
        if (text := self._prose(row)) is not None:
            return max(1, width - 1), cells(text)
        return max(1, width - 8), cells(self.patch.lines[index])

    def code_at(self, row: int, x: int, width: int) -> str:
        return self.text_of(row)

    def text_of(self, row: int) -> str:
        index = row - len(self._notes)
        if (text := self._prose(row)) is not None:
            return text if row < self._said or row >= self._end else ""
        line = self.patch.lines[index]
        return line[1:] if self._hunk_at(index) else line

    def place(self, row: int) -> Place | None:
        index = row - len(self._notes)
        found = self._hunk_at(index) if self._prose(row) is None else None
        if found is None:
            return None
        file, hunk = found
        removed = self.patch.lines[index].startswith("-")
        line = self._number(hunk, index)
        return Place(file.path, line, Side.BASE if removed else self._side)

    def work(self) -> Work | None:
        return self._colours.prepare if self._colours.needs_preparing else None

    def _hunk_at(self, index: int) -> tuple[FilePatch, Hunk] | None:
        at = bisect_right(self._starts, index) - 1
        if at < 0 or index >= self._hunks[at][1].stop:
            return None
        return self._hunks[at]

    def _number(self, hunk: Hunk, index: int) -> int:
        """The number of a line in the new file (of a removed one: in the old file)."""
        if hunk.start not in self._numbers:
            self._numbers[hunk.start] = _line_numbers(self.patch.lines, hunk)
        return self._numbers[hunk.start][index - hunk.start]


def _line_numbers(lines: Sequence[str], hunk: Hunk) -> list[int]:
    old, new = hunk.old_start, hunk.new_start
    numbers = []
    for line in lines[hunk.start : hunk.stop]:
        marker = line[:1]
        numbers.append(old if marker == "-" else new)
        if marker == "-":
            old += 1
        elif marker == "+":
            new += 1
        elif marker != "\\":
            old += 1
            new += 1
    return numbers


def _first_change(patch: Patch, hunk: Hunk) -> int:
    """The first line of a hunk that changes anything: comments are possible there."""
    changed = (i for i in range(hunk.start, hunk.stop) if patch.lines[i][:1] in ("+", "-"))
    return next(changed, hunk.start)


def _problems(patch: Patch) -> list[PatchProblem]:
    found = [*patch.problems, *(p for file in patch.files for p in file.problems)]
    return sorted(found, key=lambda problem: problem.line)
