"""When a run stops by itself: equal failures in a row, and servers that ask for a long wait."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from core.judge.fake_server import FakeOpenAI
from core.judge.run.events import Halted, Judged
from core.judge.wire.http_requests import HttpRequest
from core.judge.wire.reply import Reply
from core.judge.wire.retries import pause_before_repeat, retry_after
from core.models import Attempt, JudgementState
from core.store import Store
from tests.support.judge_cases import (
    HUMAN_DIFF,
    SHA,
    attempt,
    faulty,
    judge,
    judgements,
    only,
    settings,
    summary,
)
from tests.support.runs import unified

NOW = datetime(2026, 5, 1, tzinfo=UTC)


def distinct(number: int) -> Attempt:
    """An attempt whose patch no other one has."""
    return attempt(f"run/{number:04}", HUMAN_DIFF + unified("", f"# {number}\n", "n.py"))


def test_ten_equal_failures_in_a_row_stop_the_run_with_what_is_left(tmp_path: Path) -> None:
    with FakeOpenAI() as server:
        judge([distinct(0)], settings(server), tmp_path)  # writes the rubric, is answered
        paid = server.paid
        failing = [faulty(f"f{n}", "failed") for n in range(30)]
        told = judge(failing, settings(server, concurrency=1), tmp_path)
        assert server.paid == paid + 10
    (halted,) = only(told, Halted)
    assert "10 calls in a row failed the same way" in halted.reason
    assert "21 votes have no answer yet" in halted.reason  # the one that failed among them
    assert summary(told).not_run == 20


def test_failures_between_answers_stop_nothing(tmp_path: Path) -> None:
    mixed = [faulty(f"f{n}", "failed") if n % 3 else distinct(n) for n in range(30)]
    with FakeOpenAI() as server:
        told = judge(mixed, settings(server, concurrency=1), tmp_path)
    assert only(told, Halted) == []
    assert len(only(told, Judged)) == 30


def test_400s_from_the_first_stop_at_once(tmp_path: Path) -> None:
    with FakeOpenAI() as server:
        server.shares = {"bad_request": 1.0}
        attempts = [attempt(f"a{n}", HUMAN_DIFF, f"{n:040x}") for n in range(20)]
        told = judge(attempts, settings(server, concurrency=1), tmp_path, commits={})
        assert server.paid <= 3
    (halted,) = only(told, Halted)
    assert "Unsupported parameter" in halted.reason


def test_a_server_that_wants_an_hour_is_left_until_then(tmp_path: Path) -> None:
    with FakeOpenAI() as server:
        judge([distinct(0)], settings(server), tmp_path)
        paid = server.paid
        attempts = [faulty("a", "come_back"), *(distinct(n) for n in range(1, 9))]
        told = judge(attempts, settings(server, concurrency=1, max_retries=4), tmp_path)
        assert server.paid == paid + 1  # neither repeated nor waited for
    (halted,) = only(told, Halted)
    assert "asks to wait until 20" in halted.reason


def test_an_answer_that_broke_off_is_not_paid_for_again(tmp_path: Path) -> None:
    with FakeOpenAI() as server:
        judge([distinct(0)], settings(server), tmp_path)
        paid = server.paid
        told = judge([faulty("a", "half")], settings(server, max_retries=4), tmp_path)
        assert server.paid == paid + 1
    assert judgements(told)["a"].code == "broken"


def test_a_refused_rubric_is_asked_for_again_only_on_request(tmp_path: Path) -> None:
    with FakeOpenAI() as server:
        server.orders = ["refusal"]
        judge([distinct(0)], settings(server), tmp_path)
        paid = server.paid
        told = judge([distinct(0)], settings(server), tmp_path)
        assert server.paid == paid
        assert summary(told).skipped == 1
        again = judge([distinct(0)], settings(server), tmp_path, again=True)
        assert server.paid == paid + 2
    assert [r.state.value for r in Store(tmp_path).rubrics(SHA)] == ["refused", "verdict"]
    assert judgements(again)["run/0000"].state is JudgementState.VERDICT


def test_one_question_finds_out_which_api_a_server_has(tmp_path: Path) -> None:
    with FakeOpenAI(delay=0.02) as server:
        server.apis = {"chat"}
        attempts = [attempt(f"a{n}", HUMAN_DIFF, f"{n:040x}") for n in range(20)]
        judge(attempts, settings(server, api="auto", concurrency=20), tmp_path, commits={})
        assert server.counts["POST /v1/responses"] == 1


@pytest.mark.parametrize(
    ("status", "code", "headers", "pause"),
    [
        (429, "", {"retry-after": "7"}, 7.0),
        (429, "", {"retry-after-ms": "250"}, 0.25),
        (429, "", {"retry-after": "121"}, None),
        (500, "", {}, 2.0),
        (503, "", {"x-should-retry": "false"}, None),
        (400, "", {}, None),
        (None, "connection", {}, 2.0),
        (None, "unreachable", {}, 2.0),
        (None, "timeout", {}, None),
    ],
)
def test_what_is_repeated_and_when(
    status: int | None, code: str, headers: dict[str, str], pause: float | None
) -> None:
    reply, request = Reply("", status, code), HttpRequest(NOW, status)
    assert pause_before_repeat(reply, request, headers, 2, lambda: 0.0) == pause
    drawn = pause_before_repeat(reply, request, headers, 2)
    if pause is None:
        assert drawn is None
    else:  # never sooner than the server asks for
        low = pause if headers else 0.75 * pause
        assert drawn is not None and low <= drawn <= low + 0.25 * pause


def test_a_date_to_come_back_is_understood() -> None:
    later = datetime.now(UTC) + timedelta(minutes=10)
    assert 590 < retry_after({"retry-after": format_datetime(later)}) <= 600
    assert retry_after({"retry-after": "tomorrow"}) == 0.0
    assert retry_after({}) == 0.0
