"""The cap is a cap: whatever a server bills, says or breaks off, no more can have been spent."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from core.errors import SettingsError
from core.judge.batch.collect import collect_batches
from core.judge.batch.submit import submit_batches
from core.judge.books.budget import Budget
from core.judge.books.ledger import read_totals
from core.judge.fake_server import FakeOpenAI
from core.judge.run.estimate import estimate
from core.judge.run.events import Halted, Judged
from core.judge.run.plan import make_plan
from core.judge.run.runner import JudgeRun
from core.models import Attempt
from core.records import replace
from core.settings import JudgeSettings
from core.store import Store
from tests.support.judge_cases import (
    HUMAN_DIFF,
    SHA,
    attempt,
    commit,
    faulty,
    follow,
    judge,
    only,
    settings,
    summary,
)
from tests.support.runs import unified

INPUT, OUTPUT = 1.25e-6, 10e-6  # US dollars a token of gpt-5


def distinct(number: int) -> Attempt:
    """An attempt whose patch no other one has."""
    return attempt(f"run/{number:04}", HUMAN_DIFF + unified("", f"# {number}\n", "n.py"))


def truly_billed(server: FakeOpenAI) -> float:
    """What the server's answers cost, whatever it said of them."""
    return sum(inputs * INPUT + outputs * OUTPUT for inputs, outputs in server.billed)


def greedy(server: FakeOpenAI) -> None:
    """Bills 1.5 times the tokens of an estimate, and replies as long as is allowed."""
    server.input_factor = 4 / 3 * 1.5
    server.bills_all_output = True


def silent(server: FakeOpenAI) -> None:
    greedy(server)
    server.says_usage = "missing"


def zero(server: FakeOpenAI) -> None:
    greedy(server)
    server.says_usage = "zero"


def negative(server: FakeOpenAI) -> None:
    greedy(server)
    server.says_usage = "negative"


@pytest.mark.parametrize("manner", [greedy, silent, zero, negative])
@pytest.mark.parametrize("at_once", [1, 64])
def test_no_server_bills_more_than_the_cap(
    tmp_path: Path, manner: Callable[[FakeOpenAI], None], at_once: int
) -> None:
    with FakeOpenAI(delay=0.01) as server:
        manner(server)
        chosen = settings(server, max_cost=3.0, concurrency=at_once, canaries=3)
        told = judge([distinct(number) for number in range(80)], chosen, tmp_path)
        billed = truly_billed(server)
        assert server.most_at_once <= 9  # of $0.32 each
    assert 2.0 < billed <= 3.0
    assert billed <= summary(told).committed + 1e-9 <= 3.0 + 1e-9
    (halted,) = only(told, Halted)
    assert "cost limit of $3 is reached" in halted.reason
    assert summary(told).not_run == summary(told).total - len(only(told, Judged))


def test_tries_with_more_room_and_repeated_requests_stay_below_the_cap(tmp_path: Path) -> None:
    attempts = [faulty(f"a{n}", "ran_out*1") for n in range(6)]
    attempts += [faulty(f"b{n}", "reset*1") for n in range(6)]
    with FakeOpenAI() as server:
        greedy(server)
        chosen = settings(server, max_cost=4.0, concurrency=16, max_retries=2)
        told = judge(attempts, chosen, tmp_path)
        lost = server.paid - len(server.billed)  # read, and perhaps paid for
        assert truly_billed(server) + lost * 0.32 <= 4.0
        assert lost > 0
    assert summary(told).committed <= 4.0 + 1e-9


def test_what_has_no_plausible_usage_is_of_unknown_cost(tmp_path: Path) -> None:
    with FakeOpenAI() as server:
        server.says_usage = "zero"
        told = judge([distinct(1)], settings(server), tmp_path)
    assert (summary(told).cost, summary(told).unknown_costs) == (0.0, 2)
    assert read_totals(tmp_path).unknown_costs == 2


def test_a_server_that_cannot_be_reached_costs_nothing(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    chosen = JudgeSettings(
        model="gpt-5",
        base_url=f"http://127.0.0.1:{port}/v1",
        api="responses",
        max_retries=0,
        max_cost=50.0,
    )
    told = judge([distinct(number) for number in range(40)], chosen, tmp_path, commits={})
    assert summary(told).calls > 0
    assert (summary(told).cost, summary(told).unknown_costs, summary(told).committed) == (0, 0, 0)
    totals = read_totals(tmp_path)
    assert (totals.cost, totals.unknown_costs) == (0.0, 0)


def test_a_batch_is_sent_in_parts_that_fit(tmp_path: Path) -> None:
    attempts = [distinct(number) for number in range(20)]
    with FakeOpenAI() as server:
        greedy(server)
        chosen = settings(server, max_cost=1.5)
        plan, store = make_plan(attempts, {SHA: commit()}, chosen), Store(tmp_path)
        rubrics = follow(JudgeRun(plan.rubrics_only(), chosen, store))
        spent = summary(rubrics).committed
        sent = submit_batches(plan, chosen, store, already=spent)
        votes = sum(record.votes for record in sent.batches)
        assert 0 < votes < 20
        assert votes + sent.over_cap == 20
        collect_batches(chosen, store)
        first = server.billed[0]
        batched = sum(i * INPUT + o * OUTPUT for i, o in server.billed[1:]) / 2
        assert first[0] * INPUT + first[1] * OUTPUT + batched <= 1.5
        again = submit_batches(plan, chosen, store)  # the next part
        assert again.cached == votes
        assert sum(record.votes for record in again.batches) > 0


def test_a_batch_that_fits_nowhere_sends_nothing(tmp_path: Path) -> None:
    with FakeOpenAI() as server:
        chosen = settings(server)
        plan, store = make_plan([distinct(1)], {SHA: commit()}, chosen), Store(tmp_path)
        follow(JudgeRun(plan.rubrics_only(), chosen, store))
        sent = submit_batches(plan, replace(chosen, max_cost=0.01), store)
        assert (sent.batches, sent.over_cap) == ([], 1)
        assert server.counts["POST /v1/batches"] == 0


def test_a_cap_without_a_price_asks_for_one(tmp_path: Path) -> None:
    with FakeOpenAI() as server:
        chosen = settings(server, model="nobody-knows", max_cost=1.0)
        with pytest.raises(SettingsError, match="price of 'nobody-knows' is unknown") as caught:
            judge([distinct(1)], chosen, tmp_path)
        assert "input and output" in caught.value.hint
        plan = make_plan([distinct(1)], {SHA: commit()}, chosen)
        with pytest.raises(SettingsError, match="price of 'nobody-knows' is unknown"):
            submit_batches(plan, chosen, Store(tmp_path))
        assert server.paid == 0


def test_the_estimate_says_how_many_calls_the_cap_allows_at_once(tmp_path: Path) -> None:
    with FakeOpenAI() as server:
        chosen = settings(server, max_cost=1.0)
        plan = make_plan([distinct(1), distinct(2)], {SHA: commit()}, chosen)
        figures = estimate(plan, chosen, Store(tmp_path))
    assert figures.worst_call is not None
    assert figures.calls_at_once(1.0) == 3
    assert 0.32 < figures.worst_call < 0.34


def test_a_budget_takes_what_is_unknown_at_its_worst() -> None:
    budget = Budget(1.0, already=0.25)
    budget.reserve(0.5)
    assert not budget.affords(0.5)
    assert budget.affords(0.25)
    budget.settle(0.5, [None])
    assert (budget.committed, budget.spent, budget.unknown) == (0.75, 0.0, 1)
    budget.reserve(0.25)
    budget.settle(0.25, [0.01])
    assert budget.committed == pytest.approx(0.76)
    assert Budget(None).affords(1e9)


def test_a_call_that_costs_exactly_what_is_left_is_affordable() -> None:
    budget = Budget(0.5)
    assert budget.affords(0.5)
    assert not budget.affords(0.5 + 1e-6)


def test_nothing_stays_reserved_when_every_call_is_over() -> None:
    """Not even what rounding leaves: a long run would be refused its last calls by it."""
    budget = Budget(1.0)
    worsts = (0.1, 0.2, 0.3)
    for worst in worsts:
        budget.reserve(worst)
    assert budget.committed == pytest.approx(0.6)
    for worst, left in zip(worsts, (0.5, 0.3, 0.0), strict=True):
        budget.settle(worst, [0.0])
        assert budget.committed == pytest.approx(left), "only its own reservation ends"
    assert budget.committed == 0.0


def test_no_text_is_worth_more_tokens_than_are_reserved(tmp_path: Path) -> None:
    with FakeOpenAI() as server:
        chosen = settings(server)
        plan = make_plan([distinct(1)], {SHA: commit()}, chosen)
        figures = estimate(plan, chosen, Store(tmp_path))
        judge([distinct(1)], chosen, tmp_path)
        worst = figures.worst_call
    assert worst is not None
    size = max(len(body["input"][1]["content"]) for body in server.bodies)
    assert worst > size / 2 * INPUT + 32_000 * OUTPUT
