"""GSO: optimisation commits of public projects, their predictions' reports and dataset."""

from __future__ import annotations

from core.models import Direction
from core.readers.fields import Fields
from core.readers.found import Found, Measured, Report
from core.readers.kinds.datasets import add_reference
from core.readers.reader import Reader, Records, Value
from core.readers.record_scan import Record

_NOT_RUN = ("error_ids", "base_failed_ids")


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
    """As fast as the human commit counts as marked; failed tests do not."""
    fields = Fields(record.value)
    if "opt_commit_ids" in fields.inside("instance_sets"):
        found.reports.append(_run_report(record.path, fields))
    else:
        found.reports.append(_task_report(record.path, fields))


def _run_report(path: str, fields: Fields) -> Report:
    """A run's report; if the base did not run, nothing is known."""
    sets, stats = fields.inside("instance_sets"), fields.inside("opt_stats")
    errors = frozenset(n for name in _NOT_RUN for n in sets.texts(name) or ())
    claims = dict.fromkeys(sets.texts("completed_ids", "submitted_ids") or (), False)
    claims |= dict.fromkeys(sets.texts("empty_patch_ids") or (), False)
    claims |= dict.fromkeys(sets.texts("opt_commit_ids") or (), True)
    measured = {name: _measured(stats.inside(name), stats.inside(name)) for name in stats.names()}
    tests = dict.fromkeys(sets.texts("passed_ids") or (), True)
    tests |= dict.fromkeys(sets.texts("test_failed_ids") or (), False)
    return Report(path, claims, errors, measured=_filled(measured), tests=tests)


def _task_report(path: str, fields: Fields) -> Report:
    claims: dict[str, bool] = {}
    errors: set[str] = set()
    tests: dict[str, bool] = {}
    measured: dict[str, tuple[Measured, ...]] = {}
    for name in fields.names():
        row = fields.inside(name)
        passed, reached = row.flag("test_passed"), row.flag("opt_commit")
        if row.flag("patch_exists") and row.flag("base_successfully_run") is False:
            errors.add(name)
            continue
        if passed is False:
            reached = False
        if reached is not None:
            claims[name] = reached
        if passed is not None and row.flag("patch_successfully_applied"):
            tests[name] = passed
        measured[name] = _measured(row.inside("opt_stats"), row.inside("time_stats"))
    return Report(path, claims, frozenset(errors), measured=_filled(measured), tests=tests)


def _filled(measured: dict[str, tuple[Measured, ...]]) -> dict[str, tuple[Measured, ...]]:
    return {name: values for name, values in measured.items() if values}


def _measured(stats: Fields, times: Fields) -> tuple[Measured, ...]:
    """The measurements of one task; the first decides, as in GSO.

    GSO counts a patch as fast as the human's when the harmonic mean of its speedups over the
    human's times is above 0.95 (`gso/harness/grading/metrics.py`, `OPT_THRESH`).
    """
    over_human = stats.number("hm_speedup_patch_commit", "speedup_patch_commit")
    found = [
        Measured(
            "speed beside the human commit",
            Direction.HIGHER,
            human=None if over_human is None else 1.0,
            attempt=over_human,
            unit="x",
        ),
        Measured(
            "speedup",
            Direction.HIGHER,
            human=stats.number("hm_speedup_commit_base"),
            attempt=stats.number("hm_speedup_patch_base", "speedup_patch_base"),
            unit="x",
        ),
        Measured(
            "runtime",
            Direction.LOWER,
            times.number("base_mean"),
            times.number("commit_mean"),
            times.number("patch_mean"),
            unit="s",
        ),
    ]
    return tuple(value for value in found if (value.human, value.attempt) != (None, None))


READER = Reader(
    name="GSO",
    recognised="rows with `gt_diff`; reports with `opt_commit` by task, or `instance_sets`",
    mapped="`gt_diff` → human diff, `opt_commit` → its sha, `base_commit` (`<sha>^`: parent) → "
    "base, "
    "`gt_commit_message` → message; report `opt_commit` → marked, failed tests → not, "
    "a base that did not run → status error and no claim; `opt_stats`, `time_stats` → measurements",
    unread="scripts, `opt_main`, times of single runs",
    records=(
        Records(knows_row, read_row, is_reference=True),
        Records(knows_report, read_report, is_report=True),
    ),
    cases=("gso",),
)
