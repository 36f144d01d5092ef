"""GSO: optimisation commits of public projects, their predictions' reports and dataset."""

from __future__ import annotations

from core.readers.fields import Fields
from core.readers.found import Found, Report
from core.readers.kinds.datasets import add_reference
from core.readers.reader import Reader, Records, Value
from core.readers.record_scan import Record


def knows_row(value: Value, _name: str | None) -> bool:
    """A dataset's row with the human diff and its commit."""
    return "instance_id" in value and "gt_diff" in value


def read_row(record: Record, found: Found) -> None:
    """The reference of a row; `base_commit` may be `<sha>^`, the parent of a commit."""
    base = Fields(record.value).text("base_commit")
    add_reference(record, found, "gt_diff", base=base)


def knows_report(value: Value, _name: str | None) -> bool:
    """A report of one task (by its id) or of a run (`instance_sets`)."""
    sets = value.get("instance_sets")
    if isinstance(sets, dict):
        return "opt_commit_ids" in sets
    inner = [item for item in value.values() if isinstance(item, dict)]
    return bool(inner) and len(inner) == len(value) and all("opt_commit" in i for i in inner)


def read_report(record: Record, found: Found) -> None:
    """As fast as the human commit counts as marked; tests that failed do not."""
    fields = Fields(record.value)
    sets = fields.inside("instance_sets")
    if "opt_commit_ids" in sets:
        claims = dict.fromkeys(sets.texts("completed_ids", "submitted_ids") or (), False)
        claims |= dict.fromkeys(sets.texts("empty_patch_ids") or (), False)
        claims |= dict.fromkeys(sets.texts("opt_commit_ids") or (), True)
        errors = frozenset(sets.texts("error_ids") or ())
        found.reports.append(Report(record.path, claims, errors))
        return
    claims = {}
    for name in fields.names():
        row = fields.inside(name)
        reached = row.flag("opt_commit")
        if row.flag("test_passed") is False:
            reached = False
        if reached is not None:
            claims[name] = reached
    found.reports.append(Report(record.path, claims))


READER = Reader(
    name="GSO",
    recognised="rows with `gt_diff`; reports with `opt_commit` by task, or `instance_sets`",
    mapped="`gt_diff` → human diff, `opt_commit` → its sha, `base_commit` (`<sha>^`: parent) → "
    "base, "
    "`gt_commit_message` → message; report `opt_commit` → marked, failed tests → not",
    unread="scripts, statistics of the timings",
    records=(
        Records(knows_row, read_row, is_reference=True),
        Records(knows_report, read_report, is_report=True),
    ),
    cases=("gso",),
)
