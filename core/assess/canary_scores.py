"""How a judge did on questions with known answers: each canary right, wrong or unanswered; the bar.

`core.judge.question.canaries` makes them. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from core.models import Judgement, JudgementState

HUMAN, PARTIAL = "human", "partial"
"""The human's own patch, and the same patch without its essential hunk."""


class CanaryScore(Struct):
    """How the judge did on canaries of one kind. Failed and unasked calls are not counted.

    `not_asked` are those for which the judge was not shown enough to answer.
    """

    right: int = 0
    wrong: int = 0
    unanswered: int = 0
    not_asked: int = 0

    def add(self, judgement: Judgement) -> None:
        """Count one canary."""
        right = is_right(judgement)
        not_asked = right is None and judgement.state is JudgementState.VERDICT
        self.right += right is True
        self.wrong += right is False
        self.not_asked += not_asked
        self.unanswered += right is None and not not_asked


class CanaryResult(Struct, frozen=True):
    """All canaries together, and the bar to meet (0..1)."""

    right: int
    answered: int
    bar: float

    @property
    def share(self) -> float | None:
        """The share that was right (0..1); None when none was answered."""
        return self.right / self.answered if self.answered else None

    @property
    def missed(self) -> bool:
        """Were fewer right than the bar requires? False while none was answered."""
        return self.share is not None and self.share < self.bar

    @property
    def told(self) -> str:
        """The result, for people."""
        return f"{self.right} of {self.answered} canaries right, {self.bar:.0%} asked for"


def against_bar(scores: Mapping[str, CanaryScore], bar: float) -> CanaryResult:
    """The results of all kinds of canary."""
    right = sum(found.right for found in scores.values())
    return CanaryResult(right, right + sum(found.wrong for found in scores.values()), bar)


def is_right(judgement: Judgement) -> bool | None:
    """Did the judge get a canary right? None when it did not or could not answer.

    "Cannot assess" is wrong when everything was shown.
    """
    if judgement.state is not JudgementState.VERDICT:
        return None
    criteria = judgement.criteria
    logic, complete = criteria.optimization_logic_match, criteria.is_complete
    if judgement.missing_evidence and logic is None:
        return None
    if judgement.canary == HUMAN:
        return logic is True and complete is True
    if judgement.canary == PARTIAL:
        return logic is False or complete is False
    return logic is False


def score(judgements: Iterable[Judgement]) -> dict[str, CanaryScore]:
    """How the judge did on each kind of canary , judgements that are set aside excluded."""
    scores: dict[str, CanaryScore] = {}
    for judgement in judgements:
        if judgement.canary and not judgement.set_aside:
            scores.setdefault(judgement.canary, CanaryScore()).add(judgement)
    return scores
