"""A run of the judge: order, resuming, stopping, limits of rate and cost, and the ledger."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import threading
from collections.abc import Callable
from contextlib import aclosing
from itertools import count
from pathlib import Path

import pytest

from core.assess.opinions import tally
from core.errors import SettingsError
from core.judge.books.ledger import read_totals
from core.judge.fake_server import FakeOpenAI
from core.judge.question.rubric import current_rubric, edit_rubric
from core.judge.run.estimate import estimate
from core.judge.run.events import Event, Finished, Halted, Judged, Notice, Skipped, Slowed
from core.judge.run.plan import make_plan
from core.judge.run.process import JudgeProcess, JudgeProcessError
from core.judge.run.runner import JudgeRun
from core.models import Attempt, JudgementState, PatchEvidence, PatchState
from core.records import replace
from core.settings import JudgeSettings, Secret
from core.sources import FileText
from core.store import Store
from tests.support.judge_cases import (
    HUMAN_DIFF,
    OTHER_SHA,
    SHA,
    WRONG_DIFF,
    attempt,
    commit,
    faulty,
    follow,
    judge,
    judgements,
    only,
    settings,
    summary,
)
from tests.support.runs import unified

MIXED = {
    "rate_limit*1": "verdict",
    "server_error*1": "verdict",
    "bad_gateway": "error",
    "rate_limit": "error",
    "bad_request": "error",
    "failed": "error",
    "silent": "incomplete",
    "ran_out": "incomplete",
    "ran_out*1": "verdict",
    "refusal": "refused",
    "cut40": "unparseable",
    "wrong_types": "unparseable",
    "extra_keys": "unparseable",
    "html": "unparseable",
    "wrong_model": "verdict",
    "no_usage": "verdict",
}


def distinct(number: int, human: str = SHA) -> Attempt:
    """An attempt whose patch no other one has."""
    return attempt(f"run/{number:04}", HUMAN_DIFF + unified("", f"# {number}\n", "n.py"), human)


async def anext_of(run: JudgeRun) -> Event:
    """The first event of a run that is then left."""
    async with aclosing(run.events()) as events:
        return await anext(events)


def test_many_judgements_with_mixed_faults_are_all_accounted_for(tmp_path: Path) -> None:
    many, shas = 5 * len(MIXED), [f"{number:040x}" for number in range(10)]
    orders = list(MIXED)
    expected: dict[str, str] = {}
    attempts = []
    for number in range(many):
        human = shas[number * len(shas) // many]
        order = orders[number // 5 % len(orders)] if number % 5 == 0 else ""
        made = distinct(number, human)
        if order:
            made = faulty(made.key, order, human=human)
        attempts.append(made)
        expected[made.key] = MIXED[order] if order else "verdict"
    commits = {sha: commit(sha) for sha in shas}
    with FakeOpenAI() as server:
        chosen = settings(server, concurrency=32)
        told = judge(attempts, chosen, tmp_path, commits=commits)
        totals = read_totals(tmp_path)
        assert totals.requests == server.paid
    assert totals.calls == summary(told).calls
    assert (totals.cut_off, totals.bad_lines) == (0, 0)
    assert totals.retries > 0
    heard = [event.judgement for event in only(told, Judged)]
    assert len(heard) == many
    assert {j.attempt: j.state.value for j in heard} == expected
    stored = Store(tmp_path).load()
    assert stored.problems == ()
    assert {key: [j.id for j in js] for key, js in stored.judgements.items()} == {
        j.attempt: [j.id] for j in heard
    }
    assert totals.cost == pytest.approx(summary(told).cost)


def test_a_second_run_asks_nothing_and_says_so(tmp_path: Path) -> None:
    attempts = [attempt("a"), attempt("b", WRONG_DIFF), faulty("c", "refusal")]
    with FakeOpenAI() as server:
        first = judge(attempts, settings(server), tmp_path)
        paid = server.paid
        again = judge(attempts, settings(server), tmp_path)
        assert server.paid == paid
        assert judgements(again) == judgements(first)
        assert all(event.reused for event in only(again, Judged))
        assert (summary(again).cached, summary(again).cost) == (3, 0.0)
        judge(attempts, settings(server), tmp_path, again=True)
        assert server.paid == paid + 1  # only what gave no opinion
    assert len(Store(tmp_path).load().judgements["a"]) == 1


def test_errors_are_asked_again(tmp_path: Path) -> None:
    with FakeOpenAI() as server:
        told = judge([faulty("a", "bad_request*1")], settings(server), tmp_path)
        assert judgements(told)["a"].state is JudgementState.ERROR
        told = judge([faulty("a", "bad_request*1")], settings(server), tmp_path)
        assert judgements(told)["a"].state is JudgementState.VERDICT


def test_the_same_patch_is_asked_about_once(tmp_path: Path) -> None:
    attempts = [attempt(f"{number}") for number in range(12)]
    with FakeOpenAI(delay=0.01) as server:
        told = judge(attempts, settings(server, concurrency=6), tmp_path)
        assert server.paid == 2
    found = judgements(told)
    assert len({j.id for j in found.values()}) == 12
    asked = [j for j in found.values() if j.calls]
    assert len(asked) == 1
    copies = [j for j in found.values() if not j.calls]
    assert {(j.cached, j.cost) for j in copies} == {(asked[0].id, 0.0)}
    assert {j.criteria for j in copies} == {asked[0].criteria}
    assert len(Store(tmp_path).load().judgements) == 12


def test_votes_are_calls_of_their_own_and_their_split_is_shown(tmp_path: Path) -> None:
    with FakeOpenAI() as server:
        server.orders = ["", "refusal", "", ""]
        chosen = settings(server, votes=3, concurrency=1)
        told = judge([attempt("a")], chosen, tmp_path)
        assert server.paid == 4
    votes = [event.judgement for event in only(told, Judged)]
    assert sorted(vote.vote for vote in votes) == [1, 2, 3]
    counted = tally(votes)["optimization_logic_match"]
    assert (counted.yes, counted.no, counted.unknown, counted.decided) == (2, 0, 1, True)


def test_stop_keeps_what_is_in_flight_and_leaves_the_rest(tmp_path: Path) -> None:
    with FakeOpenAI(delay=0.02) as server:
        chosen = settings(server, concurrency=4)
        plan = make_plan([distinct(n) for n in range(60)], {SHA: commit()}, chosen)
        run = JudgeRun(plan, chosen, Store(tmp_path))
        told = follow(run, lambda event: run.stop() if isinstance(event, Judged) else None)
        assert server.paid == summary(told).calls
    done = len(only(told, Judged))
    assert 1 <= done <= 8
    assert summary(told).not_run == 60 - done
    assert not summary(told).halted
    assert len(Store(tmp_path).load().judgements) == done


def test_leaving_the_events_early_stops_the_run(tmp_path: Path) -> None:
    with FakeOpenAI() as server:
        chosen = settings(server, concurrency=2)
        plan = make_plan([distinct(n) for n in range(50)], {SHA: commit()}, chosen)
        asyncio.run(anext_of(JudgeRun(plan, chosen, Store(tmp_path))))
        assert server.paid < 50


def test_a_second_try_with_more_room_is_not_made_once_the_run_is_stopped(tmp_path: Path) -> None:
    with FakeOpenAI() as server:
        judge([distinct(1)], settings(server), tmp_path)  # writes the rubric
        paid = server.paid
        chosen = settings(server, concurrency=1)
        plan = make_plan([faulty("a", "ran_out*1")], {SHA: commit()}, chosen)
        run = JudgeRun(plan, chosen, Store(tmp_path))

        async def ask() -> list[Event]:
            loop = asyncio.get_running_loop()

            def stop() -> None:
                loop.call_soon_threadsafe(run.stop)

            server.on_call = stop
            return [event async for event in run.events()]

        told = asyncio.run(ask())
        assert server.paid == paid + 1
    assert judgements(told)["a"].state is JudgementState.INCOMPLETE


def test_a_second_try_with_more_room_counts_against_the_cost_limit(tmp_path: Path) -> None:
    with FakeOpenAI() as server:
        judge([distinct(1)], settings(server), tmp_path)
        paid = server.paid
        told = judge([faulty("a", "ran_out*1")], settings(server, max_cost=0.6), tmp_path)
        assert server.paid == paid + 1
        assert judgements(told)["a"].state is JudgementState.INCOMPLETE
        told = judge(
            [faulty("b", "ran_out*1", WRONG_DIFF)], settings(server, max_cost=2.0), tmp_path
        )
        assert server.paid == paid + 3
        assert judgements(told)["b"].state is JudgementState.VERDICT


def test_a_used_up_quota_is_not_asked_again(tmp_path: Path) -> None:
    with FakeOpenAI() as server:
        judge([distinct(1)], settings(server), tmp_path)
        paid = server.paid
        told = judge([faulty("a", "quota"), distinct(2)], settings(server, concurrency=1), tmp_path)
        assert server.paid == paid + 1
    (halted,) = only(told, Halted)
    assert "quota is used up" in halted.reason
    assert judgements(told)["a"].code == "insufficient_quota"


def test_a_rate_limit_lowers_how_many_calls_are_made_at_once(tmp_path: Path) -> None:
    attempts = [faulty("limited", "rate_limit*1"), *(distinct(n) for n in range(30))]
    with FakeOpenAI(delay=0.002) as server:
        told = judge(attempts, settings(server, concurrency=8), tmp_path)
    assert [event.limit for event in only(told, Slowed)] == [4]
    assert summary(told).states == {"verdict": 31}


def test_without_a_key_nothing_starts(tmp_path: Path) -> None:
    plain = JudgeSettings()
    plan = make_plan([attempt("a")], {SHA: commit()}, plain)
    with pytest.raises(SettingsError, match="API key"):
        follow(JudgeRun(plan, plain, Store(tmp_path)))


def test_the_shutdown_date_is_told_first(tmp_path: Path) -> None:
    with FakeOpenAI() as server:
        told = judge([attempt("a")], settings(server), tmp_path)
        assert isinstance(told[0], Notice)
        assert "gpt-5" in told[0].text
        assert "2026-12-11" in told[0].text
        told = judge([attempt("a")], settings(server, model="gpt-5-mini"), tmp_path)
        assert only(told, Notice) == []


def test_attempts_without_a_readable_patch_are_named(tmp_path: Path) -> None:
    gone = PatchEvidence(PatchState.WHOLE, FileText(str(tmp_path / "gone.diff")))
    attempts = [
        attempt("empty", "", state=PatchState.EMPTY),
        attempt("unreadable", "", state=PatchState.UNREADABLE),
        replace(attempt("gone"), patch=gone),
    ]
    with FakeOpenAI() as server:
        chosen = settings(server)
        plan = make_plan(attempts, {SHA: commit()}, chosen)
        assert [key for key, _ in plan.skipped] == ["empty", "unreadable"]
        told = follow(JudgeRun(plan, chosen, Store(tmp_path)))
    (skipped,) = only(told, Skipped)
    assert skipped.attempt == "gone"
    assert "cannot read" in skipped.reason


def test_a_store_that_cannot_be_written_stops_the_run_and_the_reply_is_not_lost(
    tmp_path: Path,
) -> None:
    with FakeOpenAI() as server:
        chosen = settings(server, concurrency=1)
        judge([attempt("a")], chosen, tmp_path)  # writes the rubric
        stored = tmp_path / "commits" / f"{SHA}.jsonl"
        newer = stored.read_text(encoding="utf-8").replace(
            '"schema_version": 2', '"schema_version": 9'
        )
        stored.write_text(newer, encoding="utf-8")
        (rubric,) = (edit_rubric(SHA, "ada", bottleneck="", essential_change="x", must_haves=[]),)
        assert rubric.edited
        told = judge([attempt("a"), distinct(1), distinct(2)], chosen, tmp_path)
        assert len(only(told, Halted)) == 1
        assert str(tmp_path) in only(told, Halted)[0].reason
        assert stored.read_text(encoding="utf-8") == newer
        assert summary(told).not_run == 3
        assert read_totals(tmp_path).requests == server.paid


def test_an_edited_rubric_is_used_and_never_overwritten(tmp_path: Path) -> None:
    store = Store(tmp_path)
    mine = edit_rubric(SHA, "ada", bottleneck="b", essential_change="MINE", must_haves=["one"])
    with FakeOpenAI() as server:
        first = judge([attempt("a")], settings(server), tmp_path)
        store.add_rubrics(SHA, [mine])
        second = judge([attempt("a")], settings(server), tmp_path)
        prompt = server.bodies[-1]["input"][1]["content"]
        assert server.paid == 3
    assert "MINE" in prompt
    assert judgements(first)["a"].rubric != judgements(second)["a"].rubric == mine.hash
    assert current_rubric(store.rubrics(SHA)) == mine
    assert [r.edited for r in store.rubrics(SHA)] == [False, True]


def test_the_estimate_sends_nothing_and_matches_what_is_sent(tmp_path: Path) -> None:
    commits = {SHA: commit(), OTHER_SHA: commit(OTHER_SHA)}
    attempts = [distinct(n, SHA if n % 2 else OTHER_SHA) for n in range(6)]
    attempts += [attempt("same"), attempt("same again")]
    with FakeOpenAI() as server:
        chosen = settings(server, votes=3, canaries=2)
        plan = make_plan(attempts, commits, chosen)
        before = estimate(plan, chosen, Store(tmp_path))
        assert server.counts == {}
        told = follow(JudgeRun(plan, chosen, Store(tmp_path)))
        assert before.calls == server.paid == summary(told).calls
        after = estimate(plan, chosen, Store(tmp_path))
    assert (before.jobs, before.rubrics, before.canaries) == (28, 2, 4)
    assert before.cached == summary(told).cached + 1  # a canary, which is not a vote
    assert before.expected_cost is not None
    assert before.highest_cost is not None
    assert summary(told).cost < before.expected_cost < before.highest_cost
    assert (after.calls, after.cached, after.expected_cost) == (0, 28, 0.0)


@pytest.mark.usefixtures("quick_judge")
def test_killed_at_any_moment_a_resumed_run_repeats_no_answered_call(tmp_path: Path) -> None:
    """Killed three times, each as its tenth call arrives: up to eight are in flight then."""
    number, kills = 32, 0
    attempts = [
        attempt(f"run/{n:04}", HUMAN_DIFF + unified("", f"# key run/{n:04}!\n", "n.py"))
        for n in range(number)
    ]
    with FakeOpenAI() as server:
        chosen = settings(server, concurrency=8)
        plan = make_plan(attempts, {SHA: commit()}, chosen)
        finished = False
        while not finished:
            kept = _stored(tmp_path)
            run = JudgeProcess(plan, chosen, Store(tmp_path), {})
            server.bodies = []
            server.on_call = _kill_at(run, 10 if kills < 3 else 0)
            acknowledged = set()
            try:
                for event in run.iterate():
                    if isinstance(event, Judged) and not event.reused:
                        acknowledged.add(event.judgement.attempt)
                finished = True
            except JudgeProcessError:
                kills += 1
            assert kept | acknowledged <= _stored(tmp_path)
            assert not kept & {_attempt_in(body) for body in server.bodies}
        totals = read_totals(tmp_path)
    assert kills == 3
    store = Store(tmp_path).load()
    # A death in the middle of a write leaves a torn line of what nobody was told is stored.
    assert len(store.problems) <= kills
    assert all("torn" in problem.reason for problem in store.problems)
    assert [len(found) for found in store.judgements.values()] == [1] * number
    # Only what was in flight when a process died is paid for twice: at most 8 calls each time.
    assert number + 1 <= totals.calls <= number + 1 + 8 * kills
    assert server.paid <= totals.calls  # a line is there before its call is sent
    assert totals.bad_lines <= kills


def _kill_at(run: JudgeProcess, last: int) -> Callable[[], None]:
    """To be told of each call: the process that asks is killed as call `last` arrives."""
    calls = count(1)

    def called() -> None:
        if next(calls) == last:
            assert run._process is not None
            os.kill(run._process.pid, signal.SIGKILL)

    return called


def _stored(folder: Path) -> set[str]:
    return set(Store(folder).load().judgements)


def _attempt_in(body: dict[str, object]) -> str:
    text = json.dumps(body)
    return text.partition("# key ")[2].partition("!")[0]


def test_the_recorder_stops_when_nobody_waits(tmp_path: Path) -> None:
    """A run leaves no thread behind."""
    before = threading.active_count()
    with FakeOpenAI() as server:
        judge([attempt("a")], settings(server), tmp_path)
    assert threading.active_count() <= before


def test_events_end_with_a_summary(tmp_path: Path) -> None:
    with FakeOpenAI() as server:
        told = judge([], settings(server, api_key=Secret()), tmp_path)
    assert isinstance(told[-1], Finished)
    assert summary(told).total == 0
