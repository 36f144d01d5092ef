"""Which votes to get: attempts selected, grouped by commit, canaries mixed in.

Attempts are taken commit by commit, so that the questions of one commit, which begin alike, follow
each other.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from core.assess.opinions import has_failed
from core.errors import InputError
from core.judge.question.canaries import DEFAULT_NUMBER, FROM_ATTEMPTS, choose_canaries
from core.models import (
    Assessment,
    Attempt,
    HumanCommit,
    Judgement,
    JudgementState,
    Outcome,
    PatchState,
)
from core.records import replace
from core.settings import JudgeSettings


class Selection(Struct, frozen=True):
    """Which attempts to judge; every condition narrows. `sample` attempts are drawn by `seed`."""

    attempts: Collection[str] = ()  # keys
    commits: Collection[str] = ()  # ids, may be abbreviated
    undecided: bool = False
    failed: bool = False  # attempts with a judgement that gave no opinion; asks those again
    sample: int | None = None
    seed: int = 0
    answered: bool = False  # attempts with our own opinion, to ask the same again


class Job(Struct, frozen=True):
    """One vote of a model on one attempt."""

    attempt: Attempt
    vote: int
    model: str
    canary: str = ""
    of_votes: int = 1
    of_models: int = 1
    second: bool = False  # the same question asked again


class Group(Struct, frozen=True):
    """The jobs at one human commit; `commit` is None if it is unknown."""

    human: str
    commit: HumanCommit | None
    jobs: tuple[Job, ...]


class Plan(Struct, frozen=True):
    """What to judge, and what cannot be judged, with the reason."""

    groups: tuple[Group, ...]
    skipped: tuple[tuple[str, str], ...] = ()
    again: bool = False  # ask once more where there was no opinion
    waiting: frozenset[str] = frozenset()  # keys of votes in uncollected batches
    repository: Path | None = None  # to take base files from

    @property
    def jobs(self) -> int:
        """Votes to get, canaries included."""
        return sum(len(group.jobs) for group in self.groups)

    def rubrics_only(self) -> Plan:
        """The same commits without a vote: what a batch needs before it can be sent."""
        return replace(self, groups=tuple(replace(group, jobs=()) for group in self.groups))


def select_attempts(
    assessments: Sequence[Assessment],
    selection: Selection,
    without_rubric: Collection[str] = (),
) -> list[Attempt]:
    """The attempts a selection names. Raises `InputError` for an unknown key or commit.

    `without_rubric` are the human commits whose rubric could not be written: attempts that were
    never judged for that reason have failed too.
    """
    chosen = list(assessments)
    if selection.attempts:
        _known(selection.attempts, {a.attempt.key for a in chosen}, "attempt")
        chosen = [a for a in chosen if a.attempt.key in set(selection.attempts)]
    if selection.commits:
        starts = tuple(selection.commits)
        for start in starts:
            if not start or not any(a.attempt.reference_sha.startswith(start) for a in assessments):
                raise InputError(f"no attempt at a commit {start!r} is loaded")
        chosen = [a for a in chosen if a.attempt.reference_sha.startswith(starts)]
    if selection.undecided:
        chosen = [a for a in chosen if a.outcome is Outcome.UNDECIDED]
    if selection.failed:
        chosen = [
            a
            for a in chosen
            if has_failed(a.judgements)
            or (
                a.attempt.reference_sha in without_rubric
                and not a.judgements
                and a.attempt.patch.has_text
            )
        ]
    if selection.answered:
        chosen = [a for a in chosen if any(map(_is_answer, a.judgements))]
    if selection.sample is not None:
        chosen = [a for a in chosen if not _why_not(a.attempt)]
    if selection.sample is not None and selection.sample < len(chosen):
        picked = random.Random(selection.seed).sample(range(len(chosen)), selection.sample)  # noqa: S311 - a sample, no secret
        chosen = [chosen[index] for index in sorted(picked)]
    return [a.attempt for a in chosen]


def _is_answer(judgement: Judgement) -> bool:
    own = judgement.question and not judgement.set_aside
    return bool(own) and judgement.state is JudgementState.VERDICT


def votes_asked(assessments: Iterable[Assessment]) -> dict[str, int]:
    """How many votes were requested on each attempt, failed ones included."""
    return {
        a.attempt.key: max(judgement.vote for judgement in a.judgements)
        for a in assessments
        if a.judgements
    }


def make_plan(
    attempts: Iterable[Attempt],
    commits: Mapping[str, HumanCommit],
    settings: JudgeSettings,
    *,
    again: bool = False,
    asked: Mapping[str, int] | None = None,
    waiting: frozenset[str] = frozenset(),
    repository: Path | None = None,
    second: bool = False,
    failed_canaries: Iterable[tuple[Attempt, str, str]] = (),
) -> Plan:
    """The votes to get on attempts, with canaries mixed in if there are enough of them.

    `second` asks each model its first question again, without canaries.

    `failed_canaries` (canary, kind, model) are asked again, whatever else is mixed in.

    `asked` gives by attempt how many votes were requested before, so that none is forgotten.
    """
    skipped: list[tuple[str, str]] = []
    by_commit: dict[str, list[Job]] = {}
    number = 0
    for attempt in attempts:
        reason = _why_not(attempt)
        if reason:
            skipped.append((attempt.key, reason))
            continue
        number += 1
        jobs = by_commit.setdefault(attempt.reference_sha, [])
        votes = 1 if second else max(settings.votes, (asked or {}).get(attempt.key, 0))
        jobs += [
            Job(
                attempt,
                number_of_vote,
                model,
                of_votes=votes,
                of_models=len(settings.panel),
                second=second,
            )
            for model in settings.panel
            for number_of_vote in range(1, votes + 1)
        ]
    wanted = settings.canaries
    if second:
        return Plan(_groups(by_commit, commits), tuple(skipped), again, waiting, repository)
    if wanted is None:
        wanted = DEFAULT_NUMBER if number >= FROM_ATTEMPTS else 0
    involved = {human: commits[human] for human in by_commit if human in commits}
    fresh = choose_canaries(involved, wanted)
    again_too = [canary for canary in failed_canaries if canary[2] in settings.panel]
    mixed_in = [(made, kind, model) for made, kind in fresh for model in settings.panel]
    for canary, kind, model in {
        (c.key, model): (c, kind, model) for c, kind, model in [*mixed_in, *again_too]
    }.values():
        by_commit.setdefault(canary.reference_sha, []).append(Job(canary, 1, model, kind))
    return Plan(_groups(by_commit, commits), tuple(skipped), again, waiting, repository)


def _groups(
    by_commit: Mapping[str, Sequence[Job]], commits: Mapping[str, HumanCommit]
) -> tuple[Group, ...]:
    return tuple(Group(h, commits.get(h), tuple(jobs)) for h, jobs in by_commit.items())


def _why_not(attempt: Attempt) -> str:
    if attempt.patch.state is PatchState.UNREADABLE:
        return "its patch cannot be read"
    return "" if attempt.patch.has_text else "it has no patch"


def _known(names: Iterable[str], known: Collection[str], what: str) -> None:
    for name in names:
        if name not in known:
            raise InputError(f"no {what} {name!r} is loaded")
