"""A reviewer's session: own records, what they rest on, disputes, undo, and what is on disk."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.errors import InputError
from core.models import (
    NO_PATCH,
    AnalysisScope,
    Attempt,
    CheckReport,
    Criteria,
    Flag,
    HumanCommit,
    InView,
    LineComment,
    Origin,
    Outcome,
    PatchEvidence,
    PatchState,
    RunSet,
    Side,
    Verdict,
)
from core.records import replace
from core.sources import FileText
from core.store import Store
from core.triage import Triage
from core.triage.listed import undecided_from
from core.triage.sheets import Sheets
from tests.core.assess.test_barred import said
from tests.core.assess.verdict_samples import FAILURE, FALSE_POSITIVE, PARTIAL, SHA, TRUE, UNDECIDED
from tests.core.patch.test_change_hash import ADDED, PATCH

KEY, OTHER = "run/a0", "run/a1"
Opened = Callable[..., Triage]


@pytest.fixture
def opened(tmp_path: Path) -> Opened:
    """Reopens the runs of a folder as one reviewer, with a stopped clock."""
    (tmp_path / "human.diff").write_text(PATCH)
    for name in ("a0", "a1"):
        (tmp_path / name).write_text(PATCH)

    def attempt(name: str) -> Attempt:
        source = FileText(str(tmp_path / name))
        patch = PatchEvidence(PatchState.WHOLE, source)
        return Attempt(f"run/{name}", SHA, marked_success=True, patch=patch)

    def open_as(reviewer: str = "ada", *attempts: Attempt, canary_bar: float = 0.0) -> Triage:
        human = HumanCommit(SHA, diff=FileText(str(tmp_path / "human.diff")))
        run_set = RunSet(tmp_path, attempts or (attempt("a0"), attempt("a1")), {SHA: human})
        store = Store(tmp_path / ".patchjury")
        now = datetime(2026, 1, 1, tzinfo=UTC)
        return Triage(run_set, store, store.load(), reviewer, lambda: now, canary_bar)

    return open_as


def test_a_record_starts_from_the_reviewers_own_and_never_from_anothers(opened: Opened) -> None:
    ada = opened("ada")
    comment = LineComment("a.py", 2, "why?")
    ada.decide(KEY, outcome=TRUE, criteria=Criteria(True), tags=("x",), comments=(comment,))
    ada.save()
    bo = opened("bo")
    assert bo.own(KEY) is None
    verdict = bo.decide(KEY, tags=("mine",))
    assert (verdict.reviewer, verdict.outcome, verdict.criteria) == ("bo", UNDECIDED, Criteria())
    assert (verdict.note, verdict.comments, verdict.tags) == ("", (), ("mine",))
    again = opened("ada").decide(KEY, note="more")
    assert (again.outcome, again.tags, again.comments, again.note) == (
        TRUE,
        ("x",),
        (comment,),
        "more",
    )


def test_reviewers_who_differ_are_in_dispute_until_one_adjudicates(opened: Opened) -> None:
    for who, outcome in (("ada", TRUE), ("bo", FAILURE)):
        triage = opened(who)
        triage.decide(KEY, outcome=outcome, criteria=Criteria(files_match=outcome is TRUE))
        triage.save()
    cy = opened("cy")
    assert (cy.assessment(KEY).outcome, cy.progress().disputed) == (UNDECIDED, 1)
    assert (cy.is_reviewed(KEY), cy.needs_decision(KEY)) == (False, False)
    ada = next(v for v in cy.assessment(KEY).verdicts if v.reviewer == "ada")
    verdict = cy.adjudicate(KEY, derived_from=ada.id, note="the files are the same")
    assert (verdict.outcome, verdict.criteria) == (TRUE, Criteria(files_match=True))
    assert set(verdict.adjudicates) == {v.id for v in cy.assessment(KEY).verdicts}
    cy.save()
    seen = opened("bo")
    assert (seen.assessment(KEY).outcome, seen.progress().disputed) == (TRUE, 0)
    own = seen.own(KEY)
    assert own is not None and own.outcome is FALSE_POSITIVE, "bo's own record stands"
    assert cy.own(KEY) is None, "settling is not deciding for oneself"


def test_only_a_dispute_can_be_adjudicated_and_only_by_an_outcome(opened: Opened) -> None:
    triage = opened()
    triage.decide(KEY, outcome=TRUE)
    with pytest.raises(InputError, match="not in dispute"):
        triage.adjudicate(KEY, outcome=FAILURE)
    triage.save()
    bo = opened("bo")
    bo.decide(KEY, outcome=FAILURE)
    with pytest.raises(InputError, match="settled by an outcome"):
        bo.adjudicate(KEY, note="hm")
    assert bo.adjudicate(KEY, cannot_tell="no base").is_decision


def test_an_adjudication_can_be_taken_back_by_who_made_it(opened: Opened) -> None:
    for who, outcome in (("ada", TRUE), ("bo", FAILURE)):
        opened_as = opened(who)
        opened_as.decide(KEY, outcome=outcome)
        opened_as.save()
    cy = opened("cy")
    cy.adjudicate(KEY, outcome=PARTIAL)
    assert cy.assessment(KEY).outcome is PARTIAL
    assert cy.undo(KEY) is not None
    assert cy.assessment(KEY).disputed


def test_undo_takes_back_ones_own_and_never_a_colleagues(opened: Opened) -> None:
    ada = opened("ada")
    ada.decide(KEY, outcome=TRUE)
    ada.save()
    bo = opened("bo")
    assert bo.undo(KEY) is None, "nothing of bo's"
    bo.decide(KEY, outcome=FAILURE)
    assert bo.undo(KEY) is not None
    assert (bo.assessment(KEY).outcome, bo.undo(KEY)) == (TRUE, None)
    assert len(bo.history(KEY)) == 3
    later = opened("ada")
    taken_back = later.undo(KEY)
    assert taken_back is not None and taken_back.undoes is not None
    assert later.assessment(KEY).outcome is UNDECIDED


def test_undo_and_redo_go_across_attempts(opened: Opened) -> None:
    triage = opened()
    triage.decide(KEY, outcome=TRUE)
    triage.decide(OTHER, outcome=PARTIAL, note="n")
    taken = [triage.undo(None), triage.undo(None)]
    assert [v.attempt for v in taken if isinstance(v, Verdict)] == [OTHER, KEY]
    assert triage.undo(None) is None
    first, second = triage.redo(), triage.redo()
    assert isinstance(first, Verdict) and isinstance(second, Verdict)
    assert (first.attempt, second.attempt, second.note) == (KEY, OTHER, "n")
    assert triage.redo() is None
    assert [triage.assessment(k).outcome for k in (KEY, OTHER)] == [TRUE, PARTIAL]
    triage.undo(None)
    triage.decide(KEY, outcome=PARTIAL)
    assert triage.redo() is None, "a new verdict ends what can be recorded anew"


def test_analyses_are_taken_back_and_recorded_again_in_turn_with_verdicts(opened: Opened) -> None:
    ada, attempt = opened("ada"), AnalysisScope.ATTEMPT
    ada.analyses.write(attempt, KEY, {"right": "first"})
    ada.analyses.write(attempt, KEY, {"right": "better"}, ada.basis(KEY))
    ada.decide(KEY, outcome=TRUE)
    ada.analyses.write(AnalysisScope.WHOLE, "", {"findings": "none"})

    def stands() -> tuple[str, str, str]:
        own, whole = ada.analyses.own(attempt, KEY), ada.analyses.own(AnalysisScope.WHOLE)
        texts = (own.texts["right"] if own else "", whole.texts["findings"] if whole else "")
        return (*texts, ada.assessment(KEY).outcome.value)

    states = [stands()]
    while ada.undo(None) is not None:
        states.append(stands())
    assert states == [
        ("better", "none", "true_success"),
        ("better", "", "true_success"),
        ("better", "", "undecided"),
        ("first", "", "undecided"),
        ("", "", "undecided"),
    ]
    for state in states[-2::-1]:
        assert ada.redo() is not None and stands() == state
    assert ada.redo() is None
    own = ada.analyses.own(attempt, KEY)
    assert own is not None and own.basis == ada.basis(KEY)
    ada.save()
    later, bo = opened("ada"), opened("bo")
    assert bo.undo(KEY) is None, "nothing of bo's"
    taken_back = [later.undo(KEY), later.undo(KEY), later.undo(KEY), later.undo(KEY)]
    assert [type(record).__name__ for record in taken_back].count("Analysis") == 2
    assert taken_back[-1] is None and later.assessment(KEY).outcome is UNDECIDED
    assert len(Sheets(later).history(KEY)) == 8, "the history keeps all of it"


def test_a_verdict_keeps_the_hashes_of_both_changes(opened: Opened) -> None:
    verdict = opened().decide(KEY, outcome=TRUE)
    assert verdict.basis is not None
    assert verdict.basis.patch == verdict.basis.human, "the same change, parsed"
    assert len(verdict.basis.patch_bytes) == 64


def test_an_attempt_without_a_patch_is_decided_on_as_such(opened: Opened) -> None:
    triage = opened("ada", Attempt(KEY, SHA, patch=PatchEvidence(PatchState.MISSING)))
    basis = triage.decide(KEY, outcome=FAILURE).basis
    assert basis is not None and basis.patch == NO_PATCH


def test_a_patch_that_changed_makes_the_verdict_outdated(opened: Opened, tmp_path: Path) -> None:
    triage = opened()
    triage.decide(KEY, outcome=TRUE, criteria=Criteria(True), note="kept")
    triage.save()
    (tmp_path / "a0").write_text(PATCH + ADDED)
    again = opened()
    known = again.assessment(KEY)
    assert (known.outcome, known.criteria, again.progress().outdated) == (UNDECIDED, Criteria(), 1)
    assert [v.outcome for v in known.outdated] == [TRUE]
    assert again.needs_decision(KEY)
    noted = again.decide(KEY, tags=("x",))
    assert (noted.outcome, noted.criteria, noted.note) == (UNDECIDED, Criteria(), "kept")
    assert again.assessment(KEY).outcome is UNDECIDED, "a tag decides nothing anew"
    again.decide(KEY, outcome=PARTIAL)
    assert (again.assessment(KEY).outcome, again.assessment(KEY).outdated) == (PARTIAL, ())


def test_two_records_that_were_swapped_keep_no_verdict(opened: Opened, tmp_path: Path) -> None:
    (tmp_path / "a1").write_text(ADDED)
    triage = opened()
    triage.decide(KEY, outcome=TRUE)
    triage.decide(OTHER, outcome=FAILURE)
    triage.save()
    (tmp_path / "a0").write_text(ADDED)
    (tmp_path / "a1").write_text(PATCH)
    again = opened()
    assert [again.assessment(k).outcome for k in (KEY, OTHER)] == [UNDECIDED, UNDECIDED]


def test_a_patch_written_down_otherwise_keeps_its_verdict(opened: Opened, tmp_path: Path) -> None:
    triage = opened()
    triage.decide(KEY, outcome=TRUE)
    triage.save()
    (tmp_path / "a0").write_text("From: somebody\n\n" + PATCH.rstrip("\n"))
    (tmp_path / "human.diff").write_text("commit 1\n\n    Faster\n\n" + PATCH)
    assert opened().assessment(KEY).outcome is TRUE


def test_a_human_change_that_is_another_makes_the_verdict_outdated(
    opened: Opened, tmp_path: Path
) -> None:
    triage = opened()
    triage.decide(KEY, outcome=TRUE)
    triage.save()
    (tmp_path / "human.diff").write_text(ADDED)
    assert opened().assessment(KEY).outdated
    (tmp_path / "human.diff").unlink()
    assert not opened().assessment(KEY).outdated, "what is not at hand proves nothing"


def test_a_verdict_rests_on_what_was_read_for_the_screen(opened: Opened, tmp_path: Path) -> None:
    triage = opened()
    shown = triage.read_basis(KEY)
    (tmp_path / "a0").write_text(ADDED)  # the pipeline runs again in the background
    verdict = triage.decide(KEY, outcome=TRUE)
    assert verdict.basis == shown
    assert triage.assessment(KEY).outcome is TRUE
    assert triage.read_basis(KEY) != shown
    assert (triage.assessment(KEY).outcome, triage.progress().outdated) == (UNDECIDED, 1)


def test_a_note_on_an_unbound_verdict_does_not_bind_it(opened: Opened) -> None:
    triage = opened()
    verdict = triage.decide(KEY, outcome=TRUE)
    triage.store.add_verdicts(SHA, [replace(verdict, basis=None)])
    again = opened()
    assert again.decide(KEY, note="n").basis is None
    assert again.decide(KEY, outcome=TRUE).basis is not None


def test_what_belongs_to_the_moment_is_not_carried_over(opened: Opened) -> None:
    triage = opened()
    first = triage.decide(
        KEY, outcome=TRUE, in_view=(InView.CLAIM,), origin=Origin("all", seed=7), seconds=12.5
    )
    assert (first.in_view, first.origin, first.seconds) == (
        (InView.CLAIM,),
        Origin("all", seed=7),
        12.5,
    )
    second = triage.decide(KEY, note="n")
    assert (second.origin, second.seconds) == (None, None)
    assert second.in_view == (InView.CLAIM,), "what could be seen then"


def test_cannot_tell_and_an_outcome_take_each_others_place(opened: Opened) -> None:
    triage = opened()
    unsure = triage.decide(KEY, cannot_tell="the patch is cut")
    assert (unsure.outcome, triage.is_reviewed(KEY), triage.needs_decision(KEY)) == (
        UNDECIDED,
        True,
        False,
    )
    sure = triage.decide(KEY, outcome=TRUE)
    assert (sure.cannot_tell, sure.outcome) == (None, TRUE)
    assert triage.decide(KEY, cannot_tell="").outcome is UNDECIDED
    assert not triage.decide(KEY, outcome=UNDECIDED).is_decision


@pytest.mark.parametrize(
    ("marked", "name"), [(True, FALSE_POSITIVE), (False, FAILURE), (None, FAILURE)]
)
def test_not_a_success_is_recorded_under_the_name_that_the_claim_gives_it(
    opened: Opened, marked: bool | None, name: Outcome
) -> None:
    patch = PatchEvidence(PatchState.WHOLE)
    triage = opened("ada", Attempt(KEY, SHA, marked_success=marked, patch=patch))
    for pressed in (FAILURE, FALSE_POSITIVE):
        assert triage.decide(KEY, outcome=pressed).outcome is name
        assert triage.assessment(KEY).outcome is name


def test_a_verdict_against_a_fact_is_told_before_and_flagged_after(opened: Opened) -> None:
    triage = opened()
    triage.add_report(CheckReport(KEY, Criteria(syntax_correct=False)))
    assert triage.flags(KEY, outcome=TRUE) == (Flag.AGAINST_FACT,)
    assert triage.flags(KEY, outcome=PARTIAL) == ()
    assert triage.history(KEY) == (), "asking records nothing"
    verdict = triage.decide(KEY, outcome=TRUE)
    assert verdict.flags == (Flag.AGAINST_FACT,)
    assert triage.assessment(KEY).outcome is TRUE, "it counts"
    assert triage.decide(KEY, outcome=PARTIAL).flags == ()


def test_a_verdict_against_its_own_criteria_is_flagged(opened: Opened) -> None:
    triage = opened()
    triage.decide(KEY, criteria=Criteria(optimization_logic_match=False))
    assert triage.decide(KEY, outcome=PARTIAL).flags == (Flag.AGAINST_OWN_CRITERIA,)


def test_every_record_is_later_than_the_one_before_though_the_clock_stands_still(
    opened: Opened,
) -> None:
    triage = opened()
    triage.decide(KEY, outcome=TRUE)
    triage.decide(KEY, note="n")
    triage.undo(KEY)
    times = [verdict.created for verdict in triage.history(KEY)]
    assert len(times) == len(set(times)) == 3
    assert times == sorted(times)


def test_verdicts_on_attempts_that_are_gone_are_kept_and_counted(opened: Opened) -> None:
    triage = opened()
    triage.decide(OTHER, outcome=TRUE)
    triage.save()
    fewer = opened("ada", triage.attempt(KEY))
    assert {key: len(found) for key, found in fewer.strays().items()} == {OTHER: 1}
    assert (fewer.progress().strays, fewer.progress().reviewed) == (1, 0)


def test_what_a_colleague_stored_meanwhile_is_taken_in(opened: Opened) -> None:
    mine, theirs = opened("ada"), opened("bo")
    mine.decide(KEY, outcome=TRUE)
    theirs.decide(KEY, outcome=FAILURE)
    theirs.save()
    assert mine.take_in(mine.store.load()) == {KEY}
    assert mine.assessment(KEY).disputed
    assert mine.take_in(mine.store.load()) == set()
    mine.save()
    assert theirs.take_in(theirs.store.load()) == {KEY}
    assert theirs.assessment(KEY).disputed


def test_comments_at_one_line_on_both_sides_are_two(opened: Opened) -> None:
    both = (LineComment("a.py", 2, "here"), LineComment("a.py", 2, "there", Side.HUMAN))
    triage = opened()
    triage.decide(KEY, comments=both)
    triage.save()
    own = opened().own(KEY)
    assert own is not None and own.comments == both


def following(triage: Triage, key: str | None, step: int = 1) -> str | None:
    return next(undecided_from(triage, [KEY, OTHER], key, step), None)


def test_next_undecided_passes_over_what_is_decided_and_disputed(opened: Opened) -> None:
    triage = opened()
    assert following(triage, KEY) == OTHER
    triage.decide(OTHER, cannot_tell="")
    assert following(triage, KEY) is None
    assert following(triage, None) == KEY
    assert following(triage, OTHER, -1) == KEY
    assert list(undecided_from(triage, [KEY, OTHER], None)) == [KEY]
    triage.decide(OTHER, outcome=UNDECIDED, tags=("later",))
    assert following(triage, KEY) == OTHER, "a tag is no decision"


def test_a_verdict_follows_its_patch_among_attempts_of_one_instance(
    opened: Opened, tmp_path: Path
) -> None:
    (tmp_path / "a1").write_text(ADDED)

    def attempt(key: str, name: str) -> Attempt:
        patch = PatchEvidence(PatchState.WHOLE, FileText(str(tmp_path / name)))
        return Attempt(key, SHA, marked_success=True, patch=patch)

    triage = opened("ada", attempt("p/x", "a0"), attempt("p/x#2", "a1"))
    triage.decide("p/x", outcome=TRUE)
    triage.save()
    swapped = opened("ada", attempt("p/x", "a1"), attempt("p/x#2", "a0"))
    outcomes = [swapped.assessment(key).outcome for key in ("p/x", "p/x#2")]
    assert outcomes == [UNDECIDED, TRUE]
    assert swapped.undo("p/x#2") is not None
    swapped.save()
    again = opened("ada", attempt("p/x", "a0"), attempt("p/x#2", "a1"))
    assert again.assessment("p/x").outcome is UNDECIDED, "taken back wherever it stands"


def test_a_judge_that_misses_its_bar_while_it_works_settles_nothing_any_more(
    opened: Opened,
) -> None:
    triage = opened(canary_bar=0.9)
    assert triage.add_judgement(said(KEY, "bad", True)) == {KEY}
    assert triage.assessment(KEY).settled_by
    wrong = said("canary/human/x", "bad", False, canary="human")
    assert triage.add_judgement(wrong) == {KEY, OTHER}
    assert not triage.assessment(KEY).settled_by
    assert triage.add_judgement(said(OTHER, "good", True)) == {OTHER}
    assert triage.assessment(OTHER).settled_by
    assert triage.progress().judged == 1
