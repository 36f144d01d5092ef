"""Changes the decision logic in small ways and prints which changes the tests do not notice.

`python -m tests.mutants [--each N] [--seed S] [PART ...]`, or `make mutants`. mutmut makes the
changes and runs the tests in a copy (`mutants/`); this module draws a sample of each part with a
seed, leaves out what is only a text for people or a guard against faults of ours, and counts. A
survivor that is no fault (the same answer, or only speed) is explained in `explained_mutants.toml`,
which also names the functions that run only while their module is imported: mutmut sets its change
later. Exit code 1: too few were noticed.
"""

from __future__ import annotations

import argparse
import random
import re
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from tests.conftest import ROOT

PARTS = ("core/assess", "core/stats", "core/patch", "core/judge/question", "core/judge/books")
ENOUGH = 0.85
"""The share that has to be killed or explained."""

_NOTICED = ("killed", "timeout", "segfault", "suspicious", "caught by type check")
_STRICT = re.compile(r",\s*(?:strict=\w+)?(?=\))")
_STRING = re.compile(r"""("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')""")


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: its name to mutmut, the function it is in, and the line before and after."""

    name: str
    before: str
    after: str

    @property
    def function(self) -> str:
        """The dotted name of the function, without mutmut's marks."""
        name = self.name.partition("__mutmut_")[0]
        return re.sub(r"\.x_", ".", name).replace("xǁ", "").replace("ǁ", ".")

    @property
    def is_text_for_people(self) -> bool:
        """Does it change nothing but words in a sentence, or drop one?"""
        texts = [text for text in _STRING.findall(self.before) if " " in text.strip("\"' ")]
        return bool(texts) and _STRING.sub("", self.before) == _STRING.sub("", self.after)

    @property
    def is_a_change_of_logic(self) -> bool:
        """May it be counted?"""
        return not (self.is_text_for_people or self.is_without_guard)

    @property
    def is_without_guard(self) -> bool:
        """Does it only take away the `strict` of a `zip`, which guards against a fault of ours?"""
        is_same = _STRICT.sub("", self.before) == _STRICT.sub("", self.after)
        return "strict=True" in self.before and is_same


def main() -> int:
    """Draw, run, count, print."""
    asked = _options()
    by_part = {part: _drawn(part, asked.each, asked.seed) for part in asked.parts or PARTS}
    names = [mutant.name for mutants in by_part.values() for mutant in mutants]
    subprocess.run([sys.executable, "-m", "mutmut", "run", *names], cwd=ROOT, check=True)
    statuses = _statuses()
    explained = _explained()
    enough = True
    for part, mutants in by_part.items():
        survivors = [m for m in mutants if statuses.get(m.name) not in _NOTICED]
        open_ones = [m for m in survivors if (m.function, m.before, m.after) not in explained]
        killed = len(mutants) - len(survivors)
        share = 1 - len(open_ones) / len(mutants) if mutants else 1.0
        enough = enough and share >= ENOUGH
        print(
            f"{part}: {len(mutants)} drawn, {killed} killed, "
            f"{len(survivors) - len(open_ones)} explained, {len(open_ones)} survive: {share:.0%}"
        )
        for mutant in open_ones:
            print(f"  {mutant.function}\n    - {mutant.before}\n    + {mutant.after}")
    return 0 if enough else 1


def _options() -> argparse.Namespace:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--each", type=int, default=60, help="how many of each part (60)")
    words.add_argument("--seed", type=int, default=1, help="of the sample (1)")
    words.add_argument("parts", nargs="*", help="folders; all without any")
    return words.parse_args()


def _drawn(part: str, each: int, seed: int) -> list[Mutant]:
    """A seeded sample of the changes that can be made to a part."""
    paths = sorted(path.relative_to(ROOT) for path in (ROOT / part).rglob("*.py"))
    names = [(path, name) for path in paths for name in _names_in(path)]
    random.Random(f"{seed} {part}").shuffle(names)
    mutants = (_read_mutant(path, name) for path, name in names)
    at_import = _explanations()["at_import"]
    counted = (m for m in mutants if m.is_a_change_of_logic and m.function not in at_import)
    return list(islice(counted, each))


def _names_in(path: Path) -> list[str]:
    """The names of every change that mutmut makes to a file, in its order."""
    from mutmut.__main__ import create_mutants_for_file
    from mutmut.mutation.data import SourceFileMutationData

    target = ROOT / "mutants" / path
    target.parent.mkdir(parents=True, exist_ok=True)
    create_mutants_for_file(path, target)
    held = SourceFileMutationData(path=path)
    held.load()
    return list(held.exit_code_by_key)


def _read_mutant(path: Path, name: str) -> Mutant:
    from mutmut.mutation.diff_apply import get_diff_for_mutant

    diff = get_diff_for_mutant(name, path=path).splitlines()[2:]
    before = " ".join(line[1:].strip() for line in diff if line.startswith("-"))
    after = " ".join(line[1:].strip() for line in diff if line.startswith("+"))
    return Mutant(name, before, after)


def _statuses() -> dict[str, str]:
    """What became of every mutant, by name."""
    done = subprocess.run(
        [sys.executable, "-m", "mutmut", "results", "--all", "true"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    pairs = (line.strip().rpartition(": ") for line in done.stdout.splitlines())
    return {name: status for name, _, status in pairs}


def _explained() -> set[tuple[str, str, str]]:
    """The survivors that are not faults: function, line before and line after."""
    return {(m["function"], m["before"], m["after"]) for m in _explanations()["mutant"]}


def _explanations() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("explained_mutants.toml").read_text("utf-8"))


if __name__ == "__main__":
    sys.exit(main())
