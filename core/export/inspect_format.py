"""Verdicts as score edits for Inspect (`edit_score`), for attempts from Inspect's logs.

A line holds the arguments of `edit_score`: log, sample_id, epoch, score_name and the fields of a
`ScoreEdit`. Only decisions become edits: never silence, and no opinion but a person's.
Source of the form: inspect_ai 0.3.285, `inspect_ai.log.edit_score`, `inspect_ai.scorer.ScoreEdit`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from core import codec
from core.assess.decisions import Decision, decision_of
from core.errors import ExportError
from core.export.export_document import AttemptResult, Document
from core.files import UnusableError
from core.models import CRITERIA, Verdict
from core.readers.kinds.inspect_samples import Sample, Score, log_samples, scores_of
from core.readers.problems import Problems
from core.readers.walk import File

NAMES = ("score_edits.jsonl", "inspect_edits.jsonl")
"""Endings of file names that select score edits."""

OWN_SCORE = "patchjury"
"""The score that is added if a sample has none."""

_VALUES: dict[Decision, tuple[str, float, bool]] = {  # as a letter, a number, true or false
    Decision.TRUE_SUCCESS: ("C", 1.0, True),
    Decision.PARTIAL_SUCCESS: ("P", 0.5, False),
    Decision.NOT_A_SUCCESS: ("I", 0.0, False),
}


def render(document: Document) -> Iterator[str]:
    """A line for each decided attempt of a log. Raises `ExportError` when none comes from a log."""
    by_log: dict[str, dict[str, AttemptResult]] = {}
    for result in document.attempts:
        if result.key.startswith(f"{result.assessment.attempt.run}/"):
            by_log.setdefault(result.assessment.attempt.run, {})[result.key] = result
    of_logs = 0
    for name, results in by_log.items():
        if name.lower().endswith((".eval", ".json")):
            for sample in _samples(document, name):
                mine = results.get(sample.key(name))
                of_logs += mine is not None
                edit = _edit(document, name, sample, mine) if mine else None
                if edit is not None:
                    yield codec.dumps(edit) + "\n"
    if not of_logs:
        hint = "Score edits are for .eval and .json logs of Inspect; predictions go to preds.jsonl."
        raise ExportError("none of these attempts comes from an Inspect log", hint)


def _samples(document: Document, name: str) -> Iterator[Sample]:
    path = document.folder / name
    try:
        yield from log_samples(File(str(path)), Problems(document.folder))
    except UnusableError as error:
        raise ExportError(error.of(name), "Load the runs again.") from error


def _edit(
    document: Document, log: str, sample: Sample, result: AttemptResult
) -> dict[str, Any] | None:
    """The `edit_score` call for an attempt; None while nothing is decided."""
    verdict = result.assessment.verdict
    decision = decision_of(verdict) if verdict else None
    if verdict is None or decision is None:
        return None
    score = next(iter(scores_of(sample)), None)
    said = decision.value.replace("_", " ")
    return {
        "log": log,
        "sample_id": sample.id,
        "epoch": sample.epoch,
        "score_name": score.name if score else OWN_SCORE,
        "edit": {
            "value": _value(decision, score),
            "explanation": _explanation(said, verdict),
            "provenance": {
                "timestamp": codec.to_data(verdict.created),
                "author": verdict.reviewer,
                "reason": f"patchjury verdict: {said}",
                "metadata": _metadata(document, verdict, result),
            },
        },
    }


def _value(decision: Decision, score: Score | None) -> str | float | bool:
    """The decision in the type of the score's value; NaN (unscored) if nobody can tell."""
    if decision not in _VALUES:
        return math.nan
    letter, number, flag = _VALUES[decision]
    if score is not None and score.fields.flag("value") is not None:
        return flag
    is_number = score is not None and score.fields.number("value") is not None
    return number if is_number else letter


def _explanation(said: str, verdict: Verdict) -> str:
    """What was decided and why, in the reviewer's words."""
    parts = [f"{said} ({verdict.reviewer})"]
    if verdict.cannot_tell:
        parts.append(f"cannot tell: {verdict.cannot_tell}")
    parts += [verdict.note] if verdict.note else []
    parts += [f"{c.file}:{c.line} ({c.side.value}): {c.text}" for c in verdict.comments]
    return "\n".join(parts)


def _metadata(document: Document, verdict: Verdict, result: AttemptResult) -> dict[str, Any]:
    criteria = {name: getattr(verdict.criteria, name) for name in CRITERIA}
    agreeing = [v.reviewer for v in result.assessment.verdicts if v.is_decision]
    return {
        "generator": document.generator,
        "verdict": verdict.id,
        "outcome": result.assessment.outcome.value,
        "criteria": criteria,
        "tags": list(verdict.tags),
        "reviewers": agreeing,
        "blind": verdict.blind,
        "basis": codec.to_data(verdict.basis),
    }
