"""Repairing a store's files: what can be read is kept, the original is set aside first.

Lines that git's conflict markers cut apart, that ran together, or that share a line with garbage
are recovered; repeated lines are dropped; files of schema 1 are upgraded, even broken ones, record
by record. What cannot be repaired stays in the original, in `repaired/`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from msgspec import Struct

from core import codec
from core.models import Judgement, Rubric, Verdict
from core.store.commit_files import is_commit_file
from core.store.documents import CommitFile
from core.store.identity import ensure_id
from core.store.open_folder import OpenFolder, UnusableFileError
from core.store.place import StoreFolder
from core.store.record_lines import Line, NewerSchemaError, parse_line
from core.store.tables import CHECKS, COMMITS, JUDGEMENTS, RUBRICS, VERDICTS, file_name
from core.store.upgrade import ENDING, SET_ASIDE, human_of, old_name, read_schema_1
from core.text import counted

ORIGINALS = "repaired"
"""The folder of the files as they were before."""

_CONFLICT_MARK = re.compile(rb"<{7}(?: .*)?|={7}|>{7}(?: .*)?|\|{7}(?: .*)?")
_START = b'{"table":'
_OLD_RECORD = re.compile(r'"((?:[^"\\]|\\.)*)"\s*:\s*(?=\{)')
_OLD_KINDS: tuple[tuple[str, type], ...] = (
    (VERDICTS, Verdict),
    (JUDGEMENTS, Judgement),
    (RUBRICS, Rubric),
)


class Repair(Struct, frozen=True):
    """What was done to one file, for people."""

    path: Path
    what: str


def repair_store(place: StoreFolder) -> list[Repair]:
    """Repair every file that needs it; each is replaced as a whole. Raises `StoreError`."""
    with place.reading() as opened:
        if opened is None:
            return []
        names = [f"{part}/{name}" for part in (COMMITS, CHECKS) for name in opened.names(part)]
    done = []
    for name in filter(lambda name: is_commit_file(Path(name).name), names):
        with place.changing() as opened:
            what = _upgrade(opened, name) if name.endswith(ENDING) else _mend(opened, name)
        if what:
            done.append(Repair(place.path / name, what))
    return done


# Files of one record a line


class _Lines(Struct):
    """The lines of a file being repaired."""

    kept: dict[bytes, None]  # in their order
    mended: int = 0
    doubled: int = 0
    lost: int = 0

    def take(self, raw: bytes) -> None:
        """Keep a valid line, and whatever can be recovered from an invalid one."""
        if not raw or _CONFLICT_MARK.fullmatch(raw):
            self.lost += bool(raw)
        elif _is_record(raw):
            self._keep(raw)
        elif found := list(_records_in(raw)):
            self.mended += 1
            for part in found:
                self._keep(part)
        else:
            self.lost += 1

    def _keep(self, raw: bytes) -> None:
        if raw in self.kept:
            self.doubled += 1
        else:
            self.kept[raw] = None


def _mend(opened: OpenFolder, name: str) -> str:
    try:
        found = opened.read(name)
    except UnusableFileError as error:
        return f"cannot be repaired: {error.reason}"
    content = found[0] if found else b""
    lines = _Lines({})
    for raw in content.split(b"\n"):
        lines.take(raw.rstrip(b"\r"))
    if not (lines.mended or lines.doubled or lines.lost):
        return ""
    original = _lay_aside(opened, name, content)
    opened.replace(name, b"".join(raw + b"\n" for raw in lines.kept))
    return (
        f"{counted(lines.mended, 'line')} repaired, {lines.doubled} duplicates dropped, "
        f"{lines.lost} taken out; original: {original}"
    )


def _is_record(raw: bytes) -> bool:
    try:
        parse_line(raw)
    except NewerSchemaError:
        return True
    except ValueError:
        return False
    return True


def _records_in(raw: bytes) -> Iterator[bytes]:
    """Whole records inside a line: two that ran together, or one after a torn beginning."""
    text = raw.decode("utf-8", "replace")
    at = text.find(_START.decode())
    while at >= 0:
        try:
            _, end = json.JSONDecoder().raw_decode(text, at)
        except (ValueError, RecursionError):
            end = at + 1
        else:
            part = text[at:end].encode("utf-8", "replace")
            if "\ufffd" not in text[at:end] and _is_record(part):
                yield part
        at = text.find(_START.decode(), end)


def _lay_aside(opened: OpenFolder, name: str, content: bytes) -> str:
    """Keep a copy of a file under a name of its own; returns it."""
    taken = set(opened.names(ORIGINALS))
    flat = name.replace("/", "-")
    free = next(
        n for n in (f"{flat}.{number}" for number in range(len(taken) + 1)) if n not in taken
    )
    opened.replace(f"{ORIGINALS}/{free}", content)
    return f"{ORIGINALS}/{free}"


# Files of schema 1


def _upgrade(opened: OpenFolder, name: str) -> str:
    try:
        found = opened.read(name)
        content = found[0] if found else b""
        human = human_of(content) or Path(name).stem
        lines, broken = _old_lines(opened, name, content)
    except UnusableFileError as error:
        return f"cannot be repaired: {error.reason}"
    if broken and not lines:
        return "cannot be repaired: none of its records can be read"
    file = CommitFile(opened, f"{COMMITS}/{file_name(human)}", human=human, store=ensure_id(opened))
    if not broken and name == old_name(f"{COMMITS}/{file_name(human)}"):
        file.upgrade()
        return (
            f"{counted(len(lines), 'record')} recovered, all of them; original: {name}.{SET_ASIDE}"
        )
    here = file.own_lines(None)
    new = [line for line in lines if not here.holds(line)]
    for table in dict.fromkeys(line.table for line in new):
        file.append(table, [line for line in new if line.table == table])
    opened.finish()
    opened.set_aside(name, SET_ASIDE)
    how = "as far as readable" if broken else "all of them"
    return f"{counted(len(lines), 'record')} recovered, {how}; original: {name}.{SET_ASIDE}"


def _old_lines(opened: OpenFolder, name: str, content: bytes) -> tuple[list[Line], bool]:
    """The records of a file of schema 1, and whether it is broken. Raises `UnusableFileError`."""
    try:
        return read_schema_1(opened, name), False
    except UnusableFileError as error:
        if isinstance(error.__cause__, NewerSchemaError):
            raise
        return list(_salvage(content)), True


def _salvage(content: bytes) -> Iterator[Line]:
    """The complete records in a broken file of schema 1."""
    text = content.decode("utf-8", "replace")
    for match in _OLD_RECORD.finditer(text):
        try:
            record, _ = json.JSONDecoder().raw_decode(text, match.end())
            name = json.loads(f'"{match[1]}"')
        except (ValueError, RecursionError):
            continue
        if isinstance(record, dict) and record.get("id") == name and "schema_version" in record:
            yield from _old_line(name, record)


def _old_line(name: str, record: dict[str, Any]) -> Iterator[Line]:
    rest = {key: value for key, value in record.items() if key != "schema_version"}
    for table, kind in _OLD_KINDS:
        try:
            codec.from_data(rest, kind)
        except ValueError:
            continue
        yield Line(table, name, rest)
        return
