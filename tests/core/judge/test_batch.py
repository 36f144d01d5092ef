"""Batches: what is sent, every way they end, and that collecting again changes nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.judge.batch import submit as batches
from core.judge.batch.collect import collect_batches
from core.judge.batch.submit import submit_batches
from core.judge.books.batches import BatchError, read_records, save_record
from core.judge.books.ledger import read_totals
from core.judge.fake_server import FakeOpenAI
from core.judge.run.plan import Plan, make_plan
from core.judge.run.runner import JudgeRun
from core.models import Attempt, JudgementState
from core.records import replace
from core.settings import JudgeSettings
from core.store import Store
from tests.support.judge_cases import (
    HUMAN_DIFF,
    SHA,
    WRONG_DIFF,
    attempt,
    commit,
    faulty,
    follow,
    judge,
    judgements,
    rebuild,
    settings,
)

ATTEMPTS = [
    attempt("right"),
    attempt("wrong", WRONG_DIFF),
    faulty("refused", "refusal"),
    faulty("cut", "cut50"),
    faulty("bad", "bad_request"),
    attempt("right again"),
]
STATES = {
    "right": "verdict",
    "right again": "verdict",
    "wrong": "verdict",
    "refused": "refused",
    "cut": "unparseable",
    "bad": "error",
}


def prepare(
    chosen: JudgeSettings, folder: Path, attempts: list[Attempt] = ATTEMPTS
) -> tuple[Plan, Store]:
    """A plan whose rubric is written."""
    plan, store = make_plan(attempts, {SHA: commit()}, chosen), Store(folder)
    follow(JudgeRun(plan.rubrics_only(), chosen, store))
    assert len(store.rubrics(SHA)) == 1
    return plan, store


def states(store: Store) -> dict[str, str]:
    """The state of every attempt's newest judgement."""
    stored = store.load().judgements
    return {key: found[-1].state.value for key, found in stored.items()}


@pytest.mark.parametrize("api", ["responses", "chat"])
def test_a_batch_gives_what_calls_would_have_given(tmp_path: Path, api: str) -> None:
    with FakeOpenAI() as server:
        chosen = settings(server, api=api)
        plan, store = prepare(chosen, tmp_path)
        paid = server.paid
        sent = submit_batches(plan, chosen, store)
        assert [len(record.lines) for record in sent.batches] == [5]
        (collected,) = collect_batches(chosen, store, rebuild(ATTEMPTS, store))
        assert server.paid == paid
        live = judge(ATTEMPTS, chosen, tmp_path / "live")
    assert states(store) == STATES
    assert collected.judged == {"verdict": 3, "refused": 1, "unparseable": 1, "error": 1}
    assert (collected.not_run, collected.problems) == (0, ())
    stored = store.load().judgements
    for key, judgement in judgements(live).items():
        assert stored[key][0].criteria == judgement.criteria
    (call,) = stored["wrong"][0].calls
    assert (call.api, call.fake) == ("batch", True)
    assert call.cost == pytest.approx((judgements(live)["wrong"].cost or 0) / 2)
    totals = read_totals(tmp_path)
    assert totals.calls == 1 + 5
    assert totals.requests == 1


def test_collecting_twice_changes_nothing(tmp_path: Path) -> None:
    with FakeOpenAI() as server:
        chosen = settings(server)
        plan, store = prepare(chosen, tmp_path)
        submit_batches(plan, chosen, store)
        (record,) = read_records(store)
        collect_batches(chosen, store)
        before = store.load().judgements, read_totals(tmp_path)
        assert collect_batches(chosen, store) == []
        save_record(store, replace(record, collected=False))  # killed before it was noted
        (again,) = collect_batches(chosen, store)
        assert (again.judged, again.known) == ({}, 6)
        assert (store.load().judgements, read_totals(tmp_path)) == before


@pytest.mark.parametrize("status", ["validating", "in_progress", "finalizing", "cancelling"])
def test_a_batch_that_is_not_over_is_left_open(tmp_path: Path, status: str) -> None:
    with FakeOpenAI() as server:
        chosen = settings(server)
        plan, store = prepare(chosen, tmp_path)
        submit_batches(plan, chosen, store)
        server.batches.status = status
        (collected,) = collect_batches(chosen, store)
        assert (collected.status, collected.judged) == (status, {})
        assert submit_batches(plan, chosen, store).batches == []  # nothing is asked twice
        server.batches.status = "completed"
        collect_batches(chosen, store)
    assert states(store) == STATES


@pytest.mark.parametrize("status", ["expired", "cancelled"])
def test_what_a_batch_did_not_reach_stays_not_run(tmp_path: Path, status: str) -> None:
    with FakeOpenAI() as server:
        server.batches.status = status
        server.batches.done_share = 0.6
        chosen = settings(server)
        plan, store = prepare(chosen, tmp_path)
        submit_batches(plan, chosen, store)
        (collected,) = collect_batches(chosen, store)
        found = states(store)
        assert sum(collected.judged.values()) == len(found) == 3
        assert (collected.status, collected.not_run) == (status, 3)
        server.batches.status, server.batches.done_share = "completed", 1.0
        submit_batches(plan, chosen, store)
        collect_batches(chosen, store)
    assert states(store) == STATES


def test_a_batch_that_failed_says_why(tmp_path: Path) -> None:
    with FakeOpenAI() as server:
        server.batches.status = "failed"
        chosen = settings(server)
        plan, store = prepare(chosen, tmp_path)
        submit_batches(plan, chosen, store)
        (collected,) = collect_batches(chosen, store)
        assert collect_batches(chosen, store) == []
    assert (collected.status, collected.not_run) == ("failed", 6)
    assert collected.problems == ("Line 1 is wrong",)
    assert states(store) == {}


def test_large_jobs_are_split_by_lines_and_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempts = [attempt(f"{n}", HUMAN_DIFF + f"\n# {n}") for n in range(7)]
    with FakeOpenAI() as server:
        chosen = settings(server)
        plan, store = prepare(chosen, tmp_path, attempts)
        monkeypatch.setattr(batches, "MAX_LINES", 3)
        sent = submit_batches(plan, chosen, store)
        assert [len(record.lines) for record in sent.batches] == [3, 3, 1]
        assert sum(c.judged["verdict"] for c in collect_batches(chosen, store)) == 7
        other = Store(tmp_path / "2")
        other.add_rubrics(SHA, store.rubrics(SHA))
        monkeypatch.setattr(batches, "MAX_BYTES", 30_000)
        sent = submit_batches(plan, chosen, other)
        assert len(sent.batches) > 2
        sizes = [len(content) for content in server.batches.files.values()]
        lines = [json.loads(x) for c in server.batches.files.values() for x in c.splitlines()]
    assert all(line["custom_id"] for line in lines)
    assert max(sizes[-len(sent.batches) :]) <= 30_000


def test_a_batch_whose_id_was_never_written_down_is_found(tmp_path: Path) -> None:
    with FakeOpenAI() as server:
        chosen = settings(server)
        plan, store = prepare(chosen, tmp_path)
        submit_batches(plan, chosen, store)
        (record,) = read_records(store)
        save_record(store, replace(record, id=""))  # killed right after it was created
        collect_batches(chosen, store)
        assert states(store) == STATES
        save_record(store, replace(record, id="", name="f" * 32))
        (collected,) = collect_batches(chosen, store)
    assert (collected.status, collected.not_run) == ("never started", 6)


def test_missing_rubrics_are_told_before_anything_is_sent(tmp_path: Path) -> None:
    with FakeOpenAI() as server:
        chosen = settings(server)
        plan = make_plan(ATTEMPTS, {SHA: commit()}, chosen)
        sent = submit_batches(plan, chosen, Store(tmp_path))
        assert {reason for _, reason in sent.skipped} == {"its commit has no rubric yet"}
        assert server.counts["POST /v1/files"] == 0
        assert read_records(Store(tmp_path)) == []


def test_a_server_that_fails_loses_nothing(tmp_path: Path) -> None:
    with FakeOpenAI() as server:
        chosen = settings(server, max_retries=0)
        plan, store = prepare(chosen, tmp_path)
        submit_batches(plan, chosen, store)
        kept = dict(server.batches.jobs)
        server.batches.jobs.clear()
        (collected,) = collect_batches(chosen, store)
        assert "HTTP 404" in collected.problems[0]
        server.batches.jobs.update(kept)
        collect_batches(chosen, store)
    assert states(store) == STATES
    assert JudgementState.REFUSED in states(store).values()


@pytest.mark.parametrize("damage", [b"<html>busy</html>", b"", b'{"custom_id": "half'])
def test_answers_that_do_not_arrive_are_fetched_again(tmp_path: Path, damage: bytes) -> None:
    with FakeOpenAI() as server:
        chosen = settings(server)
        plan, store = prepare(chosen, tmp_path)
        submit_batches(plan, chosen, store)
        (job,) = server.batches.jobs.values()
        server.batches.route("GET", f"/v1/batches/{job['id']}", b"", {})
        whole = server.batches.files[job["output_file_id"]]
        lines = whole.splitlines(keepends=True)
        server.batches.files[job["output_file_id"]] = lines[0] + damage
        (collected,) = collect_batches(chosen, store)
        assert sum(collected.judged.values()) < 6
        assert "collect again" in " ".join(collected.problems)
        server.batches.files[job["output_file_id"]] = whole
        (collected,) = collect_batches(chosen, store)
        assert (collected.problems, collected.not_run) == ((), 0)
        assert collect_batches(chosen, store) == []
        assert len(read_totals(tmp_path).states) > 0
    assert states(store) == STATES


@pytest.mark.parametrize("where", ["files", "batches"])
def test_a_batch_that_the_server_refuses_is_not_waited_for(tmp_path: Path, where: str) -> None:
    with FakeOpenAI() as server:
        chosen = settings(server, max_retries=0)
        plan, store = prepare(chosen, tmp_path)
        server.batches.refuse = where
        with pytest.raises(BatchError, match="HTTP 400"):
            submit_batches(plan, chosen, store)
        assert [record.status for record in read_records(store)] == ["refused"]
        server.batches.refuse = ""
        sent = submit_batches(plan, chosen, store)
        assert (len(sent.batches), sent.waiting) == (1, 0)
        collect_batches(chosen, store)
    assert states(store) == STATES


def test_a_record_in_somebody_elses_folder_writes_nowhere_else(tmp_path: Path) -> None:
    victim = tmp_path / "victim.json"
    victim.write_text("mine", encoding="utf-8")
    with FakeOpenAI() as server:
        chosen = settings(server)
        plan, store = prepare(chosen, tmp_path / "runs/.patchjury")
        submit_batches(plan, chosen, store)
        (path,) = (store.folder / "batches").glob("*.json")
        record = json.loads(path.read_text(encoding="utf-8"))
        path.write_text(json.dumps({**record, "name": "../../../victim"}), encoding="utf-8")
        collect_batches(chosen, store)
        assert states(store) == STATES
        assert victim.read_text(encoding="utf-8") == "mine"
        for name in ("x", "..", "A" * 32):
            other = path.with_name(f"{name}.json")
            other.write_text(json.dumps(record), encoding="utf-8")
            with pytest.raises(BatchError, match="patchjury did not write it"):
                collect_batches(chosen, store)
            other.unlink()


def test_what_a_batch_cost_is_known_whatever_is_set_when_it_is_collected(tmp_path: Path) -> None:
    with FakeOpenAI() as server:
        chosen = settings(server)
        plan, store = prepare(chosen, tmp_path)
        before = read_totals(tmp_path).unknown_costs
        submit_batches(plan, chosen, store)
        collect_batches(replace(chosen, model="nobody-knows"), store)
    assert read_totals(tmp_path).unknown_costs == before
