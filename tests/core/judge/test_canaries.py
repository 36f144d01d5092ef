"""Questions with known answers: made from human patches, spread, scored, held against a bar."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from core.assess.canary_scores import CanaryScore, against_bar, is_right
from core.assess.outcome import assess
from core.judge.audit import audit
from core.judge.books.judge_records import JudgeRecords
from core.judge.fake_server import FakeOpenAI
from core.judge.question.canaries import HARD, PlantedText, _other_diff, choose_canaries
from core.judge.question.canary_patches import DERIVED, DerivedPatch, can_derive
from core.models import Criteria, Judgement, JudgementState, PatchState, RunSet
from core.patch.apply import BaseFile, apply_text
from core.patch.parse import parse_patch
from core.records import replace
from core.sources import FileText
from core.stats.canary_bar import canary_result
from core.stats.figures import summarise
from core.stats.rates import OPINIONS
from tests.support.judge_cases import (
    BASE,
    HUMAN,
    HUMAN_DIFF,
    OTHER_SHA,
    SHA,
    WRONG_DIFF,
    Text,
    attempt,
    commit,
    judge,
    settings,
    summary,
)
from tests.support.logged import all_logged
from tests.support.runs import unified

COMMITS = {SHA: commit(), OTHER_SHA: commit(OTHER_SHA, WRONG_DIFF)}


@pytest.mark.parametrize("kind", DERIVED)
def test_what_is_made_of_the_human_patch_applies_and_does_not_do_the_same(kind: str) -> None:
    text = DerivedPatch(Text(HUMAN_DIFF), kind).read()
    base = HUMAN if kind == "reverse" else BASE
    applied = apply_text(text, lambda _: BaseFile("100644", base.encode()))
    assert applied.applies is True, applied.problems
    (content,) = applied.files.values()
    assert content.decode() != HUMAN
    changed = {line for file in parse_patch(text).files for line in [file.path]}
    assert changed == {file.path for file in parse_patch(HUMAN_DIFF).files}
    if kind == "reverse":
        assert content.decode() == BASE
    if kind == "comments":
        assert [line for line in content.decode().split("\n") if not line.strip().startswith("#")]


def test_what_is_planted_is_one_more_file_of_a_sound_patch() -> None:
    whole, stripped = (PlantedText(Text(text)).read() for text in (HUMAN_DIFF, HUMAN_DIFF.strip()))
    planted = parse_patch(whole)
    assert whole == stripped and planted.is_sound
    assert whole.startswith(f"{HUMAN_DIFF}diff --git ")
    assert [f.path for f in planted.files] == [
        *(f.path for f in parse_patch(HUMAN_DIFF).files),
        "REVIEW.md",
    ]


def test_what_cannot_be_made_is_not_asked() -> None:
    one_hunk = Text(WRONG_DIFF)
    assert not can_derive(one_hunk, "partial")
    new_file = Text(unified("", "x = 1\n", "new.py"))
    assert not {kind for kind in DERIVED if can_derive(new_file, kind)} - {"reverse"}


def test_a_diff_that_cannot_be_read_makes_no_canary_and_is_logged() -> None:
    gone, other = "c" * 40, "d" * 40
    lost = replace(commit(gone), diff=FileText("/nowhere/at/all.diff"))
    here = commit(other, WRONG_DIFF)
    others = [(gone, lost), ("e" * 40, commit(diff=None)), (SHA, commit()), (other, here)]
    with all_logged(logging.INFO) as logged:
        assert _other_diff(Text(HUMAN_DIFF), others) is here.diff
    assert [r.getMessage() for r in logged.records] == [
        f"the diff of {gone} cannot be read: it makes no canary"
    ]
    assert _other_diff(Text(HUMAN_DIFF), others[1:3]) is None, "the same change again is none"


def test_hard_canaries_are_spread_over_commits_and_kinds() -> None:
    commits = {f"{n:040x}": commit(f"{n:040x}", HUMAN_DIFF + f"# {n}\n") for n in range(5)}
    chosen = choose_canaries(commits, 12)
    assert {a.patch.state for a, _ in chosen} == {PatchState.WHOLE}
    human = [a.reference_sha for a, kind in chosen if kind == "human"]
    assert sorted(human) == sorted(commits)  # does each rubric accept its own commit?
    hard = [(a.reference_sha, kind) for a, kind in chosen if kind != "human"]
    assert len(hard) == len(set(hard)) == 12
    assert {kind for _, kind in hard} == set(HARD)
    counts = [sum(sha == at for at, _ in hard) for sha in commits]
    assert max(counts) - min(counts) <= 1
    no_text = "\ud800"
    assert choose_canaries({no_text: commit(no_text, HUMAN_DIFF)}, 1), "any id is one"
    assert choose_canaries(commits, 0) == []


def opinion(
    kind: str, logic: bool | None, complete: bool | None = None, **more: object
) -> Judgement:
    criteria = Criteria(optimization_logic_match=logic, is_complete=complete)
    judgement = Judgement("id", f"canary/{kind}/{SHA}", JudgementState.VERDICT, criteria)
    return replace(judgement, canary=kind, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("judgement", "right"),
    [
        (opinion("human", True, True), True),
        (opinion("human", True, False), False),
        (opinion("human", None, None), False),  # it could have been told
        (opinion("other", False), True),
        (opinion("other", None), False),
        (opinion("reverse", True), False),
        (opinion("partial", True, False), True),
        (opinion("partial", True, True), False),
        (opinion("comments", None, missing_evidence=("a file",)), None),
        (opinion("human", None, state=JudgementState.ERROR), None),
    ],
)
def test_when_a_canary_is_right(judgement: Judgement, right: bool | None) -> None:
    assert is_right(judgement) is right


def test_what_could_not_be_asked_is_no_answer() -> None:
    found = CanaryScore()
    for judgement in (
        opinion("other", False),
        opinion("other", None, missing_evidence=("a file",)),
        opinion("other", None, state=JudgementState.REFUSED),
        opinion("other", None, state=JudgementState.ERROR),
        opinion("other", True),
    ):
        found.add(judgement)
    assert found == CanaryScore(right=1, wrong=1, unanswered=2, not_asked=1)


def test_the_bar_has_a_lower_bound_and_is_not_missed_without_an_answer() -> None:
    scores = {"human": CanaryScore(right=8), "other": CanaryScore(right=1, wrong=1)}
    result = canary_result(scores, 0.9)
    assert (result.right, result.answered, result.share, result.missed) == (9, 10, 0.9, False)
    assert result.low is not None
    assert 0.59 < result.low < 0.6  # Wilson
    assert against_bar({"other": CanaryScore(wrong=3)}, 0.9).missed
    assert not against_bar({"other": CanaryScore(unanswered=3)}, 0.9).missed


def test_every_kind_is_asked_and_an_honest_judge_passes(tmp_path: Path) -> None:
    attempts = [attempt("a"), attempt("b", WRONG_DIFF, OTHER_SHA)]
    with FakeOpenAI() as server:
        told = judge(attempts, settings(server, canaries=12), tmp_path, commits=COMMITS)
    scores = summary(told).canaries
    assert set(scores) == {"human", *HARD}
    assert scores["human"].right == 2
    assert sum(s.wrong for s in scores.values()) == 0
    assert summary(told).is_good


def test_a_judge_that_misses_the_bar_has_no_rates_of_its_own(tmp_path: Path) -> None:
    attempts = [attempt("a"), attempt("b", WRONG_DIFF, OTHER_SHA)]
    from core.store import Store

    with FakeOpenAI() as server:
        server.agrees = server.poses_as_real = True
        told = judge(attempts, settings(server, canaries=6), tmp_path, commits=COMMITS)
    assert "canaries right, 90% asked for" in summary(told).bar_missed
    assert not summary(told).is_good
    held = Store(tmp_path).load().judgements
    opinions = [j for found in held.values() for j in found]
    (finding,) = [
        f for f in audit(attempts, opinions, canary_bar=0.9)[0].findings if "bar" in f.rule
    ]
    assert (finding.severity.value, finding.rule) == ("error", "audit.canary-bar")
    run_set = RunSet(tmp_path, tuple(attempts), COMMITS)
    known = [assess(a, judgements=held[a.key]) for a in attempts]
    records = JudgeRecords(canaries=tuple(j for j in opinions if j.canary))
    assert not [r for r in summarise(run_set, known, {}, records).rates if r.voice == OPINIONS]
    passed = summarise(run_set, known, {}, records, canary_bar=0.1)
    assert [r for r in passed.rates if r.voice == OPINIONS]
    assert passed.canary_bar.low is not None


def test_each_model_of_a_panel_has_its_own_bar(tmp_path: Path) -> None:
    attempts = [attempt("a"), attempt("b", WRONG_DIFF, OTHER_SHA)]
    from core.store import Store

    panel = ("gpt-5", "gpt-5-mini")
    with FakeOpenAI() as server:
        server.contrary, server.poses_as_real = {"gpt-5-mini"}, True
        chosen = settings(server, models=panel, canaries=6)
        told = judge(attempts, chosen, tmp_path, commits=COMMITS)
    assert summary(told).bar_missed.startswith("gpt-5-mini: ")
    assert not summary(told).is_good
    held = Store(tmp_path).load().judgements
    opinions = [j for found in held.values() for j in found]
    own = audit(attempts, opinions, canary_bar=0.9)[0]
    (finding,) = [f for f in own.findings if f.rule == "audit.canary-bar"]
    assert "gpt-5-mini got wrong" in finding.message
    (differ,) = [f for f in own.findings if f.rule == "audit.models-differ"]
    assert differ.attempts == ("a", "b")
    assert [name for name, bar in own.canary_bars.items() if not bar.missed] == ["gpt-5"]
    run_set = RunSet(tmp_path, tuple(attempts), COMMITS)
    known = [assess(a, judgements=held[a.key]) for a in attempts]
    assert {k.criteria.optimization_logic_match for k in known} == {None}, "two that differ"
    records = JudgeRecords(canaries=tuple(j for j in opinions if j.canary))
    figures = summarise(run_set, known, {}, records)
    assert [r for r in figures.rates if r.voice == OPINIONS], "the other model still has rates"
    assert figures.judged == 2
    assert figures.judge_card is not None
    assert figures.judge_card.set_aside == 2
    assert {name: bar.missed for name, bar in figures.judge_card.canary_bars.items()} == {
        "gpt-5": False,
        "gpt-5-mini": True,
    }
    assert figures.outcomes["true_success"]["judge"] == 2


def test_the_same_canaries_are_made_again(tmp_path: Path) -> None:
    assert choose_canaries(COMMITS, 6) == choose_canaries(dict(reversed(COMMITS.items())), 6)
