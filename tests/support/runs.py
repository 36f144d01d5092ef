"""Builds small runs folders for tests: real files in the layout that pipelines write."""

from __future__ import annotations

import difflib
import json
from functools import cache
from pathlib import Path
from typing import Any

BASE = "".join(f"value_{number} = {number}\n" for number in range(1, 41))
HUMAN = BASE.replace("value_10 = 10\n", "value_10 = 100\n")
SHAS = ("a1" * 20, "b2" * 20)


@cache
def unified(old: str, new: str, path: str = "engine/core.py", context: int = 3) -> str:
    """A git-style patch from one text to another."""
    lines = difflib.unified_diff(
        old.splitlines(True), new.splitlines(True), f"a/{path}", f"b/{path}", n=context
    )
    return f"diff --git a/{path} b/{path}\n" + "".join(lines)


def write_commit(folder: Path, sha: str, subject: str, diff: str, files: list[str]) -> None:
    """A human commit as a JSON file."""
    folder.mkdir(parents=True, exist_ok=True)
    record = {
        "commit_hash": sha,
        "parent_hash": "0" * 40,
        "commit_subject": subject,
        "commit_message": f"{subject}\n\nBecause it is faster.",
        "files_changed": files,
        "diff_text": diff,
    }
    (folder / f"{sha}.json").write_text(json.dumps(record), encoding="utf-8")


def write_attempt(
    root: Path,
    path: str,
    human: str,
    patch: str | None,
    *,
    status: str | None = "success",
    returncode: int | None = 0,
    **journal: Any,
) -> None:
    """An attempt's folder with journal, prompt and (unless None) patch."""
    folder = root / "state" / "runs" / path
    folder.mkdir(parents=True)
    agent = path.split("/")[1]
    record = {
        "commits": {"pre": "0" * 40, "human": human},
        "status": status,
        agent: {"returncode": returncode, "duration_s": 61.5},
        **journal,
    }
    (folder / "journal.json").write_text(json.dumps(record), encoding="utf-8")
    prompt = {"task": "make it faster", "target_files": ["engine/core.py"]}
    (folder / "prompt.json").write_text(json.dumps(prompt), encoding="utf-8")
    if patch is not None:
        (folder / "model_patch.diff").write_bytes(patch.encode("utf-8", "surrogateescape"))


def build_runs(root: Path) -> Path:
    """Two human commits and five attempts of two agents; returns the folder."""
    for sha, subject in zip(SHAS, ("Make ten larger", "Make it all faster"), strict=True):
        write_commit(root / "commits", sha, subject, unified(BASE, HUMAN), ["engine/core.py"])
    other = BASE.replace("value_20 = 20\n", "value_20 = 21\n")
    first, second = SHAS
    write_attempt(
        root, "repo/codex/gpt-5/2025-01-02_03-04-05/item-0000", first, unified(BASE, HUMAN)
    )
    write_attempt(
        root,
        "repo/codex/gpt-5/2025-01-02_03-04-05/item-0001",
        first,
        unified(BASE, other),
        returncode=1,
    )
    write_attempt(root, "repo/codex/gpt-5/2025-01-02_03-04-05/item-0002", first, "")
    write_attempt(
        root,
        "repo/trae/gpt-5/2025-02-03_04-05-06/item-0000",
        second,
        unified(BASE, HUMAN),
        status="error",
    )
    write_attempt(root, "repo/trae/gpt-5/2025-02-03_04-05-06/item-0001", second, None)
    return root
