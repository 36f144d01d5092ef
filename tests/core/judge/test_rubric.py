"""Which of a commit's rubrics is current, and that a hash is of its texts alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from core.errors import InputError
from core.judge.question.rubric import current_rubric, edit_rubric, rubric_hash
from core.models import Call, JudgementState, Rubric
from core.records import replace

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def rubric(name: str, hour: int, **more: object) -> Rubric:
    made = Rubric(name, "a1" * 20, f"hash of {name}", NOON + timedelta(hours=hour), key="diff")
    return replace(made, state=JudgementState.VERDICT, **more)  # type: ignore[arg-type]


WRITTEN = [rubric("w1", 3), rubric("w2", 9), rubric("w3", 6)]
EDITED = [rubric("e1", 1, edited=True), rubric("e2", 5, edited=True), rubric("e3", 2, edited=True)]
NONE = [
    rubric("aside", 20, set_aside="it is foreign"),
    rubric("failed", 20, hash=""),
    replace(rubric("error", 20), state=JudgementState.ERROR),
]


def named(found: Rubric | None) -> str:
    return "" if found is None else found.id


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_newest_of_a_person_is_current_else_the_newest_that_was_written(
    order: tuple[int, ...],
) -> None:
    written, edited = ([some[at] for at in order] for some in (WRITTEN, EDITED))
    assert named(current_rubric([*NONE, *written, *edited])) == "e2"
    assert named(current_rubric([*written, *NONE])) == "w2"
    assert current_rubric(NONE) is None


def test_what_was_written_holds_for_its_diff_and_what_a_fake_made_up_on_request_only() -> None:
    call = Call("c", "gpt-5", NOON, 0.0, "prompt", fake=True)
    made_up = rubric("fake", 12, calls=(call,))
    other = rubric("other", 11, key="another diff")
    everything = [*WRITTEN, other, made_up]
    assert named(current_rubric(everything)) == "fake"
    assert named(current_rubric(everything, real=True)) == "other"
    assert named(current_rubric(everything, "diff", real=True)) == "w2"
    assert current_rubric(everything, "a third diff") is None
    assert named(current_rubric([*EDITED, other], "another diff")) == "e2"


def test_a_hash_is_of_the_four_texts() -> None:
    edited = edit_rubric("a1", "ada", bottleneck="b", essential_change="e", must_haves=["m"])
    again = edit_rubric("b2", "eve", bottleneck="b", essential_change="e", must_haves=["m"])
    assert edited.hash == again.hash == rubric_hash(edited)
    assert (edited.edited, edited.author, edited.human) == (True, "ada", "a1")
    for other in (
        replace(edited, bottleneck="x"),
        replace(edited, essential_change="x"),
        replace(edited, must_haves=("m", "n")),
        replace(edited, alternatives=("a",)),
    ):
        assert rubric_hash(other) != edited.hash
    with pytest.raises(InputError, match="must name the essential change"):
        edit_rubric("a1", "ada", bottleneck="b", essential_change=" \n", must_haves=[])
