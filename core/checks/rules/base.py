"""On which base the patch was made: the recorded one, or that of another task."""

from __future__ import annotations

from collections.abc import Iterator

from core.checks.context import Context
from core.checks.registry import Fact, Found, Measure, rule
from core.models import Severity

_MOST_NAMED = 3


@rule(
    "base.other-task",
    Severity.ERROR,
    "The patch was made on a base other than the recorded one, usually that of another task",
    certain=True,
    version=2,
)
def other_task(context: Context) -> Iterator[Fact]:
    made = context.made_on
    if context.text is not None and made.recorded is False:
        named = ", ".join(task[:40] for task in made.tasks[:_MOST_NAMED])
        of = f"that of {named}" if named else "which one is unknown"
        yield Found(f"made on a base other than the recorded one: {of}")
    told = {True: "recorded", False: "other", None: None}
    yield Measure("base.made_on", told[made.recorded])


@rule(
    "base.unknown",
    Severity.INFO,
    "Nothing shows on which base the patch was made",
    certain=True,
    version=2,
)
def unknown(context: Context) -> Iterator[Fact]:
    if context.text is not None and context.made_on.recorded is None and context.made_on.reason:
        yield Found(f"the base cannot be determined: {context.made_on.reason}")
