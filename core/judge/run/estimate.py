"""What a plan amounts to before anything is sent: calls, tokens, cost, and what cannot be asked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from msgspec import Struct, field

from core.errors import SourceError
from core.judge.books.cost import (
    EXPECTED_OUTPUT_TOKENS,
    expected_cost,
    has_price,
    highest_cost,
    worst_cost,
)
from core.judge.question.judge_prompt import Question
from core.judge.run.commit_evidence import WAITING, CommitEvidence, why_unjudgeable
from core.judge.run.plan import Plan
from core.models import CheckReport, Rubric
from core.settings import JudgeSettings
from core.store import Store


class Estimate(Struct):
    """What a plan amounts to before anything is sent. Costs in US dollars, None when unknown."""

    jobs: int = 0
    cached: int = 0
    calls: int = 0  # rubrics included
    rubrics: int = 0
    canaries: int = 0
    input_tokens: int = 0
    output_tokens: int = 0  # expected
    expected_cost: float | None = 0.0
    highest_cost: float | None = 0.0
    worst_call: float | None = 0.0  # the most that the most expensive call can cost
    without_facts: int = 0  # facts are to be shown, but there is no check report
    incomplete: int = 0  # questions whose evidence is incomplete
    without_reference: int = 0
    skipped: list[tuple[str, str]] = field(default_factory=list)

    def calls_at_once(self, cap: float) -> int | None:
        """How many calls a cap allows at once; None when nothing costs anything."""
        return (
            None
            if self.worst_call is None
            else int(cap / self.worst_call)
            if self.worst_call
            else 0
        )


def estimate(
    plan: Plan,
    settings: JudgeSettings,
    store: Store,
    reports: Mapping[str, CheckReport] | None = None,
    *,
    batch: bool = False,
) -> Estimate:
    """What a plan amounts to; reads every patch once and sends nothing."""
    total = Estimate(jobs=plan.jobs, skipped=list(plan.skipped))
    if not all(has_price(settings.asking(model)) for model in settings.panel):
        total.expected_cost = total.highest_cost = total.worst_call = None
    for group in plan.groups:
        evidence = CommitEvidence(group, plan, store, settings, reports)
        if evidence.no_rubric:
            total.skipped += [(job.attempt.key, evidence.no_rubric) for job in group.jobs]
            continue
        if evidence.rubric_question is not None:
            total.rubrics += 1
            own = settings.asking(settings.model)
            _count(total, evidence.rubric_question, own, batch=False)
        _estimate_group(total, evidence, settings, batch=batch)
    return total


def _estimate_group(
    total: Estimate, evidence: CommitEvidence, settings: JudgeSettings, *, batch: bool
) -> None:
    rubric = evidence.rubric
    if rubric is None and evidence.diff is not None:
        rubric = STAND_IN
    asked: set[str] = set()
    for job in evidence.group.jobs:
        try:
            question = evidence.question(job, rubric)
        except SourceError as error:
            total.skipped.append((job.attempt.key, str(error)))
            continue
        reason = why_unjudgeable(question, settings)
        if reason:
            total.skipped.append((job.attempt.key, reason))
            continue
        key = evidence.keys(job, question).vote
        if evidence.is_waiting(key):
            total.skipped.append((job.attempt.key, WAITING))
            continue
        total.incomplete += bool(question.missing)
        total.without_reference += question.without_reference
        total.canaries += bool(job.canary)
        total.without_facts += settings.facts and question.facts is None and not job.canary
        if key in asked or evidence.answer(key, job.attempt.key) is not None:
            total.cached += 1
            continue
        asked.add(key)
        _count(total, question, settings.asking(job.model), batch=batch)


def _count(total: Estimate, question: Question, settings: JudgeSettings, *, batch: bool) -> None:
    total.calls += 1
    total.input_tokens += question.tokens
    total.output_tokens += EXPECTED_OUTPUT_TOKENS
    if total.expected_cost is None or total.highest_cost is None or total.worst_call is None:
        return
    total.expected_cost += expected_cost(question, settings, batch=batch) or 0.0
    total.highest_cost += highest_cost(question, settings, batch=batch) or 0.0
    worst = worst_cost(question, settings, settings.max_output_tokens, batch=batch) or 0.0
    total.worst_call = max(total.worst_call, worst)


STAND_IN = Rubric(
    id="",
    human="",
    hash="not written yet",
    created=datetime.min.replace(tzinfo=UTC),
    essential_change="x" * 1_500,  # a rubric has about 500 tokens
)
