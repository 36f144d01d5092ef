"""The figures of a run set: what they count, that they add up, and that unknown stays unknown."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from core import codec
from core.assess.outcome import assess, outcome_settled_by
from core.export.stats_page import format_statistics
from core.judge.books.judge_records import JudgeRecords
from core.judge.books.ledger import Totals
from core.models import (
    FAKE_ORIGIN,
    Assessment,
    Attempt,
    CheckReport,
    Criteria,
    Finding,
    Outcome,
    PatchEvidence,
    PatchState,
    Severity,
    Verdict,
)
from core.readers import read_evaluations, read_runs
from core.records import replace
from core.sources import FileText
from core.stats.figures import (
    Spending,
    Statistics,
    summarise,
)
from core.stats.patch_facts import read_patch_facts
from tests.core.patch.results import (
    BAD,
    GOOD,
    NOON,
    PATCH,
    SHA,
    Result,
    judgement,
    make_result,
    verdict,
)


@pytest.fixture
def result(tmp_path: Path) -> Result:
    return make_result(tmp_path / "runs")


def statistics(result: Result) -> Statistics:
    return summarise(result.run_set, result.assessments, read_patch_facts(result.run_set.attempts))


def test_what_the_judge_cost_leaves_out_what_was_made_up(result: Result) -> None:
    totals = Totals(
        calls=5, retries=2, cost=3.0, unknown_costs=1, fake=1, fake_cost=0.5, bad_lines=4
    )
    facts = read_patch_facts(result.run_set.attempts)
    stats = summarise(result.run_set, result.assessments, facts, JudgeRecords(totals=totals))
    assert stats.spending == Spending(5, 2, 2.5, 1, 1, bad_lines=4)
    assert stats.judge_card is not None
    assert stats.judge_card.origins == {"test": 2}


def test_figures_count_what_they_say(result: Result) -> None:
    stats = statistics(result)
    assert (stats.attempts, stats.commits, stats.human_commits_found) == (6, 2, 1)
    assert (stats.marked_success, stats.no_claim, stats.without_journal) == (4, 1, 1)
    assert stats.marked_success_nonzero_return == 1
    assert stats.marked_success_unknown_return == 1
    assert (stats.patches, stats.cut_patches, stats.patches_read) == (3, 1, 3)
    assert (stats.patches_unreadable, stats.own_diff_patches, stats.distinct_patches) == (1, 1, 2)
    assert stats.judgements == {
        "verdict": 2, "incomplete": 0, "refused": 0, "unparseable": 0, "error": 1,
    }  # fmt: skip
    assert (stats.judged, stats.reviewed, stats.conflicts, stats.load_problems) == (2, 1, 1, 1)


def test_patch_facts_hash_the_bytes_and_name_what_cannot_be_read(result: Result) -> None:
    attempts = result.run_set.attempts
    Path(result.run_set.root / "r2/a0/model_patch.diff").unlink()
    facts = read_patch_facts(attempts)
    assert set(facts) == {"r1/a0", "r1/a1", "r2/a0", "r2/a2"}, "none for what has no patch"
    assert facts["r1/a0"].sha256 == hashlib.sha256(PATCH.encode()).hexdigest()
    assert (facts["r1/a0"].own_diff, facts["r1/a1"].own_diff) == (False, True)
    assert facts["r2/a0"].sha256 is None
    assert facts["r2/a0"].own_diff is None
    assert "cannot read" in facts["r2/a0"].problem
    assert facts["r2/a2"].problem, "unreadable at load"
    stats = summarise(result.run_set, result.assessments, facts)
    assert (stats.patches, stats.patches_read, stats.patches_unreadable) == (3, 2, 2)


def test_a_patch_that_only_mentions_the_file_does_not_hold_its_own_diff(tmp_path: Path) -> None:
    path = tmp_path / "p.diff"
    path.write_text(PATCH.replace("more", "see model_patch.diff"))
    evidence = PatchEvidence(PatchState.WHOLE, FileText(str(path)))
    facts = read_patch_facts([Attempt("a", SHA, patch=evidence)])
    assert facts["a"].own_diff is False


def test_an_infrastructure_failure_is_counted_by_itself(result: Result) -> None:
    finding = Finding("run.infrastructure", Severity.ERROR, "no such interpreter")
    known = [
        replace(one, report=CheckReport(one.attempt.key, Criteria(), (finding,)))
        if one.attempt.key == "r1/a2"
        else one
        for one in result.assessments
    ]
    stats = summarise(result.run_set, known, {})
    assert stats.infrastructure_failures == 1
    assert "infrastructure failures" in format_statistics(stats)
    logic = next(r for r in stats.rates if r.label == "optimization_logic_match")
    assert logic.count == 0 and logic.of == 0, "no wrong logic"


def test_what_a_test_server_made_up_counts_nowhere(result: Result) -> None:
    def made_up(known: Assessment) -> Assessment:
        judgements = [replace(j, origin=FAKE_ORIGIN) for j in known.judgements]
        return assess(known.attempt, known.verdicts, judgements, known.report)

    made = [made_up(known) for known in result.assessments]
    facts = read_patch_facts(result.run_set.attempts)
    canary = replace(judgement("c", f"canary/human/{SHA}", BAD), canary="human", origin=FAKE_ORIGIN)
    stats = summarise(result.run_set, made, facts, JudgeRecords(canaries=(canary,)))
    assert (stats.judged, sum(stats.judgements.values()), stats.canaries) == (0, 0, {})
    assert not stats.canary_bar.missed
    assert all(rate.of == 0 for rate in stats.rates if rate.voice == "opinions")
    assert all(by.get("judge", 0) == 0 for by in stats.outcomes.values())
    assert stats.reviewed == 1, "decisions stay"
    *_, undecided = stats.funnel
    assert undecided.parts["only opinions that are set aside"] == 1
    assert undecided.parts["the judge has an opinion"] == 0
    assert stats.patterns.judged == 0
    document = replace(result, assessments=made).document()
    said = [j for one in document.attempts for j in one.assessment.judgements]
    assert said and all(j.set_aside for j in said), "kept, and set aside"
    assert document.statistics.outcomes == stats.outcomes


def test_the_funnel_adds_up(result: Result) -> None:
    stats = statistics(result)
    for split in stats.funnel:
        assert sum(split.parts.values()) == split.total, split.of
    attempts, patched, codes, outcomes, undecided = stats.funnel
    assert patched.total == attempts.parts["with a patch"]
    assert codes.total == outcomes.total == patched.parts["marked success"]
    assert undecided.total == outcomes.parts["undecided"]
    assert undecided.parts == {
        "the judge has an opinion": 0, "only opinions that are set aside": 0,
        "only failed judge calls": 1, "never judged": 0,
    }  # fmt: skip
    everybody = sum(sum(by.values()) for by in stats.outcomes.values())
    assert everybody == stats.attempts


def test_outcomes_say_who_settled_them(result: Result) -> None:
    outcomes = statistics(result).outcomes
    assert outcomes["true_success"] == {"person": 1, "check": 0, "judge": 0}
    assert outcomes["false_positive"] == {"person": 0, "check": 0, "judge": 1}
    assert outcomes["failure"] == {"person": 0, "check": 2, "judge": 0}, "no patch is a fact"
    assert outcomes["undecided"] == {"nobody": 2, "cannot_tell": 0, "disputed": 0}


def test_undecided_is_no_failure_and_counts_in_no_rate(result: Result) -> None:
    rates = {(rate.label, rate.voice): rate for rate in statistics(result).rates}
    true = rates["true success", "all voices"]
    assert (true.count, true.of, true.total) == (1, 2, 3), "no patch is no coverage"
    judge = rates["true success", "opinions"]
    assert (judge.count, judge.of, judge.total) == (0, 2, 3), "a failed call is no judgement"


def test_groups_sum_to_the_whole(result: Result) -> None:
    stats = statistics(result)
    assert [(g.name, g.attempts) for g in stats.by_agent] == [("trae", 3), ("codex", 3)]
    assert stats.by_commit[0].detail == "[Perf] Faster twelve (#1)"
    for groups in (stats.by_agent, stats.by_commit):
        assert sum(group.attempts for group in groups) == stats.attempts
        assert sum(group.marked_success for group in groups) == stats.marked_success
        assert sum(sum(group.outcomes.values()) for group in groups) == stats.attempts


MARKED = Attempt("a", SHA, marked_success=True, patch=PatchEvidence(PatchState.WHOLE))


def _assessed(person: Criteria | None, check: Criteria, judge: Criteria | None) -> Assessment:
    verdicts = [Verdict("v", "a", "ada", NOON, criteria=person)] if person else []
    judgements = [judgement("j", "a", judge)] if judge else []
    return assess(MARKED, verdicts, judgements, CheckReport("a", check))


LOGIC = Criteria(optimization_logic_match=True)
NO_SYNTAX = Criteria(syntax_correct=False)


@pytest.mark.parametrize(
    ("person", "check", "judge", "outcome", "who"),
    [
        (None, GOOD, None, Outcome.TRUE_SUCCESS, "check"),
        (None, Criteria(True, True), GOOD, Outcome.TRUE_SUCCESS, "judge"),
        (LOGIC, replace(GOOD, optimization_logic_match=None), None, Outcome.TRUE_SUCCESS, "person"),
        (LOGIC, NO_SYNTAX, BAD, Outcome.PARTIAL_SUCCESS, "person"),
        (None, NO_SYNTAX, LOGIC, Outcome.PARTIAL_SUCCESS, "judge"),
        (None, NO_SYNTAX, BAD, Outcome.FALSE_POSITIVE, "judge"),
        (None, NO_SYNTAX, None, Outcome.UNDECIDED, None),
    ],
)
def test_an_outcome_rests_on_the_least_certain_voice_it_needs(
    person: Criteria | None,
    check: Criteria,
    judge: Criteria | None,
    outcome: Outcome,
    who: str | None,
) -> None:
    assessment = _assessed(person, check, judge)
    assert (assessment.outcome, outcome_settled_by(assessment)) == (outcome, who)


def test_a_persons_outcome_is_the_persons() -> None:
    decided = assess(
        MARKED, [verdict("v", "a", outcome=Outcome.FAILURE)], [judgement("j", "a", GOOD)]
    )
    assert outcome_settled_by(decided) == "person"


def test_the_text_is_aligned_and_shows_hostile_names_harmlessly(result: Result) -> None:
    hostile = replace(result.run_set.attempts[0], agent="\x1b[31mred\u202e[/bold]", model="m\n2")
    assessments = [replace(result.assessments[0], attempt=hostile), *result.assessments[1:]]
    text = format_statistics(summarise(result.run_set, assessments, {}))
    assert "\x1b" not in text
    assert "\u202e" not in text
    lines = text.splitlines()
    at = lines.index("Outcomes by who settled them")
    assert len(set(map(len, lines[at + 1 : at + 7]))) == 1
    assert "of 0 read, 4 unreadable" in text, "facts that were not read are not zero silently"


def test_statistics_are_plain_json(result: Result) -> None:
    stats = statistics(result)
    again = codec.from_data(json.loads(codec.dumps(codec.to_data(stats))), Statistics)
    assert again == stats


def test_statistics_of_nothing(tmp_path: Path) -> None:
    empty = Result(replace(make_result(tmp_path).run_set, attempts=(), problems=()), [], {})
    stats = statistics(empty)
    assert (stats.attempts, stats.patches, stats.commits) == (0, 0, 0)
    assert all(rate.share is None for rate in stats.rates)
    assert "attempts" in format_statistics(stats)


def test_known_figures_of_the_published_attempts(shared: Path) -> None:
    reports = shared / "isobench" / "analysis_reports"
    run_set = read_runs(
        reports / "all_attempts_comprehensive.json",
        commits=[shared / "isobench" / "tmp_single_commit"],
    )
    judgements, _ = read_evaluations(reports / "gpt5_evaluations.json", run_set.attempts)
    assessments = [
        assess(a, judgements=[j for j in judgements if j.attempt == a.key])
        for a in run_set.attempts
    ]
    stats = summarise(run_set, assessments, read_patch_facts(run_set.attempts))
    assert (stats.attempts, stats.commits, stats.human_commits_found) == (300, 96, 96)
    assert (stats.marked_success, stats.marked_success_nonzero_return) == (134, 65)
    assert (stats.patches, stats.cut_patches) == (143, 66)
    assert (stats.own_diff_patches, stats.distinct_patches) == (55, 126)
    assert (stats.without_own_diff, stats.own_diff_unknown) == (52, 36)
    assert stats.patches_unreadable == 0
    assert (stats.judgements["error"], stats.judgements["verdict"]) == (114, 29)
    assert sum(stats.judgements.values()) == 143
    rates = {(rate.label, rate.voice): rate for rate in stats.rates}
    judge = rates["true success", "opinions"]
    assert (judge.of, judge.total) == (29, 143)
    reached = {level.name: (level.attempts.yes, level.commits.yes) for level in stats.levels}
    assert reached["marked"] == (134, 92)
    assert reached["patch"] == (133, 91)
    assert reached["return code 0"] == (68, 46)
    assert reached["evidence whole"] == (33, 24)


@pytest.mark.parametrize(("folder", "attempts"), [("isobench/state", 509), ("real_runs", 33)])
def test_known_figures_of_the_run_folders(shared: Path, folder: str, attempts: int) -> None:
    run_set = read_runs(shared / folder)
    assessments = [assess(attempt) for attempt in run_set.attempts]
    stats = summarise(run_set, assessments, read_patch_facts(run_set.attempts))
    assert stats.attempts == attempts
    without = sum(not Path(run_set.root, a.key, "journal.json").exists() for a in run_set.attempts)
    assert stats.without_journal == without
    for split in stats.funnel:
        assert sum(split.parts.values()) == split.total, split.of
