"""Several models vote: each has one voice, two that differ settle nothing, and one cap holds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.assess.opinions import standing_votes, tally
from core.assess.outcome import assess
from core.errors import SettingsError
from core.judge.audit import audit
from core.judge.batch.collect import collect_batches
from core.judge.batch.submit import submit_batches
from core.judge.fake_server import FakeOpenAI
from core.judge.run.estimate import estimate
from core.judge.run.plan import make_plan
from core.models import Judgement
from core.records import replace
from core.settings import JudgeSettings, load_settings
from core.store import Store
from tests.support.judge_cases import (
    SHA,
    WRONG_DIFF,
    attempt,
    commit,
    faulty,
    judge,
    rebuild,
    settings,
    summary,
)

BOTH = ("gpt-5", "gpt-5-mini")
LOGIC = "optimization_logic_match"


def stored(folder: Path, key: str = "a") -> tuple[Judgement, ...]:
    return Store(folder).load().judgements[key]


def both(server: FakeOpenAI, **changes: object) -> JudgeSettings:
    return settings(server, models=BOTH, **changes)


def test_two_models_that_agree_settle_and_two_that_differ_do_not(tmp_path: Path) -> None:
    attempts = [attempt("a"), attempt("b", WRONG_DIFF)]
    with FakeOpenAI() as server:
        told = judge(attempts, both(server), tmp_path)
        assert (summary(told).calls, summary(told).rubrics) == (5, 1)  # one rubric for both
        assert [body["model"] for body in server.bodies].count("gpt-5") == 3
        server.contrary = {"gpt-5-mini"}
        judge(attempts, both(server, effort="high"), tmp_path)
    first, second = stored(tmp_path)[:2], stored(tmp_path)[2:]
    assert tally(first)[LOGIC].voices == (True, True)
    assert assess(attempts[0], judgements=first).criteria.optimization_logic_match is True
    assert assess(attempts[1], judgements=stored(tmp_path, "b")[:2]).outcome == "failure"
    found = tally(second)[LOGIC]
    assert ({*found.voices}, found.decided, found.is_split) == ({False, True}, None, True)
    assert assess(attempts[0], judgements=stored(tmp_path)).criteria == replace(
        first[0].criteria, optimization_logic_match=None, is_complete=None, quality_score=0.625
    )
    assert [f.rule for f in audit(attempts, stored(tmp_path))[0].findings if "differ" in f.rule]


def test_a_model_has_one_voice_however_its_votes_divide() -> None:
    """Five of six votes say no, and yet one model says yes: nothing is settled."""
    with_votes = [(True, True, False), (False, False, False)]
    votes = [
        replace(j, criteria=replace(j.criteria, optimization_logic_match=said))
        for model, said_by in enumerate(with_votes)
        for number, said in enumerate(said_by, 1)
        for j in [_vote(model, number, of_votes=3)]
    ]
    found = tally(votes)[LOGIC]
    assert (found.yes, found.no, found.voices, found.decided) == (2, 4, (True, False), None)
    third = [
        replace(_vote(2, n, of_votes=3, of_models=3), criteria=v.criteria)
        for n, v in enumerate(votes[3:], 1)
    ]
    assert tally([*votes, *third])[LOGIC].decided is False  # two of three models


def test_what_was_asked_for_and_is_not_there_agrees_with_nobody() -> None:
    """A run that was killed after one of two models, or after one of three votes."""
    one = _vote(0, 1)
    alone = replace(one, criteria=replace(one.criteria, optimization_logic_match=True))
    assert tally([alone])[LOGIC].voices == (True, None)
    assert tally([alone])[LOGIC].decided is None
    of_three = replace(alone, panel="", of_models=1, of_votes=3)
    assert tally([of_three])[LOGIC].decided is None


def test_a_failed_model_leaves_the_other_without_a_majority(tmp_path: Path) -> None:
    with FakeOpenAI() as server:
        server.orders = ["", "", "refusal"]  # the rubric, one model, the other
        judge([attempt("a")], both(server, concurrency=1), tmp_path)
        assert tally(stored(tmp_path))[LOGIC].voices.count(None) == 1
        assert tally(stored(tmp_path))[LOGIC].decided is None
        paid = server.paid
        judge([attempt("a")], both(server), tmp_path, again=True)
        assert server.paid == paid + 1  # the refused one alone
    assert tally(stored(tmp_path))[LOGIC].voices == (True, True)


def test_an_answer_of_one_model_alone_serves_when_it_votes_beside_another(tmp_path: Path) -> None:
    with FakeOpenAI() as server:
        judge([attempt("a")], settings(server), tmp_path)
        paid = server.paid
        told = judge([attempt("a")], both(server), tmp_path)
        assert (server.paid, summary(told).cached) == (paid + 1, 1)
        again = judge([attempt("a")], both(server), tmp_path)
        assert (server.paid, summary(again).cached) == (paid + 1, 2)
    standing = standing_votes(stored(tmp_path))
    assert len({j.question for j in standing}) == 2
    assert len({j.panel for j in standing}) == 1


def test_the_estimate_and_the_cap_are_of_all_models_together(tmp_path: Path) -> None:
    attempts = [attempt("a"), faulty("b", "none")]
    with FakeOpenAI() as server:
        chosen = both(server, max_cost=1.0)
        plan = make_plan(attempts, {SHA: commit()}, chosen)
        figures = estimate(plan, chosen, Store(tmp_path / "e"))
        alone = [
            estimate(make_plan(attempts, {SHA: commit()}, one), one, Store(tmp_path / "e"))
            for one in map(chosen.asking, BOTH)
        ]
        assert figures.calls == sum(one.calls for one in alone) - 1  # the second's rubric
        costs = [one.expected_cost or 0.0 for one in alone]
        assert max(costs) < (figures.expected_cost or 0.0) < sum(costs)
        server.input_factor, server.bills_all_output = 2.0, True
        told = judge(attempts, both(server, max_cost=1.0, concurrency=64), tmp_path)
        assert summary(told).committed <= 1.0
        assert summary(told).not_run == 0 or "limit" in summary(told).halted
    with pytest.raises(SettingsError, match="price of 'unheard-of'"), FakeOpenAI() as server:
        judge(attempts, settings(server, models=("gpt-5", "unheard-of"), max_cost=1.0), tmp_path)


def test_batches_are_sent_one_for_each_model(tmp_path: Path) -> None:
    attempts = [attempt("a"), attempt("b")]  # with the same patch
    with FakeOpenAI() as server:
        chosen = both(server)
        plan = make_plan(attempts, {SHA: commit()}, chosen)
        judge([], chosen, tmp_path)
        from core.judge.run.runner import JudgeRun
        from tests.support.judge_cases import follow

        follow(JudgeRun(plan.rubrics_only(), chosen, Store(tmp_path)))
        sent = submit_batches(plan, chosen, Store(tmp_path))
        assert [record.model for record in sent.batches] == list(BOTH)
        store = Store(tmp_path)
        collected = collect_batches(chosen, store, rebuild(attempts, store))
    assert [dict(one.judged) for one in collected] == [{"verdict": 2}] * 2
    assert tally(stored(tmp_path, "b"))[LOGIC].voices == (True, True)


def test_models_are_named_once_and_the_first_writes_the_rubrics(tmp_path: Path) -> None:
    loaded = load_settings(tmp_path, overrides={"models": ["b", "a"]}).judge
    assert (loaded.model, loaded.panel, loaded.asking("a").panel) == ("b", ("b", "a"), ("a",))
    for wrong in (["a", "a"], ["a", ""]):
        with pytest.raises(SettingsError, match="different names"):
            load_settings(tmp_path, overrides={"models": wrong})


def _vote(model: int, number: int, *, of_votes: int = 1, of_models: int = 2) -> Judgement:
    from core.models import JudgementState

    return Judgement(
        json.dumps([model, number]),
        "a",
        JudgementState.VERDICT,
        vote=number,
        question=f"q{model}",
        panel="p",
        of_votes=of_votes,
        of_models=of_models,
    )
