"""Why an outcome is what it is, in a few words; and the tags that are proposed."""

from __future__ import annotations

import pytest

from core.assess.outcome import assess
from core.assess.reasons import explain, reason_of
from core.assess.tags import SEED_TAGS, complete_tag, known_tags
from core.models import UNKNOWN, Criteria, PatchState
from tests.core.assess.verdict_samples import FAILURE, GOOD, PARTIAL, TRUE, attempt, verdict


@pytest.mark.parametrize(
    ("criteria", "reason"),
    [
        (GOOD, "true success: all five criteria are good"),
        (Criteria(False, None, True), "partial success: syntax is bad"),
        (
            Criteria(True, False, True, False, True),
            "partial success: other files, incomplete, template code",
        ),
        (Criteria(False, False, False), "false positive: another logic"),
        (Criteria(True, True, None, True, False), "undecided: logic unknown"),
        (
            UNKNOWN,
            "undecided: syntax and files and logic and completeness and template code unknown",
        ),
    ],
)
def test_the_reason_names_what_is_bad_or_unknown(criteria: Criteria, reason: str) -> None:
    assert reason_of(attempt(), criteria) == reason


def test_the_reason_of_nothing_is_that_there_is_nothing() -> None:
    none = attempt(state=PatchState.EMPTY, marked=False)
    assert reason_of(none, GOOD) == "failure: there is no patch"


def test_who_decided_is_said() -> None:
    one, other = verdict("a", outcome=TRUE), verdict("b", "bo", outcome=FAILURE)
    final = verdict("c", "cy", 1, outcome=PARTIAL, adjudicates=("a", "b"))
    cases = {
        "true success: decided by ada": [one],
        "undecided: reviewers differ": [one, other],
        "partial success: adjudicated by cy": [one, other, final],
        "undecided: cannot tell (the patch is cut)": [verdict("d", cannot_tell="the patch is cut")],
        "undecided: cannot tell": [verdict("d", cannot_tell="")],
    }
    assert {explain(assess(attempt(), history)): history for history in cases.values()} == cases


def test_tags_in_use_come_first_and_the_usual_ones_follow() -> None:
    known = [
        assess(attempt(), [verdict("a", tags=("mine", "wrong location"))]),
        assess(attempt(), [verdict("b", tags=("mine",))]),
    ]
    tags = known_tags(known)
    assert tags[:2] == ("mine", "wrong location")
    assert set(tags) == {"mine", *SEED_TAGS} and len(tags) == len(SEED_TAGS) + 1
    assert complete_tag("code", tags) == ("incomplete code", "template code")
    assert complete_tag("SYN", tags) == ("syntax error",)
    assert complete_tag("in", tags)[0].startswith("in")
