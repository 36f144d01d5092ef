"""The parts of a patch that change one file, made one: hunks counted in the base, context once."""

from __future__ import annotations

import pytest

from core.patch.parse import FileStatus, Hunk, Patch, parse_patch
from core.patch.parse.joining import joined

HEAD = "--- a/x\n+++ b/x\n"


def hunks_of(patch: Patch) -> list[tuple[int, int, int, int, list[str]]]:
    (file,) = patch.files
    return [_shown(patch, hunk) for hunk in file.hunks]


def _shown(patch: Patch, hunk: Hunk) -> tuple[int, int, int, int, list[str]]:
    numbers = (hunk.old_start, hunk.old_count, hunk.new_start, hunk.new_count)
    return (*numbers, list(patch.lines[hunk.start : hunk.stop]))


@pytest.mark.parametrize(
    ("first", "second", "hunks"),
    [
        pytest.param(
            "@@ -2,3 +2,5 @@\n b\n+1\n+2\n c\n d\n",
            "@@ -20,3 +20,2 @@\n r\n-s\n t\n",
            [(2, 3, 2, 5, [" b", "+1", "+2", " c", " d"]), (18, 3, 20, 2, [" r", "-s", " t"])],
            id="a later place is counted in the base",
        ),
        pytest.param(
            "@@ -20,3 +20,2 @@\n t\n-u\n v\n",
            "@@ -2,3 +2,4 @@\n b\n+1\n c\n d\n",
            [(2, 3, 2, 4, [" b", "+1", " c", " d"]), (20, 3, 21, 2, [" t", "-u", " v"])],
            id="an earlier place comes first",
        ),
        pytest.param(
            "@@ -5,3 +5,3 @@\n e\n-f\n+F\n g\n",
            "@@ -7,4 +7,5 @@\n g\n h\n+H\n i\n j\n",
            [(5, 3, 5, 3, [" e", "-f", "+F", " g"]), (8, 3, 8, 4, [" h", "+H", " i", " j"])],
            id="context that the first shows goes from the start",
        ),
        pytest.param(
            "@@ -5,3 +5,3 @@\n e\n-f\n+F\n g\n",
            "@@ -2,4 +2,5 @@\n b\n+B\n c\n d\n e\n",
            [(2, 3, 2, 4, [" b", "+B", " c", " d"]), (5, 3, 6, 3, [" e", "-f", "+F", " g"])],
            id="and from the end",
        ),
        pytest.param(
            "@@ -5,4 +5,3 @@\n e\n-f\n\n g\n",
            "@@ -6,4 +6,5 @@\n\n g\n h\n+H\n i\n",
            [(5, 4, 5, 3, [" e", "-f", "", " g"]), (9, 2, 8, 3, [" h", "+H", " i"])],
            id="blank context without its marker too",
        ),
        pytest.param(
            "@@ -5,2 +5,3 @@\n e\n+F\n f\n",
            "@@ -7 +7,2 @@\n f\n+G\n",
            [(5, 2, 5, 3, [" e", "+F", " f"]), (6, 0, 8, 1, ["+G"])],
            id="a hunk that is left without old lines stands behind one",
        ),
        pytest.param(
            "@@ -5,2 +4,0 @@\n-e\n-f\n",
            "@@ -5,2 +5,3 @@\n g\n+G\n h\n",
            [(5, 2, 4, 0, ["-e", "-f"]), (7, 2, 5, 3, [" g", "+G", " h"])],
            id="the lines that follow what was removed",
        ),
        pytest.param(
            "@@ -5 +5 @@\n-e\n+E\n",
            "@@ -9,0 +10 @@\n+J\n",
            [(5, 1, 5, 1, ["-e", "+E"]), (9, 0, 10, 1, ["+J"])],
            id="lines that are only put in",
        ),
    ],
)
def test_two_parts_become_one(first: str, second: str, hunks: list[object]) -> None:
    patch = parse_patch(HEAD + first + HEAD + second)
    whole = joined(patch)
    assert hunks_of(whole) == hunks
    added, removed = (sum(getattr(f, n) for f in patch.files) for n in ("added", "removed"))
    assert (whole.files[0].added, whole.files[0].removed) == (added, removed)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param("@@ -5 +5 @@\n-e\n+E\n", "@@ -5 +5 @@\n-E\n+F\n", id="the same line"),
        pytest.param(
            "@@ -5,2 +5,3 @@\n e\n+E\n f\n", "@@ -5,3 +5,2 @@\n e\n-E\n f\n", id="an added line"
        ),
        pytest.param(
            "@@ -5,2 +5 @@\n e\n-f\n", "@@ -5,2 +5 @@\n-e\n g\n", id="context of the first"
        ),
        pytest.param(
            "@@ -5,3 +5,3 @@\n e\n-f\n+F\n g\n",
            "@@ -3,3 +3,2 @@\n c\n d\n-e\n",
            id="its first line",
        ),
        pytest.param(
            "@@ -5,3 +5,3 @@\n e\n-f\n+F\n g\n", "@@ -7,3 +7,2 @@\n-g\n h\n i\n", id="its last line"
        ),
        pytest.param(
            "@@ -1 +1 @@\n-a\n+A\n@@ -9 +9 @@\n-i\n+I\n",
            "@@ -9 +9 @@\n-I\n+J\n",
            id="the second of two",
        ),
    ],
)
def test_parts_that_change_the_same_lines_stay_apart(first: str, second: str) -> None:
    patch = parse_patch(HEAD + first + HEAD + second)
    assert joined(patch) is patch


def part(name: str, *lines: str, old: str | None = None) -> str:
    return "".join(f"{line}\n" for line in (f"diff --git a/{old or name} b/{name}", *lines))


EDIT = ("--- a/x", "+++ b/x", "@@ -9 +9 @@", "-i", "+I")


def paths(text: str) -> list[tuple[str | None, str | None, str | None, str | None, int]]:
    return [
        (f.old_path, f.new_path, f.old_mode, f.new_mode, len(f.hunks))
        for f in joined(parse_patch(text)).files
    ]


def test_modes_and_names_of_the_whole_are_those_of_its_ends() -> None:
    executable = part("x", "old mode 100644", "new mode 100755")
    assert paths(part("x", *EDIT) + executable) == [("x", "x", None, "100755", 1)]
    assert paths(executable + part("x", *EDIT)) == [("x", "x", "100644", "100755", 1)]
    assert paths(part("x", "rename from w", "rename to x", old="w") + part("x", *EDIT)) == [
        ("w", "x", None, None, 1)
    ]
    new = part("x", "new file mode 100644", "--- /dev/null", "+++ b/x", "@@ -0,0 +1 @@", "+a")
    assert paths(new + part("x", *EDIT)) == [(None, "x", None, "100644", 2)]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param(part("x", *EDIT), part("y", *EDIT).replace("/x", "/y"), id="two files"),
        pytest.param(part("x", *EDIT), part("x", "deleted file mode 100644"), id="a removal"),
        pytest.param(part("x", *EDIT), part("y", "copy from x", "copy to y", old="x"), id="a copy"),
        pytest.param(
            part("x", *EDIT), part("y", "rename from x", "rename to y", old="x"), id="a rename"
        ),
        pytest.param(
            part("x", *EDIT),
            part("x", "index 1..2", "Binary files a/x and b/x differ"),
            id="binary data behind it",
        ),
        pytest.param(
            part("x", "index 1..2", "Binary files a/x and b/x differ"),
            part("x", *EDIT),
            id="binary data before it",
        ),
        pytest.param(part("x"), "\n" + part("x", *EDIT), id="a header alone"),
        pytest.param(
            part("y", "rename from x", "rename to y", old="x"), part("x", *EDIT), id="a name gone"
        ),
    ],
)
def test_other_parts_stay_apart(first: str, second: str) -> None:
    patch = parse_patch(first + second)
    assert len(patch.files) == 2
    assert joined(patch) is patch


def test_problems_of_all_parts_are_kept_and_other_files_stay_in_place() -> None:
    more = part("x", *EDIT, "+more")
    text = part("w", *EDIT).replace("/x", "/w") + more + part("y", *EDIT).replace("/x", "/y")
    again = part("x", *EDIT).replace("-9 +9", "-20 +20") + "+again\n"
    patch = joined(parse_patch(text + again))
    assert [file.path for file in patch.files] == ["w", "x", "y"]
    assert [problem.line for problem in patch.files[1].problems] == [13, 26]
    assert patch.files[1].status is FileStatus.MODIFIED


def test_parts_beyond_number_stay_apart() -> None:
    hunks = "".join(f"@@ -{n} +{n} @@\n-a\n+b\n" for n in range(1, 1_200, 2))
    other = "".join(f"@@ -{n} +{n} @@\n-a\n+b\n" for n in range(2, 1_200, 2))
    assert len(joined(parse_patch(HEAD + hunks + HEAD + other)).files) == 2, "360,000 pairs"
    fewer = "".join(f"@@ -{n} +{n} @@\n-a\n+b\n" for n in range(2, 900, 2))
    assert len(joined(parse_patch(HEAD + hunks + HEAD + fewer)).files) == 1, "270,000 pairs"
