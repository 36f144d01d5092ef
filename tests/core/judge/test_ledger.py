"""What the lines of a ledger add up to, however often and however badly they were written."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from core.judge.books.ledger import FILE_NAME, Subject, ended_lines, read_totals, sent_line
from core.judge.wire.http_requests import HttpRequest
from core.models import Call, JudgementState, Usage
from core.records import replace

NOW = datetime(2026, 3, 1, tzinfo=UTC)
ABOUT = Subject("judgement", "a" * 40, "run/1", 1)


def call(name: str, cost: float | None = 0.5, *, fake: bool = False) -> Call:
    usage = Usage(100, 0, 10)
    return Call(name, "m", NOW, 2.0, "h", usage=usage, cost=cost, fake=fake, reported_model="m-1")


def lines_of(made: Call, *requests: HttpRequest) -> list[str]:
    asked = list(requests) or [HttpRequest(NOW, 200)]
    return [
        sent_line(made.id, ABOUT, made.model, NOW),
        *ended_lines(made, ABOUT, JudgementState.VERDICT, "", asked),
    ]


def write(folder: Path, *lines: str) -> None:
    (folder / FILE_NAME).write_text("".join(f"{line.rstrip()}\n" for line in lines))


def test_calls_add_up_by_the_model_that_answered(tmp_path: Path) -> None:
    write(tmp_path, *lines_of(call("1")), *lines_of(call("2", 0.25)), *lines_of(call("3", None)))
    totals = read_totals(tmp_path)
    assert (totals.calls, totals.requests, totals.cost, totals.unknown_costs) == (3, 3, 0.75, 1)
    assert (totals.input_tokens, totals.output_tokens) == (300, 30)
    assert totals.models == {"m-1": 0.75}
    assert totals.states == {"verdict": 3}


def test_made_up_calls_and_bad_lines_are_counted_each(tmp_path: Path) -> None:
    made_up = [line for name in "12" for line in lines_of(call(name, fake=True))]
    write(tmp_path, *made_up, "torn {", "", "[]", *lines_of(call("3")))
    totals = read_totals(tmp_path)
    assert (totals.calls, totals.fake, totals.bad_lines) == (3, 2, 2)
    assert (totals.cost, totals.fake_cost) == (1.5, 1.0)
    assert totals.fake_input_tokens * 3 == totals.input_tokens * 2 > 0


def test_what_a_made_up_call_does_not_tell_is_not_made_up_either(tmp_path: Path) -> None:
    untold = replace(call("1", None, fake=True), usage=None)
    write(tmp_path, *lines_of(untold), *lines_of(call("2")))
    totals = read_totals(tmp_path)
    assert (totals.fake, totals.unknown_costs, totals.fake_cost) == (1, 1, 0.0)
    assert (totals.fake_input_tokens, totals.fake_output_tokens) == (0, 0)


def test_a_call_that_ended_twice_counts_once(tmp_path: Path) -> None:
    sent, done = lines_of(call("1"))
    write(tmp_path, sent, done, done, *lines_of(call("2")))
    totals = read_totals(tmp_path)
    assert (totals.calls, totals.cost, totals.cut_off) == (2, 1.0, 0)


def test_a_call_without_an_end_was_cut_off_and_its_cost_is_unknown(tmp_path: Path) -> None:
    write(tmp_path, lines_of(call("1"))[0], *lines_of(call("2")))
    totals = read_totals(tmp_path)
    assert (totals.calls, totals.cut_off, totals.unknown_costs, totals.cost) == (2, 1, 1, 0.5)


def test_the_end_of_a_call_says_what_its_server_is_asked_about_and_what_it_cost() -> None:
    made = replace(call("1"), seconds=2.12345, status=200)
    made = replace(made, request_id="req-7", service_tier="flex", api="chat")
    *_, done = ended_lines(made, ABOUT, JudgementState.VERDICT, "late", [HttpRequest(NOW, 200)])
    usage = {"input_tokens": 100, "cached_tokens": 0, "output_tokens": 10, "reasoning_tokens": None}
    assert json.loads(done) == {
        "event": "done", "call": "1", "time": NOW.isoformat(), "what": "judgement",
        "human": "a" * 40, "attempt": "run/1", "vote": 1, "model": "m-1", "api": "chat",
        "state": "verdict", "code": "late", "status": 200, "requests": 1, "seconds": 2.123,
        "request_id": "req-7", "service_tier": "flex", "usage": usage, "cost": 0.5, "fake": False,
    }  # fmt: skip


def test_repeated_requests_have_lines_of_their_own(tmp_path: Path) -> None:
    refused, lost = HttpRequest(NOW, 429), HttpRequest(NOW)
    lines = lines_of(call("1"), refused, lost, HttpRequest(NOW, 200))
    write(tmp_path, *lines)
    assert [json.loads(line)["event"] for line in lines] == ["sent", "retry", "retry", "done"]
    retries = [json.loads(line) for line in lines[1:3]]
    known = [(call("1").model, 429, 0.0), (call("1").model, None, None)]
    assert [(one["model"], one["status"], one["cost"]) for one in retries] == known
    totals = read_totals(tmp_path)
    assert (totals.calls, totals.requests, totals.retries) == (1, 3, 2)
    assert totals.unknown_costs == 1, "a refused request is free, a lost one may not be"
