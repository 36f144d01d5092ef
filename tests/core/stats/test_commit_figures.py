"""Figures of human commits: the best attempt, flips, pass@k, agents side by side."""

from __future__ import annotations

from core.assess.outcome import assess
from core.export.stats_text import commit_lines
from core.models import Assessment, Attempt, Outcome, PatchEvidence, PatchState, Verdict
from core.stats.commit_figures import count_commits
from tests.core.patch.results import NOON

TRUE, PARTIAL, FALSE = Outcome.TRUE_SUCCESS, Outcome.PARTIAL_SUCCESS, Outcome.FAILURE


def known(number: int, commit: str, outcome: Outcome | None, agent: str = "codex") -> Assessment:
    key = f"{commit}{agent}{number}"
    patch = PatchEvidence(PatchState.WHOLE)
    attempt = Attempt(key, commit, agent=agent, model="m", marked_success=False, patch=patch)
    return assess(attempt, [Verdict(key, key, "ada", NOON, outcome)] if outcome else [])


def test_a_commit_is_as_good_as_its_best_attempt() -> None:
    found = count_commits(
        [
            known(0, "x", FALSE),
            known(1, "x", TRUE),
            known(0, "y", PARTIAL),
            known(1, "y", FALSE),
            known(0, "z", None),
            known(1, "z", FALSE),
            known(0, "", TRUE),
        ]
    )
    named = {name: count for name, count in found.by_best.items() if count}
    assert named == {"true_success": 1, "partial_success": 1, "undecided": 1}
    assert (found.flips, found.flips_known) == (1, 2)
    one, two = found.pass_at_k["codex m"]
    assert (one.k, one.commits, one.mean) == (1, 2, 0.25)
    assert (two.k, two.commits, two.undecided, two.mean) == (2, 2, 1, 0.5)
    lines = commit_lines(found)
    assert lines[0] == "best attempt: 1 true success, 1 partial success, 1 undecided"
    assert "codex m: pass@2 50 % over 2 commits (0 with fewer attempts, 1 undecided)" in lines


def test_agents_stand_side_by_side_on_the_commits_that_both_tried() -> None:
    found = count_commits(
        [
            *(known(0, f"c{n}", TRUE, "codex") for n in range(6)),
            *(known(0, f"c{n}", FALSE, "trae") for n in range(5)),
            known(0, "c5", None, "trae"),
        ]
    )
    (one,) = found.comparisons
    assert (one.first, one.second, one.commits, one.first_better) == ("codex m", "trae m", 5, 5)
    assert "codex m beside trae m on 5 commits: better 5" in commit_lines(found)[-1]


def test_nothing_has_no_figures() -> None:
    found = count_commits([])
    assert set(found.by_best.values()) == {0}
    assert found.pass_at_k == {} and found.comparisons == ()
