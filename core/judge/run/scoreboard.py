"""What a run has done and spent so far."""

from __future__ import annotations

from collections import Counter

from core.assess.barred import Judges
from core.assess.canary_scores import CanaryScore
from core.judge.books.budget import Budget
from core.judge.run.events import Progress, Summary
from core.judge.wire.reply import is_other_model
from core.models import Call, Judgement, JudgementState, Rubric


class Scoreboard:
    """The counts of one run; it holds no judgements."""

    def __init__(self, total: int, budget: Budget, canary_bar: float = 0.0) -> None:
        self.halted = ""
        self.in_flight = 0
        self._budget = budget
        self._total = total
        self._summary = Summary(total=total)
        self._done = 0
        self._failed = 0
        self._other_models: Counter[str] = Counter()
        self._judges = Judges((), canary_bar)

    def called(self, call: Call) -> None:
        """A call is over."""
        self._summary.calls += 1
        self._summary.fake += call.fake
        if is_other_model(call) and call.reported_model:
            self._other_models[call.reported_model] += 1

    def judged(self, judgement: Judgement, *, saved: bool) -> None:
        """A vote has arrived."""
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
        """A vote was already answered."""
        self._done += 1
        if judgement.canary:
            self._score(judgement)
        else:
            self._summary.cached += 1

    def skipped(self) -> None:
        """A vote is unavailable."""
        self._done += 1
        self._summary.skipped += 1

    def wrote_rubric(self, rubric: Rubric) -> None:
        """The call for a rubric is over."""
        self._summary.rubrics += 1
        if rubric.state is not JudgementState.VERDICT:
            self._summary.failed_rubrics += 1
            self._summary.rubric_error = self._summary.rubric_error or rubric.error

    def progress(self) -> Progress:
        """The progress of the run."""
        summary = self._summary
        return Progress(
            done=self._done,
            total=self._total,
            in_flight=self.in_flight,
            calls=summary.calls,
            cached=summary.cached,
            failed=self._failed,
            cost=self._budget.spent,
            unknown_costs=self._budget.unknown,
        )

    def summary(self) -> Summary:
        """The result of the run."""
        self._summary.not_run = self._total - self._done
        self._summary.halted = self.halted
        self._summary.cost = self._budget.spent
        self._summary.unknown_costs = self._budget.unknown
        results = self._judges.results.items()
        missed = [f"{name}: {found.told}" for name, found in results if found.missed]
        self._summary.bar_missed = "; ".join(missed)
        self._summary.committed = self._budget.committed
        self._summary.other_models = dict(self._other_models)
        return self._summary

    def _score(self, judgement: Judgement) -> None:
        self._judges.take_in(judgement)
        self._summary.canaries.setdefault(judgement.canary, CanaryScore()).add(judgement)
