"""Made-up sets of attempts whose truth is known, for the tests of sampling."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from core.assess.outcome import assess
from core.models import (
    Assessment,
    Attempt,
    CheckReport,
    Criteria,
    Execution,
    Judgement,
    JudgementState,
    Origin,
    Outcome,
    PatchEvidence,
    PatchState,
    Verdict,
)
from core.records import replace

NOON = datetime(2025, 11, 10, 12, 0, tzinfo=UTC)
GOOD = Criteria(True, True, True, True, False)
BAD_LOGIC = Criteria(True, True, False, True, False)


def attempt(key: str, *, marked: bool = True, size: int = 100, agent: str = "trae") -> Attempt:
    """An attempt with a whole patch."""
    return Attempt(
        key,
        f"{int(key[1:]) // 3:040x}",
        agent=agent,
        marked_success=marked,
        patch=PatchEvidence(PatchState.WHOLE, held_bytes=size),
        execution=Execution(returncode=0),
    )


def opinion(key: str, says: bool) -> Judgement:
    """A judge's opinion from which an outcome follows."""
    criteria = GOOD if says else BAD_LOGIC
    return Judgement(f"j{key}", key, JudgementState.VERDICT, criteria, created=NOON)


def decision(key: str, truth: bool | None, origin: Origin | None = None, **more: object) -> Verdict:
    """A person's decision; None: nobody can tell."""
    outcome = Outcome.UNDECIDED if truth is None else Outcome.FAILURE
    outcome = Outcome.TRUE_SUCCESS if truth else outcome
    plain = Verdict(
        f"v{key}",
        key,
        "ada",
        NOON + timedelta(minutes=1),
        outcome,
        cannot_tell="" if truth is None else None,
        origin=origin,
    )
    return replace(plain, **more)  # type: ignore[arg-type]


def made_set(
    size: int,
    says: Iterable[bool | None] = (),
    facts: Sequence[Criteria | None] = (),
) -> list[Assessment]:
    """`size` attempts, of each what the judge says and what the checks know."""
    opinions = [*says, *[None] * size][:size]
    known = [*facts, *[None] * size][:size]
    found = []
    for number, (said, fact) in enumerate(zip(opinions, known, strict=True)):
        key = f"a{number}"
        judgements = [] if said is None else [opinion(key, said)]
        report = None if fact is None else CheckReport(key, fact)
        found.append(assess(attempt(key), (), judgements, report))
    return found


def decided(known: Assessment, truth: bool | None, origin: Origin | None = None) -> Assessment:
    """The same with a person's decision."""
    verdict = decision(known.attempt.key, truth, origin)
    return assess(known.attempt, [verdict], known.judgements, known.report)
