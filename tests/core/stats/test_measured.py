"""What prompts gave away, by class: lines shown of all, and how much of them attempts repeat."""

from __future__ import annotations

from pathlib import Path

from core.models import Assessment, CheckReport, Criteria, RunSet
from core.records import replace
from core.stats.measured import LeakFigure, measure
from tests.core.stats.made_sets import made_set


def leaking(known: Assessment, shown: int, lines: int, repeated: float | None) -> Assessment:
    measures = {"leak.shown": shown, "leak.lines": lines, "leak.repeated": repeated}
    return replace(known, report=CheckReport(known.attempt.key, Criteria(), measures=measures))


def test_attempts_are_put_together_by_how_much_their_prompt_showed() -> None:
    one, two, three, four, five, six = made_set(6)
    known = [
        leaking(one, 10, 10, 0.5),
        leaking(two, 20, 20, 0.25),
        leaking(three, 15, 20, None),
        leaking(four, 9, 20, 0.125),
        leaking(five, 0, 0, None),
        leaking(six, 0, 20, 0.75),
    ]
    assert measure(RunSet(Path("runs"), (), {}), known).leaks == (
        LeakFigure("all of it", 2, 30, 30, 0.375, 2),
        LeakFigure("75 % and more", 1, 15, 20, None),
        LeakFigure("less", 1, 9, 20, 0.125, 1),
        LeakFigure("none of it", 1, 0, 20, 0.75, 1),
    )
