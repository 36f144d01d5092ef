"""What measurements say of an attempt beside the human commit, and claims beside the files.

Hard outcome x logic gives the quadrant: true success (right place, gain), good intent (right place,
no gain), lucky win (gain elsewhere), failure. Values measured under different settings are not
compared: where attempt and human commit are the same code path on the same machine, their values
rise and fall together over the tasks, so a low correlation over an agent's rows means that they
were not measured alike. Ratios (unit "x") are computed from two values that were measured together,
and the ratios of an agent that rarely finds the gain do not correlate with the human's: nothing is
concluded from them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

from msgspec import Struct

from core.models import (
    DEFAULT_LIMITS,
    Attempt,
    Claim,
    Direction,
    Measurement,
    PatchState,
    SpeedLimits,
    Subject,
)

RATIO = "x"
"""The unit of ratios, such as how many times faster than the base."""

LEAST_ROWS = 10
"""With fewer rows than this, nothing is said about an agent's settings."""


class HardOutcome(StrEnum):
    """What measurements say."""

    FASTER_OR_EQUAL = "faster_or_equal"
    SLOWER = "slower"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Quadrant(StrEnum):
    """Hard outcome x logic."""

    TRUE_SUCCESS = "true_success"
    GOOD_INTENT = "good_intent"
    LUCKY_WIN = "lucky_win"
    FAILURE = "failure"


class Compared(Struct, frozen=True):
    """One row in which the attempt and the human commit were measured."""

    attempt: str  # key; "" when no attempt is known
    agent: str
    name: str
    human: float
    value: float
    advantage: float  # share of the human's value; positive is better
    is_ratio: bool = False


class SpeedFact(Struct, frozen=True):
    """What is known of one attempt's speed and of the claims made about it."""

    hard: HardOutcome = HardOutcome.UNKNOWN
    name: str = ""  # of the measurement that decides
    advantage: float | None = None
    correlation: float | None = None  # set where the settings seem to differ
    contradicted: tuple[str, ...] = ()  # claims that the files contradict, spelt out


NOT_MEASURED = SpeedFact()


def advantage_of(human: float, attempt: float, better: Direction | None) -> float | None:
    """How much better an attempt is, as a share of the human's value; None when not comparable."""
    if better is None or human == 0:
        return None
    gain = attempt - human if better is Direction.HIGHER else human - attempt
    return gain / abs(human)


def compare_rows(measurements: Iterable[Measurement]) -> list[Compared]:
    """Every row with its first measurement that has values of both the attempt and the human."""
    by_row: dict[str, dict[str, dict[Subject, Measurement]]] = defaultdict(dict)
    for one in measurements:
        by_row[one.source].setdefault(one.name, {})[one.subject] = one
    found = []
    for names in by_row.values():
        for name, sides in names.items():
            human, attempt = sides.get(Subject.HUMAN), sides.get(Subject.ATTEMPT)
            if human is None or attempt is None:
                continue
            gain = advantage_of(human.value, attempt.value, attempt.better)
            if gain is not None:
                key, agent = attempt.attempt, attempt.agent
                pair, is_ratio = (human.value, attempt.value), attempt.unit == RATIO
                found.append(Compared(key, agent, name, *pair, gain, is_ratio))
                break
    return found


def correlations(rows: Iterable[Compared]) -> dict[tuple[str, str], tuple[float, int]]:
    """Pearson's r of the attempts' and the human's values by agent and measurement, and n."""
    by_agent: dict[tuple[str, str], list[Compared]] = defaultdict(list)
    for row in rows:
        if not row.is_ratio:
            by_agent[row.agent, row.name].append(row)
    enough = {key: members for key, members in by_agent.items() if len(members) >= LEAST_ROWS}
    found = {key: (_correlation(members), len(members)) for key, members in enough.items()}
    return {key: (r, count) for key, (r, count) in found.items() if r is not None}


def _correlation(rows: Sequence[Compared]) -> float | None:
    """Pearson's r; None where all values are the same."""
    from statistics import StatisticsError, correlation  # here: it loads much, few have such rows

    try:
        return correlation([row.human for row in rows], [row.value for row in rows])
    except StatisticsError:
        return None


def speed_facts(
    attempts: Sequence[Attempt],
    measurements: Sequence[Measurement],
    claims: Sequence[Claim],
    limits: SpeedLimits = DEFAULT_LIMITS,
) -> dict[str, SpeedFact]:
    """What is known of each attempt that a table names."""
    rows = compare_rows(measurements)
    lowest: dict[str, float] = {}  # one mismatch, and the agent is not compared
    for (agent, _), (r, _) in correlations(rows).items():
        lowest[agent] = min(r, lowest.get(agent, 1.0))
    found: dict[str, SpeedFact] = {}
    for row in rows:
        if row.attempt and row.attempt not in found:
            r = lowest.get(row.agent, 1.0)
            alike = r >= limits.correlation
            hard = HardOutcome.SLOWER
            if row.advantage >= -limits.threshold:
                hard = HardOutcome.FASTER_OR_EQUAL
            found[row.attempt] = SpeedFact(
                hard if alike else HardOutcome.UNKNOWN,
                row.name,
                row.advantage,
                None if alike else r,
            )
    by_key = {attempt.key: attempt for attempt in attempts}
    for key, mine in _by_attempt(claims).items():
        if key in by_key:
            found[key] = _with_claims(found.get(key, NOT_MEASURED), by_key[key], mine)
    return found


def _by_attempt(claims: Iterable[Claim]) -> dict[str, list[Claim]]:
    found: dict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        found[claim.attempt].append(claim)
    return found


def _with_claims(fact: SpeedFact, attempt: Attempt, claims: Sequence[Claim]) -> SpeedFact:
    said = tuple(words for claim in claims if (words := contradiction(claim, attempt)))
    failed = any(c.name == "tests_passed" and _is_below_one(c.value) for c in claims)
    hard = HardOutcome.FAILED if failed else fact.hard
    return SpeedFact(hard, fact.name, fact.advantage, fact.correlation, said)


def _is_below_one(value: bool | float | str | None) -> bool:
    return value is False or (isinstance(value, float) and value < 1)


def is_answered(claim: Claim, attempt: Attempt) -> bool:
    """Do the files say whether a claim is right? About an opinion they never do."""
    known_none = attempt.patch.state in (PatchState.EMPTY, PatchState.MISSING)
    if not isinstance(claim.value, bool):
        return False
    if claim.name == "has_patch":
        return attempt.patch.has_text or known_none
    is_told = attempt.marked_success is not None or (claim.value and known_none)
    return claim.name == "resolved" and is_told


def contradiction(claim: Claim, attempt: Attempt) -> str:
    """How the files contradict a claim, in words; "" when they do not."""
    has_text = attempt.patch.has_text
    if claim.name == "has_patch" and isinstance(claim.value, bool):
        known = has_text or attempt.patch.state in (PatchState.EMPTY, PatchState.MISSING)
        if known and claim.value is not has_text:
            return _contradicts("has a patch" if claim.value else "has no patch", claim, attempt)
    if claim.name == "resolved" and isinstance(claim.value, bool):
        if attempt.marked_success is not None and claim.value is not attempt.marked_success:
            return _contradicts("is resolved" if claim.value else "is not resolved", claim, attempt)
        if claim.value and attempt.patch.state in (PatchState.EMPTY, PatchState.MISSING):
            return f"{claim.source} says that it is resolved, but there is no patch"
    return ""


def _contradicts(said: str, claim: Claim, attempt: Attempt) -> str:
    size = attempt.patch.held_bytes
    here = f"a patch of {size} bytes is here" if attempt.patch.has_text else "there is none here"
    if claim.name == "resolved":
        here = "its report says otherwise"
    return f"{claim.source} says that it {said}, but {here}"


_UNKNOWN = HardOutcome.UNKNOWN


def quadrant_of(hard: HardOutcome, logic: bool | None) -> Quadrant | None:
    """Hard outcome x logic; None while either is unknown."""
    if hard is _UNKNOWN or logic is None:
        return None
    if hard is HardOutcome.FASTER_OR_EQUAL:
        return Quadrant.TRUE_SUCCESS if logic else Quadrant.LUCKY_WIN
    return Quadrant.GOOD_INTENT if logic and hard is HardOutcome.SLOWER else Quadrant.FAILURE


def hard_of(measures: Mapping[str, object]) -> HardOutcome:
    """The hard outcome recorded in a check report."""
    value = measures.get("speed.hard")
    return HardOutcome(value) if isinstance(value, str) else _UNKNOWN
