"""One attempt through the rules: what certain rules settle, and where they differ."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from core.checks import FAMILIES, registry
from core.checks.context import Context
from core.checks.registry import Fact, Rule, Settled
from core.models import Criteria, Severity
from tests.core.checks.check_samples import Bench


def _rule(id: str, criterion: str, value: bool) -> Rule:
    def check(_: Context) -> Iterator[Fact]:
        yield Settled(criterion, value)

    return Rule(id, Severity.INFO, True, id, check, criteria=(criterion,))


def _plant(monkeypatch: pytest.MonkeyPatch, *rules: Rule) -> None:
    """Let there be these rules only."""
    registry.all_rules()  # those of the product register before, or they would be lost
    by_family = {family: {r.id: r for r in rules if r.family == family} for family in FAMILIES}
    monkeypatch.setattr(registry, "_RULES", by_family)


@pytest.mark.parametrize(
    ("values", "settled"),
    [((True,), True), ((False, False), False), ((True, False), None), ((False, True), None)],
)
def test_certain_rules_that_contradict_each_other_settle_nothing(
    bench: Bench,
    monkeypatch: pytest.MonkeyPatch,
    values: tuple[bool, ...],
    settled: bool | None,
) -> None:
    rules = tuple(_rule(f"files.r{n}", "files_match", value) for n, value in enumerate(values))
    other = _rule("syntax.r", "syntax_correct", True)
    _plant(monkeypatch, *rules, other)
    criteria = bench.check("", with_repository=False).criteria
    assert criteria == Criteria(syntax_correct=True, files_match=settled)


def test_only_the_families_that_are_asked_settle_anything(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = (_rule("files.r", "files_match", True), _rule("syntax.r", "syntax_correct", True))
    _plant(monkeypatch, *rules)
    report = bench.check("", with_repository=False, families=["syntax"])
    assert report.criteria == Criteria(syntax_correct=True)
