"""Multi-SWE-bench: tasks named by organisation, repository and pull request."""

from __future__ import annotations

from core.models import HumanCommit
from core.readers.building import add_attempt, find_patch, new_attempt
from core.readers.fields import Fields
from core.readers.found import Found, Reference
from core.readers.reader import Reader, Records, Value
from core.readers.record_names import safe_name
from core.readers.record_scan import Record

_KEYS = frozenset({"org", "repo", "number", "fix_patch"})


def knows_row(value: Value, _name: str | None) -> bool:
    """A task with its base or tests."""
    return value.keys() >= _KEYS and ("base" in value or "test_patch" in value)


def knows_patch(value: Value, _name: str | None) -> bool:
    """A prediction: the same keys alone."""
    return value.keys() >= _KEYS


def _instance(fields: Fields) -> str:
    org, repo = fields.text("org"), fields.text("repo")
    number = fields.integer("number") or fields.text("number")
    return fields.text("instance_id") or f"{org}__{repo}-{number}"


def read_row(record: Record, found: Found) -> None:
    """The reference of a row."""
    fields = Fields(record.value)
    name, title, body = _instance(fields), fields.text("title"), fields.text("body")
    text, base = fields.text("fix_patch"), fields.inside("base").commit("sha")
    commit = HumanCommit(
        sha=safe_name(name),
        subject=title or name,
        message="\n\n".join(filter(None, (title, body))),
        parent=base,
        diff=record.text("fix_patch") if text and record.readable else None,
        source=record.path,
        outside=record.outside,
        tests=record.text("test_patch") if fields.text("test_patch") and record.readable else None,
    )
    issues = record.text("resolved_issues") if fields.filled("resolved_issues") else None
    found.references.append(Reference(name, commit, issues if record.readable else None, base))


def read_patch(record: Record, found: Found) -> None:
    """The attempt of a prediction."""
    fields = Fields(record.value)
    attempt = new_attempt(found, record, _instance(fields), fields.text("model_name_or_path"))
    add_attempt(found, record, attempt, find_patch(record, "fix_patch"))


READER = Reader(
    name="Multi-SWE-bench",
    recognised="records with `org`, `repo`, `number`, `fix_patch`; with `base` or `test_patch` a "
    "task, "
    "without a prediction",
    mapped="`fix_patch` → human diff or patch, `base.sha` → base, `title`, `body` → message, "
    "`resolved_issues` → prompt, `test_patch` → the human's tests; ids `org/repo:pr-N` → "
    "`org__repo-N`",
    unread="names of tests, images",
    records=(Records(knows_row, read_row, is_reference=True), Records(knows_patch, read_patch)),
    cases=("multi-swe-bench",),
)
