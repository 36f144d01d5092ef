"""A patch as the rows of a report: its lines up to a limit, and how many more there are."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from core.errors import SourceError
from core.export.export_document import portable
from core.export.report.report_blocks import (
    Block,
    Diff,
    DiffPart,
    DiffRow,
    Fold,
    bullets,
    code,
    line,
    paragraph,
    strong,
)
from core.models import LineComment, Side
from core.patch.align import pair_changes, word_marks
from core.patch.parse import FilePatch, Hunk, Patch, diff_lines, parse_patch
from core.patch.parse.repair import parse_reference
from core.sources import TextSource
from core.text import counted

MOST_LINES = 2_000
"""The most lines shown of one patch."""

MOST_MARKED = 500
"""The longest hunk, in lines, in which changed words are marked."""

FILES_SHOWN = 50
"""The most files listed; longer lists end in how many more there are."""

CONTEXT = 3
"""Lines of the patch shown above and below a commented line."""

Shown = Patch | str
"""A patch, or the reason why there is none to show."""


def read_shown(source: TextSource | None, folder: Path, *, human: bool = False) -> Shown:
    """Read and parse a patch for a report."""
    if source is None:
        return "there is no patch to read"
    try:
        text = source.read()
    except SourceError as error:
        return portable(error.title, folder)
    return parse_reference(text) if human else parse_patch(text)


def told_changes(patch: Patch) -> tuple[Block, ...]:
    """What a patch changes, file by file, and which parts could not be parsed."""
    if not patch.files:
        return (paragraph("The patch names no file."),)
    items = [line(code(file.path), f": {_told(file)}") for file in patch.files[:FILES_SHOWN]]
    if len(patch.files) > FILES_SHOWN:
        items.append(line(f"and {len(patch.files) - FILES_SHOWN} more files"))
    problems = list(patch.all_problems())
    items += [line(f"line {p.line} is not valid: {p.reason}") for p in problems[:FILES_SHOWN]]
    if len(problems) > FILES_SHOWN:
        items.append(line(f"and {len(problems) - FILES_SHOWN} more lines that are not valid"))
    added, removed = (sum(getattr(f, side) for f in patch.files) for side in ("added", "removed"))
    total = f"{counted(len(patch.files), 'file')} changed, +{added} -{removed}:"
    return (paragraph(total), bullets(items))


def folded_patch(name: str, patch: Patch) -> Fold:
    """The patch itself, collapsed under its name."""
    diff = build_diff(patch)
    return Fold(line(strong(name), f", {counted(len(patch.lines), 'line')}"), (diff,))


def build_diff(patch: Patch) -> Diff:
    """The rows of a patch, at most `MOST_LINES`; what surrounds its files is a part too."""
    parts: list[DiffPart] = []
    shown = total = at = 0
    for file in (*patch.files, None):
        start = file.start if file else len(patch.lines)
        pieces = [("", "", _outside(patch, at, start))] if _is_told(patch, at, start) else []
        total += start - at if pieces else 0
        if file:
            pieces.append((file.path, _told(file), _rows(patch, file)))
            total += file.stop - file.start
            at = max(at, file.stop)
        for path, told, rows in pieces:
            kept = tuple(islice(rows, max(0, MOST_LINES - shown)))
            shown += len(kept)
            if kept:
                parts.append(DiffPart(path, told, kept))
    return Diff(tuple(parts), total - shown)


def _is_told(patch: Patch, start: int, stop: int) -> bool:
    """Does anything lie between two files, or around them?"""
    return any(text.strip() for text in patch.lines[start:stop])


def _told(file: FilePatch) -> str:
    return f"{file.status}{', binary' if file.binary else ''}, +{file.added} -{file.removed}"


def _outside(patch: Patch, start: int, stop: int) -> Iterator[DiffRow]:
    return (DiffRow("", text) for text in patch.lines[start:stop])


def _rows(patch: Patch, file: FilePatch) -> Iterator[DiffRow]:
    at = file.start
    for hunk in file.hunks:
        yield from (DiffRow("", text) for text in patch.lines[at : hunk.start - 1])
        yield DiffRow("@", patch.lines[hunk.start - 1])
        yield from _hunk_rows(patch, hunk)
        at = hunk.stop
    yield from (DiffRow("", text) for text in patch.lines[at : file.stop])


def _hunk_rows(patch: Patch, hunk: Hunk) -> Iterator[DiffRow]:
    marks = _word_marks(patch, hunk) if hunk.stop - hunk.start <= MOST_MARKED else {}
    for found in diff_lines(patch, hunk):
        number = found.old if found.kind == "-" else found.new
        yield DiffRow(found.kind, patch.lines[found.index], number, marks.get(found.index, ()))


def _word_marks(patch: Patch, hunk: Hunk) -> dict[int, tuple[tuple[int, int], ...]]:
    """By line index, the parts that the line's counterpart lacks, counted from the marker."""
    marks = {}
    for index, other in pair_changes(patch, hunk).items():
        if index < other:
            spans = word_marks(patch.lines[index][1:], patch.lines[other][1:])
            for at, found in zip((index, other), spans, strict=True):
                marks[at] = tuple((start + 1, stop + 1) for start, stop in found)
    return marks


def excerpt(comment: LineComment, attempt: Shown, human: Shown) -> Diff | None:
    """The patch around a commented place; None if no hunk holds it."""
    sides = {Side.ATTEMPT: (attempt,), Side.HUMAN: (human,), Side.BASE: (attempt, human)}
    found = (_excerpt(comment, p) for p in sides[comment.side] if isinstance(p, Patch))
    return next(filter(None, found), None)


def _excerpt(comment: LineComment, patch: Patch) -> Diff | None:
    base = comment.side is Side.BASE
    for file in patch.files:
        if comment.file not in (file.old_path if base else file.new_path, file.path):
            continue
        for hunk in file.hunks:
            rows = list(_hunk_rows(patch, hunk))
            places = [
                at
                for at, found in enumerate(diff_lines(patch, hunk))
                if _is_commented(comment, found.old if base else found.new)
            ]
            if places:
                around = rows[max(0, places[0] - CONTEXT) : places[-1] + CONTEXT + 1]
                return Diff((DiffPart(file.path, "", tuple(around)),))
    return None


def _is_commented(comment: LineComment, number: int | None) -> bool:
    return number is not None and comment.line <= number <= (comment.last_line or comment.line)
