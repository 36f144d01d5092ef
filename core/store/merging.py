"""Merging a store into another: every line of the other that is missing here is appended.

Lines keep the store that wrote them. A record that both have is not duplicated; two different
records with one id are both kept, and `load` reports it; what either has deleted stays deleted.
Merging again adds nothing. The other store is only read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct, field

from core.errors import StoreError
from core.models import LoadProblem
from core.store.commit_files import is_commit_file
from core.store.documents import CommitFile
from core.store.identity import ensure_id
from core.store.open_folder import OpenFolder, UnusableFileError
from core.store.place import StoreFolder
from core.store.record_lines import Line, parse_line
from core.store.tables import CHECKS, COMMITS, HEADER, KINDS, file_name
from core.store.upgrade import ENDING, human_of, read_schema_1
from core.text import counted

_ID_DIGITS = frozenset("0123456789abcdef")


class Merged(Struct, frozen=True):
    """What a merge added, by table; how much was already here; what found no place."""

    added: Mapping[str, int] = field(default_factory=dict)
    known: int = 0
    problems: tuple[LoadProblem, ...] = ()


class _Part(Struct):
    """The lines of the other store on one human commit, in one folder."""

    folder: str
    name: str
    human: str
    lines: list[Line] = field(default_factory=list)


def merge_stores(into: StoreFolder, other: StoreFolder) -> Merged:
    """Append what `other` has and `into` lacks, one write per human commit.

    Raises `StoreError`; what was added before stays, and merging again adds only the rest.
    """
    problems: list[LoadProblem] = []
    with other.reading() as opened:
        if opened is None:
            raise StoreError(
                f"{other.path} is not a store", "Name a runs folder or its .patchjury."
            )
        parts = list(_read_parts(opened, problems))
    added: Counter[str] = Counter()
    known = 0
    for part in parts:
        new = _add(into, part)
        added.update(line.table for line in new)
        known += len(part.lines) - len(new)
    return Merged(dict(added), known, tuple(problems))


def _add(into: StoreFolder, part: _Part) -> list[Line]:
    """Append the lines of a part that are not here yet; returns them."""
    with into.changing() as opened:
        file = CommitFile(
            opened, f"{part.folder}/{part.name}", human=part.human, store=ensure_id(opened)
        )
        here = file.lines()
        new: list[Line] = []
        for line in part.lines:
            if not here.holds(line):
                here.add(line)
                new.append(line)
        for table in dict.fromkeys(line.table for line in new):
            file.append(table, [line for line in new if line.table == table])
        return new


def _read_parts(opened: OpenFolder, problems: list[LoadProblem]) -> Iterator[_Part]:
    for folder in (COMMITS, CHECKS):
        for name in filter(is_commit_file, opened.names(folder)):
            try:
                yield _read_part(opened, folder, name, problems)
            except UnusableFileError as error:
                problems.append(LoadProblem(str(opened.path / folder / name), error.reason))


def _read_part(opened: OpenFolder, folder: str, name: str, problems: list[LoadProblem]) -> _Part:
    place = f"{folder}/{name}"
    found = opened.read(place)
    content = found[0] if found else b""
    if name.endswith(ENDING):
        human = human_of(content)
        lines = read_schema_1(opened, place)
    else:
        lines = list(_parse(content, str(opened.path / place), problems))
        human = next((line.id for line in lines if line.table == HEADER), None)
    stem = Path(name).stem
    if human is None and set(stem) <= _ID_DIGITS:
        human = stem
    target = f"{stem}.jsonl" if human is None else file_name(human)
    return _Part(folder, target, human or "", [line for line in lines if line.table != HEADER])


def _parse(content: bytes, path: str, problems: list[LoadProblem]) -> Iterator[Line]:
    for number, raw in enumerate(content.split(b"\n"), start=1):
        if not raw.strip():
            continue
        try:
            yield parse_line(raw)
        except ValueError as error:
            problems.append(LoadProblem(path, f"line {number}: {error}"))


_ONE = {"analyses": "analysis"}


def table_counts(added: Mapping[str, int], tables: Sequence[str] = tuple(KINDS)) -> str:
    """What was added, for people: "3 verdicts, 1 rubric", or "nothing"."""
    ordered = [*(name for name in tables if name in added), *(added.keys() - set(tables))]
    told = (counted(added[name], _ONE.get(name, name.removesuffix("s")), name) for name in ordered)
    return ", ".join(told) or "nothing"
