"""How often a text that its language's compiler refuses is said to be sound here.

`python -m benchmarks.soundness LANGUAGE FOLDER` takes files of a language from a clone, drops,
doubles, exchanges or replaces one token or line in each, asks the compiler, and compares. The
figures of `docs/rules.md` are from repositories on which the checks were not made.
"""

from __future__ import annotations

import argparse
import random
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.compilers import refused
from core.checks.languages.answers import Answer, Sound
from core.checks.languages.source import CodeSource, judge
from core.stats.clusters import wilson_interval

SUFFIXES = {
    "c": (".c",),
    "cpp": (".cpp", ".cc"),
    "go": (".go",),
    "java": (".java",),
    "rust": (".rs",),
    "typescript": (".ts",),
}
MAX_BYTES = 20_000

_TOKEN = re.compile(rb"[A-Za-z_]\w*|\d[\w.]*|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'|[^\s\w]")
_COMMENT = re.compile(rb"//[^\n]*|/\*.*?\*/", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Broken:
    """A file with one fault put in."""

    path: str
    kind: str
    base: bytes
    text: bytes


def faults(path: str, base: bytes, chance: random.Random) -> Iterator[Broken]:
    """One mutant of each kind."""
    covered = [match.span() for match in _COMMENT.finditer(base)]
    spans = [
        match.span()
        for match in _TOKEN.finditer(base)
        if not any(start <= match.start() < end for start, end in covered)
    ]
    if len(spans) < 10:
        return
    start, end = chance.choice(spans)
    yield Broken(path, "dropped", base, base[:start] + base[end:])
    start, end = chance.choice(spans)
    yield Broken(path, "doubled", base, base[:end] + b" " + base[start:])
    number = chance.randrange(len(spans) - 1)
    (a, b), (c, d) = spans[number], spans[number + 1]
    yield Broken(path, "exchanged", base, base[:a] + base[c:d] + base[b:c] + base[a:b] + base[d:])
    (a, b), (c, d) = chance.choice(spans), chance.choice(spans)
    yield Broken(path, "replaced", base, base[:a] + base[c:d] + base[b:])
    lines = base.split(b"\n")
    number = chance.randrange(len(lines))
    yield Broken(path, "line dropped", base, b"\n".join(lines[:number] + lines[number + 1 :]))


def answer(language: str, base: bytes, text: bytes, path: str) -> Answer:
    """What the checks say of a changed file."""
    return judge(CodeSource(base, language, path), CodeSource(text, language, path))


def main() -> int:
    """Measure and print; 1 when a text that the compiler refuses was said to be sound."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("language", choices=sorted(SUFFIXES))
    words.add_argument("clone", type=Path, help="a git directory")
    words.add_argument("--files", type=int, default=300)
    words.add_argument("--seed", default="0")
    words.add_argument("--show", type=int, default=20)
    asked = words.parse_args()
    chance = random.Random(asked.seed)
    bases = _sound(asked.language, _sample(asked.clone, asked.language, asked.files, chance))
    if bases is None:
        print(f"no compiler of {asked.language} is here: nothing is measured")
        return 0
    broken = [one for path, base in bases.items() for one in faults(path, base, chance)]
    texts = {f"f{n}{Path(one.path).suffix}": one.text for n, one in enumerate(broken)}
    wrong_ones = _refused(asked.language, texts) or set()
    told = Counter[str]()
    for name, one in zip(texts, broken, strict=True):
        said = isinstance(answer(asked.language, one.base, one.text, one.path), Sound)
        told[f"{'refused' if name in wrong_ones else 'read'}, {'sound' if said else 'not'}"] += 1
        if said and name in wrong_ones and told["refused, sound"] <= asked.show:
            print(f"--- {one.kind} in {one.path}")
            print(_difference(one.base, one.text))
    whole = sum(
        isinstance(answer(asked.language, b"", base, path), Sound) for path, base in bases.items()
    )
    passed, stopped = told["refused, sound"], told["refused, not"]
    interval = wilson_interval(passed, passed + stopped) or (0.0, 1.0)
    print(
        f"{asked.language}: of {passed + stopped:,} texts that its compiler refuses {passed} are"
        f" said to be sound ({100 * interval[0]:.2f} to {100 * interval[1]:.2f} %);"
        f" of {told['read, sound'] + told['read, not']:,} changed texts that it reads"
        f" {told['read, not']} are not; of {len(bases):,} whole files {len(bases) - whole}"
    )
    return int(passed > 0)


def _sample(clone: Path, language: str, most: int, chance: random.Random) -> dict[str, bytes]:
    git = ["git", "--git-dir", str(clone)]
    names = subprocess.run(
        [*git, "ls-tree", "-r", "--name-only", "HEAD"], check=True, capture_output=True, text=True
    ).stdout.splitlines()
    names = [name for name in names if name.endswith(SUFFIXES[language])]
    chance.shuffle(names)
    texts = {}
    for name in names[:most]:
        shown = subprocess.run([*git, "show", f"HEAD:{name}"], capture_output=True, check=False)
        if shown.returncode == 0 and 0 < len(shown.stdout) <= MAX_BYTES:
            texts[name] = shown.stdout
    return texts


def _sound(language: str, texts: dict[str, bytes]) -> dict[str, bytes] | None:
    """The files that the compiler reads."""
    names = {f"f{n}{Path(path).suffix}": path for n, path in enumerate(texts)}
    wrong = _refused(language, {name: texts[path] for name, path in names.items()})
    if wrong is None:
        return None
    return {path: texts[path] for name, path in names.items() if name not in wrong}


def _refused(language: str, texts: dict[str, bytes]) -> set[str] | None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "texts"
        folder.mkdir()
        for name, text in texts.items():
            (folder / name).write_bytes(text)
        return refused(language, folder, list(texts))


def _difference(base: bytes, text: bytes) -> str:
    old, new = base.split(b"\n"), text.split(b"\n")
    first = next((n for n, pair in enumerate(zip(old, new, strict=False)) if len({*pair}) > 1), 0)
    shown = [f"- {line!r}" for line in old[max(0, first - 1) : first + 2]]
    return "\n".join(shown + [f"+ {line!r}" for line in new[max(0, first - 1) : first + 2]])


if __name__ == "__main__":
    sys.exit(main())
