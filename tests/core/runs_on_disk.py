"""Small runs written to disk for the tests of the readers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

HUMAN = "8aa1485fcff7be3e42300c0615ee0f3f3cbce9a8"
BASE = "89ac266b262f08d25ebf25fc66122d1b2367ae64"
DIFF = "diff --git a/a.py b/a.py\n--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-x = 1\n+x = 2\n"


def write(path: Path, content: object) -> Path:
    """Write text and bytes unchanged and anything else as JSON; make the folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        text = content if isinstance(content, str) else json.dumps(content)
        path.write_text(text, encoding="utf-8", newline="")
    return path


def write_attempt(folder: Path, patch: str | None = DIFF, **journal: Any) -> Path:
    """An attempt with a journal (fields can be replaced) and, unless None, a patch."""
    fields = {
        "task_id": "engine",
        "commits": {"pre": BASE, "human": HUMAN},
        "status": "success",
        "trae": {"returncode": 0, "duration_s": 100.0},
        "timestamps": {"written": 1763631750.0},
    }
    write(folder / "journal.json", fields | journal)
    if patch is not None:
        write(folder / "model_patch.diff", patch)
    return folder


def commit_record(sha: str = HUMAN, **fields: Any) -> dict[str, Any]:
    """A human commit as ISO-Bench stores it; fields can be replaced."""
    return {
        "commit_hash": sha,
        "parent_hash": BASE,
        "commit_subject": "Make it fast",
        "commit_message": "Make it fast\n\nBecause.",
        "commit_date": "2025-05-01T03:29:01-07:00",
        "files_changed": ["a.py"],
        "diff_text": DIFF,
    } | fields
