"""The outcomes and claims in a JSON export, for a comparison with the current ones."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

from core.errors import ExportError
from core.files import UnusableError, read_bytes
from core.models import CRITERIA, Outcome
from core.sources import decode
from core.stats.conditions import Told

_MAX_EXPORT_BYTES = 2**31


def read_outcomes(path: Path) -> list[Told]:
    """What a gate looks at, for each attempt of an export.

    Raises `ExportError` when the file cannot be read or is not a JSON export.
    """
    try:
        data = json.loads(decode(read_bytes(os.path.realpath(path), _MAX_EXPORT_BYTES)))
    except UnusableError as error:
        raise ExportError(error.of(path)) from error
    except (ValueError, RecursionError) as error:
        raise _no_export(path) from error
    attempts = data.get("attempts") if isinstance(data, dict) else None
    if not isinstance(attempts, list):
        raise _no_export(path)
    return [_outcome(attempt, path) for attempt in attempts]


def _outcome(attempt: object, path: Path) -> Told:
    if not isinstance(attempt, dict):
        raise _no_export(path)
    try:
        outcome = Outcome(str(attempt.get("outcome")))
    except ValueError as error:
        raise _no_export(path) from error
    marked = attempt.get("marked_success")
    return Told(outcome, marked if isinstance(marked, bool) else None, _is_true(outcome, attempt))


def _is_true(outcome: Outcome, attempt: Mapping[str, object]) -> bool | None:
    """Same rule as `core.assess.strata.is_true_success`."""
    if outcome is not Outcome.UNDECIDED:
        return outcome is Outcome.TRUE_SUCCESS
    criteria = attempt.get("criteria")
    if attempt.get("verdict") or attempt.get("disputed") or not isinstance(criteria, dict):
        return None
    is_bad = any(criteria.get(name) is (name == "is_template_code") for name in CRITERIA)
    return False if is_bad else None


def _no_export(path: Path) -> ExportError:
    hint = "`patchjury export RUNS --to FILE.json` writes one."
    return ExportError(f"{path.name} is not a JSON export of patchjury", hint)
