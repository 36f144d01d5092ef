"""Which files of two patches belong together, and what to do if their bases differ."""

from __future__ import annotations

from collections.abc import Callable

from core.patch.align.aligned import HAS_BASE, Alignment, Columns, FileAlignment, Lane, build_file
from core.patch.align.rows import BasesDiffer, RowBuilder
from core.patch.align.sides import MOST_BASE_LINES, OneSide, Poll, poll_of, read_side
from core.patch.parse import FilePatch, FileStatus, Patch, diff_lines
from core.records import replace

FilePair = tuple[FilePatch | None, FilePatch | None]


def align(human: Patch, attempt: Patch, cancelled: Callable[[], bool] | None = None) -> Alignment:
    """Align two patches by base line. Raises `Cancelled` soon after `cancelled` returns true."""
    poll = poll_of(cancelled)
    files: list[FileAlignment] = []
    known = _all_paths(human) & _all_paths(attempt)
    for pair in pair_files(human, attempt):
        poll()
        aligned = _align_file((human, attempt), pair, poll)
        if None in pair and any(not known.isdisjoint(_paths(file)) for file in pair if file):
            aligned = replace(aligned, is_again=True)
        files.append(aligned)
    return Alignment(human, attempt, tuple(files))


def pair_files(human: Patch, attempt: Patch) -> list[FilePair]:
    """The files of two patches: by old path, else by new path; then missed, then extra ones."""
    partner: dict[int, int] = {}
    taken: set[int] = set()
    for path_of in (_base_path, _result_path):
        places: dict[str, list[int]] = {}
        for j, file in enumerate(attempt.files):
            path = path_of(file)
            if j not in taken and path is not None:
                places.setdefault(path, []).append(j)
        for i, file in enumerate(human.files):
            found = places.get(path_of(file) or "")
            if i not in partner and found:
                partner[i] = found.pop(0)
                taken.add(partner[i])
    pairs: list[FilePair] = [(human.files[i], attempt.files[partner[i]]) for i in sorted(partner)]
    pairs += [(file, None) for i, file in enumerate(human.files) if i not in partner]
    pairs += [(None, file) for j, file in enumerate(attempt.files) if j not in taken]
    return pairs


def _all_paths(patch: Patch) -> set[str]:
    return {path for file in patch.files for path in _paths(file)}


def _paths(file: FilePatch) -> set[str]:
    return {path for path in (file.old_path, file.new_path) if path is not None}


def _base_path(file: FilePatch) -> str | None:
    return None if file.status is FileStatus.COPIED else file.old_path


def _result_path(file: FilePatch) -> str | None:
    return file.new_path


def _align_file(patches: tuple[Patch, Patch], files: FilePair, poll: Poll) -> FileAlignment:
    human = read_side(patches[0].lines, files[0], poll)
    attempt = read_side(patches[1].lines, files[1], poll)
    try:
        _check_bases(files, human, attempt)
        return build_file(patches, files, RowBuilder(human, attempt, poll).build())
    except BasesDiffer as conflict:
        columns = Columns()
        _append_alone(columns, patches[0], files[0], 0)
        split = len(columns.flags)
        _append_alone(columns, patches[1], files[1], 1)
        return build_file(patches, files, columns, conflict.line, split)


def _check_bases(files: FilePair, human: OneSide, attempt: OneSide) -> None:
    """Can the two have one base at all? Lines that both show are compared later, as they come."""
    disorder = [side.disorder for side in (human, attempt) if side.disorder is not None]
    if disorder:
        raise BasesDiffer(min(disorder))
    for file, other in ((files[0], attempt), (files[1], human)):
        if file and file.status is FileStatus.ADDED and other.runs:
            raise BasesDiffer(other.runs[0].start)


def _append_alone(columns: Columns, patch: Patch, file: FilePatch | None, side: int) -> None:
    """Append one side's rows in the order of its patch, without the other side."""
    lane = Lane.ATTEMPT if side else Lane.HUMAN
    base = 1
    for hunk in file.hunks if file else ():
        start = min(hunk.first_old, MOST_BASE_LINES)
        new = min(hunk.first_new, MOST_BASE_LINES)
        if start > base:
            _append_row(columns, Lane.GAP, base, new - (start - base), side, start - base)
        base = start
        for line in diff_lines(patch, hunk):
            flags = (Lane.CONTEXT if line.kind == " " else lane) | HAS_BASE * (line.old is not None)
            _append_row(columns, flags, base, new, side, line.index)
            base += line.old is not None
            new += line.new is not None


def _append_row(columns: Columns, flags: int, base: int, new: int, side: int, index: int) -> None:
    columns.flags.append(flags)
    columns.base.append(base)
    is_gap = flags == Lane.GAP
    columns.human_index.append(index if is_gap or not side else -1)
    columns.attempt_index.append(index if side and not is_gap else -1)
    columns.human_new.append(0 if side else new)
    columns.attempt_new.append(new if side else 0)
