"""A run that somebody may start: which votes, under which settings, with which facts, for how much.

Nothing is sent here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from core.errors import SettingsError
from core.judge.books.batches import waiting_keys
from core.judge.question.canaries import failed_canaries
from core.judge.question.rubric import current_rubric
from core.judge.run.estimate import Estimate, estimate
from core.judge.run.plan import Plan, Selection, make_plan, select_attempts, votes_asked
from core.models import Assessment, Attempt, CheckReport, HumanCommit
from core.settings import JudgeSettings
from core.store import Store

__all__ = [
    "Estimate",
    "NoModelError",
    "Plan",
    "Proposal",
    "Selection",
    "propose",
    "select_attempts",
]


class NoModelError(SettingsError):
    """Nobody has chosen a model yet, and patchjury chooses none."""


class Proposal(Struct, frozen=True):
    """What a run would consist of, and its estimate."""

    plan: Plan
    settings: JudgeSettings
    reports: Mapping[str, CheckReport]
    figures: Estimate


def propose(
    assessments: Sequence[Assessment],
    commits: Mapping[str, HumanCommit],
    store: Store,
    settings: JudgeSettings,
    selection: Selection,
    *,
    batch: bool = False,
    repository: Path | None = None,
) -> Proposal:
    """What judging a selection would be, with base files from `repository` if they are shown.

    Raises `PatchjuryError`, also when no model is chosen.
    """
    if not settings.model:
        raise NoModelError(
            "no model has been chosen yet", "Name one with --model; it is remembered."
        )
    without: frozenset[str] = frozenset()
    canaries: Sequence[tuple[Attempt, str, str]] = ()
    if selection.failed:
        humans = {a.attempt.reference_sha for a in assessments}
        without = humans_without_rubric(store, humans)
        stored = (j for human in sorted(humans) for j in store.judgements(human))
        canaries = failed_canaries(stored, commits)
    chosen = select_attempts(assessments, selection, without)
    plan = make_plan(
        chosen,
        commits,
        settings,
        again=selection.failed,
        asked=votes_asked(assessments) if selection.failed else None,
        waiting=waiting_keys(store),
        repository=repository,
        second=selection.answered,
        failed_canaries=canaries,
    )
    reports = {a.attempt.key: a.report for a in assessments if a.report} if settings.facts else {}
    figures = estimate(plan, settings, store, reports, batch=batch)
    return Proposal(plan, settings, reports, figures)


def humans_without_rubric(store: Store, humans: Iterable[str]) -> frozenset[str]:
    """The human commits for which every call for a rubric failed."""
    return frozenset(
        human
        for human in humans
        if (rubrics := [r for r in store.rubrics(human) if not r.set_aside])
        and current_rubric(rubrics) is None
    )
