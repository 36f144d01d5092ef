"""How far attempts get, level by level: from merely claimed to right and complete.

An attempt reaches a level when it meets that level's condition and all before it; each answer is
yes, no or unknown, and unknowns widen the bounds, never count as no. A human commit reaches a level
when any of its attempts does. The first levels are facts; only the last three need an opinion or a
decision.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import compress

from msgspec import Struct

from core.assess.implied_criteria import settled_criterion
from core.assess.outcome import has_patch, is_judged, is_reviewed
from core.models import Assessment, PatchState
from core.stats.bounds import Bounds, bounds_of

Condition = Callable[[Assessment], bool | None]

# read off the class once: a member takes ten times as long there, and every attempt is asked
_UNREADABLE, _WHOLE = PatchState.UNREADABLE, PatchState.WHOLE


class Level(Struct, frozen=True):
    """One level: attempts and human commits that reach it, and the keys behind the numbers."""

    name: str
    attempts: Bounds
    commits: Bounds
    reached: tuple[str, ...]
    unknown: tuple[str, ...]


def count_levels(assessments: Sequence[Assessment]) -> tuple[Level, ...]:
    """Every level of a run set, in order."""
    keys = [known.attempt.key for known in assessments]
    shas = [known.attempt.reference_sha for known in assessments]
    commits: dict[str, bool | None] = dict.fromkeys(filter(None, shas), False)
    reached: list[bool | None] = [True] * len(assessments)
    levels = []
    for name, condition in CONDITIONS.items():
        reached = [
            was if was is False else _both(was, condition(known))
            for was, known in zip(reached, assessments, strict=True)
        ]
        levels.append(_level(name, keys, shas, reached, commits))
    return tuple(levels)


def _level(
    name: str,
    keys: Sequence[str],
    shas: Sequence[str],
    reached: Sequence[bool | None],
    commits: Mapping[str, bool | None],
) -> Level:
    """One level: `keys`, `shas` and `reached` are of the same attempts, in one order.

    `commits` are all that attempts name, none of which reaches it.
    """
    sure, unsure = [told is True for told in reached], [told is None for told in reached]
    by_commit = {**commits, **dict.fromkeys(compress(shas, unsure))}
    by_commit |= dict.fromkeys(compress(shas, sure), True)
    by_commit.pop("", None)
    return Level(
        name,
        bounds_of(reached),
        bounds_of(by_commit.values()),
        tuple(compress(keys, sure)),
        tuple(compress(keys, unsure)),
    )


def _both(first: bool | None, second: bool | None) -> bool | None:
    """Three-valued "and"."""
    if first is False or second is False:
        return False
    return None if first is None or second is None else True


def _returned_zero(known: Assessment) -> bool | None:
    code = known.attempt.execution.returncode
    return None if code is None else code == 0


def _is_whole(known: Assessment) -> bool | None:
    """Is the whole patch available? Unknown for one that cannot be read."""
    state = known.attempt.patch.state
    return None if state is _UNREADABLE else state is _WHOLE


def _applies(known: Assessment) -> bool | None:
    applies = known.report.measures.get("applies") if known.report else None
    return applies if isinstance(applies, bool) else None


def _fact(criterion: str) -> Condition:
    """What a certain check says of a criterion."""

    def condition(known: Assessment) -> bool | None:
        answer: bool | None = getattr(known.report.criteria, criterion) if known.report else None
        return answer

    return condition


def _settled(criterion: str) -> Condition:
    """The answer to a criterion, whoever settled it."""

    def condition(known: Assessment) -> bool | None:
        return settled_criterion(known, criterion)

    return condition


CONDITIONS: Mapping[str, Condition] = {
    "marked": lambda known: known.attempt.marked_success,
    "patch": lambda known: has_patch(known.attempt),
    "return code 0": _returned_zero,
    "evidence whole": _is_whole,
    "applies": _applies,
    "parses": _fact("syntax_correct"),
    "same files": _fact("files_match"),
    "judged or reviewed": lambda known: True if is_judged(known) or is_reviewed(known) else None,
    "logic": _settled("optimization_logic_match"),
    "complete": _settled("is_complete"),
}
"""The levels in order. An attempt that nobody has judged yet is unknown, not a no."""
