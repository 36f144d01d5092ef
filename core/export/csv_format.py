"""One row per attempt, for spreadsheets: no cell can be a formula, nothing in it is invisible.

UTF-8 with a byte order mark, because Excel otherwise assumes the machine's own encoding.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Callable, Iterator, Mapping

from core.assess.decisions import decision_of
from core.export.criterion_voices import CriterionVoices, voices_on
from core.export.export_document import AttemptResult, Document
from core.export.judge_card_text import card_line
from core.models import CRITERIA, Attempt, CheckReport, JudgementState, Verdict
from core.stats.measured import hard_outcome, quadrant
from core.text import visible

Cell = str | int | float | bool | None

_FORMULA = re.compile(r"[\t\r\n]|[\s\"]*[=+\-@＝＋－＠]")
"""Cell starts that a spreadsheet may take for a formula (OWASP, "CSV injection")."""

_FORMULA_INSIDE = re.compile(r"([;,|\t\n\r][\s\"]*)([=+\-@＝＋－＠])")
"""Where a spreadsheet with another separator would start a cell, such as the `;` of many countries:
it ignores quotes that are not at the start of a cell."""


def render(document: Document) -> Iterator[str]:
    """The header and one row per attempt, in run order."""
    yield "\ufeff" + _line([*COLUMNS, "judge_card"])
    card = cell(card_line(document.statistics.judge_card))
    for result in document.attempts:
        yield _line([*(cell(read(result)) for read in COLUMNS.values()), card])


def cell(value: Cell) -> str:
    """The content of a cell: text made harmless and visible, unknown empty, numbers as they are."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        return str(value)
    text = visible(value.replace("\r\n", "\n"), keep_newlines=True)
    starts = _FORMULA.match(value) or _FORMULA.match(text)
    inert = _FORMULA_INSIDE.sub(r"\1'\2", text)
    return f"'{inert}" if starts else inert


def _line(cells: list[str]) -> str:
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerow(cells)
    return buffer.getvalue()


def _of_attempt(read: Callable[[Attempt], Cell]) -> Callable[[AttemptResult], Cell]:
    return lambda result: read(result.assessment.attempt)


def _of_verdict(read: Callable[[Verdict], Cell]) -> Callable[[AttemptResult], Cell]:
    """A cell about the verdict that counts, empty where there is none."""

    def cell_of(result: AttemptResult) -> Cell:
        verdict = result.assessment.verdict
        return None if verdict is None else read(verdict)

    return cell_of


def _of_people(read: Callable[[Verdict], str]) -> Callable[[AttemptResult], Cell]:
    """What each reviewer said, disputed or not; with names if several said something."""

    def cell_of(result: AttemptResult) -> Cell:
        said = [(v.reviewer, text) for v in result.assessment.verdicts if (text := read(v))]
        if len(said) == 1:
            return said[0][1]
        return "\n".join(f"{who}: {text}" for who, text in said) or None

    return cell_of


def _decided(verdict: Verdict) -> str:
    decision = decision_of(verdict)
    return f"{verdict.reviewer}: {decision.value}" if decision else ""


def _criterion(name: str) -> Callable[[AttemptResult], Cell]:
    def cell_of(result: AttemptResult) -> Cell:
        value: bool | float | None = getattr(result.assessment.criteria, name)
        return value

    return cell_of


def _settled_by(name: str) -> Callable[[AttemptResult], Cell]:
    return lambda result: result.assessment.settled_by.get(name)


Voice = Callable[[CriterionVoices], Cell]


def _voice(name: str, read: Voice) -> Callable[[AttemptResult], Cell]:
    """What one voice says about a criterion."""
    return lambda result: read(_voices(result)[name])


def _voices(result: AttemptResult) -> Mapping[str, CriterionVoices]:
    return {voices.name: voices for voices in voices_on(result.assessment)}


def _votes(voices: CriterionVoices) -> str | None:
    """In words: a spreadsheet takes "2/1/0" for a date."""
    votes = voices.votes
    return f"{votes.yes} yes, {votes.no} no, {votes.unknown} unknown" if votes.votes else None


VOICES: Mapping[str, Voice] = {
    "check": lambda voices: voices.check,
    "judge": lambda voices: voices.judge,
    "votes": _votes,
    "person": lambda voices: voices.person,
}
"""By the suffix of a column's name, a voice's answer on the criterion it begins with."""


def _of_report(read: Callable[[CheckReport], Cell]) -> Callable[[AttemptResult], Cell]:
    """A cell about the check report, empty where there is none."""

    def cell_of(result: AttemptResult) -> Cell:
        report = result.assessment.report
        return None if report is None else read(report)

    return cell_of


def _applies(report: CheckReport) -> bool | None:
    applies = report.measures.get("applies")
    return applies if isinstance(applies, bool) else None


def _rules(report: CheckReport) -> str:
    return " ".join(dict.fromkeys(finding.rule for finding in report.findings))


def _judgements(state: JudgementState) -> Callable[[AttemptResult], Cell]:
    return lambda result: sum(j.state is state for j in result.assessment.judgements)


def _comments(verdict: Verdict) -> str:
    return "\n".join(f"{c.file}:{c.line} ({c.side}): {c.text}" for c in verdict.comments)


COLUMNS: Mapping[str, Callable[[AttemptResult], Cell]] = {
    "key": lambda result: result.key,
    "human": _of_attempt(lambda a: a.reference_sha),
    "subject": lambda result: result.subject,
    "base": _of_attempt(lambda a: a.base),
    "agent": _of_attempt(lambda a: a.agent),
    "model": _of_attempt(lambda a: a.model),
    "run": _of_attempt(lambda a: a.run),
    "item": _of_attempt(lambda a: a.item),
    "status": _of_attempt(lambda a: a.status),
    "marked_success": _of_attempt(lambda a: a.marked_success),
    "patch_state": _of_attempt(lambda a: a.patch.state.value),
    "held_bytes": _of_attempt(lambda a: a.patch.held_bytes),
    "recorded_bytes": _of_attempt(lambda a: a.patch.recorded_bytes),
    "sha256": lambda result: result.fact.sha256,
    "own_diff": lambda result: result.fact.own_diff,
    "returncode": _of_attempt(lambda a: a.execution.returncode),
    "duration_s": _of_attempt(lambda a: a.execution.duration_s),
    "steps": _of_attempt(lambda a: a.execution.steps),
    "tokens_in": _of_attempt(lambda a: a.execution.tokens_in),
    "tokens_out": _of_attempt(lambda a: a.execution.tokens_out),
    "error": _of_attempt(lambda a: a.execution.error),
    "outcome": lambda result: result.assessment.outcome.value,
    "outcome_by": lambda result: result.outcome_by,
    "quadrant": lambda result: quadrant(result.assessment),
    **{name: _criterion(name) for name in (*CRITERIA, "quality_score")},
    **{f"{name}_by": _settled_by(name) for name in CRITERIA},
    "hard_outcome": lambda result: hard_outcome(result.assessment),
    **{
        f"{name}_{voice}": _voice(name, read) for name in CRITERIA for voice, read in VOICES.items()
    },
    "votes": lambda result: _voices(result)[CRITERIA[0]].votes.votes,
    "checked": lambda result: result.assessment.report is not None,
    "applies": _of_report(_applies),
    "rules": _of_report(_rules),
    "conflicts": lambda result: " ".join(result.assessment.conflicts),
    **{f"judgements_{state.value}": _judgements(state) for state in JudgementState},
    "reviewer": _of_verdict(lambda v: v.reviewer),
    "reviewed": _of_verdict(lambda v: v.created.isoformat()),
    "blind": _of_verdict(lambda v: v.blind),
    "cannot_tell": _of_verdict(lambda v: v.cannot_tell),
    "adjudicated": _of_verdict(lambda v: bool(v.adjudicates)),
    "unbound": _of_verdict(lambda v: v.basis is None),
    "flags": _of_verdict(lambda v: " ".join(v.flags)),
    "review_seconds": _of_verdict(lambda v: v.seconds),
    "queue": _of_verdict(lambda v: v.origin.queue if v.origin else None),
    "queue_filter": _of_verdict(lambda v: v.origin.filter if v.origin else None),
    "disputed": lambda result: result.assessment.disputed,
    "outdated": lambda result: len(result.assessment.outdated),
    "decisions": lambda result: (
        "\n".join(filter(None, map(_decided, result.assessment.verdicts))) or None
    ),
    "tags": _of_people(lambda v: "\n".join(v.tags)),
    "note": _of_people(lambda v: v.note),
    "comments": _of_people(_comments),
    "verdicts": lambda result: len(result.history),
}
"""The columns in order, and each one's value for an attempt; then the judge's card."""
