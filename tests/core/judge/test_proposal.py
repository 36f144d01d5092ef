"""What a run would be before it is started: failed votes, failed rubrics, batches, facts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from core.assess.outcome import assess
from core.errors import StoreError
from core.judge.batch.collect import collect_batches
from core.judge.batch.submit import submit_batches
from core.judge.books.batches import BUSY, LOCK
from core.judge.fake_server import FakeOpenAI
from core.judge.run.commit_evidence import WAITING
from core.judge.run.events import Event, Judged, Skipped
from core.judge.run.plan import Selection, make_plan
from core.judge.run.proposal import Proposal, propose
from core.judge.run.runner import JudgeRun
from core.models import Attempt, CheckReport, Criteria, Finding, JudgementState, Severity
from core.settings import JudgeSettings
from core.store import Store
from tests.support.judge_cases import (
    HUMAN_DIFF,
    SHA,
    WRONG_DIFF,
    attempt,
    commit,
    follow,
    judge,
    only,
    settings,
    summary,
)

ALL = Selection()
COMMITS = {SHA: commit()}
FINDING = Finding("syntax.parse-error", Severity.ERROR, "bad indent", True, "a.py", 3)


def proposed(
    folder: Path,
    attempts: Sequence[Attempt],
    chosen: JudgeSettings,
    selection: Selection = ALL,
    report: CheckReport | None = None,
) -> Proposal:
    """What judging would be, with what is stored in a folder."""
    held = Store(folder).load().judgements
    known = [assess(a, judgements=held.get(a.key, ()), report=report) for a in attempts]
    return propose(known, COMMITS, Store(folder), chosen, selection)


def started(folder: Path, proposal: Proposal) -> list[Event]:
    run = JudgeRun(proposal.plan, proposal.settings, Store(folder), proposal.reports)
    return follow(run)


def test_failed_votes_are_asked_again_however_many_are_usual_now(tmp_path: Path) -> None:
    attempts = [attempt("a")]
    with FakeOpenAI() as server:
        server.orders = ["", "", "refusal", "refusal"]
        judge(attempts, settings(server, votes=3, concurrency=1), tmp_path)
        proposal = proposed(tmp_path, attempts, settings(server), Selection(failed=True))
        assert (proposal.figures.jobs, proposal.figures.calls) == (3, 2)
        told = started(tmp_path, proposal)
        assert {e.judgement.vote for e in only(told, Judged) if not e.reused} == {2, 3}
    kept = Store(tmp_path).load().judgements["a"]
    assert sum(judgement.state is JudgementState.VERDICT for judgement in kept) == 3


def test_attempts_whose_rubric_failed_are_failed_ones(tmp_path: Path) -> None:
    attempts = [attempt("a"), attempt("b", WRONG_DIFF)]
    with FakeOpenAI() as server:
        server.orders = ["refusal"]
        told = judge(attempts, settings(server), tmp_path)
        assert summary(told).rubric_error
        assert {s.reason for s in only(told, Skipped)} == {
            f"its commit's rubric could not be written: {summary(told).rubric_error}"
        }
        proposal = proposed(tmp_path, attempts, settings(server), Selection(failed=True))
        assert (proposal.figures.rubrics, proposal.figures.jobs) == (1, 2)
        assert summary(started(tmp_path, proposal)).states == {"verdict": 2}
        proposal = proposed(tmp_path, attempts, settings(server), Selection(failed=True))
        assert proposal.figures.jobs == 0


def test_canaries_whose_call_failed_are_asked_again(tmp_path: Path) -> None:
    attempts = [attempt("a")]
    with FakeOpenAI() as server:
        chosen = settings(server, canaries=2, concurrency=1, max_retries=0)
        server.orders = ["", "", "server_error", "refusal"]  # rubric, attempt, two canaries
        told = judge(attempts, chosen, tmp_path)
        unanswered = sum(score.unanswered for score in summary(told).canaries.values())
        assert (summary(told).states, unanswered) == ({"verdict": 1}, 2)
        proposal = proposed(tmp_path, attempts, chosen, Selection(failed=True))
        assert (proposal.figures.canaries, proposal.figures.calls) == (2, 2)
        told = started(tmp_path, proposal)
        assert sum(score.right for score in summary(told).canaries.values()) == 2
        proposal = proposed(tmp_path, attempts, chosen, Selection(failed=True))
        assert proposal.figures.jobs == 0


def test_votes_in_an_open_batch_are_not_paid_for_again(tmp_path: Path) -> None:
    attempts, store = [attempt("a"), attempt("b", WRONG_DIFF)], Store(tmp_path)
    with FakeOpenAI() as server:
        chosen = settings(server)
        plan = make_plan(attempts[:1], COMMITS, chosen)
        follow(JudgeRun(plan.rubrics_only(), chosen, store))
        submit_batches(plan, chosen, store)
        server.batches.status = "in_progress"
        paid = server.paid
        proposal = proposed(tmp_path, attempts, chosen)
        assert proposal.figures.skipped == [("a", WAITING)]
        told = started(tmp_path, proposal)
        assert server.paid == paid + 1
        assert [(s.attempt, s.reason) for s in only(told, Skipped)] == [("a", WAITING)]
        server.batches.status = "completed"
        collect_batches(chosen, store)
        assert proposed(tmp_path, attempts, chosen).figures.cached == 2


@pytest.mark.parametrize("given", [True, False])
def test_facts_that_are_wanted_and_not_there_are_said(tmp_path: Path, given: bool) -> None:
    report = CheckReport("a", Criteria(), (FINDING,)) if given else None
    with FakeOpenAI() as server:
        chosen = settings(server, facts=True)
        proposal = proposed(tmp_path, [attempt("a")], chosen, report=report)
        assert proposal.figures.without_facts == (0 if given else 1)
        started(tmp_path, proposal)
        prompt = server.bodies[-1]["input"][1]["content"]
    assert ("bad indent" in prompt) is given
    (kept,) = Store(tmp_path).load().judgements["a"]
    assert (kept.facts_given, "bad indent" in kept.facts) == (given, given)


def test_a_batch_is_estimated_at_its_own_price(tmp_path: Path) -> None:
    with FakeOpenAI() as server:
        known = [assess(attempt(f"{n}", f"{HUMAN_DIFF}# {n}")) for n in range(5)]
        store, chosen = Store(tmp_path), settings(server)
        plain = propose(known, COMMITS, store, chosen, ALL)
        batch = propose(known, COMMITS, store, chosen, ALL, batch=True)
    assert plain.figures.expected_cost is not None
    assert batch.figures.expected_cost is not None
    assert batch.figures.expected_cost < 0.7 * plain.figures.expected_cost


def test_running_again_adds_nothing_to_the_store(tmp_path: Path) -> None:
    attempts = [attempt(f"{n}") for n in range(6)]  # all the same question
    with FakeOpenAI() as server:
        for _ in range(3):
            judge(attempts, settings(server), tmp_path)
            kept = Store(tmp_path).load().judgements
            assert [len(found) for found in kept.values()] == [1] * 6
        assert sum(bool(found[0].calls) for found in kept.values()) == 1


def test_what_repeats_a_made_up_answer_is_made_up_too(tmp_path: Path) -> None:
    attempts = [attempt(f"{n}") for n in range(4)]
    with FakeOpenAI() as server:
        judge(attempts, settings(server), tmp_path)
        server.poses_as_real = True
        paid = server.paid
        judge(attempts, settings(server), tmp_path)
        assert server.paid == paid + 2  # the rubric and the question, once
    kept = Store(tmp_path).load().judgements
    assert [found[-1].is_made_up for found in kept.values()] == [False] * 4
    assert [found[0].is_made_up for found in kept.values()] == [True] * 4


def test_a_batch_waits_for_nobody_and_is_known_at_once(tmp_path: Path) -> None:
    attempts, store = [attempt("a")], Store(tmp_path)
    with FakeOpenAI() as server:
        chosen = settings(server)
        plan = make_plan(attempts, COMMITS, chosen)
        follow(JudgeRun(plan.rubrics_only(), chosen, store))
        with store.hold(LOCK, BUSY):
            for ask in (submit_batches, lambda *_: collect_batches(chosen, store)):
                with pytest.raises(StoreError, match="Another patchjury is asking"):
                    ask(plan, chosen, store)
        submit_batches(plan, chosen, store)
        paid = server.paid
        told = follow(JudgeRun(plan, chosen, store))  # planned before the batch was sent
        assert server.paid == paid
    assert [skipped.reason for skipped in only(told, Skipped)] == [WAITING]
