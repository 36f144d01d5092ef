"""The header of one file, line by line: what git reads in it, and where git refuses it."""

from __future__ import annotations

import pytest

from core.patch.parse.git_header import (
    HEADER_LINE_BYTES,
    Doubtful,
    GitHeader,
    HeaderFault,
    RawLines,
    Stripping,
    is_traditional_header,
    read_traditional_header,
    says_binary_differs,
)
from core.patch.parse.patch_records import Header

GIT_LINE = "diff --git a/x b/x\n"
NAMES = "--- a/x\n+++ b/x\n"
OID = "0123456789" * 4


def read(text: str, strip: int = 1) -> tuple[Header, int]:
    """What a header at the second line says, and how many lines it has."""
    header = Header()
    stop = GitHeader(RawLines(b"mail\n" + text.encode("latin-1")), 1, strip, header).read()
    return header, stop - 1


def header_of(**fields: object) -> Header:
    usual: dict[str, object] = {"old_name": b"x", "new_name": b"x", "default_name": b"x"}
    known: dict[str, object] = {**usual, "is_new": 0, "is_delete": 0, **fields}
    return Header(**known)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "expected", "lines"),
    [
        (GIT_LINE, header_of(), 1),
        (GIT_LINE + NAMES, header_of(), 3),
        (GIT_LINE + NAMES + "@@ -1 +1 @@\n", header_of(), 3),
        (GIT_LINE + "index 12..34\n", header_of(old_oid=b"12", new_oid=b"34"), 2),
        (
            GIT_LINE + "index 12..34 100755\n",
            header_of(old_oid=b"12", new_oid=b"34", old_mode=0o100755),
            2,
        ),
        (
            GIT_LINE + f"index {OID}..{OID} 100644\n",
            header_of(old_oid=OID.encode(), new_oid=OID.encode(), old_mode=0o100644),
            2,
        ),
        (GIT_LINE + f"index {OID}0..{OID} 100644\n", header_of(), 2),
        (GIT_LINE + f"index {OID}..{OID}0 100644\n", header_of(old_oid=OID.encode()), 2),
        (GIT_LINE + "index 12.34 100644\n", header_of(), 2),
        (GIT_LINE + "index 1234 100644\n", header_of(), 2),
        (GIT_LINE + "index .. 100644\n", header_of(old_mode=0o100644), 2),
        (
            GIT_LINE + "old mode 100644\nnew mode 100755\n",
            header_of(old_mode=0o100644, new_mode=0o100755),
            3,
        ),
        (GIT_LINE + "old mode  \t0100644\r\n", header_of(old_mode=0o100644), 2),
        (GIT_LINE + "old mode 0\n", header_of(zero_mode=True), 2),
        (
            GIT_LINE + "old mode 000000\nnew mode 100644\n",
            header_of(zero_mode=True, new_mode=0o100644),
            3,
        ),
        (
            GIT_LINE + "new file mode 100644\nindex 00..34\n--- /dev/null\n+++ b/x\n",
            header_of(old_name=None, is_new=1, new_mode=0o100644, old_oid=b"00", new_oid=b"34"),
            5,
        ),
        (
            GIT_LINE + "deleted file mode 100755\n--- a/x\n+++ /dev/null\n",
            header_of(new_name=None, is_delete=1, old_mode=0o100755),
            4,
        ),
        (
            GIT_LINE + "deleted file mode 100755\n",
            header_of(new_name=None, is_delete=1, old_mode=0o100755),
            2,
        ),
        (
            "diff --git a/x b/y\nsimilarity index 90%\nrename from x\nrename to y\n",
            header_of(new_name=b"y", default_name=None, is_rename=True),
            4,
        ),
        (
            "diff --git a/x b/y\ndissimilarity index 9%\nrename old x\nrename new y\n",
            header_of(new_name=b"y", default_name=None, is_rename=True),
            4,
        ),
        (
            "diff --git a/x b/y\ncopy from d/x\ncopy to d/e/y\n",
            header_of(old_name=b"d/x", new_name=b"d/e/y", default_name=None, is_copy=True),
            3,
        ),
        (
            "diff --git a/x b/y\nrename from a b\t\nrename to c\r\n",
            header_of(old_name=b"a b\t", new_name=b"c", default_name=None, is_rename=True),
            3,
        ),
        ("diff --git a/x b/y\n" + NAMES, header_of(default_name=None), 3),
        (GIT_LINE + "--- a/x\told\n+++ b/x\tnew\n", header_of(), 3),
        (GIT_LINE + "Index: x\n" + NAMES, header_of(), 1),
        (GIT_LINE + "--- a/x\n+++ b/x\nold mode 1", header_of(), 3),  # a line must end
    ],
)
def test_what_git_reads(text: str, expected: Header, lines: int) -> None:
    assert read(text) == (expected, lines)


@pytest.mark.parametrize(
    ("strip", "old", "new"), [(0, b"a/x", b"b/x"), (1, b"x", b"x"), (2, b"f", b"f")]
)
def test_as_many_folders_as_git_strips_are_taken_off(strip: int, old: bytes, new: bytes) -> None:
    names = ("a/x/f", "b/x/f") if strip == 2 else ("a/x", "b/x")
    header, _ = read(f"diff --git {names[0]} {names[1]}\n--- {names[0]}\n+++ {names[1]}\n", strip)
    assert (header.old_name, header.new_name) == (old, new)


@pytest.mark.parametrize(("strip", "name"), [(0, b"d/e/f"), (1, b"d/e/f"), (2, b"e/f"), (3, b"f")])
def test_names_of_a_rename_have_one_folder_less_to_strip(strip: int, name: bytes) -> None:
    text = "diff --git a/d/e/f b/d/e/g\nrename from d/e/f\nrename to d/e/g\n"
    assert read(text, strip)[0].old_name == name


CONTRADICT = "the header lines contradict each other"
NULL = "the header should name /dev/null"


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("diff --git a/x b/y\n", 2, "the header names no file"),
        ("diff --git a/x b/y\nold mode 100644\n", 3, "the header names no file"),
        ("diff --git a/x b/y\nrename from x\n", 3, "the header lacks a file name"),
        ("diff --git a/x b/y\nrename to y\n", 3, "the header lacks a file name"),
        ("diff --git a/x b/y\n+++ b/y\n", 3, "the header lacks a file name"),
        (GIT_LINE + "new file mode 100644\ndeleted file mode 100644\n", 4, CONTRADICT),
        (GIT_LINE + "deleted file mode 100644\nnew file mode 100644\n", 4, CONTRADICT),
        (GIT_LINE + "new file mode 100644\nrename from x\n", 4, CONTRADICT),
        (GIT_LINE + "copy from x\nrename to x\n", 4, CONTRADICT),
        (GIT_LINE + "copy from x\ndeleted file mode 100644\n", 4, CONTRADICT),
        (GIT_LINE + "rename from x\ncopy to x\n", 4, CONTRADICT),
        (GIT_LINE + "new file mode 100644\n--- a/x\n", 4, NULL),
        (GIT_LINE + "new file mode 100644\n--- /dev/nullx\n", 4, NULL),
        (GIT_LINE + "deleted file mode 100644\n+++ b/x\n", 4, NULL),
        (GIT_LINE + "--- a/x\n--- a/y\n", 4, "the header names two different files"),
        (GIT_LINE + "+++ b/x\n+++ b/y\n", 4, "the header names two different files"),
        (
            GIT_LINE + "--- a/x\nnew file mode 100644\n--- a/x\n",
            5,
            NULL,
        ),
        (GIT_LINE + "old mode 9\n", 3, "the mode is not an octal number"),
        (GIT_LINE + "old mode x\n", 3, "the mode is not an octal number"),
        (GIT_LINE + "new mode 100644x\n", 3, "the mode is not an octal number"),
        (GIT_LINE + "index 12..34 x\n", 3, "the mode is not an octal number"),
        (GIT_LINE + "new file mode \n", 3, "the mode is not an octal number"),
    ],
)
def test_where_git_refuses_a_header(text: str, line: int, reason: str) -> None:
    with pytest.raises(HeaderFault) as raised:
        read(text)
    assert (raised.value.line, raised.value.reason) == (line, reason)
    assert not isinstance(raised.value, Doubtful)


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        (GIT_LINE + "old mode +100644\n", 3, "the mode has a sign"),
        (GIT_LINE + "new mode -1\n", 3, "the mode has a sign"),
        (GIT_LINE + f"old mode 1{'0' * 21}\n", 3, "the mode is too large"),
        (GIT_LINE + "old mode 100644\0\n", 3, "the header line contains a NUL byte or is too long"),
        ("diff --git a/x\0 b/x\n", 2, "the header line contains a NUL byte or is too long"),
        (
            f"diff --git a/{'x' * HEADER_LINE_BYTES} b/x\n",
            2,
            "the header line contains a NUL byte or is too long",
        ),
    ],
)
def test_where_versions_of_git_disagree(text: str, line: int, reason: str) -> None:
    with pytest.raises(Doubtful) as raised:
        read(text)
    assert (raised.value.line, raised.value.reason) == (line, reason)


def test_the_longest_header_line_and_mode_are_still_read() -> None:
    name = "x" * (HEADER_LINE_BYTES - len("rename from \n"))
    header, lines = read(f"diff --git a/x b/y\nrename from {name}\nrename to y\n")
    assert (header.old_name, lines) == (name.encode(), 3)
    assert read(GIT_LINE + f"old mode {'0' * 50}1{'0' * 20}\n")[0].old_mode == 8**20
    assert read(GIT_LINE + "Index: \0\n")[1] == 1, "git's header has ended there"


def test_lines_of_a_patch_are_counted_with_and_without_a_last_line_feed() -> None:
    lines = RawLines(b"ab\n\nc")
    assert (len(lines), lines.end, lines.ended, lines.starts) == (3, 3, 2, [0, 3, 4, 5])
    assert ([lines[at] for at in range(3)], lines.left(1)) == ([b"ab\n", b"\n", b"c"], 2)
    for data, end, ended in ((b"", 0, 0), (b"\n", 1, 1), (b"a", 1, 0), (b"a\n", 1, 1)):
        assert (RawLines(data).end, RawLines(data).ended) == (end, ended)
    assert RawLines(b"a\0").has_nul and not RawLines(b"a").has_nul


@pytest.mark.parametrize(
    ("text", "is_header"),
    [
        ("--- x\n+++ y\n@@ -1 +1 @@\n", True),
        ("--- x\n+++ y\n@@ -1 +\n", True),
        ("--- x\n+++ y\n@@ -1 \n", False),  # too short for git to look
        ("--- x\n+++ y\n@@ 1 \n", False),
        ("--- x\n+++ y\n", False),
        ("--- x\n+++y\n@@ -1 +1 @@\n", False),
        ("---\n\n+++ y\n@@ -1 +1 @@\n", False),
        ("--- \n+++ y\n@@ -1 +1 @@\n", False),
    ],
)
def test_two_lines_are_a_header_before_a_hunk(text: str, is_header: bool) -> None:
    assert is_traditional_header(RawLines(text.encode()), 0) is is_header


DATE = "\t2024-01-02 10:00:00.0 +0000"
EPOCH = "\t1970-01-01 00:00:00.0 +0000"


@pytest.mark.parametrize(
    ("old", "new", "names", "marks"),
    [
        ("a/x", "b/x", (b"x", b"x"), (-1, -1)),
        ("a/x" + DATE, "b/x" + DATE, (b"x", b"x"), (-1, -1)),
        ("a/x.orig", "b/x", (b"x", b"x"), (-1, -1)),
        ("a/x", "b/x.orig", (b"x", b"x"), (-1, -1)),
        ("a/x", "b/y", (b"y", b"y"), (-1, -1)),
        ("x", "y", (b"y", b"y"), (-1, -1)),
        ("x", "d/y", (b"y", b"y"), (-1, -1)),
        ("/dev/null", "b/x", (None, b"x"), (1, 0)),
        ("a/x", "/dev/null", (b"x", None), (0, 1)),
        ("a/x" + EPOCH, "b/x" + DATE, (None, b"x"), (1, 0)),
        ("a/x" + DATE, "b/x" + EPOCH, (b"x", None), (0, 1)),
        ("a/x" + EPOCH, "b/x" + EPOCH, (None, b"x"), (1, 0)),
    ],
)
def test_two_lines_name_a_file(
    old: str, new: str, names: tuple[bytes | None, bytes | None], marks: tuple[int, int]
) -> None:
    lines = RawLines(f"mail\n--- {old}\n+++ {new}\n@@ -1 +1 @@\n".encode())
    header = Header()
    read_traditional_header(lines, 1, Stripping(), header)
    assert (header.old_name, header.new_name) == names
    assert (header.is_new, header.is_delete) == marks


def test_two_lines_without_a_name_or_with_a_nul_are_refused() -> None:
    for text, line, kind in (
        ("mail\n--- /dev/null\n+++ b/\n", 2, HeaderFault),
        ("mail\n--- a/x\0\n+++ b/x\n", 2, Doubtful),
        ("mail\n--- a/x\n+++ b/x\0\n", 3, Doubtful),
    ):
        with pytest.raises(kind) as raised:
            read_traditional_header(RawLines(text.encode()), 1, Stripping(), Header())
        assert (raised.value.line, type(raised.value)) == (line, kind)


def test_a_name_without_a_folder_says_once_for_all_that_none_is_stripped() -> None:
    stripping = Stripping()
    for name, folders in (("/dev/null", 1), ("b/x", 1), ("x", 0), ("b/x", 0)):
        stripping.guess(RawLines(f"{name}\n".encode()), 0)
        assert stripping.folders == folders, name


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (b"Binary files a/x and b/x differ\n", True),
        (b"Files a/x and b/x differ\n", True),
        (b"Binary files a/x and b/x differ", False),
        (b"Binary file a/x differ\n", False),
        (b"files a/x and b/x differ\n", False),
    ],
)
def test_a_line_says_that_binary_files_differ(line: bytes, says: bool) -> None:
    assert says_binary_differs(line) is says
