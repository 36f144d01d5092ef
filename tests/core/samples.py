"""The sample runs as they lie on disk, read without any code of patchjury."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SAMPLE = Path(__file__).resolve().parents[2] / "sample_runs"
ATTEMPTS_FILE = "all_attempts_sample.json"


@dataclass(frozen=True, eq=False)
class Sample:
    """One attempt, read without any code of patchjury."""

    key: str
    human: str
    planted: frozenset[str]
    outcome: str
    record: dict[str, Any] | None  # of the attempts file

    @property
    def folder(self) -> Path:
        return SAMPLE / self.key

    @property
    def patch(self) -> str | None:
        if self.record is not None:
            content: str | None = self.record["patch"].get("content")
            return content
        path = self.folder / "model_patch.diff"
        return path.read_bytes().decode("utf-8") if path.exists() else None

    @property
    def journal(self) -> dict[str, Any]:
        data: dict[str, Any] = json.loads((self.folder / "journal.json").read_text("utf-8"))
        return data

    @property
    def section(self) -> dict[str, Any]:
        """What the agent's runner wrote: return code and seconds."""
        if self.record is not None:
            execution: dict[str, Any] = self.record["execution"]
            return {**execution, "duration_s": execution["duration_seconds"]}
        return next(v for v in self.journal.values() if isinstance(v, dict) and "returncode" in v)

    @property
    def status(self) -> str | None:
        status: str | None = (self.record or self.journal)["status"]
        return status

    @property
    def logs(self) -> str:
        return "".join(path.read_text("utf-8") for path in self.folder.glob("*_std*.txt"))

    @property
    def added(self) -> str:
        """The added lines of the patch."""
        lines = (self.patch or "").splitlines()
        return "\n".join(line[1:] for line in lines if line[:1] == "+" and line[:3] != "+++")

    @property
    def touched(self) -> set[str]:
        lines = (self.patch or "").splitlines()
        return {line.split(" b/", 1)[1] for line in lines if line.startswith("diff --git ")}


def load_samples() -> tuple[Sample, ...]:
    planted = json.loads((SAMPLE / "planted.json").read_text("utf-8"))["attempts"]
    records = json.loads((SAMPLE / ATTEMPTS_FILE).read_text("utf-8"))
    listed = {f"{ATTEMPTS_FILE}/{r['run_id']}/{r['item_id']}": r for r in records}
    return tuple(
        Sample(key, one["human_commit"], frozenset(one["planted"]), one["outcome"], listed.get(key))
        for key, one in planted.items()
    )


def having(word: str) -> Iterator[Sample]:
    """The attempts in which a word is planted; fails when there is none."""
    found = [sample for sample in load_samples() if word in sample.planted]
    assert found, word
    return iter(found)


def commit_of(sha: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((SAMPLE / "commits" / f"{sha}.json").read_text("utf-8"))
    return data


def parent_of(sha: str) -> str:
    commit = commit_of(sha)
    return str(commit.get("parent_hash") or commit["parent_commit"])


def diff_of(sha: str) -> str:
    commit = commit_of(sha)
    return str(commit.get("diff_text") or commit["patch"])


def git(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["git", "-C", str(folder), *arguments], capture_output=True, encoding="utf-8", check=False
    )
