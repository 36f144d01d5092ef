"""Figures of measurements: speed by agent, claims against files, quadrants, leaks in prompts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from msgspec import Struct

from core.assess.implied_criteria import LOGIC, settled_criterion
from core.assess.speed import (
    HardOutcome,
    Quadrant,
    compare_rows,
    contradiction,
    correlations,
    hard_of,
    is_answered,
    quadrant_of,
)
from core.models import Assessment, RunSet
from core.stats.rates import ALL, Question, Rate, Universe

LEAK_CLASSES = ((1.0, "all of it"), (0.75, "75 % and more"), (0.5, "50 % and more"), (0.0, "less"))
NOT_SHOWN = "none of it"


class SpeedFigure(Struct, frozen=True):
    """The rows of one agent in which attempt and human commit were measured.

    Shares are of the human's value, positive is better; within `threshold` they count as equal.
    `correlation` is None with too few rows.
    """

    agent: str
    measurement: str
    rows: int
    faster: int
    equal: int
    slower: int
    mean: float
    best: float
    worst: float
    correlation: float | None
    threshold: float


class ClaimFigure(Struct, frozen=True):
    """How many claims of a kind the files can check for an agent's attempts, and contradict."""

    agent: str
    claim: str
    claims: int
    contradicted: int


class LeakFigure(Struct, frozen=True):
    """Attempts by how much of the human diff their prompt showed.

    `repeated` is the mean share (0..1) of the change repeated by the `measured` patches among them.
    """

    shown: str
    attempts: int
    lines_shown: int
    lines: int
    repeated: float | None
    measured: int = 0


class Measured(Struct, frozen=True):
    """All figures that come from measurements, claims and prompts."""

    speed: tuple[SpeedFigure, ...] = ()
    claims: tuple[ClaimFigure, ...] = ()
    quadrants: tuple[Rate, ...] = ()
    leaks: tuple[LeakFigure, ...] = ()


def measure(run_set: RunSet, assessments: Sequence[Assessment]) -> Measured:
    """The figures of a run set; quadrants and leaks only where checks have run."""
    return Measured(_speed(run_set), _claims(run_set), _quadrants(assessments), _leaks(assessments))


def _speed(run_set: RunSet) -> tuple[SpeedFigure, ...]:
    threshold = run_set.limits.threshold
    rows = compare_rows(run_set.measurements)
    settings = correlations(rows)
    by_agent = defaultdict(list)
    for row in rows:
        by_agent[row.agent, row.name].append(row.advantage)
    return tuple(
        SpeedFigure(
            agent,
            name,
            len(gains),
            sum(gain > threshold for gain in gains),
            sum(abs(gain) <= threshold for gain in gains),
            sum(gain < -threshold for gain in gains),
            sum(gains) / len(gains),
            max(gains),
            min(gains),
            settings[agent, name][0] if (agent, name) in settings else None,
            threshold,
        )
        for (agent, name), gains in sorted(by_agent.items())
    )


def _claims(run_set: RunSet) -> tuple[ClaimFigure, ...]:
    by_key = {attempt.key: attempt for attempt in run_set.attempts}
    counts: Counter[tuple[str, str]] = Counter()
    contradicted: Counter[tuple[str, str]] = Counter()
    for claim in run_set.claims:
        attempt = by_key.get(claim.attempt)
        if attempt is not None and is_answered(claim, attempt):
            counts[attempt.agent, claim.name] += 1
            contradicted[attempt.agent, claim.name] += bool(contradiction(claim, attempt))
    return tuple(
        ClaimFigure(*key, number, contradicted[key]) for key, number in sorted(counts.items())
    )


def _quadrants(assessments: Sequence[Assessment]) -> tuple[Rate, ...]:
    told = [quadrant(known) for known in assessments]
    if all(found is None for found in told):
        return ()
    about = Universe(assessments)
    return tuple(
        Question(
            f"quadrant {wanted.value.replace('_', ' ')}",
            ALL,
            about,
            [None if found is None else found is wanted for found in told],
            "measured, logic known",
        ).rate()
        for wanted in Quadrant
    )


def hard_outcome(known: Assessment) -> HardOutcome | None:
    """What measurements say of an attempt; None if nothing."""
    found = hard_of(known.report.measures) if known.report else None
    return None if found is HardOutcome.UNKNOWN else found


def quadrant(known: Assessment) -> Quadrant | None:
    """The quadrant of an attempt; None while hard outcome or logic is unknown."""
    if known.report is None:
        return None
    return quadrant_of(hard_of(known.report.measures), settled_criterion(known, LOGIC))


def _leaks(assessments: Sequence[Assessment]) -> tuple[LeakFigure, ...]:
    groups: dict[str, list[tuple[int, int, float | None]]] = defaultdict(list)
    for known in assessments:
        measures = known.report.measures if known.report else {}
        shown, lines = measures.get("leak.shown"), measures.get("leak.lines")
        if isinstance(shown, int) and isinstance(lines, int) and lines:
            repeated = measures.get("leak.repeated")
            name = _leak_class(shown / lines)
            share = float(repeated) if isinstance(repeated, int | float) else None
            groups[name].append((shown, lines, share))
    names = (*(name for _, name in LEAK_CLASSES), NOT_SHOWN)
    return tuple(_leak(name, groups[name]) for name in names if name in groups)


def _leak_class(share: float) -> str:
    if not share:
        return NOT_SHOWN
    return next(name for least, name in LEAK_CLASSES if share >= least)


def _leak(name: str, members: Sequence[tuple[int, int, float | None]]) -> LeakFigure:
    shares = [share for *_, share in members if share is not None]
    mean = sum(shares) / len(shares) if shares else None
    return LeakFigure(
        name,
        len(members),
        sum(m[0] for m in members),
        sum(m[1] for m in members),
        mean,
        len(shares),
    )
