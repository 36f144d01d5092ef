"""Does the patch apply to the commit that it was made against, and where does it first fail?

The decision itself is made by `core.patch.apply`; this module only says what is known when.
"""

from __future__ import annotations

from collections.abc import Iterator

from core.checks.context import Context
from core.checks.registry import Fact, Found, Measure, rule
from core.models import PatchState, Severity, Side
from core.patch.apply import ApplyProblem


@rule("applies.no", Severity.ERROR, "The patch does not apply to its base commit", version=4)
def does_not_apply(context: Context) -> Iterator[Fact]:
    applied = context.applied
    if applied is not None:
        yield Measure("applies", applied.applies)
        if applied.applies is False:
            yield from map(_found, applied.problems)
        elif applied.failure:
            yield Measure("applies.unknown", str(applied.failure))
    elif context.attempt.patch.state is PatchState.EMPTY and context.shared.base_sha:
        yield Measure("applies", False)  # as git says; `patch.empty` is the finding
    else:
        yield Measure("applies", None)
        yield Measure("applies.unknown", _why_unknown(context))


def _found(problem: ApplyProblem) -> Found:
    """Where a file's part fails: the line is the base's, where the hunk should have matched."""
    return Found(problem.words, problem.file, problem.base_line or None, Side.BASE)


def _why_unknown(context: Context) -> str:
    if context.patch is None:
        return "there is no readable patch"
    if not context.is_whole:
        return "the patch is cut"
    return context.shared.base_problem
