"""How often each certain rule is wrong, on labelled mutants and real human commits.

`make precision` with `PATCHJURY_BENCH_REPO` naming a clone (the figures of `docs/rules.md` are from
vLLM's); `--write` puts them into that page. A mutant is a human commit with one fault put in; what
is true of it comes from how it was made, or from Python's compiler, never from the checks. A real
commit is laid out as its own attempt: nothing may be wrong with it. What is counted is every time a
rule states something certain, and whether it is true; a rule that was never to be heard, or of
whose truth nobody here knows, is unmeasured.
"""

from __future__ import annotations

import argparse
import ast
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.checks import REPOSITORY, check_patch, iso_commits, read_commit
from core.checks import all_rules
from core.checks.context import CommitContext
from core.checks.languages.kinds import language_of
from core.errors import RepositoryError
from core.git.repository import Repository
from core.models import CheckReport, HumanCommit
from core.stats.clusters import wilson_interval
from tests.core.checks.commit_mutants import Commit, Files, Mutant, make_patch, mutants

PAGE = Path(__file__).resolve().parents[1] / "docs" / "rules.md"
START, END = "<!-- precision: made by `make precision` -->", "<!-- end of precision -->"
COMMITS = 150
"""Commits of the repository's own history, beside those of the public runs."""

_BROKEN = frozenset(
    {"colon dropped", "parenthesis dropped", "keyword dropped", "wrong indentation"}
    | {"brace dropped", "fault in another language"}
)
_SAME_LINES = frozenset({"verbatim", "wrong count", "reversed context"})


@dataclass(frozen=True, slots=True)
class Case:
    """A mutant of a commit, and what the checks say of it."""

    commit: Commit
    mutant: Mutant
    report: CheckReport

    def after(self) -> Files:
        """What the mutant leaves."""
        return self.mutant.after or {}

    def changed(self) -> set[str]:
        """The files of the mutant that differ from the base."""
        after = self.after()
        names = after.keys() | self.commit.base.keys()
        return {path for path in names if after.get(path) != self.commit.base.get(path)}

    def wanted(self) -> set[str]:
        """The files that the human commit changes."""
        base, human = self.commit.base, self.commit.human
        return {path for path in base.keys() | human.keys() if base.get(path) != human.get(path)}


def _does_the_same(one: Files, other: Files) -> bool | None:
    """Do two sets of files do the same, as Python's own trees have it? None: nobody knows."""
    answers = {
        _same_file(path, one.get(path), other.get(path)) for path in one.keys() | other.keys()
    }
    return False if False in answers else None if None in answers else True


def _same_file(path: str, one: bytes | None, other: bytes | None) -> bool | None:
    if one == other or path.endswith((".md", ".rst")):
        return True
    if one is None or other is None:
        return False
    if not path.endswith(".py"):
        return None
    try:
        return _plain_tree(one) == _plain_tree(other)
    except (SyntaxError, ValueError):
        return False


def _plain_tree(data: bytes) -> str:
    """Python's tree of a text as text, docstrings left out."""
    tree = ast.parse(data)
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and isinstance(body[0], ast.Expr):
            value = body[0].value
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                node.body = body[1:] or [ast.Pass()]  # type: ignore[attr-defined]
    return ast.dump(tree)


_TRUTH: dict[str, Callable[[Case], bool | None]] = {
    "patch.empty": lambda case: case.mutant.kind == "empty",
    "patch.malformed": lambda case: case.mutant.kind == "wrong count",
    "patch.comments-only": lambda case: _does_the_same(case.commit.base, case.after()),
    "syntax.parse-error": lambda case: case.mutant.kind in _BROKEN,
    "files.missed": lambda case: bool(case.wanted() - case.changed()),
    "files.extra": lambda case: bool(case.changed() - case.wanted()),
    "coverage.equal-tree": lambda case: _does_the_same(case.commit.human, case.after()),
    "copies.human": lambda case: case.mutant.kind in _SAME_LINES,
}
"""Certain rule to what is true of a case; rules that are not here are unmeasured."""

_NEEDS_FILES = frozenset(
    {"files.missed", "files.extra", "patch.comments-only", "coverage.equal-tree"}
)


@dataclass(slots=True)
class Tally:
    """What rules stated on cases with known answers, and how often that was wrong."""

    stated: Counter[str]
    wrong: Counter[str]
    examples: list[str]

    def take(self, case: Case, where: str) -> None:
        """Count what one report states."""
        rules = {finding.rule for finding in case.report.findings if finding.certain}
        for rule in rules & _TRUTH.keys():
            if rule in _NEEDS_FILES and case.mutant.after is None:
                continue
            is_true = _TRUTH[rule](case)
            if is_true is not None:
                self._count(rule, is_true, case, where)
        if case.report.criteria.syntax_correct is True and case.mutant.after is not None:
            for label in _languages(case):
                self._count(label, case.mutant.kind not in _BROKEN, case, where)

    def _count(self, label: str, is_true: bool, case: Case, where: str) -> None:
        self.stated[label] += 1
        if not is_true:
            self.wrong[label] += 1
            self.examples.append(f"{label}: {case.mutant.kind} of {where}")


def _languages(case: Case) -> set[str]:
    """Under which headings a settled `syntax_correct` is counted: the parsers that had a say."""
    found = {language_of(path) for path in case.changed()} - {None}
    return {f"syntax_correct true ({language})" for language in found}


def measure(repository: Repository, most: int) -> tuple[Tally, int]:
    """The tally over mutants of many commits, and how many commits they were."""
    tally = Tally(Counter(), Counter(), [])
    commits = list(_commits(repository, most))
    for number, (human, commit) in enumerate(commits):
        shared = CommitContext(human, human.parent, repository)
        other = commits[(number + 1) % len(commits)][1]
        for mutant in mutants(commit, make_patch(other.base, other.human), number):
            if mutant.kind == "other commit":
                continue  # how much two real commits have in common, nobody has labelled
            report = check_patch(shared, human, mutant.patch)
            tally.take(Case(commit, mutant, report), human.sha[:8])
        print(f"\r{number + 1} of {len(commits)} commits", end="", file=sys.stderr)
    print(file=sys.stderr)
    return tally, len(commits)


def _commits(repository: Repository, most: int) -> Iterator[tuple[HumanCommit, Commit]]:
    """Those of the public runs, then the newest of the history."""
    seen: set[str] = set()
    for human, commit in iso_commits(repository):
        seen.add(human.sha)
        yield human, commit
    command = ["git", "--git-dir", str(repository.path), "rev-parse", "HEAD"]
    head = subprocess.run(command, check=True, capture_output=True, text=True)
    sha: str | None = head.stdout.strip()
    while sha is not None and most > 0:
        info = repository.commit(sha)
        try:
            found = read_commit(repository, sha) if sha not in seen else None
        except RepositoryError as error:  # a clone that lacks objects
            print(f"passed over {sha[:8]}: {error}", file=sys.stderr)
            found = None
        if found is not None:
            most -= 1
            yield found
        sha = info.parent


def table(tally: Tally, commits: int) -> str:
    """The figures as a table: each certain rule, then what settles syntax, language by language."""
    lines = [
        f"Measured on mutants of {commits} human commits and on these commits themselves.",
        "",
        "| certain rule | stated | wrong | right, 95 % interval |",
        "|---|---|---|---|",
    ]
    certain = [rule.id for rule in all_rules() if rule.certain]
    settled = sorted(label for label in tally.stated if label not in certain)
    lines += [_row(label, tally) for label in (*certain, *settled)]
    return "\n".join(lines)


def _row(label: str, tally: Tally) -> str:
    name = f"`{label}`" if "." in label else label
    stated, wrong = tally.stated[label], tally.wrong[label]
    interval = wilson_interval(stated - wrong, stated)
    if interval is None:
        return f"| {name} | unmeasured | | |"
    low, high = (f"{100 * share:.1f}" for share in interval)
    return f"| {name} | {stated:,} | {wrong} | {low} to {high} % |"


def write(text: str) -> None:
    """Put the figures where the page has them."""
    page = PAGE.read_text("utf-8")
    pattern = re.compile(re.escape(START) + ".*?" + re.escape(END), re.DOTALL)
    new = pattern.sub(lambda _: f"{START}\n\n{text}\n\n{END}", page)
    PAGE.write_text(new, "utf-8")


def main() -> int:
    """Measure and print; 1 when a certain rule was wrong."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--write", action="store_true", help="put the figures into docs/rules.md")
    words.add_argument("--commits", type=int, default=COMMITS)
    asked = words.parse_args()
    place = os.environ.get(REPOSITORY)
    if not place:
        print(f"{REPOSITORY} names no repository: nothing is measured")
        return 0
    with Repository.open(Path(place)) as repository:
        tally, commits = measure(repository, asked.commits)
    text = table(tally, commits)
    print(text)
    for example in tally.examples[:40]:
        print(example)
    if asked.write:
        write(text)
    certain = {rule.id for rule in all_rules() if rule.certain}
    return int(any(tally.wrong[rule] for rule in certain))


if __name__ == "__main__":
    sys.exit(main())
