"""How far the judge agrees with people and with itself: per criterion, with intervals.

Each reviewer counts with their own last word, blind ones apart from those given with the judge in
view (`core.stats.reviewer_agreement`). The judge counts with the result of its standing votes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from core.assess.decisions import Decision
from core.assess.opinions import tally
from core.models import CRITERIA, Assessment, Judgement, JudgementState, Verdict
from core.stats.agreement import Agreement, agreement
from core.stats.alternative_annotator import (
    AlternativeAnnotator,
    Ratings,
    alternative_annotator_test,
)
from core.stats.reviewer_agreement import BLIND, SEEN, last_words, said_by_judge, said_by_people

_ROUNDS = 500
_WORDS = {True: "yes", False: "no", None: "cannot tell"}


class CriterionAgreement(Struct, frozen=True):
    """Two sources on one criterion. `view` is "blind" or "seen", "" for the judge with itself."""

    criterion: str
    view: str
    agreement: Agreement


class Calibration(Struct, frozen=True):
    """What is known of how good the judge is, apart from its canaries.

    `people` compares the reviewers' consensus with the judge, criterion by criterion; `alternative`
    says whether the judge may replace a reviewer (by blind decisions); `itself` compares the
    judge's answers with those it gave when the same question was asked again, for `asked_again`
    attempts.
    """

    people: tuple[CriterionAgreement, ...]
    alternative: AlternativeAnnotator
    itself: tuple[CriterionAgreement, ...]
    asked_again: int


def calibrate(
    assessments: Sequence[Assessment],
    histories: Mapping[str, Sequence[Verdict]],
    judgements: Iterable[Judgement],
    epsilon: float,
) -> Calibration:
    """Calibration of the judge; repeated questions are among `judgements`."""
    commits = {known.attempt.key: known.attempt.reference_sha for known in assessments}
    people = said_by_people(histories, commits, BLIND)
    judge = _ratings(said_by_judge(assessments))
    reviewers = {name: _ratings(said) for name, said in people.items()}
    twice = _asked_twice(judgements)
    return Calibration(
        tuple(_people(assessments, histories)),
        alternative_annotator_test(judge, reviewers, epsilon=epsilon),
        tuple(_itself(twice, commits)),
        len({first.attempt for first, _ in twice}),
    )


def _people(
    assessments: Sequence[Assessment], histories: Mapping[str, Sequence[Verdict]]
) -> Iterable[CriterionAgreement]:
    judged = [(known.attempt, tally(known.judgements)) for known in assessments if known.judgements]
    for view in (BLIND, SEEN):
        words = {a.key: last_words(histories.get(a.key, ()), view).values() for a, _ in judged}
        for name in CRITERIA:
            pairs, clusters = [], []
            for attempt, votes in judged:
                person, judge = _agreed(words[attempt.key], name), votes[name].decided
                if person is not None and judge is not None:
                    pairs.append((_WORDS[person], _WORDS[judge]))
                    clusters.append(attempt.reference_sha or attempt.key)
            if pairs:
                yield CriterionAgreement(name, view, agreement(pairs, clusters, rounds=_ROUNDS))


def _agreed(verdicts: Iterable[Verdict], name: str) -> bool | None:
    """What reviewers say of a criterion; None if none does, or they differ."""
    said: set[bool] = {v for one in verdicts if (v := getattr(one.criteria, name)) is not None}
    return said.pop() if len(said) == 1 else None


def _asked_twice(judgements: Iterable[Judgement]) -> list[tuple[Judgement, Judgement]]:
    """Opinions on the same question about one attempt: the first answer, and the repeated one."""
    opinions = [j for j in judgements if j.state is JudgementState.VERDICT and j.question]
    plain = [j for j in opinions if not j.canary and not j.set_aside]
    first = {(j.attempt, j.question, j.vote): j for j in plain if not j.second}
    again = {(j.attempt, j.question, j.vote): j for j in plain if j.second}
    return [(first[name], again[name]) for name in again if name in first]


def _itself(
    twice: Sequence[tuple[Judgement, Judgement]], commits: Mapping[str, str]
) -> Iterable[CriterionAgreement]:
    clusters = [commits.get(first.attempt, "") or first.attempt for first, _ in twice]
    for name in CRITERIA:
        pairs = [(_word(first, name), _word(second, name)) for first, second in twice]
        if pairs:
            yield CriterionAgreement(name, "", agreement(pairs, clusters, rounds=_ROUNDS))


def _word(judgement: Judgement, name: str) -> str:
    return _WORDS[getattr(judgement.criteria, name)]


def _ratings(said: Mapping[str, Decision]) -> Ratings:
    return dict(said.items())
