"""Schema 2: which tables there are, what each holds, and in which folder its files are.

What people and models said about a human commit is in `commits/<sha>.jsonl`, small and precious;
facts that can be found again are in `checks/<sha>.jsonl`. Texts on the whole set of runs are stored
under the human commit "".
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping

from msgspec import Struct

from core.models import (
    Analysis,
    Assignment,
    FamilyReport,
    Judgement,
    Reported,
    Rubric,
    Verdict,
)

Record = Analysis | Assignment | FamilyReport | Judgement | Reported | Rubric | Verdict

SCHEMA_VERSION = 2
"""Version of a line's layout and of its record; lines of a newer one are left alone."""

CHECKS = "checks"
RUBRICS = "rubrics"
JUDGEMENTS = "judgements"
VERDICTS = "verdicts"
ANALYSES = "analyses"
ASSIGNMENTS = "assignments"
REPORTED = "reported"
LEDGER = "ledger.jsonl"
"""The file of what the judge cost, whose lines are the judge's own."""

COMMITS = "commits"
"""The folder of all tables but `checks`, whose folder has the table's name."""

FULL_ID = 40
"""Digits of an unabbreviated commit id."""

HEADER = "file"
"""The table of a file's first line, which says which commit the file belongs to."""


class TableKind(Struct, frozen=True):
    """One table: the record in its lines, and the folder of its files.

    Records are append-only; `repeats` says whether an id may recur with different content, as for
    facts found on two machines, which differ only in their time.
    """

    name: str
    record: type
    folder: str = COMMITS
    repeats: bool = False


KINDS: Mapping[str, TableKind] = {
    kind.name: kind
    for kind in (
        TableKind(CHECKS, FamilyReport, folder=CHECKS, repeats=True),
        TableKind(RUBRICS, Rubric),
        TableKind(JUDGEMENTS, Judgement),
        TableKind(VERDICTS, Verdict),
        TableKind(ANALYSES, Analysis),
        TableKind(ASSIGNMENTS, Assignment),
        TableKind(REPORTED, Reported),
    )
}


def kind_of(record: object) -> TableKind:
    """The table of a record."""
    return next(kind for kind in KINDS.values() if isinstance(record, kind.record))


def id_of(record: Record) -> str:
    """The id that a record is stored under."""
    if isinstance(record, FamilyReport):
        rests_on = json.dumps(sorted(record.rests_on.items())).encode()
        return f"{record.attempt}|{record.family}|{hashlib.sha256(rests_on).hexdigest()[:16]}"
    return record.id


def file_name(human: str) -> str:
    """The file name for a human commit: `<sha>.jsonl`, or a safe name if it is not a plain sha.

    Anything but 4 to 64 lower-case hex digits becomes its harmless characters (at most 40), a dash
    and the start of its SHA-256, so that no two ids share a file on any disk.
    """
    if re.fullmatch("[0-9a-f]{4,64}", human):
        return f"{human}.jsonl"
    digest = hashlib.sha256(human.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{slug(human) or 'unnamed'}-{digest[:16]}.jsonl"


def same_commit(one: str, other: str) -> bool:
    """Do two file names stand for the same commit, one of them perhaps abbreviated?"""
    if one == other:
        return True
    shorter, longer = sorted((one.removesuffix(".jsonl"), other.removesuffix(".jsonl")), key=len)
    return bool(re.fullmatch("[0-9a-f]{7,40}", shorter)) and longer.startswith(shorter)


def slug(text: str) -> str:
    """The characters safe in any file name: lower-case letters, digits, inner `.`, `_`, `-`."""
    return re.sub("[^a-z0-9._]+", "-", text.lower())[:40].strip("-._")
