"""Which input a JSON record belongs to, decided by its fields alone and never by a file's name."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """The kinds of record that files (as opposed to attempt folders) may hold."""

    ATTEMPT = "attempt"
    PREDICTION = "prediction"
    INSTANCE = "reference instance"
    RESULTS = "results"
    EVALUATION = "evaluation"
    COMMIT = "human commit"


_COMMIT_IDS = frozenset({"commit_hash", "head_commit"})
_COMMIT_FACTS = frozenset(
    {"commit_subject", "subject", "commit_message", "message", "diff_text", "patch", "diff"}
)

MARKERS = tuple(
    f'"{name}"'.encode()
    for name in (
        *("run_id", "instance_id", "evaluated_attempts", "resolved", "resolved_ids"),
        *sorted(_COMMIT_IDS),
    )
)
"""A file that holds none of these holds no record of a known kind."""


def kind_of(value: object) -> Kind | None:
    """The kind of a record, None when it is of none that patchjury knows."""
    if not isinstance(value, dict):
        return None
    if "run_id" in value and "item_id" in value:
        return Kind.ATTEMPT
    if "instance_id" in value:
        if "model_patch" in value:
            return Kind.PREDICTION
        return Kind.INSTANCE if "patch" in value else None
    if isinstance(value.get("evaluated_attempts"), list):
        return Kind.EVALUATION
    if looks_like_commit(value) and _COMMIT_IDS & value.keys():
        return Kind.COMMIT
    return Kind.RESULTS if _looks_like_results(value) else None


def looks_like_commit(value: dict[str, object]) -> bool:
    """Does a record say anything about a commit?"""
    return not _COMMIT_FACTS.isdisjoint(value)


def _looks_like_results(value: dict[str, object]) -> bool:
    for name in ("resolved_ids", "resolved"):
        if isinstance(value.get(name), (list, dict)):
            return True
    return bool(value) and all(
        isinstance(item, dict) and isinstance(item.get("resolved"), bool) for item in value.values()
    )
