"""Every rule on hostile inputs as large as they came: none near its budget, none quadratic."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.checks.languages.outside import ask
from core.checks.rule_budget import RULE_SECONDS
from core.git.repository import Repository
from tests.core.checks.check_samples import Bench, build_repository
from tests.core.checks.hostile_inputs import HOSTILE
from tests.core.checks.rule_costs import LISTED, rule_costs, too_dear
from tests.core.checks.test_mutants import human_commits, what_speaks_of_human_commits
from tests.trials.conftest import Report

NOISE_S = 0.15


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    folder: Path = tmp_path_factory.mktemp("engine")
    with pytest.MonkeyPatch.context() as patch:
        for role in ("AUTHOR", "COMMITTER"):
            patch.setenv(f"GIT_{role}_NAME", "A Tester")
            patch.setenv(f"GIT_{role}_EMAIL", "tester@example.org")
        return Bench(folder, build_repository(folder))


@pytest.fixture(scope="module")
def repository(bench: Bench) -> Iterator[Repository]:
    with Repository.open(bench.repository) as opened:
        yield opened


@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", HOSTILE)
def test_four_times_the_input_costs_less_than_nine_times_as_much(
    bench: Bench, repository: Repository, name: str
) -> None:
    build, size = HOSTILE[name]
    for at_hand in (repository, None):

        def measure(n: int, at_hand: Repository | None = at_hand) -> dict[str, float]:
            return rule_costs(bench, at_hand, build(n))

        assert too_dear(measure, size // 2, NOISE_S) == {}


@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", LISTED)
def test_no_rule_comes_near_its_budget(
    bench: Bench, repository: Repository, name: str, report: Report
) -> None:
    build, size = LISTED[name]
    costs = rule_costs(bench, repository, build(size))
    dearest = max(costs, key=lambda rule: costs[rule])
    assert costs[dearest] < RULE_SECONDS / 2
    report(f"{size} x {name}: {sum(costs.values()):.2f} s, {dearest} {costs[dearest]:.2f} s")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux bounds another process's time")
def test_a_parser_that_computes_without_end_is_ended_by_its_processor_time() -> None:
    done = ask([sys.executable, "-I", "-c", "while True: pass"], cpu_seconds=1)
    assert done is not None and done.returncode == -signal.SIGXCPU


def test_human_commits_are_the_hard_negatives(shared: Path, report: Report) -> None:
    commits = list(human_commits(shared))
    spoke = what_speaks_of_human_commits(commits)
    assert spoke["syntax"] == spoke["names"] == 0
    assert spoke["template"] <= 0.02 * len(commits)
    report(f"of {len(commits)} human commits, {spoke['template']} look like a template")
