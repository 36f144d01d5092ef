"""Sorting by any column: what is unknown comes last, equal ones stay as they were."""

from __future__ import annotations

import pytest

from core.assess.filters import COLUMNS, FilterError, sort_attempts
from core.models import Finding, Severity
from core.records import replace
from tests.core.assess.filters.test_attempt_filter import COMMITS, samples


def order(by: str) -> list[str]:
    return [one.attempt.key.split("/")[-1] for one in sort_attempts(samples(), COMMITS, by)]


@pytest.mark.parametrize(
    ("by", "keys"),
    [
        ("", ["one", "two", "three"]),
        ("size", ["two", "one", "three"]),
        ("-size", ["one", "two", "three"]),
        ("agent", ["two", "one", "three"]),
        ("-agent", ["one", "two", "three"]),
        ("commit", ["two", "one", "three"]),
        ("rc,agent", ["two", "one", "three"]),
        ("-marked,key", ["one", "two", "three"]),
        ("key", ["two", "three", "one"]),
        ("-errors", ["one", "two", "three"]),
    ],
)
def test_order(by: str, keys: list[str]) -> None:
    assert order(by) == keys


@pytest.mark.parametrize("name", COLUMNS)
def test_every_column_sorts_both_ways(name: str) -> None:
    assert sorted(order(name)) == sorted(order(f"-{name}")) == ["one", "three", "two"]


def test_a_random_order_is_that_of_its_seed_alone() -> None:
    orders = {seed: order(f"random:{seed}") for seed in range(20)}
    assert orders == {seed: order(f"random:{seed}") for seed in range(20)}
    assert len(set(map(tuple, orders.values()))) > 3
    assert order("random") == orders[0]
    assert order("-random:5") == orders[5][::-1]
    backwards = sort_attempts(samples()[::-1], COMMITS, "random:5")
    assert [one.attempt.key.split("/")[-1] for one in backwards] == orders[5]


def test_errors_are_counted_and_nothing_else() -> None:
    one = samples()[0]
    assert one.report is not None
    mixed = replace(
        one.report,
        findings=tuple(
            Finding("r", severity, "m")
            for severity in (Severity.ERROR, Severity.INFO, Severity.ERROR)
        ),
    )
    read = COLUMNS["errors"].read
    assert read(replace(one, report=mixed), None) == 2
    assert read(one, None) == 0
    assert read(replace(one, report=None), None) is None


def test_a_column_shows_numbers_and_texts_and_nothing_else() -> None:
    cells = [column.read(one, None) for column in COLUMNS.values() for one in samples()]
    assert all(cell is None or isinstance(cell, (str, int, float)) for cell in cells)
    assert "" not in cells


def test_an_unknown_column_is_explained() -> None:
    with pytest.raises(FilterError, match="no column `colour`") as caught:
        order("colour")
    assert "size" in caught.value.hint
