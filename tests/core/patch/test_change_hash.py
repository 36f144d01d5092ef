"""The hash of a change: equal however a patch is written down, another for another change."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from core.patch.change_hash import change_hash
from core.patch.parse import parse_patch

PATCH = """\
diff --git a/a.py b/a.py
index 1111111..2222222 100644
--- a/a.py
+++ b/a.py
@@ -1,4 +1,4 @@
 one
-two
+TWO
 three
 four
"""

INDEX = "index 1111111..2222222 100644\n"
MODES = "old mode 100644\nnew mode 100755\nindex 1111111..2222222\n"

ADDED = """\
diff --git a/b.py b/b.py
new file mode 100644
index 0000000..3333333
--- /dev/null
+++ b/b.py
@@ -0,0 +1,1 @@
+x = 1
"""


def of(text: str) -> str:
    return change_hash(parse_patch(text))


@pytest.mark.parametrize(
    ("how", "text"),
    [
        ("less context", PATCH.replace("@@ -1,4 +1,4 @@\n one", "@@ -2,3 +2,3 @@")),
        ("last context stripped", PATCH.replace(" four\n", "").replace("-1,4 +1,4", "-1,3 +1,3")),
        ("no last newline", PATCH.removesuffix("\n")),
        ("longer ids", PATCH.replace("1111111..2222222", "1" * 40 + ".." + "2" * 40)),
        ("a message in front", "commit abc\n\n    Faster\n\n" + PATCH),
        ("no index line", PATCH.replace(INDEX, "")),
        ("a section behind the @@", PATCH.replace("+1,4 @@", "+1,4 @@ def f():")),
    ],
)
def test_the_same_change_written_otherwise_is_the_same(how: str, text: str) -> None:
    assert of(text) == of(PATCH), how


@pytest.mark.parametrize(
    ("how", "text"),
    [
        ("another line", PATCH.replace("+TWO", "+TW0")),
        ("another indent", PATCH.replace("+TWO", "+ TWO")),
        ("a carriage return", PATCH.replace("+TWO", "+TWO\r")),
        ("another file", PATCH.replace("a.py", "c.py")),
        ("elsewhere in the file", PATCH.replace("-1,4 +1,4", "-7,4 +7,4")),
        ("no newline at the end", PATCH.replace("+TWO\n", "+TWO\n\\ No newline at end of file\n")),
        ("another mode", PATCH.replace(INDEX, MODES)),
        ("one file more", PATCH + ADDED),
        ("nothing", ""),
        ("prose", "I could not do it."),
    ],
)
def test_another_change_is_another(how: str, text: str) -> None:
    assert of(text) != of(PATCH), how


def test_the_order_of_files_does_not_matter() -> None:
    assert of(PATCH + ADDED) == of(ADDED + PATCH)


def test_lines_that_no_hunk_holds_still_count() -> None:
    broken = PATCH + "@@ what @@\n+hidden {}\n"
    assert of(broken.format(1)) != of(broken.format(2))
    assert of("+loose\n" + PATCH) != of("+other\n" + PATCH)


def test_two_binaries_of_one_name_differ() -> None:
    binary = (
        "diff --git a/x.bin b/x.bin\nindex {}..{} 100644\nBinary files a/x.bin and b/x.bin differ\n"
    )
    assert of(binary.format("1" * 7, "2" * 7)) == of(binary.format("1" * 40, "2" * 40))
    assert of(binary.format("1" * 7, "2" * 7)) != of(binary.format("1" * 7, "3" * 7))


def test_git_gives_one_hash_for_any_number_of_context_lines(tmp_path: Path) -> None:
    def git(*words: str) -> str:
        done = subprocess.run(
            ["git", "-C", str(tmp_path), *words], check=True, capture_output=True, text=True
        )
        return done.stdout

    git("init", "--quiet")
    lines = [f"line {n}" for n in range(40)]
    (tmp_path / "f.txt").write_text("\n".join(lines) + "\n")
    (tmp_path / "old.txt").write_text("kept\n" * 9)
    git("add", ".")
    git("-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "-m", "one")
    lines[3], lines[20:22], lines[30] = "changed", ["new", "newer", "newest"], ""
    lines[12:12] = ["put", "between"]
    (tmp_path / "f.txt").write_text("\n".join(lines))  # without a last newline
    (tmp_path / "old.txt").rename(tmp_path / "new.txt")
    git("add", ".")
    hashes = {of(git("diff", "--cached", "-M", f"-U{n}")) for n in (0, 1, 3, 12)}
    assert len(hashes) == 1
    assert of(git("diff", "--cached", "--no-renames")) not in hashes, "names are part of a change"
