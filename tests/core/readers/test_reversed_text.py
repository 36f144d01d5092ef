"""The reverse of a patch undoes it, as `git apply -R` would."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from core.readers.reversed_text import reverse_patch
from tests.core.runs_on_disk import DIFF

OLD = "".join(f"line {n}\n" for n in range(30))
EDITS: dict[str, dict[str, str | None]] = {
    "changed": {"a.py": OLD.replace("line 3\n", "x\ny\n").replace("line 20\n", "")},
    "added": {"new.py": "one\ntwo\n"},
    "deleted": {"a.py": None},
    "renamed": {"a.py": None, "b.py": OLD.replace("line 3", "third")},
    "without an end": {"a.py": OLD + "no line feed"},
    "looks like a header": {"a.py": OLD.replace("line 3\n", "-- a/x\n++ b/y\n@@ -1 +1 @@\n")},
    "several": {"a.py": OLD.replace("line 9", "9"), "c.py": "c\n", "d/e.py": "e\n"},
}


def git(folder: Path, *words: str, text: str = "") -> str:
    return subprocess.run(
        ["git", "-c", "user.name=a", "-c", "user.email=a@b", *words],
        cwd=folder,
        input=text,
        capture_output=True,
        text=True,
        check=True,
    ).stdout


@pytest.mark.parametrize("edit", EDITS)
def test_the_reverse_leads_back(tmp_path: Path, edit: str) -> None:
    git(tmp_path, "init", "-q")
    (tmp_path / "a.py").write_text(OLD)
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-qm", "old")
    for name, content in EDITS[edit].items():
        path = tmp_path / name
        if content is None:
            path.unlink()
        else:
            path.parent.mkdir(exist_ok=True)
            path.write_text(content)
    git(tmp_path, "add", "-A")
    patch = git(tmp_path, "diff", "--cached", "-M")
    git(tmp_path, "apply", "--index", text=reverse_patch(patch))
    assert git(tmp_path, "diff", "--cached") == ""
    assert reverse_patch(reverse_patch(patch)) == patch


@pytest.mark.parametrize("text", ["", "no patch", "@@ -1,9999999999999 +1 @@\n+x\n", "--- a\n"])
def test_anything_has_a_reverse(text: str) -> None:
    assert isinstance(reverse_patch(text), str)


def test_the_small_one() -> None:
    assert "-x = 2\n+x = 1\n" in reverse_patch(DIFF)
