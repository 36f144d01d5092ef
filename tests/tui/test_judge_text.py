"""What is said of a run of the judge: what was paid, and apart from it what is made up."""

from __future__ import annotations

import pytest

from core.judge.books.ledger import Totals
from tui.judge_text import spending_text


@pytest.mark.parametrize(
    ("totals", "said"),
    [
        (Totals(calls=2, cost=3.0), "$3.00"),
        (Totals(calls=3, cost=3.0, unknown_costs=1), "$3.00 + 1 of unknown cost"),
        (Totals(calls=2, cost=3.0, bad_lines=2), "$3.00 (2 bad ledger lines)"),
        (Totals(calls=2, cost=2.0, fake=2, fake_cost=2.0), "$2.00 made up"),
        (Totals(calls=3, cost=5.0, fake=2, fake_cost=2.0), "$3.00 + $2.00 made up"),
    ],
)
def test_what_was_paid_is_told_apart_from_what_is_made_up(totals: Totals, said: str) -> None:
    assert spending_text(totals) == said
