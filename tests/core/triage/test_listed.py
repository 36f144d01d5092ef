"""What is listed, and in which order: a queue, a filter and columns, settled when chosen."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.assess.filters import FilterError
from core.models import Attempt, Execution, Outcome, PatchEvidence, PatchState, RunSet
from core.store import Store
from core.triage import Triage
from core.triage.listed import ListedAttempts

FIRST, SECOND = "a" * 40, "b" * 40


@pytest.fixture
def triage(tmp_path: Path) -> Triage:
    def attempt(key: str, sha: str, agent: str, seconds: float | None) -> Attempt:
        patch = PatchEvidence(PatchState.WHOLE, held_bytes=10)
        return Attempt(key, sha, agent=agent, patch=patch, execution=Execution(duration_s=seconds))

    attempts = (
        attempt("r/0", FIRST, "trae", 5),
        attempt("r/1", SECOND, "codex", None),
        attempt("r/2", FIRST, "codex", 9),
        attempt("r/3", SECOND, "trae", 7),
    )
    run_set = RunSet(tmp_path, attempts, {})
    store = Store(tmp_path / "db")
    return Triage(run_set, store, store.load(), "ann")


def keys(listed: ListedAttempts, *, flat: bool = True) -> str:
    return "".join(attempt.key[-1] for attempt in listed.left_over(flat=flat))


def test_commit_by_commit_until_columns_order_them_and_what_is_unknown_comes_last(
    triage: Triage,
) -> None:
    listed = ListedAttempts(triage)
    assert (keys(listed), keys(listed, flat=False)) == ("0213", "0213")
    listed.sort("-seconds")
    assert keys(listed) == "2301"
    assert keys(listed, flat=False) == "2031"
    assert [a.key for a in listed.at_commit(SECOND)] == ["r/3", "r/1"]
    listed.sort("")
    assert keys(listed) == "0213"


def test_a_queue_has_its_own_order_until_a_column_is_asked_for(triage: Triage) -> None:
    listed = ListedAttempts(triage)
    listed.show_queue(["r/3", "r/0", "gone"])
    assert keys(listed) == "30"
    listed.sort("seconds")
    assert keys(listed) == "03"
    listed.show_queue(None)
    assert keys(listed) == "0321"


def test_a_filter_is_settled_when_typed_and_a_wrong_one_changes_nothing(triage: Triage) -> None:
    listed = ListedAttempts(triage)
    listed.matching("outcome:undecided agent:codex")
    triage.decide("r/1", outcome=Outcome.FAILURE)
    assert keys(listed) == "21"  # the list does not change under one's hands
    with pytest.raises(FilterError):
        listed.matching("nothing:at-all")
    with pytest.raises(FilterError):
        listed.sort("nothing")
    assert (keys(listed), listed.order) == ("21", "")
    listed.matching("outcome:undecided agent:codex")
    assert keys(listed) == "2"
    listed.matching("")
    assert len(keys(listed)) == 4


def test_while_blind_an_order_tells_nothing_of_what_is_sealed(triage: Triage) -> None:
    triage.decide("r/0", outcome=Outcome.TRUE_SUCCESS)
    triage.reviewer = "bob"
    listed = ListedAttempts(triage)
    listed.sort("-outcome")
    assert keys(listed) == "2130"
    triage.view.blind = True
    listed.look_again()
    assert keys(listed) == "0213"
