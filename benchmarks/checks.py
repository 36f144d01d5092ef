"""How fast and how right the checks are on a real history (`PATCHJURY_BENCH_REPO`: a vLLM clone).

The data are the public runs in `../shared/isobench`; without it or the repository nothing is
measured. Rates come from labelled mutants of the human commits
(`tests.core.checks.commit_mutants`).
"""

from __future__ import annotations

import os
import resource
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from core.checks import check_attempt
from core.checks.context import CommitContext, Context
from core.checks.pipeline import check_runs
from core.errors import RepositoryError
from core.git.repository import Repository
from core.models import Attempt, CheckReport, HumanCommit, PatchEvidence, PatchState, RunSet
from core.patch.parse import parse_patch
from core.readers import read_runs
from core.store import Store
from tests.core.checks.check_samples import Text, rules_of
from tests.core.checks.commit_mutants import Commit, Mutant, make_patch, mutants

REPOSITORY = "PATCHJURY_BENCH_REPO"
RUNS = Path(__file__).resolve().parents[2] / "shared" / "isobench"
ATTEMPTS = 100_000
MANY_BYTES = 400_000
"""Mutants are made of commits whose files are smaller than this, all together."""

Figure = tuple[str, str, str]


def run() -> list[Figure]:
    """Speed, the known figures of the 77 whole patches, rates on mutants, and memory."""
    place = os.environ.get(REPOSITORY)
    if not place or not RUNS.is_dir():
        return [("checks", f"skipped: {REPOSITORY} names no repository", "")]
    with Repository.open(Path(place)) as repository:
        return [*_passes(Path(place)), *_rates(repository), *_memory()]


def _passes(repository: Path) -> Iterator[Figure]:
    attempts = RUNS / "analysis_reports" / "all_attempts_comprehensive.json"
    runs = read_runs(attempts, commits=[RUNS / "tmp_single_commit"])
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        start = time.perf_counter()
        reports = [e.report for e in check_runs(runs, store, repository=repository)]
        cold = time.perf_counter() - start
        start = time.perf_counter()
        warm = sum(e.reused for e in check_runs(runs, store, repository=repository))
        seconds = time.perf_counter() - start
    yield "checks, cold", f"{len(reports) / cold:.0f} attempts/s", "50 attempts/s"
    yield f"checks, warm ({warm} of {len(reports)} reused)", f"{seconds:.3f} s", "0.5 s"
    states = {a.key: a.patch.state for a in runs.attempts}
    whole = [r for r in reports if states[r.attempt] is PatchState.WHOLE]
    counts = (
        len(whole),
        sum(r.measures["applies"] is True for r in whole),
        sum(r.criteria.syntax_correct is True for r in whole),
        sum(r.criteria.files_match is True for r in whole),
    )
    said = "{} whole: {} apply, {} parse, {} the human's files".format(*counts)
    yield "patches of 300 attempts", said, "77: 77, 69 (7 broken, 1 unknown), 67"


def _rates(repository: Repository) -> Iterator[Figure]:
    made: Counter[str] = Counter()
    found: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    unknown: Counter[str] = Counter()
    negatives: Counter[str] = Counter()
    commits = list(iso_commits(repository))
    for number, (human, commit) in enumerate(commits):
        shared = CommitContext(human, human.parent, repository)
        own = check_patch(shared, human, make_patch(commit.base, commit.human))
        negatives.update({rule.partition(".")[0] for rule in rules_of(own)})
        other = commits[(number + 1) % len(commits)][1]
        for mutant in mutants(commit, make_patch(other.base, other.human), number):
            if mutant.kind == "other commit" and _paths(other) == _paths(commit):
                continue
            report = check_patch(shared, human, mutant.patch)
            made[mutant.kind] += 1
            found[mutant.kind] += _is_found(mutant, report)
            pairs = [(_said(report, name), truth) for name, truth in mutant.truth.items()]
            wrong[mutant.kind] += any(one not in (truth, None) for one, truth in pairs)
            unknown[mutant.kind] += any(one is None and truth is not None for one, truth in pairs)
    for kind in made:
        counts = f"{found[kind]} of {made[kind]} found"
        said = (
            f"{counts}, {wrong[kind]} with a wrong criterion, {unknown[kind]} with an unknown one"
        )
        yield f"mutants: {kind}", said, _TARGETS.get(kind, "all, 0 wrong")
    for family, target in (("syntax", "0"), ("names", "0"), ("template", "2 %")):
        said = f"{negatives[family]} of {len(commits)}"
        yield f"human commits with a {family} finding", said, target


_TARGETS = {
    "brace dropped": "90 %",
    "template inserted": "95 %",
    "undefined name": "95 %",
}


def check_patch(shared: CommitContext, human: HumanCommit, patch: str) -> CheckReport:
    """What the checks say of a patch as an attempt at a human commit."""
    state = PatchState.WHOLE if patch else PatchState.EMPTY
    evidence = PatchEvidence(state, Text(patch), len(patch), len(patch))
    attempt = Attempt("bench", human.sha, human.parent, patch=evidence)
    return check_attempt(Context(attempt, shared))


def _is_found(mutant: Mutant, report: CheckReport) -> bool:
    spoke = rules_of(report)
    return not mutant.rules or any(
        rule in spoke or (rule.endswith(".") and any(r.startswith(rule) for r in spoke))
        for rule in mutant.rules
    )


def _said(report: CheckReport, name: str) -> object:
    return report.measures[name] if name == "applies" else getattr(report.criteria, name)


def iso_commits(repository: Repository) -> Iterator[tuple[HumanCommit, Commit]]:
    """The human commits of the public runs that can be laid out as file contents."""
    for path in sorted((RUNS / "tmp_single_commit").glob("*.json")):
        try:
            found = read_commit(repository, path.stem)
        except RepositoryError:
            continue
        if found is not None:
            yield found


def read_commit(repository: Repository, sha: str) -> tuple[HumanCommit, Commit] | None:
    """A commit as file contents; None for roots, merges of nothing and very large ones.

    Raises `RepositoryError`.
    """
    info = repository.commit(sha)
    if info.parent is None:
        return None
    base: dict[str, bytes] = {}
    after: dict[str, bytes] = {}
    patch = parse_patch(repository.diff(info.parent, info.sha))
    for name in sorted({n for f in patch.files for n in (f.old_path, f.new_path) if n}):
        for files, at in ((base, info.parent), (after, info.sha)):
            data = repository.read_file(at, name)
            if data is not None:
                files[name] = data
    if not base or base == after or sum(map(len, after.values())) >= MANY_BYTES:
        return None
    text = Text(make_patch(base, after))
    names = tuple(sorted(base.keys() | after.keys()))
    human = HumanCommit(info.sha, info.subject, parent=info.parent, files=names, diff=text)
    return human, Commit(base, after)


def _paths(commit: Commit) -> set[str]:
    return {*commit.base, *commit.human}


def _memory() -> Iterator[Figure]:
    """The parent's peak while many attempts are checked, its index of runs included."""
    patch = "diff --git a/f{0}.md b/f{0}.md\n--- a/f{0}.md\n+++ b/f{0}.md\n@@ -1 +1 @@\n-a\n+{0}\n"
    attempts = tuple(
        Attempt(
            f"run/{number:06}",
            f"{number % 100:040x}",
            patch=PatchEvidence(PatchState.WHOLE, Text(patch.format(number))),
        )
        for number in range(ATTEMPTS)
    )
    runs = RunSet(Path("runs"), attempts, {})
    start = time.perf_counter()
    done = sum(1 for _ in check_runs(runs, families=("patch", "files", "copies")))
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    yield f"parent's memory, {done:,} attempts in {seconds:.0f} s", f"{peak:.0f} MB", "300 MB"


if __name__ == "__main__":
    for row in run():
        print("  ".join(row))
