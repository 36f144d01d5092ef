"""The registry, and the page that documents it."""

from __future__ import annotations

import pickle
import re
from pathlib import Path

from core.checks import FAMILIES, all_rules

PAGE = Path(__file__).resolve().parents[3] / "docs" / "rules.md"


def test_every_rule_has_its_entry_and_every_entry_its_rule() -> None:
    entries = re.findall(
        r"^### `([\w.-]+)`\n\n(.+)\. \*(\w+), (certain|a sign)\.\*$",
        PAGE.read_text("utf-8"),
        re.MULTILINE,
    )
    rules = [
        (rule.id, rule.summary, rule.severity.value, "certain" if rule.certain else "a sign")
        for rule in all_rules()
    ]
    assert entries == rules


def test_every_entry_says_why_shows_an_example_and_admits_its_limits() -> None:
    for section in PAGE.read_text("utf-8").split("\n### ")[1:]:
        for heading in ("**Why it matters:**", "**Example:**", "**When it is wrong:**"):
            assert section.count(heading) == 1, section.splitlines()[0]


def test_each_certain_rule_shows_its_measured_precision_or_says_that_it_has_none() -> None:
    page = PAGE.read_text("utf-8")
    rows = re.findall(r"^\| `([\w.-]+)` \| ([\d,]+|unmeasured) \| (\d*) ?\|", page, re.MULTILINE)
    assert [name for name, _, _ in rows] == [rule.id for rule in all_rules() if rule.certain]
    assert all(wrong == ("" if stated == "unmeasured" else "0") for _, stated, wrong in rows)


def test_rules_are_functions_of_their_family_that_can_be_sent_to_another_process() -> None:
    for rule in all_rules():
        assert rule.family in FAMILIES
        assert pickle.loads(pickle.dumps(rule.check)) is rule.check


def test_the_ids_that_others_rely_on_are_there() -> None:
    named = """patch.empty patch.missing patch.malformed patch.cut patch.comments-only
        patch.own-diff patch.hidden-unicode patch.scratch-file applies.no syntax.parse-error
        names.undefined files.missed files.extra files.given-away coverage.equal-tree
        run.nonzero-return run.too-fast run.no-steps run.infrastructure copies.human
        copies.attempt"""
    assert set(named.split()) <= {rule.id for rule in all_rules()}
