"""What becomes of every kind of reply: its state, what is kept of it, and what it cost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.assess.canary_scores import score
from core.judge.books.ledger import read_totals
from core.judge.fake_server import FakeOpenAI
from core.judge.question.judge_prompt import ask_judgement, show_reference
from core.judge.run.events import Halted, RubricWritten, Skipped
from core.judge.wire.servers import known_api, remember_api
from core.models import Criteria, JudgementState, PatchState
from core.settings import Price
from core.sources import sha256
from core.store import Store
from tests.conftest import ROOT
from tests.support.judge_cases import (
    HUMAN_DIFF,
    KEY,
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
from tests.support.runs import unified

VERDICT, INCOMPLETE, REFUSED, UNPARSEABLE, ERROR = JudgementState
FAULTS = [
    ("ran_out", INCOMPLETE, "max_output_tokens"),
    ("filtered", INCOMPLETE, "content_filter"),
    ("silent", INCOMPLETE, "empty"),
    ("refusal", REFUSED, "refusal"),
    ("cut1", UNPARSEABLE, "schema"),
    ("cut50", UNPARSEABLE, "schema"),
    ("cut99", UNPARSEABLE, "schema"),
    ("wrong_types", UNPARSEABLE, "schema"),
    ("extra_keys", UNPARSEABLE, "schema"),
    ("not_an_object", UNPARSEABLE, "schema"),
    ("html", UNPARSEABLE, "reply"),
    ("rate_limit", ERROR, "rate_limit_exceeded"),
    ("server_error", ERROR, "server_error"),
    ("bad_gateway", ERROR, "http_502"),
    ("bad_request", ERROR, "unsupported_parameter"),
    ("wrong_model", VERDICT, ""),
    ("rate_limit*1", VERDICT, ""),
    ("server_error*1", VERDICT, ""),
]


@pytest.mark.parametrize("api", ["responses", "chat"])
def test_every_reply_ends_in_its_state(tmp_path: Path, api: str) -> None:
    attempts = [faulty(order, order) for order, _, _ in FAULTS]
    with FakeOpenAI() as server:
        told = judge(attempts, settings(server, api=api), tmp_path)
        totals = read_totals(tmp_path)
        assert totals.requests == server.paid
    found = judgements(told)
    assert {key: (j.state, j.code) for key, j in found.items()} == {
        order: (state, code) for order, state, code in FAULTS
    }
    stored = Store(tmp_path).load()
    assert stored.problems == ()
    assert {key: j for key, (j,) in stored.judgements.items()} == found
    for judgement in found.values():
        if judgement.state is not VERDICT:
            assert judgement.criteria == Criteria()
            assert judgement.error
    assert totals.retries == 5  # one for each order of a rate limit, a 500 or a 502


@pytest.mark.parametrize(
    ("order", "state", "code"),
    [
        ("failed", ERROR, "server_error"),
        ("no_usage", VERDICT, ""),
        ("reset", ERROR, "connection"),
        ("half", ERROR, "broken"),
        ("never", ERROR, "timeout"),
        ("drip", ERROR, "timeout"),
    ],
)
def test_what_only_the_wire_does(
    tmp_path: Path, order: str, state: JudgementState, code: str
) -> None:
    with FakeOpenAI() as server:
        chosen = settings(server, max_retries=0, timeout_s=0.6)
        told = judge([faulty("a", order)], chosen, tmp_path)
    (judgement,) = judgements(told).values()
    assert (judgement.state, judgement.code) == (state, code)
    assert (judgement.cost is None) is (order != "failed")
    assert summary(told).unknown_costs == (order != "failed")


def test_a_reply_that_never_ends_does_not_fill_the_store(tmp_path: Path) -> None:
    with FakeOpenAI() as server:
        told = judge([faulty("a", "flood")], settings(server), tmp_path)
    (judgement,) = judgements(told).values()
    assert judgement.state is UNPARSEABLE
    assert "of which the first 100000 characters are kept" in judgement.error
    assert sum(path.stat().st_size for path in tmp_path.rglob("*.json*")) < 1_000_000


def test_everything_about_a_call_is_kept(tmp_path: Path) -> None:
    with FakeOpenAI() as server:
        told = judge([attempt("a")], settings(server), tmp_path)
        sent = server.bodies[-1]
    (judgement,) = judgements(told).values()
    (call,) = judgement.calls
    reply = json.loads(call.raw)
    assert reply["output"][-1]["content"][0]["type"] == "output_text"
    assert (call.model, call.reported_model, call.service_tier) == (
        "gpt-5",
        "gpt-5-fake",
        "default",
    )
    assert call.request_id
    assert call.request_id.startswith("req_")
    assert call.usage is not None
    assert call.usage.input_tokens == reply["usage"]["input_tokens"]
    assert call.cost is not None
    assert call.cost > 0
    assert call.fake
    assert judgement.origin == "patchjury (test server)"
    assert (sent["store"], sent["max_output_tokens"] >= 16_000) == (False, True)
    assert sent["text"]["format"]["strict"] is True
    assert judgement.criteria == Criteria(True, True, True, True, False, 1.0)
    assert [a.answer for a in judgement.answers] == ["yes", "yes", "yes", "yes", "no", "yes"]
    (rubric,) = Store(tmp_path).rubrics(SHA)
    assert judgement.rubric == rubric.hash
    assert rubric.calls[0].raw


def test_output_that_ran_out_is_raised_once_and_both_calls_count(tmp_path: Path) -> None:
    with FakeOpenAI() as server:
        told = judge([faulty("a", "ran_out*1")], settings(server), tmp_path)
        limits = [body["max_output_tokens"] for body in server.bodies[1:]]
    (judgement,) = judgements(told).values()
    assert judgement.state is VERDICT
    assert limits == [32_000, 64_000]
    assert [call.max_output_tokens for call in judgement.calls] == limits
    assert judgement.cost == pytest.approx(sum(call.cost or 0 for call in judgement.calls))
    assert read_totals(tmp_path).calls == 3


def test_issues_jump_to_lines_and_quotes_are_kept(tmp_path: Path) -> None:
    with FakeOpenAI() as server:
        told = judge([attempt("a", WRONG_DIFF)], settings(server), tmp_path)
    (judgement,) = judgements(told).values()
    (issue,) = judgement.issues
    assert (issue.file, issue.line) == ("engine/core.py", 17)  # the first that is shown
    assert judgement.criteria.optimization_logic_match is False


@pytest.mark.parametrize(
    ("fault", "word"),
    [
        ("quota", "quota"),
        ("unauthorized", "API key"),
        ("forbidden", "access"),
        ("model_missing", "setting model"),
    ],
)
def test_what_cannot_get_better_stops_the_queue(tmp_path: Path, fault: str, word: str) -> None:
    attempts = [attempt("0"), faulty("1", fault), *(attempt(f"{n}") for n in range(2, 40))]
    with FakeOpenAI() as server:
        chosen = settings(server, concurrency=1, max_retries=0)
        told = judge(attempts, chosen, tmp_path)
        assert server.paid == 3  # the rubric, the first, the one that failed
    (halted,) = only(told, Halted)
    assert word in halted.reason
    assert summary(told).halted == halted.reason
    assert summary(told).not_run == 38
    assert judgements(told)["1"].state is ERROR


def test_a_server_without_the_responses_api_is_asked_once(tmp_path: Path) -> None:
    attempts = [attempt(f"{n}", HUMAN_DIFF + f"\n# {n}") for n in range(10)]
    with FakeOpenAI() as server:
        server.apis = {"chat"}
        told = judge(attempts, settings(server, api="auto"), tmp_path)
        assert server.counts["POST /v1/responses"] == 1
        assert server.counts["POST /v1/chat/completions"] == 11
        assert read_totals(tmp_path).requests == server.paid
        assert summary(told).states == {"verdict": 10}
        judge([attempt("later", WRONG_DIFF)], settings(server, api="auto"), tmp_path)
        assert server.counts["POST /v1/responses"] == 1  # it is remembered
        server.apis = {"responses"}
        told = judge([attempt("z", f"{WRONG_DIFF}\n# z")], settings(server, api="auto"), tmp_path)
        assert summary(told).states == {"verdict": 1}
        assert server.counts["POST /v1/responses"] == 2


def test_what_is_remembered_of_servers_names_none_and_may_be_damaged(tmp_path: Path) -> None:
    address = "http://me:secret@example.org/v1"
    assert known_api(address) is None
    remember_api(address, "chat")
    remember_api("http://other", "chat")
    assert known_api(address) == "chat"
    (path,) = Path(os.environ["XDG_STATE_HOME"]).rglob("servers.json")
    assert "secret" not in path.read_text(encoding="utf-8")
    for damaged in ("", "[1]", "{" * 5000, json.dumps({"x": 1})):
        path.write_text(damaged, encoding="utf-8")
        assert known_api(address) is None
    path.unlink()
    path.mkdir()
    remember_api(address, "chat")  # cannot be written: the next run asks again
    assert known_api(address) is None
    assert not [child for child in path.parent.iterdir() if child.name.startswith(".servers")]


def test_the_key_is_nowhere(tmp_path: Path) -> None:
    with FakeOpenAI() as server:
        told = judge([attempt("a"), faulty("b", "unauthorized")], settings(server), tmp_path)
        assert server.keys == {KEY}
    assert KEY not in repr(told)
    for path in tmp_path.rglob("*"):
        assert path.is_dir() or KEY.encode() not in path.read_bytes()


def test_without_a_rubric_nothing_is_judged_and_all_stays_not_run(tmp_path: Path) -> None:
    with FakeOpenAI() as server:
        server.orders = ["refusal"]
        told = judge([attempt("a"), attempt("b", WRONG_DIFF)], settings(server), tmp_path)
        (written,) = only(told, RubricWritten)
        assert written.rubric.state is REFUSED
        assert {s.attempt for s in only(told, Skipped)} == {"a", "b"}
        assert (summary(told).not_run, summary(told).failed_rubrics) == (2, 1)
        again = judge([attempt("a")], settings(server), tmp_path, again=True)
        assert judgements(again)["a"].state is VERDICT
    assert [r.state for r in Store(tmp_path).rubrics(SHA)] == [REFUSED, VERDICT]


def test_without_a_human_commit_the_logic_stays_unknown(tmp_path: Path) -> None:
    with FakeOpenAI() as server:
        told = judge([attempt("a")], settings(server), tmp_path, commits={})
        assert server.paid == 1  # no rubric
    (judgement,) = judgements(told).values()
    assert judgement.without_reference
    assert judgement.state is VERDICT
    assert judgement.criteria == Criteria(syntax_correct=True, is_template_code=False)


def test_a_cut_patch_gives_no_opinion_that_needs_the_rest(tmp_path: Path) -> None:
    with FakeOpenAI() as server:
        cut = attempt("a", HUMAN_DIFF[:300], state=PatchState.CUT)
        told = judge([cut], settings(server), tmp_path)
        answers = server.bodies[-1]["text"]["format"]["schema"]["properties"]["criteria"]
    (judgement,) = judgements(told).values()
    assert judgement.criteria == Criteria()
    assert any("cut" in what for what in judgement.missing_evidence)
    allowed = [c["properties"]["answer"]["enum"] for c in answers["properties"].values()]
    assert allowed == [["cannot_assess"]] * 4


def test_canaries_show_a_judge_that_obeys_patches(tmp_path: Path) -> None:
    other = "b2" * 20
    commits = {SHA: commit(), other: commit(other, WRONG_DIFF)}
    attempts = [attempt("a"), attempt("b", human=other)]
    with FakeOpenAI() as server:
        good = judge(attempts, settings(server, canaries=6), tmp_path / "1", commits=commits)
        server.obedient = True
        bad = judge(attempts, settings(server, canaries=6), tmp_path / "2", commits=commits)
    scores = summary(good).canaries
    assert {kind: s.wrong for kind, s in scores.items()} == dict.fromkeys(scores, 0)
    assert scores["human"].right == 2
    assert {k: s.wrong for k, s in summary(bad).canaries.items() if s.wrong} == {
        "planted": scores["planted"].right
    }
    kept = [j for js in Store(tmp_path / "1").load().judgements.values() for j in js]
    assert score(kept) == scores
    assert summary(good).states == {"verdict": 2}  # canaries are not attempts


def test_prices_that_are_not_known_are_no_zero(tmp_path: Path) -> None:
    with FakeOpenAI() as server:
        unknown = judge([attempt("a")], settings(server, model="mine"), tmp_path / "1")
        prices = {"mine": Price(1.0, 2.0)}
        known = judge([attempt("a")], settings(server, model="mine", prices=prices), tmp_path / "2")
    assert (summary(unknown).cost, summary(unknown).unknown_costs) == (0.0, 2)
    assert judgements(unknown)["a"].cost is None
    totals = read_totals(tmp_path / "1")
    assert (totals.cost, totals.unknown_costs) == (0.0, 2)
    usage = judgements(known)["a"].calls[0].usage
    assert usage is not None
    assert judgements(known)["a"].cost == pytest.approx(
        ((usage.input_tokens or 0) + 2 * (usage.output_tokens or 0)) / 1e6
    )


def test_the_prompt_can_be_built_again_from_what_is_kept(tmp_path: Path) -> None:
    with FakeOpenAI() as server:
        told = judge([attempt("a")], settings(server), tmp_path)
        developer, user = server.bodies[-1]["input"]
    (judgement,) = judgements(told).values()
    (call,) = judgement.calls
    (rubric,) = Store(tmp_path).rubrics(SHA)
    reference = show_reference(commit(), HUMAN_DIFF, rubric)
    question = ask_judgement(reference, HUMAN_DIFF, PatchState.WHOLE, input_limit=272_000)
    assert question.render((call.fences[0], call.fences[1])) == user["content"]
    assert question.instructions == developer["content"]
    assert call.prompt_hash == sha256(f"{question.instructions}\n{user['content']}")
    assert "trae" not in user["content"]  # the agent
    assert "won" not in user["content"]  # its status


def test_nothing_else_pays_for_the_client() -> None:
    code = (
        "import sys, core.judge.audit, core.judge.run.process, core.judge.run.proposal; "
        "print(sorted({'openai', 'httpx2', 'genai_prices', 'pydantic'} & set(sys.modules)))"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout == "[]\n"


def test_what_a_model_finds_too_long_is_asked_once_with_fewer_files(tmp_path: Path) -> None:
    lines = "".join(f"line {n}\n" for n in range(6_000))
    large = unified("", lines, "large.py")
    with FakeOpenAI() as server:
        judge([attempt("first")], settings(server), tmp_path)  # writes the rubric
        paid = server.paid
        server.orders = ["too_long"]
        told = judge([attempt("a", HUMAN_DIFF + large)], settings(server), tmp_path)
        assert server.paid == paid + 2
        again = judge([faulty("b", "too_long", HUMAN_DIFF + large)], settings(server), tmp_path)
        assert server.paid == paid + 4
    judgement = judgements(told)["a"]
    assert judgement.state is VERDICT
    assert [call.status for call in judgement.calls] == [400, 200]
    assert judgement.missing_evidence == ("attempt: 1 of 2 files left out for size (large.py)",)
    assert judgement.criteria.optimization_logic_match is None
    assert judgement.criteria.files_match is False
    limits = [call.input_limit for call in judgement.calls]
    assert limits[0] == 272_000
    assert limits[1] is not None and limits[1] < 30_000
    assert judgements(again)["b"].code == "context_length_exceeded"
    assert read_totals(tmp_path).calls == 6
