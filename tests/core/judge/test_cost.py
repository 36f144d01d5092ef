"""What calls cost: prices of the settings, to the cent, and the worst that can come."""

from __future__ import annotations

import pytest

from core.judge.books.cost import cost_of, expected_cost, highest_cost, worst_cost
from core.judge.question.instructions import Instructions
from core.judge.question.judge_prompt import Question, Section
from core.models import Usage
from core.records import replace
from core.settings import JudgeSettings, Price

SETTINGS = JudgeSettings(
    model="mine", prices={"mine": Price(2.0, 10.0, 0.5), "plain": Price(2.0, 10.0)}
)
QUESTION = Question(
    name="judgement",
    told=Instructions("judgement", 1, "judge"),
    input_limit=1_000,
    sections=(Section("attempt", "patch " * 2_000, False),),
    schema={"type": "object"},
)
MILLION = 1_000_000


@pytest.mark.parametrize(
    ("usage", "model", "cost"),
    [
        (Usage(MILLION, 0, MILLION), "mine", 12.0),
        (Usage(MILLION, MILLION // 2, 100_000), "mine", 1.0 + 0.25 + 1.0),
        (Usage(MILLION, MILLION // 2, 100_000), "plain", 2.0 + 1.0),
        (Usage(0, 0, 0), "mine", None),
        (Usage(10, 20, 5), "mine", None),
        (Usage(None, None, 5), "mine", None),
        (Usage(10, 0, None), "mine", None),
        (None, "mine", None),
        (Usage(10, 0, 5), "nobody's", None),
    ],
)
def test_cost(usage: Usage | None, model: str, cost: float | None) -> None:
    assert cost_of(usage, model, SETTINGS) == (None if cost is None else pytest.approx(cost, 1e-12))


def test_cached_input_of_a_listed_model_is_cheaper() -> None:
    cached, fresh, unsaid = (
        cost_of(Usage(MILLION, part, 1_000), "gpt-5", SETTINGS) for part in (MILLION, 0, None)
    )
    assert cached is not None and fresh is not None
    assert cached < fresh / 2
    assert unsaid == fresh, "what a server does not call cached is not taken for cheap"


def test_the_tier_of_a_listed_model_has_its_own_price() -> None:
    usage = Usage(MILLION, 0, 1_000)
    usual, flex = (cost_of(usage, "gpt-5", SETTINGS, tier=tier) for tier in (None, "flex"))
    assert usual is not None and flex is not None
    assert flex < usual


def test_a_batch_costs_half_and_a_dated_name_as_much_as_the_model() -> None:
    usage = Usage(MILLION, 0, MILLION)
    assert cost_of(usage, "mine", SETTINGS, batch=True) == pytest.approx(6.0)
    assert cost_of(usage, "mine", SETTINGS, reported="mine-2026-01-01") == pytest.approx(12.0)
    assert cost_of(usage, "mine", SETTINGS, reported="another") is None


def test_the_worst_is_above_what_any_server_can_bill() -> None:
    """Two bytes per token, what the server adds, all output used, then again with more."""
    tokens = QUESTION.bytes // 2
    worst = worst_cost(QUESTION, SETTINGS, 1_000)
    assert worst is not None and worst > (tokens * 2.0 + 1_000 * 10.0) / 1e6
    once = replace(SETTINGS, max_output_tokens=1_000)
    twice = worst_cost(QUESTION, SETTINGS, 2_000)
    assert twice is not None
    assert highest_cost(QUESTION, once) == pytest.approx(worst + twice)
    expected = expected_cost(QUESTION, once)
    assert expected is not None and expected < worst + twice


def test_tier_and_batch_are_in_every_estimate() -> None:
    usual = replace(SETTINGS, model="gpt-5", max_output_tokens=1_000)
    flex = replace(usual, service_tier="flex")
    named = replace(usual, service_tier="default")
    for estimate in (expected_cost, highest_cost):
        costs = [estimate(QUESTION, settings) for settings in (usual, flex, named)]
        assert None not in costs
        assert costs[1] < costs[0] == costs[2], estimate  # type: ignore[operator]
        mine = replace(SETTINGS, max_output_tokens=1_000)
        at_once = estimate(QUESTION, mine, batch=True)
        assert at_once is not None
        assert at_once <= (estimate(QUESTION, mine) or 0) / 2
    once = worst_cost(QUESTION, mine, 1_000, batch=True)
    assert once is not None
    assert once <= (worst_cost(QUESTION, mine, 1_000) or 0) / 2
    assert highest_cost(QUESTION, mine, batch=True) == once, "a batch asks no second time"
