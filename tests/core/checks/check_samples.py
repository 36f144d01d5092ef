"""A small repository and attempts on it, for the tests of the checks."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from core.checks import FAMILIES, check_attempt
from core.checks.context import CommitContext, Context, Copies
from core.git.repository import Repository
from core.models import (
    Attempt,
    CheckReport,
    Execution,
    Finding,
    HumanCommit,
    PatchEvidence,
    PatchState,
)
from core.sources import TextSource
from tests.core.checks.commit_mutants import Files, make_patch

CONFIG = b'''"""Settings of the engine."""

import os
from typing import Optional

LIMIT = 8


def read_limit(name: str, default: Optional[int] = None) -> int:
    """The limit that the environment names."""
    value = os.environ.get(name)
    if value is None:
        return default or LIMIT
    return int(value)


class Scheduler:
    """Chooses what runs next."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.waiting = []

    def schedule(self, queue: list) -> list:
        chosen = []
        for request in queue:
            if len(chosen) < self.limit:
                chosen.append(request)
        return chosen
'''

FAST_CONFIG = CONFIG.replace(
    b"""        chosen = []
        for request in queue:
            if len(chosen) < self.limit:
                chosen.append(request)
        return chosen
""",
    b"""        # A slice stops at the limit.
        batch_limit = self.limit
        return queue[:batch_limit]
""",
)

KERNEL = b"""#include <cuda.h>

#ifdef USE_ROCM
  #define LANES 64
#else
  #define LANES 32
#endif

template <typename T>
__global__ void scale(T* out, const T* in, int n) {
  for (int i = threadIdx.x; i < n; i += blockDim.x) {
    out[i] = in[i] * 2;
  }
}
"""

FAST_KERNEL = KERNEL.replace(
    b"    out[i] = in[i] * 2;\n",
    b"    if (i + 1 < n) {\n      out[i] = in[i] + in[i];\n    }\n",
)

BASE: dict[str, bytes] = {
    "engine/config.py": CONFIG,
    "csrc/scale.cu": KERNEL,
    "README.md": b"# Engine\n\nA small one.\n",
    "deploy.yaml": b"jobs:\n  - name: build\n    image: engine\n",
    "legacy.py": b'print "old"\n',
    "setup.json": b'{"name": "engine"}\n',
}
HUMAN: dict[str, bytes] = {
    **BASE,
    "engine/config.py": FAST_CONFIG,
    "csrc/scale.cu": FAST_KERNEL,
}


@dataclass(frozen=True, slots=True)
class Text:
    """A text in memory."""

    text: str
    name: str = "text"

    def read(self) -> str:
        return self.text


def build_repository(folder: Path, files: Files = BASE) -> str:
    """A git repository with one commit; returns its id."""
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data or b"")
    for arguments in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "base"]):
        subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True)
    sha = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=folder, check=True, capture_output=True, text=True
    )
    return sha.stdout.strip()


@cache
def opened(repository: Path) -> Repository:
    """A repository, opened once for all checks; it ends with the tests."""
    return Repository.open(repository)


@dataclass(frozen=True, slots=True)
class Bench:
    """A base in a repository, and a human commit on it."""

    repository: Path
    sha: str

    def human(self, after: Files = HUMAN, base: Files = BASE) -> HumanCommit:
        patch = make_patch(base, after)
        files = tuple(sorted(p for p in base.keys() | after.keys() if base.get(p) != after.get(p)))
        return HumanCommit(
            "f" * 40, "Schedule by slicing", parent=self.sha, files=files, diff=Text(patch)
        )

    def check(
        self,
        after: Files | str,
        *,
        human: HumanCommit | None = None,
        with_repository: bool = True,
        families: Sequence[str] = FAMILIES,
        state: PatchState = PatchState.WHOLE,
        copies: Copies | None = None,
        **attempt: Any,
    ) -> CheckReport:
        """The report on an attempt that leaves these files, or on a patch."""
        patch = after if isinstance(after, str) else make_patch(BASE, after)
        made = make_attempt(patch, state, base=self.sha, **attempt)
        repository = opened(self.repository) if with_repository else None
        shared = CommitContext(human or self.human(), self.sha, repository)
        return check_attempt(Context(made, shared, copies or Copies()), families=families)


def make_attempt(
    patch: str,
    state: PatchState = PatchState.WHOLE,
    *,
    key: str = "run/item",
    human: str = "f" * 40,
    source: TextSource | None = None,
    **fields: Any,
) -> Attempt:
    """An attempt with a patch in memory; its execution's fields are given by name."""
    run = {n: fields.pop(n) for n in list(fields) if n in Execution.__struct_fields__}
    evidence = PatchEvidence(state, source or Text(patch), len(patch), len(patch))
    return Attempt(
        key,
        human,
        patch=evidence,
        execution=Execution(**run),
        **fields,
    )


def rules_of(report: CheckReport, family: str = "") -> set[str]:
    """The rules that spoke, of one family perhaps."""
    return {f.rule for f in report.findings if f.rule.startswith(family)}


def findings_of(report: CheckReport, rule: str) -> list[Finding]:
    """What one rule said."""
    return [finding for finding in report.findings if finding.rule == rule]
