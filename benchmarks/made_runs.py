"""Generates run sets to measure with: 300 attempts, or a few with very large patches."""

from __future__ import annotations

import json
from pathlib import Path


def hunks(lines: int) -> str:
    """A patch of one Python file with about this many lines, in hunks of ten."""
    parts = [
        "diff --git a/engine/core.py b/engine/core.py\n--- a/engine/core.py\n+++ b/engine/core.py\n"
    ]
    for number in range(max(1, lines // 11)):
        start = 1 + number * 20
        body = "".join(f"     value_{start + i} = compute({i})\n" for i in range(3))
        old = "".join(f"-    total += weights[{i}] * {number}\n" for i in range(2))
        new = "".join(f"+    total += cached[{i}] * {number}\n" for i in range(2))
        parts.append(
            f"@@ -{start},8 +{start},8 @@ def step_{number}(self):\n{body}{old}{new}{body}"
        )
    return "".join(parts)


def write_run_set(root: Path, attempts: int, sizes: tuple[int, ...] = (60,)) -> Path:
    """A folder with attempts at 96 (or fewer) human commits; patch sizes in lines, in turn."""
    commits = [f"{number + 1:08x}".ljust(40, "a") for number in range(min(96, attempts))]
    (root / "commits").mkdir(parents=True)
    for sha in commits:
        record = {
            "commit_hash": sha,
            "commit_subject": f"Speed up {sha[:8]}",
            "diff_text": hunks(60),
        }
        (root / "commits" / f"{sha}.json").write_text(json.dumps(record), encoding="utf-8")
    patches = [hunks(size) for size in sizes]
    for number in range(attempts):
        folder = root / "state/runs/engine/trae/gpt-5/2025-01-01_00-00-00" / f"item-{number:05}"
        folder.mkdir(parents=True)
        journal = {
            "commits": {"pre": "b" * 40, "human": commits[number * len(commits) // attempts]},
            "status": "success",
            "trae": {"returncode": 0, "duration_s": 100.0},
        }
        (folder / "journal.json").write_text(json.dumps(journal), encoding="utf-8")
        (folder / "model_patch.diff").write_text(patches[number % len(patches)], encoding="utf-8")
    return root
