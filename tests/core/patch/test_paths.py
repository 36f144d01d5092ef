"""Which files a patch speaks of: the names that git reads, those that are written, what is done."""

from __future__ import annotations

import pytest

from core.patch.parse import parse_patch

CHANGE = "@@ -1 +1 @@\n-a\n+b\n"
ADD = "@@ -0,0 +1 @@\n+b\n"
REMOVE = "@@ -1 +0,0 @@\n-a\n"


def named(old: str, new: str) -> str:
    return f"--- {old}\n+++ {new}\n"


def git_line(old: str, new: str, *lines: str) -> str:
    return "".join(f"{line}\n" for line in (f"diff --git {old} {new}", *lines))


def pair(old: str, new: str, *lines: str) -> str:
    return git_line(old, new, *lines) + named(old, new)


NEW, GONE = "new file mode 100644", "deleted file mode 100644"


@pytest.mark.parametrize(
    ("text", "old", "new", "bare", "status"),
    [
        (pair("a/x", "b/x") + CHANGE, "x", "x", None, "modified"),
        (pair("d/x", "d/x") + CHANGE, "x", "x", "d/x", "modified"),
        (pair("a/x", "a/x") + CHANGE, "x", "x", "a/x", "modified"),
        (pair("./d/x", "./d/x") + CHANGE, "d/x", "d/x", None, "modified"),
        (git_line("d/x", "d/x", NEW) + named("/dev/null", "d/x") + ADD, None, "x", "d/x", "added"),
        (
            git_line("d/x", "d/x", GONE) + named("d/x", "/dev/null") + REMOVE,
            "x",
            None,
            "d/x",
            "deleted",
        ),
        (git_line("d/x", "d/x", "old mode 100644", "new mode 100755"), "x", "x", "d/x", "mode"),
        (
            pair("a/x", "b/x", "old mode 100644", "new mode 100755") + CHANGE,
            "x",
            "x",
            None,
            "modified",
        ),
        (git_line("a/x", "b/y", "rename from x", "rename to y"), "x", "y", None, "renamed"),
        (git_line("d/x", "d/y", "rename from d/x", "rename to d/y"), "d/x", "d/y", None, "renamed"),
        (git_line("a/x", "b/y", "copy from x", "copy to y"), "x", "y", None, "copied"),
        (pair("a/x", "b/y") + CHANGE, "x", "y", None, "renamed"),
        (git_line("a/x", "b/x") + named("c/x", "w/y") + CHANGE, "x", "y", None, "renamed"),
        (git_line("a/x", "b/x") + named("x", "y") + CHANGE, "x", "x", None, "modified"),
        (git_line("a/x", "b/x") + named("/dev/null", "b/x") + ADD, None, "x", None, "added"),
        (pair("a/dev/null", "b/dev/null") + CHANGE, "dev/null", "dev/null", None, "modified"),
        (pair("a/dev/null", "b/x") + ADD, "dev/null", "x", None, "renamed"),
        (named("a/x", "b/x") + CHANGE, "x", "x", None, "modified"),
        (named("d/x", "d/x") + CHANGE, "x", "x", "d/x", "modified"),
        (named("x", "x") + CHANGE, "x", "x", None, "modified"),
        (named("/dev/null", "d/x") + ADD, None, "x", "d/x", "added"),
        (named("/dev/null", "b/x") + ADD, None, "x", None, "added"),
        (named("d/x", "/dev/null") + REMOVE, "x", None, "d/x", "deleted"),
        (named("a/dev/null", "b/x") + ADD, "x", "x", None, "modified"),
    ],
)
def test_names_that_git_reads(
    text: str, old: str | None, new: str | None, bare: str | None, status: str
) -> None:
    patch = parse_patch(text)
    (file,) = patch.files
    assert (file.old_path, file.new_path, file.bare, file.status) == (old, new, bare, status)
    assert (file.ignored, patch.refusal, file.problems) == (False, None, ())


NOTHING = "it contains no valid patch"


@pytest.mark.parametrize(
    ("text", "old", "new", "refusal"),
    [
        (pair("x", "x") + CHANGE, "x", "x", "the header names no file"),
        (pair("a/x", "b/x", NEW) + ADD, None, "x", "the header should name /dev/null"),
        (pair("a/x", "b/x", GONE) + REMOVE, "x", None, "the header should name /dev/null"),
        (
            git_line("a/x", "b/x", NEW) + named("/dev/null", "b/y") + ADD,
            *(None, "y", "the header names two different files"),
        ),
        (
            git_line("a/x", "b/x", GONE) + named("a/y", "/dev/null") + REMOVE,
            *("y", None, "the header names two different files"),
        ),
        (git_line("a/x", "b/y"), "x", "y", NOTHING),
        (git_line("a/x", "b/x"), "x", "x", NOTHING),
        (git_line("old/x", "new/y"), "old/x", "new/y", NOTHING),
        (git_line("x", "y"), "x", "y", NOTHING),
        (git_line("a/a b", "b/c d"), "a b", "c d", NOTHING),
        (git_line('"a/x\\ty"', '"b/x\\ty"'), "x\ty", "x\ty", NOTHING),
        ("diff --git a/x\n", None, None, NOTHING),
        ("diff --git \n", None, None, NOTHING),
        ("diff --cc d/x\nindex 1,2..3\n@@@ -1 -1 +1 @@@\n++a\n", "d/x", "d/x", NOTHING),
        ("diff --combined d/x\n", "d/x", "d/x", NOTHING),
        (named("i/x", "w/x"), "x", "x", NOTHING),
        (named("1/x", "2/y"), "x", "y", NOTHING),
        (named("old/x", "new/x"), "x", "x", NOTHING),
        (named("old/x", "new/y"), "old/x", "new/y", NOTHING),
        (named("/x", "/x"), "/x", "/x", NOTHING),
        (named("/a/x", "/b/x"), "/a/x", "/b/x", NOTHING),
        (named("a/x", "/dev/null"), "x", None, NOTHING),
        (named("/dev/null", "a/x"), None, "x", NOTHING),
        (named("a/", "/dev/null"), "a/", None, NOTHING),
    ],
)
def test_names_where_git_reads_none(
    text: str, old: str | None, new: str | None, refusal: str
) -> None:
    patch = parse_patch(text)
    (file,) = patch.files
    assert (file.old_path, file.new_path) == (old, new)
    assert patch.refusal is not None and patch.refusal.reason == refusal


def test_a_header_of_endless_names_is_named_as_far_as_it_can_be_told() -> None:
    long = "x" * 16_400
    patch = parse_patch(git_line(f"a/{long}", f"b/{long}") + CHANGE)
    assert [(file.old_path, file.new_path) for file in patch.files] == [(None, None)]
    plain = parse_patch(named(f"a/{long}", "b/x") + CHANGE)
    assert [(file.old_path, file.new_path) for file in plain.files] == [(None, "x")]
