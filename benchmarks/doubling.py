"""What each family of rules costs on hostile input, and on twice as much of it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from core.git.repository import Repository
from tests.core.checks.check_samples import Bench, build_repository
from tests.core.checks.hostile_inputs import Hostile
from tests.core.checks.rule_costs import DOUBLED, LISTED, by_family, cost_of_copies, rule_costs

_REPEATS = 3
_ATTEMPTS = 20_000
_NOISE_S = 0.01  # processor time that says nothing about how it grows

Row = tuple[str, str, str]


def run() -> list[Row]:
    """Rows of (input and family, costs and their ratio, target)."""
    for role in ("AUTHOR", "COMMITTER"):
        os.environ.setdefault(f"GIT_{role}_NAME", "bench")
        os.environ.setdefault(f"GIT_{role}_EMAIL", "bench@example.org")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        bench = Bench(folder, build_repository(folder))
        with Repository.open(bench.repository) as repository:

            def measure(hostile: Hostile) -> dict[str, float]:
                return by_family(rule_costs(bench, repository, hostile))

            rows = [row for given in LISTED for row in _rows(given, measure)]
    copies = (cost_of_copies(n)["copies"] for n in (_ATTEMPTS, 2 * _ATTEMPTS))
    return [*rows, _row(f"{_ATTEMPTS} attempts at one commit: copies", *copies)]


def _rows(given: str, measure: Callable[[Hostile], dict[str, float]]) -> list[Row]:
    build, size = LISTED[given]
    once, twice = (_least(lambda n=n: measure(build(n))) for n in (size, 2 * size))  # type: ignore[misc]
    return [_row(f"{size} x {given}: {family}", once[family], twice[family]) for family in once]


def _least(measure: Callable[[], dict[str, float]]) -> dict[str, float]:
    """The least that each family took: what else the machine did only adds."""
    found = [measure() for _ in range(_REPEATS)]
    return {family: min(costs[family] for costs in found) for family in found[0]}


def _row(what: str, once: float, twice: float) -> Row:
    ratio = f"x {twice / once:.1f}" if once > _NOISE_S else "-"
    return what, f"{1000 * once:.0f} to {1000 * twice:.0f} ms  {ratio}", f"x {DOUBLED:.1f}"
