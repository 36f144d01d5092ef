"""What a run of the judge reports while it goes: values, for a screen or a command to show."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from core.assess.canary_scores import CanaryScore
from core.models import Judgement, Rubric


class Progress(Struct, frozen=True):
    """How far a run is. Costs in US dollars of this run."""

    done: int
    total: int
    in_flight: int
    calls: int
    cached: int
    failed: int
    cost: float
    unknown_costs: int


class Judged(Struct, frozen=True):
    """A vote has arrived; not `saved` if it could not be stored, `reused` if no call was made."""

    judgement: Judgement
    human: str
    progress: Progress
    reused: bool = False
    saved: bool = True


class RubricWritten(Struct, frozen=True):
    """The call for a rubric is over; its state says whether it gave one."""

    rubric: Rubric
    progress: Progress


class Skipped(Struct, frozen=True):
    """A vote that is unavailable, and why; it stays "not run"."""

    attempt: str
    reason: str
    progress: Progress


class Slowed(Struct, frozen=True):
    """The server asked for fewer calls at once."""

    limit: int
    progress: Progress


class Notice(Struct, frozen=True):
    """Something to report before or during a run, such as the model's announced shutdown."""

    text: str


class Halted(Struct, frozen=True):
    """No further call is made, and why; calls in flight are awaited."""

    reason: str


class Summary(Struct):
    """The result of a run. Costs in US dollars."""

    total: int = 0
    states: dict[str, int] = field(default_factory=dict)  # of new judgements, canaries excluded
    calls: int = 0
    cached: int = 0
    not_run: int = 0
    skipped: int = 0
    rubrics: int = 0
    failed_rubrics: int = 0
    rubric_error: str = ""  # of the first that failed
    unsaved: int = 0
    cost: float = 0.0
    unknown_costs: int = 0
    committed: float = 0.0  # what counts against the cap: unknown costs at their worst
    tripwires: int = 0  # judgements whose evidence tries to instruct the judge
    other_models: Mapping[str, int] = field(default_factory=dict)  # that answered instead
    fake: int = 0  # made up by a test server
    canaries: dict[str, CanaryScore] = field(default_factory=dict)
    bar_missed: str = ""  # the canary results, if below the bar
    halted: str = ""

    @property
    def failed(self) -> int:
        """New judgements without an opinion, and votes that were not run."""
        return sum(n for state, n in self.states.items() if state != "verdict") + self.not_run

    @property
    def is_good(self) -> bool:
        """Did every request bring an opinion, from a judge that passed its bar?"""
        return not (self.failed or self.failed_rubrics or self.bar_missed)


class Finished(Struct, frozen=True):
    """The run is over."""

    summary: Summary


Event = Judged | RubricWritten | Skipped | Slowed | Notice | Halted | Finished
