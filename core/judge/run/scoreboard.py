"""What a run has done and spent so far."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from core.judge.question.canaries import CanaryScore
from core.judge.run.events import Progress, Summary
from core.judge.wire.reply import is_other_model
from core.models import Call, Judgement, JudgementState, Rubric


class Scoreboard:
    """The counts of one run; it holds no judgement."""

    def __init__(self, total: int) -> None:
        self.halted = ""
        self._total = total
        self._summary = Summary(total=total)
        self._done = 0
        self._in_flight = 0
        self._failed = 0
        self._reserved = 0.0
        self._guessed = 0.0  # for calls whose cost is not known
        self._other_models: Counter[str] = Counter()

    @property
    def committed(self) -> float:
        """US dollars spent, and those expected for calls in flight or of unknown cost."""
        reserved = self._reserved if self._in_flight else 0.0
        return self._summary.cost + self._guessed + reserved

    def began(self, expected: float | None) -> None:
        """A call is about to be sent."""
        self._in_flight += 1
        self._reserved += expected or 0.0

    def ended(self, expected: float | None, calls: Sequence[Call], unknown_retries: int) -> None:
        """A question's calls are over, with requests before them of which the cost is not known."""
        self._in_flight -= 1
        self._reserved -= expected or 0.0
        if not self._in_flight:
            self._reserved = 0.0  # what rounding left
        self._summary.unknown_costs += unknown_retries
        self._guessed += unknown_retries * (expected or 0.0)
        for call in calls:
            self._summary.calls += 1
            self._summary.fake += call.fake
            if call.cost is None:
                self._summary.unknown_costs += 1
                self._guessed += expected or 0.0
            else:
                self._summary.cost += call.cost
            if is_other_model(call) and call.reported_model:
                self._other_models[call.reported_model] += 1

    def judged(self, judgement: Judgement, *, saved: bool) -> None:
        """A vote is in."""
        self._done += 1
        self._summary.unsaved += not saved
        failed = judgement.state is not JudgementState.VERDICT
        self._failed += failed
        if judgement.canary:
            self._score(judgement)
            return
        states = self._summary.states
        states[judgement.state.value] = states.get(judgement.state.value, 0) + 1
        self._summary.tripwires += bool(judgement.tripwires)

    def reused(self, judgement: Judgement) -> None:
        """A vote was answered already."""
        self._done += 1
        if judgement.canary:
            self._score(judgement)
        else:
            self._summary.cached += 1

    def skipped(self) -> None:
        """A vote cannot be had."""
        self._done += 1
        self._summary.skipped += 1

    def wrote_rubric(self, rubric: Rubric) -> None:
        """The call for a rubric is over."""
        self._summary.rubrics += 1
        if rubric.state is not JudgementState.VERDICT:
            self._summary.failed_rubrics += 1
            self._summary.rubric_error = self._summary.rubric_error or rubric.error

    def progress(self) -> Progress:
        """How far the run is."""
        summary = self._summary
        return Progress(
            done=self._done,
            total=self._total,
            in_flight=self._in_flight,
            calls=summary.calls,
            cached=summary.cached,
            failed=self._failed,
            cost=summary.cost,
            unknown_costs=summary.unknown_costs,
        )

    def summary(self) -> Summary:
        """What the run came to."""
        self._summary.not_run = self._total - self._done
        self._summary.halted = self.halted
        self._summary.other_models = dict(self._other_models)
        return self._summary

    def _score(self, judgement: Judgement) -> None:
        self._summary.canaries.setdefault(judgement.canary, CanaryScore()).add(judgement)
