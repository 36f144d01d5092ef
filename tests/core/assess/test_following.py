"""Verdicts follow their patch among attempts that only an ordinal keeps apart."""

from __future__ import annotations

from core.assess.following import follow
from core.models import NO_PATCH, Basis, Verdict
from core.records import replace
from tests.core.assess.verdict_samples import TRUE, verdict

KEYS = ("p.jsonl/m/x", "p.jsonl/m/x#2", "p.jsonl/m/y")


def made_on(patch: str, id: str, key: str, **fields: object) -> Verdict:
    one = verdict(id, outcome=TRUE, basis=Basis(patch=patch))
    return replace(one, attempt=key, **fields)  # type: ignore[arg-type]


def placed(now: dict[str, str], *verdicts: Verdict) -> dict[str, list[str]]:
    """The ids by the attempt they belong to, if the patches are `now` (by key)."""
    histories: dict[str, list[Verdict]] = {}
    for one in verdicts:
        histories.setdefault(one.attempt, []).append(one)
    found = follow(histories, KEYS, lambda key: now.get(key, ""))
    assert all(v.attempt == key for key, history in found.items() for v in history)
    return {key: [v.id for v in history] for key, history in found.items()}


FIRST, SECOND, OTHER = KEYS


def test_two_patches_that_changed_places_take_their_verdicts_along() -> None:
    a, b = made_on("A", "a", FIRST), made_on("B", "b", SECOND)
    assert placed({FIRST: "A", SECOND: "B"}, a, b) == {FIRST: ["a"], SECOND: ["b"]}
    assert placed({FIRST: "B", SECOND: "A"}, a, b) == {FIRST: ["b"], SECOND: ["a"]}


def test_a_verdict_stays_where_its_patch_is_not_or_is_twice() -> None:
    a = made_on("A", "a", FIRST)
    assert placed({FIRST: "C", SECOND: "D"}, a) == {FIRST: ["a"]}
    assert placed({FIRST: "A", SECOND: "A"}, a) == {FIRST: ["a"]}
    assert placed({OTHER: "A"}, a) == {FIRST: ["a"]}, "another instance is another attempt"


def test_a_verdict_whose_ordinal_is_gone_follows_too() -> None:
    third = made_on("C", "c", "p.jsonl/m/x#3")
    assert placed({FIRST: "C", SECOND: "D"}, third) == {FIRST: ["c"]}
    assert placed({FIRST: "E", SECOND: "D"}, third) == {"p.jsonl/m/x#3": ["c"]}


def test_a_file_that_was_renamed_takes_its_verdicts_along() -> None:
    old = made_on("A", "a", "old.jsonl/m/y")
    assert placed({OTHER: "A"}, old) == {OTHER: ["a"]}
    assert placed({OTHER: "B"}, old) == {"old.jsonl/m/y": ["a"]}, "another patch"
    of_another_model = made_on("A", "a", "old.jsonl/n/y")
    assert placed({OTHER: "A"}, of_another_model) == {"old.jsonl/n/y": ["a"]}
    nothing = made_on(NO_PATCH, "a", "old.jsonl/m/y")
    assert placed({OTHER: NO_PATCH}, nothing) == {"old.jsonl/m/y": ["a"]}, "no patch is no name"


def test_what_takes_a_verdict_back_goes_with_it() -> None:
    a = made_on("A", "a", FIRST)
    undone = replace(verdict("u", minute=1, undoes="a"), attempt=FIRST)
    assert placed({SECOND: "A"}, a, undone) == {SECOND: ["a", "u"]}


def test_unbound_verdicts_stay_and_nothing_is_read_for_others() -> None:
    unbound = replace(verdict("a", outcome=TRUE), attempt=FIRST)
    alone = made_on("A", "b", OTHER)

    def refuse(key: str) -> str:
        raise AssertionError(f"read {key}")

    found = follow({FIRST: [unbound], OTHER: [alone]}, KEYS, refuse)
    assert {key: [v.id for v in history] for key, history in found.items()} == {
        FIRST: ["a"],
        OTHER: ["b"],
    }
