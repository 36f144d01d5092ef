"""What measurements and tables say about the attempt: speed beside the human commit, and claims."""

from __future__ import annotations

from collections.abc import Iterator

from core.assess.speed import HardOutcome
from core.checks.context import Context
from core.checks.registry import Fact, Found, Measure, rule
from core.models import Severity
from core.text import one_line


@rule("speed.slower", Severity.WARNING, "The attempt was measured as slower than the human commit")
def slower(context: Context) -> Iterator[Fact]:
    fact = context.speed
    if fact.hard is HardOutcome.SLOWER and fact.advantage is not None:
        yield Found(f"{-fact.advantage:.1%} worse than the human commit ({fact.name})")
    yield Measure("speed.hard", None if fact.hard is HardOutcome.UNKNOWN else fact.hard.value)
    yield Measure("speed.advantage", None if fact.advantage is None else round(fact.advantage, 6))


@rule("speed.failed", Severity.ERROR, "A table says that the attempt's tests failed")
def failed(context: Context) -> Iterator[Fact]:
    if context.speed.hard is HardOutcome.FAILED:
        yield Found("a table says that its tests failed")


@rule(
    "speed.different-settings",
    Severity.WARNING,
    "Attempt and human commit were measured under different settings and cannot be compared",
    version=2,
)
def different_settings(context: Context) -> Iterator[Fact]:
    r = context.speed.correlation
    if r is not None:
        yield Found(f"correlation of {r:.3f} over this agent's tasks, below the limit")


@rule(
    "speed.claim",
    Severity.ERROR,
    "A table claims what the files contradict",
    certain=True,
    version=2,
)
def claim(context: Context) -> Iterator[Fact]:
    for said in context.speed.contradicted:
        yield Found(one_line(said))
