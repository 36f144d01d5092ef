"""Reports of SWE-bench's harness and its relatives: which tasks were resolved."""

from __future__ import annotations

from collections.abc import Collection

from core.readers.fields import Fields
from core.readers.found import Found, Report
from core.readers.join.file_names import spellings
from core.readers.reader import Reader, Records, Value
from core.readers.record_names import instance_named, looks_like_a_task
from core.readers.record_scan import Record

_RESOLVED = ("resolved_ids", "success_ids", "resolved")
_UNRESOLVED = ("unresolved_ids", "failure_ids", "no_generation", "no_apply", "empty_patch_ids")
_ERRORS = ("error_ids",)
_PATCHES = frozenset({"model_patch", "patch", "git_patch", "generated_patch", "test_result"})


def knows_summary(value: Value, _name: str | None) -> bool:
    """Lists of resolved ids, or true and false by id in one field."""
    if "is_resolved" in value or ("pass_at_k" in value and "results" in value):
        return False  # of terminal-bench, which has no patches
    return any(isinstance(value.get(name), (list, dict)) for name in _RESOLVED)


def knows_tasks(value: Value, _name: str | None) -> bool:
    """Records with `resolved`, by id."""
    rows = [item for item in value.values() if isinstance(item, dict) and "resolved" in item]
    return len(rows) == len(value) and _are_flags([row["resolved"] for row in rows])


def knows_flags(value: Value, _name: str | None) -> bool:
    """True or false by id, if every id looks like one."""
    return _are_flags(value.values()) and all(map(looks_like_a_task, value))


def _are_flags(values: Collection[object]) -> bool:
    """True or false, at least partly; null is what an unfinished evaluation writes."""
    told = sum(isinstance(value, bool) for value in values)
    return told > 0 and told + sum(value is None for value in values) == len(values)


def knows_row(value: Value, _name: str | None) -> bool:
    """One task's result as a row: its id, whether it was resolved, and no patch."""
    told = isinstance(value.get("resolved"), bool) or "resolved" in Fields(value.get("report"))
    return "instance_id" in value and told and _PATCHES.isdisjoint(value)


def read_row(record: Record, found: Found) -> None:
    """The claim of a row; rows of one file and model make one report."""
    fields = Fields(record.value)
    resolved = fields.flag("resolved")
    resolved = fields.inside("report").flag("resolved") if resolved is None else resolved
    instance = instance_named(fields.text("instance_id") or "")
    model = fields.text("model_name_or_path", "model_name", "model")
    names = tuple(spellings(model)) if model else ()
    last = found.reports[-1] if found.reports else None
    if resolved is None:
        return
    if last and (last.path, last.names) == (record.path, names) and instance not in last.claims:
        last.claims[instance] = resolved
    else:
        found.reports.append(Report(record.path, {instance: resolved}, names=names))


def read_summary(record: Record, found: Found) -> None:
    """The claims of a summary."""
    report = report_of(Fields(record.value), record.path)
    if report is not None:
        found.reports.append(report)


def report_of(fields: Fields, path: str, names: tuple[str, ...] = ()) -> Report | None:
    """The content of an object of lists of ids; None if it has none.

    Without a list of what was submitted, it covers everything that it could cover.
    """
    resolved = fields.texts(*_RESOLVED)
    flags = [fields.inside(name) for name in ("resolved_ids", "resolved")]
    by_flag = {n: flag for f in flags for n in f.names() if (flag := f.flag(n)) is not None}
    if resolved is None and not by_flag:
        return None
    claims: dict[str, bool] = {}
    for name in (*_UNRESOLVED, "submitted_ids", "completed_ids"):
        claims |= dict.fromkeys(fields.texts(name) or (), False)
    claims |= dict.fromkeys(resolved or (), True) | by_flag
    errors = frozenset(n for name in _ERRORS for n in fields.texts(name) or ())
    unknown = errors | frozenset(fields.texts("incomplete_ids") or ())
    knows_all = "submitted_ids" in fields or "unresolved_ids" in fields or "failure_ids" in fields
    return Report(
        path,
        {instance_named(n): claim for n, claim in claims.items() if n not in unknown or claim},
        frozenset(map(instance_named, errors)),
        None if knows_all or resolved is None else False,
        names=names,
        unknown=frozenset(map(instance_named, unknown)),
    )


def read_tasks(record: Record, found: Found) -> None:
    """The claims of reports by id; a task whose patch did not apply was evaluated and failed."""
    fields = Fields(record.value)
    claims = {instance_named(n): fields.inside(n).flag("resolved") for n in fields.names()}
    found.reports.append(Report(record.path, {n: c for n, c in claims.items() if c is not None}))


def read_flags(record: Record, found: Found) -> None:
    """The claims of true and false by id."""
    fields = Fields(record.value)
    claims = {instance_named(name): fields.flag(name) for name in fields.names()}
    told = {name: claim for name, claim in claims.items() if claim is not None}
    found.reports.append(Report(record.path, told, silent=True))


READER = Reader(
    name="Reports of SWE-bench's harness and its relatives",
    recognised="`resolved_ids`, `success_ids` or `resolved` as a list or by id; `{id: "
    "{resolved}}`; "
    "`{id: true}`; rows with `instance_id` and `resolved`",
    mapped="resolved → marked; `error_ids` → status error and no claim; what a report says "
    "counts for "
    "the predictions in the nearest folder above it, and for the model that its name holds",
    unread="tests, statistics",
    records=(
        Records(knows_summary, read_summary, is_report=True),
        Records(knows_tasks, read_tasks, is_report=True),
        Records(knows_flags, read_flags, is_report=True),
        Records(knows_row, read_row, is_report=True),
    ),
    cases=("swebench-harness", "reports-prefix", "reports-two-runs", "swe-bench-live"),
)
