"""Where hunks end up once a patch is applied, and what becomes of each file."""

from __future__ import annotations

from core.patch.apply import BaseFile, apply_patch, net_changes, placed
from core.patch.parse import Patch, parse_patch

LINES = "".join(f"line {n}\n" for n in range(1, 31)).encode()
FILES = {"x": BaseFile("100644", LINES), "run.sh": BaseFile("100755", b"a\n")}
HEAD = "--- a/x\n+++ b/x\n"


def numbers(patch: Patch) -> list[list[tuple[int, int, int, int, int]]]:
    return [
        [(h.old_start, h.old_count, h.new_start, h.new_count, h.offset) for h in file.hunks]
        for file in patch.files
    ]


def at_their_places(text: str) -> Patch:
    patch = parse_patch(text)
    return placed(patch, apply_patch(patch, FILES.get))


def test_hunks_are_counted_where_git_puts_them() -> None:
    first = "@@ -4,3 +4,4 @@\n line 6\n+new\n line 7\n line 8\n"
    second = "@@ -12,3 +13,2 @@\n line 12\n-line 13\n line 14\n"
    third = "@@ -30,0 +30,2 @@\n+end\n+end 2\n"
    assert numbers(at_their_places(HEAD + first + second + third)) == [
        [(6, 3, 6, 4, 2), (12, 3, 13, 2, 0), (30, 0, 31, 2, 0)]
    ]


def test_hunks_out_of_order_are_counted_in_the_order_of_the_file() -> None:
    late = "@@ -20,3 +20,4 @@\n line 20\n+late\n line 21\n line 22\n"
    early = "@@ -3,3 +3,5 @@\n line 3\n+one\n+two\n line 4\n line 5\n"
    assert numbers(at_their_places(HEAD + late + early)) == [[(20, 3, 22, 4, 0), (3, 3, 3, 5, 0)]]


def test_a_patch_that_stands_as_stated_and_a_part_that_fails_stay_as_they_are() -> None:
    sound = parse_patch(HEAD + "@@ -6,3 +6,4 @@\n line 6\n+new\n line 7\n line 8\n")
    assert placed(sound, apply_patch(sound, FILES.get)) is sound
    wrong = "--- a/q\n+++ b/q\n@@ -4 +4 @@\n-a\n+b\n"
    moved = HEAD + "@@ -4,3 +4,4 @@\n line 6\n+new\n line 7\n line 8\n"
    assert numbers(at_their_places(wrong + moved)) == [[(4, 1, 4, 1, 0)], [(6, 3, 6, 4, 2)]]


def changes(text: str) -> list[tuple[object, ...]]:
    patch = parse_patch(text)
    return [
        (c.old_path, c.new_path, c.path, c.removed_path, c.mode, c.content, len(c.files))
        for c in net_changes(patch, apply_patch(patch, FILES.get))
    ]


def git(old: str, new: str, *lines: str) -> str:
    return "".join(f"{line}\n" for line in (f"diff --git a/{old} b/{new}", *lines))


GONE = git(
    *("run.sh", "run.sh", "deleted file mode 100755", "--- a/run.sh", "+++ /dev/null"),
    *("@@ -1 +0,0 @@", "-a"),
)
NEW = git("n", "n", "new file mode 100644")
RENAME = git("run.sh", "go.sh", "rename from run.sh", "rename to go.sh")


def test_each_file_once_however_many_parts_name_it() -> None:
    edit = git(*("go.sh", "go.sh", "--- a/go.sh", "+++ b/go.sh"), *("@@ -1 +1 @@", "-a", "+b"))
    copy = git("run.sh", "c.sh", "copy from run.sh", "copy to c.sh")
    back = git("go.sh", "run.sh", "rename from go.sh", "rename to run.sh")
    assert changes(GONE) == [("run.sh", None, "run.sh", "run.sh", None, None, 1)]
    assert changes(NEW) == [(None, "n", "n", None, "100644", b"", 1)]
    assert changes(RENAME) == [("run.sh", "go.sh", "go.sh", "run.sh", "100755", b"a\n", 1)]
    assert changes(RENAME + edit) == [("run.sh", "go.sh", "go.sh", "run.sh", "100755", b"b\n", 2)]
    assert changes(copy) == [("run.sh", "c.sh", "c.sh", None, "100755", b"a\n", 1)]
    assert changes(GONE + git("run.sh", "run.sh", "new file mode 100644")) == [
        (None, "run.sh", "run.sh", None, "100644", b"", 1)
    ]
    assert ("go.sh", "run.sh") in [(c[0], c[1]) for c in changes(RENAME + back)]
