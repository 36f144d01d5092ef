"""Which files of a store hold what people and models said, and reading them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from core.models import LoadProblem
from core.store.documents import CommitFile
from core.store.open_folder import OpenFolder, UnusableFileError, check_readable
from core.store.record_lines import Lines
from core.store.tables import (
    ANALYSES,
    ASSIGNMENTS,
    COMMITS,
    JUDGEMENTS,
    LEDGER,
    REPORTED,
    RUBRICS,
    VERDICTS,
)
from core.store.upgrade import ENDING, read_schema_1, take_in

_WANTED = (VERDICTS, JUDGEMENTS, RUBRICS, ANALYSES, ASSIGNMENTS, REPORTED)


def is_commit_file(name: str) -> bool:
    """Is a file in `commits/` one of a human commit, of this schema or of the first?"""
    return not name.startswith(".") and name.endswith((ENDING, ".jsonl"))


def read_files(
    opened: OpenFolder, names: Iterable[str], problems: list[LoadProblem]
) -> Iterator[tuple[Path, Lines]]:
    """The contents of the commit files among `names`; one that cannot be used is a problem."""
    for name in filter(is_commit_file, names):
        place = f"{COMMITS}/{name}"
        try:
            yield opened.path / place, _read(opened, place)
        except UnusableFileError as error:
            problems.append(LoadProblem(str(opened.path / place), error.reason))


def unreadable_ledger(opened: OpenFolder) -> Iterator[LoadProblem]:
    """That what the judge cost cannot be read: no figure may take it for nothing."""
    path = opened.path / LEDGER
    try:
        check_readable(path)
    except OSError as error:
        reason = f"what the judge cost cannot be read: {error.strerror or error}"
        yield LoadProblem(str(path), reason)


def _read(opened: OpenFolder, place: str) -> Lines:
    if not place.endswith(ENDING):
        return CommitFile(opened, place).own_lines(_WANTED)
    lines = Lines()
    take_in(lines, read_schema_1(opened, place), Path(place).name)
    return lines


def stored_bytes(folder: Path) -> int:
    """How much people and models said, in bytes; 0 if that is unknown."""
    try:
        with os.scandir(folder / COMMITS) as entries:
            return sum(entry.stat(follow_symlinks=False).st_size for entry in entries)
    except OSError:
        return 0
