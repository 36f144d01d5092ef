"""What is asked of a sampled set: each question, who answers it, and its strata.

Every question is answered by people, else by certain facts; the judge's opinion only divides the
attempts into strata, and is shown beside.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from msgspec import Struct

from core.assess.implied_criteria import LOGIC, person_says
from core.assess.opinions import judge_says
from core.assess.strata import (
    NO_OPINION,
    STRATA,
    fact_says_true,
    has_outcome,
    judge_outcome,
    judge_says_true,
    stratum_of,
    truth_of,
)
from core.models import CRITERIA, Assessment, Outcome
from core.stats.samples import DECLARED, LABEL_NEXT, Drawn

Says = Callable[[Assessment], bool | None]

JUDGE_YES = "judge: yes"
JUDGE_NO = "judge: no"
ALL_STRATA = (*STRATA[:2], JUDGE_YES, JUDGE_NO, NO_OPINION)
"""Every stratum's name, in display order."""


class Question(Struct, frozen=True):
    """One question about each attempt of a `universe` of attempts with a patch.

    `truth` is answered by people, else by certain facts; `by_fact` by certain facts alone, whoever
    has looked; `by_judge` by the judge. None is unknown.
    """

    label: str
    universe: str
    truth: Says
    by_fact: Says
    by_judge: Says
    may_lean: bool = False
    """Do yes and no differ in how often they get answered? An outcome alone implies only one."""

    def stratum(self, drawings: Sequence[Drawn]) -> Callable[[Assessment], str]:
        """What gives the stratum of an attempt: the judge's answer to this very question.

        A drawing stratified by the judge's opinion on true success keeps those strata: within them
        the choice was random, and within no others.
        """
        drawn_within = any(d.sample.source in (LABEL_NEXT, DECLARED) for d in drawings)
        if drawn_within or self.by_judge is judge_says_true:
            return stratum_of
        return self._said_by_judge

    def _said_by_judge(self, known: Assessment) -> str:
        said = self.by_judge(known)
        return NO_OPINION if said is None else JUDGE_YES if said else JUDGE_NO


def true_success(universe: str = "patches", label: str = "true success") -> Question:
    """Is it a true success?"""
    return Question(label, universe, truth_of, fact_says_true, judge_says_true)


def _fact(known: Assessment, name: str) -> bool | None:
    answer: bool | None = getattr(known.report.criteria, name) if known.report else None
    return answer


def _truth(known: Assessment, name: str) -> bool | None:
    """A criterion by people; by facts where they left it open. Unknown while in dispute."""
    if known.disputed:
        return None
    said = person_says(known, name)
    return _fact(known, name) if said is None else said


def _false_positive(known: Assessment) -> bool | None:
    if known.verdict is not None or known.disputed:
        return has_outcome(Outcome.FALSE_POSITIVE, known) if known.verdict else None
    return _false_positive_by_fact(known)


def _false_positive_by_fact(known: Assessment) -> bool | None:
    return False if fact_says_true(known) else None


def _false_positive_by_judge(known: Assessment) -> bool | None:
    said = judge_outcome(known)
    return None if said is Outcome.UNDECIDED else said is Outcome.FALSE_POSITIVE


FALSE_POSITIVE = Question(
    "false positive of marked",
    "marked patches",
    _false_positive,
    _false_positive_by_fact,
    _false_positive_by_judge,
)
"""Is an attempt that was marked success a false positive? Asked of marked ones only."""

BY_CRITERION = tuple(
    Question(
        name, "patches", partial(_truth, name=name), partial(_fact, name=name),
        partial(judge_says, name=name), may_lean=name != LOGIC,
    )
    for name in CRITERIA
)  # fmt: skip
"""Does each criterion hold?"""
