"""SWE-smith: the dataset's patch introduces the bug, so the human fix is its reverse."""

from __future__ import annotations

from pathlib import PurePath

from core.models import HumanCommit
from core.readers.fields import Fields
from core.readers.found import Found, Reference, Report
from core.readers.reader import Reader, Records, Value
from core.readers.record_names import safe_name
from core.readers.record_scan import Record
from core.readers.reversed_text import ReversedText
from core.records import replace

SAID = "the human fix is the reverse of the patch that put the bug in"


def knows_row(value: Value, _name: str | None) -> bool:
    """A dataset's row without a base commit, of a repository that SWE-smith made."""
    if "instance_id" not in value or "patch" not in value or value.get("base_commit"):
        return False
    repository = value.get("repo")
    is_theirs = isinstance(repository, str) and repository.startswith("swesmith/")
    return is_theirs or ("image_name" in value and "FAIL_TO_PASS" in value)


def read_row(record: Record, found: Found) -> None:
    """The reference of a row, with its patch reversed."""
    fields = Fields(record.value)
    name, text = fields.text("instance_id") or "", fields.text("patch")
    message = fields.text("problem_statement")
    commit = HumanCommit(
        sha=safe_name(name),
        subject=(message or name).split("\n", 1)[0].strip(),
        message=message or "",
        source=f"{record.path} ({SAID})",
        outside=record.outside,
    )
    if text and record.readable:
        commit = replace(commit, diff=ReversedText(record.text("patch")))
    statement = record.text("problem_statement") if message and record.readable else None
    found.references.append(Reference(name, commit, statement))
    found.problems.add(record.path, f"contains SWE-smith tasks: {SAID}")


def knows_report(value: Value, _name: str | None) -> bool:
    """The report of one task (`resolved` at the top) or the summary (`ids_resolved`)."""
    if isinstance(value.get("ids_resolved"), list):
        return True
    return isinstance(value.get("resolved"), bool) and "patch_exists" in value


def read_report(record: Record, found: Found) -> None:
    """The claims of a report; one task's is in the folder with its name."""
    fields = Fields(record.value)
    resolved = fields.flag("resolved")
    if resolved is not None:
        claims = {PurePath(record.path).parent.name: resolved}
    else:
        claims = dict.fromkeys(fields.texts("ids_unresolved") or (), False)
        claims |= dict.fromkeys(fields.texts("ids_resolved") or (), True)
    found.reports.append(Report(record.path, claims))


READER = Reader(
    name="SWE-smith",
    recognised="rows with `patch` and without `base_commit` whose `repo` begins with `swesmith/` "
    "(or "
    "with `image_name`); reports with `resolved` at the top, or `ids_resolved`",
    mapped="the reverse of `patch` → human diff (and it is said), `problem_statement` → prompt, "
    "`resolved`, `ids_resolved` → marked",
    unread="tests, images",
    records=(
        Records(knows_row, read_row, is_reference=True),
        Records(knows_report, read_report, is_report=True),
    ),
    cases=("swe-smith",),
)
