"""The state of people's decisions: which count, which are disputed, which no longer hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from msgspec import Struct, field

from core.assess.decisions import not_taken_back
from core.assess.outcome import contradicts_fact, is_cannot_tell, is_reviewed, is_unbound
from core.models import Assessment, Verdict
from core.stats.self_agreement import repeated_decisions

Histories = Mapping[str, Sequence[Verdict]]


class DecisionCounts(Struct, frozen=True):
    """Counts of attempts, except `stray_verdicts`, `said_twice` and `said_same`.

    `by_reviewer` counts the attempts that each reviewer decided on, disputed or not.
    """

    reviewed: int = 0  # decided by people who agree, or adjudicated; "cannot tell" included
    cannot_tell: int = 0
    adjudicated: int = 0
    disputed: int = 0
    outdated: int = 0  # the verdict was made on another patch or human change; not counted
    unbound: int = 0  # decided, but on which patch was not recorded
    against_fact: int = 0  # decided against what is certain
    stray_verdicts: int = 0  # standing records that belong to no attempt
    said_twice: int = 0  # decisions on attempts that came back to their reviewer
    said_same: int = 0  # of these, those that repeat the first decision
    by_reviewer: Mapping[str, int] = field(default_factory=dict)


def count_decisions(
    assessments: Sequence[Assessment], strays: Histories, histories: Histories
) -> DecisionCounts:
    """The decisions on a run set; `strays` are the histories that belong to no attempt of it."""
    keys = [a.attempt.key for a in assessments]
    repeated = list(repeated_decisions(histories[key] for key in keys if key in histories))
    decided = [a for a in assessments if is_reviewed(a)]
    reviewers = Counter(v.reviewer for a in assessments for v in a.verdicts if v.is_decision)
    return DecisionCounts(
        reviewed=len(decided),
        cannot_tell=sum(is_cannot_tell(a) for a in decided),
        adjudicated=sum(bool(a.verdict and a.verdict.adjudicates) for a in decided),
        disputed=sum(a.disputed for a in assessments),
        outdated=sum(bool(a.outdated) for a in assessments),
        unbound=sum(map(is_unbound, decided)),
        against_fact=sum(contradicts_fact(a) for a in assessments),
        stray_verdicts=sum(len(not_taken_back(history)) for history in strays.values()),
        said_twice=len(repeated),
        said_same=sum(pair.agrees for pair in repeated),
        by_reviewer=dict(sorted(reviewers.items())),
    )
