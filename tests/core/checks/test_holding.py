"""Which stored facts hold: available evidence counts, missing evidence proves nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from core.checks.holding import Held, count, count_all, find_held, holds, is_weak, join
from core.checks.inputs import Inputs
from core.models import Criteria, FactCounts, FamilyReport, Finding, Severity
from core.records import replace

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
SHA = "8aa1485fcff7be3e42300c0615ee0f3f3cbce9a8"
BASE = "0ec82edda59aaf5cf3b07aadf4ecce1aa1131add"
NOW = {"rules": "r", "commit": SHA, "patch": "p", "base": BASE, "human": "h", "engine": "3.11"}


def report(hour: int = 0, family: str = "syntax", **rests_on: str) -> FamilyReport:
    """A report with all evidence but for what is given."""
    created = NOON + timedelta(hours=hour)
    return FamilyReport("run/0", family, {**NOW, **rests_on}, Criteria(), created=created)


CASES: dict[str, tuple[dict[str, str], dict[str, str], str, bool]] = {
    "the same": ({}, {}, "", True),
    "another patch": ({}, {"patch": "q"}, "", False),
    "another human change": ({}, {"human": "i"}, "", False),
    "other rules": ({}, {"rules": "s"}, "", False),
    "another Python": ({}, {"engine": "3.12"}, "", False),
    "another base": ({}, {"base": SHA}, "", False),
    "no repository now": ({}, {"base": ""}, "", True),
    "no repository now, the base named short": ({}, {"base": ""}, BASE[:8], True),
    "no repository now, another base named": ({}, {"base": ""}, SHA[:8], False),
    "no human diff now": ({}, {"human": ""}, "", True),
    "no repository then": ({"base": ""}, {}, "", True),
    "the commit abbreviated now": ({}, {"commit": SHA[:8]}, "", True),
    "the commit abbreviated then": ({"commit": SHA[:8]}, {}, "", True),
    "another commit": ({}, {"commit": BASE}, "", False),
    "the commit unknown now": ({}, {"commit": ""}, "", False),
}


@pytest.mark.parametrize(("then", "now", "base_name", "expected"), CASES.values(), ids=CASES)
def test_what_is_at_hand_decides(
    then: Mapping[str, str], now: Mapping[str, str], base_name: str, expected: bool
) -> None:
    assert holds(replace(report(), rests_on={**NOW, **then}), {**NOW, **now}, base_name) is expected


MADE_ON = {"base_name": BASE, "made_on": "x"}
BASES: dict[str, tuple[dict[str, str], dict[str, str], bool]] = {
    "told by the repository, nothing told now": ({}, {"base": "", "made_on": ""}, True),
    "told by the repository, less told now": ({}, {"base": "", "made_on": "y"}, True),
    "told otherwise by the repository now": ({}, {"made_on": "y"}, False),
    "told by human diffs, which are not here now": (
        {"base": ""},
        {"base": "", "made_on": ""},
        True,
    ),
    "told otherwise by human diffs": ({"base": ""}, {"base": "", "made_on": "y"}, False),
    "nothing told then": ({"base": "", "made_on": ""}, {"base": ""}, False),
    "nothing told, and another base named": (
        {"base": ""},
        {"base": "", "made_on": "", "base_name": SHA},
        False,
    ),
    "the base named short now": ({}, {"base": "", "made_on": "", "base_name": BASE[:8]}, True),
}


@pytest.mark.parametrize(("then", "now", "expected"), BASES.values(), ids=BASES)
def test_what_the_repository_told_of_the_base_holds_without_it(
    then: Mapping[str, str], now: Mapping[str, str], expected: bool
) -> None:
    before, value = {**NOW, **MADE_ON, **then}, {**NOW, **MADE_ON, **now}
    assert holds(replace(report(), rests_on=before), value, value["base_name"]) is expected


def test_an_input_that_was_not_looked_at_then_is_no_proof() -> None:
    assert not holds(report(), {**NOW, "targets": "t"})


def test_a_report_is_weak_where_there_is_more_evidence_now() -> None:
    assert is_weak(report(base=""), NOW)
    assert not is_weak(report(base=""), {**NOW, "base": ""})
    assert not is_weak(report(), NOW)


@pytest.mark.parametrize("base", ["", BASE], ids=["without the repository", "with it"])
def test_the_strongest_counts_then_the_newest(base: str) -> None:
    weak, old, new = report(base="", hour=9), report(hour=1), report(hour=2)
    now = Inputs({"syntax": "r"}, SHA, "3.11", "p", base, "h")
    assert now.of("syntax") == {**NOW, "base": base}
    assert find_held([weak, new, old], now, ["syntax"]).reports == {"syntax": new}


def test_families_that_contradict_each_other_leave_a_criterion_unknown() -> None:
    one = FamilyReport("a", "syntax", {}, Criteria(syntax_correct=True, files_match=True))
    other = FamilyReport("a", "coverage", {}, Criteria(syntax_correct=False, is_complete=False))
    finding = Finding("coverage.none", Severity.INFO, "x")
    joined = join("a", [one, FamilyReport("a", "x", {}, Criteria(), (finding,), {"n": 1}), other])
    assert joined.criteria == Criteria(files_match=True, is_complete=False)
    assert (joined.findings, joined.measures) == ((finding,), {"n": 1})


def test_counts_add_up_and_say_what_to_do() -> None:
    every = (
        Held({"a": report(), "b": report()}, True),
        Held({"a": report()}, True),
        Held({}, True),
        Held({}, False),
    )
    counts = FactCounts()
    for held in every:
        counts = count(counts, held, ("a", "b"))
    assert counts == count_all(every, ("a", "b")) == FactCounts(1, 2, 1)
    assert str(counts) == "check reports: 1 hold, 2 stale, 1 none"
    assert (counts.advice, FactCounts(3).advice) == ("run `patchjury check`", "")
