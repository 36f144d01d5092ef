"""How far attempts get, level by level: from merely claimed to right and complete.

An attempt reaches a level when it meets that level's condition and all before it; each answer is
yes, no or unknown, and unknowns widen the bounds, never count as no. A human commit reaches a level
when any of its attempts does. The first levels are facts; only the last three need an opinion or a
decision.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct

from core.assess.implied_criteria import settled_criterion
from core.assess.outcome import has_patch, is_judged, is_reviewed
from core.models import Assessment, PatchState
from core.stats.bounds import Bounds, bounds_of

Condition = Callable[[Assessment], bool | None]


class Level(Struct, frozen=True):
    """One level: attempts and human commits that reach it, and the keys behind the numbers."""

    name: str
    attempts: Bounds
    commits: Bounds
    reached: tuple[str, ...]
    unknown: tuple[str, ...]


def count_levels(assessments: Sequence[Assessment]) -> tuple[Level, ...]:
    """Every level of a run set, in order."""
    reached: list[bool | None] = [True] * len(assessments)
    keys = [known.attempt.key for known in assessments]
    shas = [known.attempt.reference_sha for known in assessments]
    levels = []
    for name, condition in CONDITIONS.items():
        reached = [
            was if was is False else _both(was, condition(known))
            for was, known in zip(reached, assessments, strict=True)
        ]
        levels.append(_level(name, keys, shas, reached))
    return tuple(levels)


def _level(
    name: str, keys: Sequence[str], shas: Sequence[str], reached: Sequence[bool | None]
) -> Level:
    """One level: `keys`, `shas` and `reached` are of the same attempts, in one order."""
    named = filter(None, dict.fromkeys(shas))
    by_commit: dict[str, bool | None] = dict.fromkeys(named, False)
    by_commit |= dict.fromkeys(_of(None, reached, shas))
    by_commit |= dict.fromkeys(_of(True, reached, shas), True)
    return Level(
        name,
        bounds_of(reached),
        bounds_of(by_commit.values()),
        tuple(_of(True, reached, keys)),
        tuple(_of(None, reached, keys)),
    )


def _of(answer: bool | None, reached: Sequence[bool | None], names: Sequence[str]) -> list[str]:
    """The names of the attempts with this answer, those without a name left out."""
    return [name for name, told in zip(names, reached, strict=True) if told is answer and name]


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
    return None if state is PatchState.UNREADABLE else state is PatchState.WHOLE


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
