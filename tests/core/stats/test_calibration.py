"""Calibration: the judge beside people, criterion by criterion, and beside itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.assess.outcome import assess
from core.export.calibration_text import calibration_lines
from core.judge.audit import audit
from core.judge.fake_server import FakeOpenAI
from core.judge.run.plan import Selection, make_plan, select_attempts
from core.judge.run.runner import JudgeRun
from core.models import (
    Assessment,
    Criteria,
    InView,
    Judgement,
    JudgementState,
    Outcome,
    Verdict,
)
from core.records import replace
from core.session import open_session
from core.stats.calibration import Calibration, calibrate
from core.store import Store
from tests.support.judge_cases import SHA, WRONG_DIFF, attempt, commit, follow, judge, settings
from tests.support.runs import build_runs

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
NUMBER = 40


def people_and_judge(
    *, judge_right: int, blind: bool = True, epsilon: float = 0.2, reviewers: int = 3
) -> Calibration:
    """Reviewers who say yes to every even attempt; a judge who says so of the first ones."""
    known, histories = [], {}
    for number in range(NUMBER):
        key, good = f"a{number}", number % 2 == 0
        said = good if number < judge_right else not good
        criteria = _criteria(said)
        opinion = Judgement(f"j{number}", key, JudgementState.VERDICT, criteria, question="q")
        histories[key] = [_verdict(key, f"r{n}", good, blind) for n in range(reviewers)]
        one = replace(attempt(key), reference_sha=f"{number // 4:040x}")
        known.append(assess(one, histories[key], [opinion]))
    return calibrate(known, histories, [], epsilon)


def test_each_criterion_has_confusion_and_coefficients_with_intervals() -> None:
    found = people_and_judge(judge_right=30)
    (logic,) = [one for one in found.people if one.criterion == "optimization_logic_match"]
    assert (logic.view, logic.agreement.items, logic.agreement.percent) == ("blind", NUMBER, 0.75)
    assert logic.agreement.kappa == pytest.approx(0.5)
    assert logic.agreement.kappa_interval is not None
    assert logic.agreement.alpha_interval is not None
    assert sum(cell.count for cell in logic.agreement.confusion) == NUMBER
    assert any("yes / no 5" in line for line in calibration_lines(found))


def test_what_was_said_with_the_judge_in_view_is_told_apart() -> None:
    found = people_and_judge(judge_right=NUMBER, blind=False)
    assert {one.view for one in found.people} == {"seen"}
    assert found.alternative.passed is None  # it takes blind decisions


def test_the_alternative_annotator_test_obeys_its_epsilon() -> None:
    assert people_and_judge(judge_right=NUMBER).alternative.passed is True
    assert people_and_judge(judge_right=34, epsilon=0.3).alternative.passed is True
    assert people_and_judge(judge_right=34, epsilon=0.05).alternative.passed is False
    assert people_and_judge(judge_right=NUMBER, reviewers=1).alternative.passed is None


def test_the_same_question_again_is_no_vote_and_tells_of_consistency(tmp_path: Path) -> None:
    attempts = [attempt("a"), attempt("b", WRONG_DIFF)]
    with FakeOpenAI() as server:
        judge(attempts, settings(server), tmp_path)
        held = Store(tmp_path).load().judgements
        known = [assess(a, judgements=held[a.key]) for a in attempts]
        chosen = settings(server)
        picked = select_attempts(known, Selection(answered=True, sample=2))
        assert [a.key for a in picked] == ["a", "b"]
        assert select_attempts([assess(a) for a in attempts], Selection(answered=True)) == []
        plan = make_plan(picked, {SHA: commit()}, chosen, second=True)
        server.contrary = {"gpt-5"}
        paid = server.paid
        for _ in range(2):  # a second run finds what it asked before
            follow(JudgeRun(plan, chosen, Store(tmp_path)))
            assert server.paid == paid + 2
    stored = [j for one in Store(tmp_path).load().judgements.values() for j in one]
    assert [j.second for j in stored].count(True) == 2
    found = calibrate(known, {}, stored, 0.2)
    assert found.asked_again == 2
    shares = {one.criterion: one.agreement.percent for one in found.itself}
    assert (shares["syntax_correct"], shares["optimization_logic_match"]) == (1.0, 0.0)
    (origin, _) = audit(attempts, stored)
    assert origin.judgements == 2  # what was asked again is counted nowhere else


def test_answers_at_one_commit_are_one_cluster_of_consistency() -> None:
    """Six attempts at each of two commits tell less than twelve at a commit each."""

    def interval(commits: int) -> tuple[float, float]:
        attempts = [attempt(f"a{number}") for number in range(12)]
        known = [
            assess(replace(one, reference_sha=f"{number % commits:040x}"))
            for number, one in enumerate(attempts)
        ]
        asked = [
            Judgement(
                f"j{number} {second}",
                one.key,
                JudgementState.VERDICT,
                _criteria(number % 4 < 2 if second else number % 2 == 0),
                question=one.key,
                second=second,
            )
            for number, one in enumerate(attempts)
            for second in (False, True)
        ]
        found = calibrate(known, {}, asked, 0.2)
        (logic,) = [one for one in found.itself if one.criterion == "optimization_logic_match"]
        assert found.asked_again == 12
        assert logic.agreement.kappa_interval is not None
        return logic.agreement.kappa_interval

    assert interval(2) != interval(12)


def test_what_was_asked_again_votes_on_no_attempt_of_a_session(tmp_path: Path) -> None:
    runs = build_runs(tmp_path / "runs")
    session = open_session(runs)
    first = session.triage.run_set.attempts[0]
    with FakeOpenAI() as server:
        chosen, folder = settings(server), session.triage.store.folder
        commits = session.triage.run_set.commits
        judge([first], chosen, folder, commits=commits)
        server.contrary = {"gpt-5"}
        plan = make_plan([first], commits, chosen, second=True)
        follow(JudgeRun(plan, chosen, Store(folder)))
    triage = open_session(runs).triage
    known: Assessment = triage.assessment(first.key)
    assert [j.second for j in known.judgements] == [False]
    assert [j.second for j in triage.judgements()] == [False, True]
    assert known.criteria.optimization_logic_match is True


def _criteria(said: bool) -> Criteria:
    return Criteria(said, said, said, said, not said)


def _verdict(key: str, reviewer: str, good: bool, blind: bool) -> Verdict:
    return Verdict(
        f"{reviewer}{key}",
        key,
        reviewer,
        NOON + timedelta(seconds=1),
        Outcome.TRUE_SUCCESS if good else Outcome.FAILURE,
        _criteria(good),
        in_view=() if blind else (InView.JUDGE,),
    )
