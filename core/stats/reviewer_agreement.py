"""How far people agree with each other and with the judge, each by what they said unprompted.

For each reviewer the last decision counts that was made with neither the judge's opinion nor
another's verdict in view (blind); failing that, the last one, counted separately (seen).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

from msgspec import Struct

from core.assess.decisions import Decision, decision_of, decision_of_outcome, not_taken_back
from core.assess.opinions import judge_criteria
from core.assess.outcome import outcome_of
from core.models import Assessment, InView, Verdict
from core.stats.agreement import Agreement, agreement

BLIND, SEEN = "blind", "seen"
JUDGE = "judge"

_ROUNDS = 500


class PairAgreement(Struct, frozen=True):
    """Two raters on the attempts that both decided on; `view` is "blind" or "seen".

    A rater is a reviewer, or "judge". Labels are decisions (`Decision`); "cannot tell" is left out.
    """

    first: str
    second: str
    view: str
    agreement: Agreement


Said = Mapping[str, Decision]
"""What one rater said, by attempt."""


def agreements(
    assessments: Sequence[Assessment], histories: Mapping[str, Sequence[Verdict]]
) -> tuple[PairAgreement, ...]:
    """Every pair of reviewers, and each with the judge, where they have attempts in common."""
    commits = {known.attempt.key: known.attempt.reference_sha for known in assessments}
    judge = said_by_judge(assessments)
    found = []
    for view in (BLIND, SEEN):
        people = said_by_people(histories, commits, view)
        pairs = [*combinations(sorted(people), 2), *((name, JUDGE) for name in sorted(people))]
        for first, second in pairs:
            other = judge if second == JUDGE else people[second]
            compared = _compare(people[first], other, commits)
            if compared.items:
                found.append(PairAgreement(first, second, view, compared))
    return tuple(found)


def _compare(first: Said, second: Said, commits: Mapping[str, str]) -> Agreement:
    common = [key for key in first if key in second]
    pairs = [(first[key].value, second[key].value) for key in common]
    return agreement(pairs, [commits[key] or key for key in common], rounds=_ROUNDS)


def said_by_people(
    histories: Mapping[str, Sequence[Verdict]], commits: Mapping[str, str], view: str
) -> dict[str, dict[str, Decision]]:
    """What each reviewer said of each attempt in one view."""
    said: dict[str, dict[str, Decision]] = {}
    for key in filter(histories.__contains__, commits):
        for name, verdict in last_words(histories[key], view).items():
            decision = decision_of(verdict)
            if decision is not None and decision is not Decision.CANNOT_TELL:
                said.setdefault(name, {})[key] = decision
    return said


def last_words(history: Iterable[Verdict], view: str) -> dict[str, Verdict]:
    """By reviewer, the last decision of their own in one view; blind ones take precedence."""
    blind: dict[str, Verdict] = {}
    seen: dict[str, Verdict] = {}
    for verdict in not_taken_back(history):
        if verdict.is_decision and not verdict.adjudicates:
            (blind if _is_blind(verdict) else seen)[verdict.reviewer] = verdict
    if view == BLIND:
        return blind
    return {name: verdict for name, verdict in seen.items() if name not in blind}


def _is_blind(verdict: Verdict) -> bool:
    """Was neither the judge nor anybody else in view? No, if that was not recorded."""
    return verdict.in_view is not None and not {InView.JUDGE, InView.VERDICTS} & {*verdict.in_view}


def said_by_judge(assessments: Iterable[Assessment]) -> dict[str, Decision]:
    """What the judge's standing votes alone decide for each attempt with a patch."""
    said = {}
    for known in assessments:
        attempt = known.attempt
        if known.judgements and attempt.patch.has_text:
            criteria, claim = judge_criteria(known.judgements), attempt.marked_success
            alone = outcome_of(criteria, has_patch=True, marked_success=claim)
            if (decision := decision_of_outcome(alone)) is not None:
                said[attempt.key] = decision
    return said
