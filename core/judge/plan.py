"""What there is to judge, what of it is answered already, and what the rest will cost.

Nothing is sent here. Attempts are taken commit by commit, so that the questions of one commit,
which begin alike, follow each other.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property

from core.errors import InputError, SourceError
from core.judge.answers import has_failed
from core.judge.cache import find_answer, is_loopback, question_key, vote_key
from core.judge.canaries import DEFAULT_NUMBER, FROM_ATTEMPTS, choose_canaries
from core.judge.cost import EXPECTED_OUTPUT_TOKENS, expected_cost, has_price, highest_cost
from core.judge.prompt import (
    NO_REFERENCE,
    Question,
    Reference,
    ask_judgement,
    ask_rubric,
    facts_text,
    sha256,
    show_reference,
)
from core.judge.rubric import current_rubric
from core.models import (
    Assessment,
    Attempt,
    CheckReport,
    HumanCommit,
    Judgement,
    Outcome,
    PatchState,
    Rubric,
)
from core.settings import Settings
from core.store import Store

MAX_RAISED_TOKENS = 128_000
"""Source: the output limit of gpt-5."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which attempts to judge; every condition narrows. `sample` attempts are drawn by `seed`."""

    attempts: Collection[str] = ()  # keys
    commits: Collection[str] = ()  # ids, may be abbreviated
    undecided: bool = False
    failed: bool = False  # attempts with a judgement that gave no opinion; asks those again
    sample: int | None = None
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Job:
    """One vote on one attempt."""

    attempt: Attempt
    vote: int
    canary: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """The jobs at one human commit; `commit` is None when it is not known."""

    human: str
    commit: HumanCommit | None
    jobs: tuple[Job, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be judged, and what cannot be, with the reason."""

    groups: tuple[Group, ...]
    skipped: tuple[tuple[str, str], ...] = ()
    again: bool = False

    @property
    def jobs(self) -> int:
        """Votes to get, canaries included."""
        return sum(len(group.jobs) for group in self.groups)

    def rubrics_only(self) -> Plan:
        """The same commits without a vote: what a batch needs before it can be sent."""
        return Plan(tuple(replace(group, jobs=()) for group in self.groups))


@dataclass(slots=True)
class Estimate:
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
    incomplete: int = 0  # questions whose evidence is incomplete
    without_reference: int = 0
    skipped: list[tuple[str, str]] = field(default_factory=list)


def select_attempts(assessments: Sequence[Assessment], selection: Selection) -> list[Attempt]:
    """The attempts a selection names. Raises `InputError` for a key or commit that is not there."""
    chosen = list(assessments)
    if selection.attempts:
        _known(selection.attempts, {a.attempt.key for a in chosen}, "attempt")
        chosen = [a for a in chosen if a.attempt.key in set(selection.attempts)]
    if selection.commits:
        starts = tuple(selection.commits)
        for start in starts:
            if not any(a.attempt.human.startswith(start) for a in assessments):
                raise InputError(f"no attempt at a commit {start} is loaded")
        chosen = [a for a in chosen if a.attempt.human.startswith(starts)]
    if selection.undecided:
        chosen = [a for a in chosen if a.outcome is Outcome.UNDECIDED]
    if selection.failed:
        chosen = [a for a in chosen if has_failed(a.judgements)]
    if selection.sample is not None and selection.sample < len(chosen):
        picked = random.Random(selection.seed).sample(range(len(chosen)), selection.sample)  # noqa: S311 - a sample, no secret
        chosen = [chosen[index] for index in sorted(picked)]
    return [a.attempt for a in chosen]


def make_plan(
    attempts: Iterable[Attempt],
    commits: Mapping[str, HumanCommit],
    settings: Settings,
    *,
    again: bool = False,
) -> Plan:
    """The votes to get on attempts, with canaries mixed in where there are enough of them."""
    skipped: list[tuple[str, str]] = []
    by_commit: dict[str, list[Job]] = {}
    number = 0
    for attempt in attempts:
        reason = _why_not(attempt)
        if reason:
            skipped.append((attempt.key, reason))
            continue
        number += 1
        jobs = by_commit.setdefault(attempt.human, [])
        jobs += [Job(attempt, vote) for vote in range(1, settings.votes + 1)]
    wanted = settings.canaries
    if wanted is None:
        wanted = DEFAULT_NUMBER if number >= FROM_ATTEMPTS else 0
    involved = {human: commits[human] for human in by_commit if human in commits}
    for canary, kind in choose_canaries(involved, wanted):
        by_commit[canary.human].append(Job(canary, 1, kind))
    groups = tuple(Group(h, commits.get(h), tuple(jobs)) for h, jobs in by_commit.items())
    return Plan(groups, tuple(skipped), again)


class Desk:
    """What is at hand about one human commit while its attempts are judged."""

    def __init__(
        self,
        group: Group,
        store: Store,
        settings: Settings,
        reports: Mapping[str, CheckReport] | None = None,
        *,
        again: bool = False,
    ) -> None:
        self.group = group
        self._settings = settings
        self._reports = reports or {}
        self._again = again
        self._real = not is_loopback(settings.base_url)
        self.stored = list(store.judgements(group.human))
        self.diff = _read_diff(group.commit)
        self.rubric: Rubric | None = None
        self._shown: Reference | None = None
        if self.diff is not None:
            rubrics = store.rubrics(group.human)
            self.rubric = current_rubric(rubrics, sha256(self.diff), real=self._real)

    @cached_property
    def rubric_question(self) -> Question | None:
        """The question for the rubric, None when there is one or nothing to write it from."""
        if self.rubric is not None or self.diff is None or self.group.commit is None:
            return None
        return ask_rubric(self.group.commit, self.diff, self._settings.input_limit)

    def question(self, job: Job, rubric: Rubric | None) -> Question:
        """What is asked about an attempt. Raises `SourceError` when its patch cannot be read."""
        source = job.attempt.patch.source
        if source is None:
            raise SourceError("there is no patch to read")
        report = self._reports.get(job.attempt.key) if self._settings.facts else None
        return ask_judgement(
            self._reference(rubric),
            source.read(),
            job.attempt.patch.state,
            input_limit=self._settings.input_limit,
            facts=facts_text(report) if report else None,
        )

    def _reference(self, rubric: Rubric | None) -> Reference:
        """What attempts are compared with; made once for a rubric."""
        if rubric is None or self.diff is None or self.group.commit is None:
            return NO_REFERENCE
        if self._shown is None or self._shown.rubric != rubric.hash:
            limit = self._settings.input_limit
            self._shown = show_reference(self.group.commit, self.diff, rubric, limit)
        return self._shown

    def keys(self, job: Job, question: Question) -> tuple[str, str]:
        """The hash of a question, and that of the job's vote on it."""
        asked = question_key(question, self._settings)
        return asked, vote_key(asked, job.vote)

    def answer(self, key: str) -> Judgement | None:
        """The stored answer with this key."""
        return find_answer(self.stored, key, again=self._again, real=self._real)


def why_unjudgeable(question: Question, settings: Settings) -> str:
    """Why a question cannot be asked, or ""."""
    if question.shows_nothing or question.tokens > settings.input_limit:
        return f"no file of it fits into {settings.input_limit} tokens"
    return ""


def raised_limit(settings: Settings) -> int:
    """The output limit of a second try, in tokens."""
    return max(settings.max_output_tokens, min(2 * settings.max_output_tokens, MAX_RAISED_TOKENS))


def estimate(
    plan: Plan,
    settings: Settings,
    store: Store,
    reports: Mapping[str, CheckReport] | None = None,
    *,
    batch: bool = False,
) -> Estimate:
    """What a plan amounts to; reads every patch once and sends nothing."""
    total = Estimate(jobs=plan.jobs, skipped=list(plan.skipped))
    if not has_price(settings):
        total.expected_cost = total.highest_cost = None
    for group in plan.groups:
        desk = Desk(group, store, settings, reports, again=plan.again)
        if desk.rubric_question is not None:
            total.rubrics += 1
            _count(total, desk.rubric_question, settings, batch=False)
        _estimate_group(total, desk, settings, batch=batch)
    return total


def _estimate_group(total: Estimate, desk: Desk, settings: Settings, *, batch: bool) -> None:
    rubric = desk.rubric
    if rubric is None and desk.diff is not None:
        rubric = _STAND_IN
    asked: set[str] = set()
    for job in desk.group.jobs:
        try:
            question = desk.question(job, rubric)
        except SourceError as error:
            total.skipped.append((job.attempt.key, str(error)))
            continue
        reason = why_unjudgeable(question, settings)
        if reason:
            total.skipped.append((job.attempt.key, reason))
            continue
        _, key = desk.keys(job, question)
        total.incomplete += bool(question.missing)
        total.without_reference += question.without_reference
        total.canaries += bool(job.canary)
        if key in asked or desk.answer(key) is not None:
            total.cached += 1
            continue
        asked.add(key)
        _count(total, question, settings, batch=batch)


def _count(total: Estimate, question: Question, settings: Settings, *, batch: bool) -> None:
    total.calls += 1
    total.input_tokens += question.tokens
    total.output_tokens += EXPECTED_OUTPUT_TOKENS
    if total.expected_cost is not None and total.highest_cost is not None:
        raised = raised_limit(settings)
        total.expected_cost += expected_cost(question, settings, batch=batch) or 0.0
        total.highest_cost += highest_cost(question, settings, raised=raised, batch=batch) or 0.0


_STAND_IN = Rubric(
    id="",
    human="",
    hash="not written yet",
    created=datetime.min.replace(tzinfo=UTC),
    essential_change="x" * 1_500,  # a rubric has about 500 tokens
)


def _why_not(attempt: Attempt) -> str:
    if attempt.patch.state is PatchState.UNREADABLE:
        return "its patch cannot be read"
    return "" if attempt.patch.has_text else "it has no patch"


def _read_diff(commit: HumanCommit | None) -> str | None:
    """The human diff; None when there is none, or none that can be read."""
    if commit is None or commit.diff is None:
        return None
    try:
        text = commit.diff.read()
    except SourceError:
        return None  # judged without reference, and marked so
    return text if text.strip() else None


def _known(names: Iterable[str], known: Collection[str], what: str) -> None:
    for name in names:
        if name not in known:
            raise InputError(f"no {what} {name} is loaded")
