"""Labelled mutants: what the rules say about them, measured against the truth."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from core.checks import check_attempt
from core.checks.context import CommitContext, Context
from core.models import CheckReport, HumanCommit, PatchState
from tests.core.checks.check_samples import BASE, HUMAN, Bench, Text, make_attempt, rules_of
from tests.core.checks.commit_mutants import Commit, Mutant, make_patch, mutants

OTHER = make_patch(BASE, {**BASE, "deploy.yaml": b"jobs: []\n"})
SEEDS = range(6)
AFTER = {
    **HUMAN,
    "engine/config.py": HUMAN["engine/config.py"]
    + b'''

def chosen_limits(names: list, scale: int = 4) -> dict:
    """Limits by name, looked up once."""
    limits = {}
    for name in names:
        limit = read_limit(name, 16)
        if limit is not None and name not in limits:
            limits[name] = min(limit, scale * 2)
        else:
            limits[name] = LIMIT
    return limits


SCHEDULER = Scheduler(chosen_limits(["batch"])["batch"])
''',
}


@pytest.fixture(scope="module")
def checked(bench: Bench) -> list[tuple[Mutant, CheckReport]]:
    """Every mutant of the sample commit, by several seeds, with its report."""
    touched = {path: data for path, data in BASE.items() if AFTER[path] != data}
    after = {path: AFTER[path] for path in touched}
    made = [m for seed in SEEDS for m in mutants(Commit(touched, after), OTHER, seed)]
    human = bench.human(AFTER)
    return [(m, bench.check(m.patch, state=_state(m), human=human)) for m in made]


def _state(mutant: Mutant) -> PatchState:
    return PatchState.WHOLE if mutant.patch else PatchState.EMPTY


def _found(mutant: Mutant, report: CheckReport) -> bool:
    spoke = rules_of(report)
    return not mutant.rules or any(
        rule in spoke or (rule.endswith(".") and any(r.startswith(rule) for r in spoke))
        for rule in mutant.rules
    )


def test_every_kind_of_mutant_is_there(checked: list[tuple[Mutant, CheckReport]]) -> None:
    kinds = {mutant.kind for mutant, _ in checked}
    assert len(kinds) == 17


def test_no_criterion_is_settled_against_the_truth(
    checked: list[tuple[Mutant, CheckReport]],
) -> None:
    wrong = []
    for mutant, report in checked:
        for name, truth in mutant.truth.items():
            said = report.measures[name] if name == "applies" else getattr(report.criteria, name)
            if said != truth:
                wrong.append((mutant.kind, name, said))
    assert not wrong


def test_the_faults_are_found(checked: list[tuple[Mutant, CheckReport]]) -> None:
    missed = Counter(mutant.kind for mutant, report in checked if not _found(mutant, report))
    assert not missed


# -- real human diffs, where ../shared is there ----------------------------------------------------


def human_commits(shared: Path) -> Iterator[tuple[HumanCommit, str]]:
    for path in sorted((shared / "isobench" / "tmp_single_commit").glob("*.json")):
        data = json.loads(path.read_text("utf-8"))
        text = data["diff_text"]
        commit = HumanCommit(
            data["commit_hash"],
            data["commit_subject"],
            files=tuple(data["files_changed"]),
            diff=Text(text),
        )
        yield commit, text


def test_human_commits_are_the_hard_negatives(shared: Path) -> None:
    """Every fourth; all of them are a trial."""
    commits = list(human_commits(shared))
    assert len(commits) == 99
    spoke = what_speaks_of_human_commits(commits[::4])
    assert spoke["syntax"] == spoke["names"] == spoke["template"] == 0


def what_speaks_of_human_commits(commits: Sequence[tuple[HumanCommit, str]]) -> Counter[str]:
    """The families that say something of human commits as if an agent had made them."""
    spoke: Counter[str] = Counter()
    for commit, text in commits:
        attempt = make_attempt(text, human=commit.sha)
        report = check_attempt(Context(attempt, CommitContext(commit)))
        spoke.update({rule.partition(".")[0] for rule in rules_of(report)})
        assert report.criteria.files_match is True
        assert "copies.human" in rules_of(report)
    return spoke
