"""Agreement of people and judge, by what each said before seeing the rest."""

from __future__ import annotations

from datetime import timedelta

from core.assess.outcome import assess
from core.export.stats_text import agreement_lines
from core.models import Assessment, Attempt, InView, Outcome, PatchEvidence, PatchState, Verdict
from core.stats.reviewer_agreement import BLIND, SEEN, PairAgreement, agreements
from tests.core.patch.results import GOOD, NOON, judgement

TRUE, FALSE = Outcome.TRUE_SUCCESS, Outcome.FAILURE


def verdict(
    key: str, reviewer: str, outcome: Outcome, *seen: InView, hour: int = 0, **more: object
) -> Verdict:
    values: dict[str, object] = {"in_view": seen, **more}
    when = NOON + timedelta(hours=hour)
    return Verdict(f"{key}{reviewer}{hour}", key, reviewer, when, outcome, **values)  # type: ignore[arg-type]


def known(key: str, *, judged: bool = False) -> Assessment:
    attempt = Attempt(key, f"commit {key}", patch=PatchEvidence(PatchState.WHOLE))
    return assess(attempt, judgements=[judgement(f"j{key}", key, GOOD)] if judged else [])


def pairs(found: tuple[PairAgreement, ...]) -> dict[tuple[str, str, str], PairAgreement]:
    return {(one.first, one.second, one.view): one for one in found}


def test_what_was_said_before_unsealing_counts() -> None:
    history = [
        verdict("a", "ada", TRUE),
        verdict("a", "ada", FALSE, InView.VERDICTS, hour=1),  # she gave in
        verdict("a", "bo", FALSE),
    ]
    (one,) = agreements([known("a")], {"a": history})
    assert (one.first, one.second, one.view) == ("ada", "bo", BLIND)
    assert one.agreement.percent == 0


def test_those_who_saw_the_rest_are_counted_apart() -> None:
    histories = {
        "a": [verdict("a", "ada", TRUE, InView.JUDGE), verdict("a", "bo", TRUE, InView.VERDICTS)],
        "b": [verdict("b", "ada", TRUE), verdict("b", "bo", TRUE, InView.CLAIM)],
        "c": [verdict("c", "ada", TRUE, in_view=None), verdict("c", "bo", FALSE, in_view=None)],
    }
    found = pairs(agreements([known(key) for key in "abc"], histories))
    assert found["ada", "bo", BLIND].agreement.items == 1, "the claim is no opinion"
    assert found["ada", "bo", SEEN].agreement.items == 2, "what was not recorded may have been seen"


def test_people_are_compared_with_the_judge() -> None:
    histories = {key: [verdict(key, "ada", TRUE)] for key in "ab"}
    found = pairs(agreements([known("a", judged=True), known("b")], histories))
    assert set(found) == {("ada", "judge", BLIND)}
    assert found["ada", "judge", BLIND].agreement.items == 1
    (line,) = agreement_lines(tuple(found.values()))
    assert line.startswith("ada and judge (blind): 1 attempts, 100 % alike")
    assert "kappa undefined" in line


def test_undone_adjudicating_and_cannot_tell_are_no_words_of_ones_own() -> None:
    taken_back = verdict("a", "ada", TRUE)
    histories = {
        "a": [
            taken_back,
            Verdict("u", "a", "ada", NOON, undoes=taken_back.id),
            verdict("a", "bo", TRUE),
        ],
        "b": [verdict("b", "ada", TRUE, adjudicates=("x",)), verdict("b", "bo", TRUE)],
        "c": [
            verdict("c", "ada", Outcome.UNDECIDED, cannot_tell="cut"),
            verdict("c", "bo", TRUE),
        ],
    }
    assert agreements([known(key) for key in "abc"], histories) == ()
