"""Servers that mean ill or are broken, and folders of strangers: nothing leaks, nothing is lost."""

from __future__ import annotations

import json
import logging
import os
import re
import threading
from pathlib import Path

import pytest

from core.errors import SettingsError, StoreError
from core.judge.books.batches import LOCK
from core.judge.books.ledger import read_totals
from core.judge.fake_server import FakeOpenAI
from core.judge.run.events import Halted, RubricWritten, Skipped
from core.judge.wire.reply import MAX_MESSAGE
from core.judge.wire.retries import retry_after
from core.models import CheckReport, Criteria, Finding, JudgementState, Severity
from core.records import replace
from core.settings import Secret, load_settings
from core.store import Store, documents
from tests.support.judge_cases import (
    HUMAN_DIFF,
    KEY,
    OTHER_SHA,
    SHA,
    WRONG_DIFF,
    attempt,
    commit,
    faulty,
    judge,
    judgements,
    only,
    settings,
    summary,
)
from tests.support.logged import all_logged
from tests.support.runs import unified


def unescaped(text: str) -> str:
    """A text with every escape of JSON read, however deep it is nested."""
    return re.sub(r"\\+u([0-9a-fA-F]{4})", lambda match: chr(int(match[1], 16)), text)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("7", 7.0),
        ("-7", 0.0),
        ("nan", 0.0),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0.0),
        ("Thu, 01 Jan 99999999999999999999 00:00:00 GMT", 0.0),
        ("Thu, 01 Jan 2020 00:00:00 +999999999999", 0.0),
        ("\0", 0.0),
    ],
)
def test_no_retry_after_ends_the_run(said: str, seconds: float) -> None:
    assert retry_after({"retry-after": said}) == seconds


def test_what_came_through_a_link_is_not_sent_whatever_the_diff_came_from(tmp_path: Path) -> None:
    private = replace(commit(), subject="SECRET subject", message="SECRET message", outside=True)
    fact = Finding("files.missed", Severity.WARNING, "did not touch SECRET.py", certain=True)
    reports = {"a": CheckReport("a", Criteria(), (fact,), {"files.missed": 1})}
    with FakeOpenAI() as server:
        told = judge(
            [attempt("a")],
            settings(server, facts=True),
            tmp_path,
            commits={SHA: private},
            reports=reports,
        )
        sent = json.dumps(server.bodies)
    assert summary(told).states == {"verdict": 1}, "the attempt itself is judged, without it"
    assert server.bodies and "SECRET" not in sent and "value_10 = 100" in sent
    with FakeOpenAI() as server:
        judge([attempt("a")], settings(server, facts=True), tmp_path / "b", reports=reports)
        assert "SECRET.py" in json.dumps(server.bodies), "facts are given where they may be"


# The key


@pytest.mark.parametrize("where", ["judgement", "rubric"])
def test_a_server_that_repeats_the_key_puts_it_nowhere(tmp_path: Path, where: str) -> None:
    with FakeOpenAI() as server, all_logged(logging.DEBUG) as logged:
        server.orders = ["", "echo"] if where == "judgement" else ["echo"]
        told = judge([attempt("a")], settings(server), tmp_path)
    assert summary(told).states == {"verdict": 1}
    if where == "judgement":
        assert judgements(told)["a"].reasoning == "[key] [key]"
    assert "[key]" in logged.text
    written = "".join(p.read_text("utf-8") for p in tmp_path.rglob("*") if p.is_file())
    for text in (written, repr(told), logged.text):
        assert KEY not in unescaped(text)


def test_a_made_up_key_is_only_a_word(tmp_path: Path) -> None:
    """Its letters occur in every reply; removing them would break it, or hide who wrote it."""
    with FakeOpenAI() as server:
        told = judge([attempt("a")], settings(server, api_key=Secret("fake")), tmp_path)
    (judgement,) = judgements(told).values()
    assert (judgement.state, judgement.calls[0].fake) == (JudgementState.VERDICT, True)


def test_a_flood_of_escapes_is_looked_through_in_no_time() -> None:
    """Its time grew with the square of the length: a minute for 64,000 characters."""
    assert Secret("sk-proj-something").redact("\\" * 200_000) == "\\" * 200_000


def test_an_address_is_shown_without_the_password_in_it(tmp_path: Path) -> None:
    environment = {"PATCHJURY_BASE_URL": "https://me:secret@example.org/v1"}
    chosen = load_settings(environment=environment, config_folder=tmp_path).judge
    assert chosen.server == "https://example.org/v1"


# Odd replies


@pytest.mark.parametrize(
    ("fault", "code"), [("charset", "http_502"), ("redirect", "http_307"), ("long_message", None)]
)
def test_an_odd_reply_ends_its_own_call_only(tmp_path: Path, fault: str, code: str | None) -> None:
    attempts = [faulty("odd", fault), attempt("a"), attempt("b", WRONG_DIFF)]
    with FakeOpenAI() as server:
        told = judge(attempts, settings(server), tmp_path)
        assert read_totals(tmp_path).requests == server.paid
    assert summary(told).states == {"error": 1, "verdict": 2}
    odd = judgements(told)["odd"]
    assert code is None or odd.code == code
    assert len(odd.error) <= MAX_MESSAGE + 20
    assert len(odd.code) <= MAX_MESSAGE + 20


def test_a_model_that_cannot_be_named_on_the_wire_is_a_setting_that_is_wrong(
    tmp_path: Path,
) -> None:
    for name, value in (("MODEL", "\udcff"), ("MODEL", "a\nb"), ("BASE_URL", "http://[::1")):
        with pytest.raises(SettingsError, match=name.lower()):
            load_settings(environment={f"PATCHJURY_{name}": value}, config_folder=tmp_path)


def test_a_proxy_that_is_not_understood_is_a_clear_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALL_PROXY", "gopher://127.0.0.1:9")
    with FakeOpenAI() as server, pytest.raises(SettingsError, match="no connection is possible"):
        judge([attempt("a")], settings(server), tmp_path)


def test_a_first_call_that_fails_settles_no_api(tmp_path: Path) -> None:
    commits = {SHA: commit(), OTHER_SHA: commit(OTHER_SHA, WRONG_DIFF)}
    attempts = [attempt("a"), attempt("b", human=OTHER_SHA)]
    with FakeOpenAI() as server:
        server.orders = ["server_error"]  # of the first rubric

        def speak_chat_only() -> None:
            server.apis = {"chat"} if server.paid > 1 else server.apis

        server.on_call = speak_chat_only
        chosen = settings(server, api="auto", max_retries=0, concurrency=1)
        told = judge(attempts, chosen, tmp_path, commits=commits)
        assert server.counts["POST /v1/chat/completions"] == 2
        assert only(told, Halted) == []
    assert judgements(told)["b"].state is JudgementState.VERDICT


def test_a_real_server_on_this_machine_is_not_answered_by_a_fake(tmp_path: Path) -> None:
    with FakeOpenAI() as server:
        judge([attempt("a")], settings(server), tmp_path)
        assert server.paid == 2
        server.poses_as_real = True
        told = judge([attempt("a")], settings(server), tmp_path)
        assert server.paid == 4
    assert not judgements(told)["a"].calls[0].fake


# The store


@pytest.mark.parametrize("kind", ["link", "pipe", "folder"])
def test_the_ledger_of_a_stranger_leads_nowhere(tmp_path: Path, kind: str) -> None:
    victim = tmp_path / "victim"
    victim.write_text("mine\n", encoding="utf-8")
    ledger = tmp_path / "store/ledger.jsonl"
    ledger.parent.mkdir()
    if kind == "link":
        ledger.symlink_to(victim)
    elif kind == "pipe":
        os.mkfifo(ledger)
    else:
        ledger.mkdir()
    assert read_totals(ledger.parent).calls == 0
    with FakeOpenAI() as server:
        told = judge([attempt("a")], settings(server), ledger.parent)
        assert server.paid == 0  # nothing is sent that could not be written down
    assert str(ledger) in only(told, Halted)[0].reason
    assert victim.read_text(encoding="utf-8") == "mine\n"


@pytest.mark.parametrize(
    "line",
    ["[]", "1", '{"event": "done"}', '{"event": "done", "call": {}}', "{" * 9999]
    + [f'{{"event": "done", "call": "c", "cost": {cost}}}' for cost in ('"1"', "[]", "-5", "NaN")],
)
def test_a_line_of_a_ledger_that_is_none_is_counted_as_bad(tmp_path: Path, line: str) -> None:
    (tmp_path / "ledger.jsonl").write_text(f"{line}\n", encoding="utf-8")
    totals = read_totals(tmp_path)
    assert (totals.bad_lines, totals.calls, totals.cost) == (1, 0, 0.0)


def test_what_is_stored_cannot_be_read_so_nothing_is_asked(tmp_path: Path) -> None:
    path = tmp_path / "commits" / f"{SHA}.json"
    path.parent.mkdir()
    path.write_text("{", encoding="utf-8")
    with FakeOpenAI() as server:
        told = judge([attempt("a")], settings(server), tmp_path)
        assert server.paid == 0
    assert str(path) in only(told, Halted)[0].reason


def test_a_commits_file_never_grows_past_what_can_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "MAX_TEXT_BYTES", 40_000)
    attempts = [attempt(f"{n}", HUMAN_DIFF + unified("", f"# {n}\n", "n.py")) for n in range(20)]
    with FakeOpenAI() as server:
        told = judge(attempts, settings(server, concurrency=1), tmp_path)
    assert "grow larger" in only(told, Halted)[0].reason
    kept = Store(tmp_path).load()
    assert kept.problems == ()
    assert 1 <= len(kept.judgements) < 20
    assert summary(told).not_run > 0


def test_two_runs_at_once_would_pay_twice(tmp_path: Path) -> None:
    with FakeOpenAI() as server, Store(tmp_path).hold(LOCK, "somebody judges"):
        with pytest.raises(StoreError, match="Another patchjury is asking"):
            judge([attempt("a")], settings(server), tmp_path)
        assert server.paid == 0
        assert threading.active_count() < 20
    with FakeOpenAI() as server:
        assert summary(judge([attempt("a")], settings(server), tmp_path)).states == {"verdict": 1}


# Rubrics that could not be written, or were written from half of the commit

BIG = HUMAN_DIFF + unified("", "line\n" * 5_000, "big.py")


def test_a_rubric_is_never_written_from_nothing(tmp_path: Path) -> None:
    large = {SHA: commit(SHA, unified("", "line\n" * 5_000, "big.py"))}
    with FakeOpenAI() as server:
        chosen = settings(server, input_limit=9_000)
        told = judge([attempt("a")], chosen, tmp_path, commits=large)
        assert server.paid == 0
    (skipped,) = only(told, Skipped)
    assert skipped.reason == (
        "no rubric can be written for its commit: none of its files fits into 9000 tokens"
    )
    assert only(told, RubricWritten) == []


def test_a_rubric_from_half_of_the_commit_is_written_anew_when_all_fits(tmp_path: Path) -> None:
    commits = {SHA: commit(SHA, BIG)}
    small = attempt("a")
    with FakeOpenAI() as server:
        told = judge([small], settings(server, input_limit=9_000), tmp_path, commits=commits)
        (half,) = judgements(told).values()
        assert half.criteria.optimization_logic_match is None
        assert any(what.startswith("rubric: ") for what in half.missing_evidence)
        again = judge([small], settings(server, input_limit=9_000), tmp_path, commits=commits)
        assert only(again, RubricWritten) == []
        told = judge([small], settings(server), tmp_path, commits=commits)
        (whole,) = judgements(told).values()
    assert len(only(told, RubricWritten)) == 1
    assert whole.missing_evidence == ()
    assert whole.criteria.optimization_logic_match is not None
