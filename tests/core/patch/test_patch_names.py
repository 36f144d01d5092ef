"""File names in headers: found where git finds them, with quotes, dates, folders and odd blanks."""

from __future__ import annotations

import pytest

from core.patch.parse.patch_names import (
    find_name,
    find_traditional_name,
    has_epoch_date,
    header_name,
    is_dev_null,
    squash,
    unquote,
)


@pytest.mark.parametrize(
    ("line", "is_null"),
    [
        (b"/dev/null\n", True),
        (b"/dev/null\t1970\n", True),
        (b"/dev/null \n", True),
        (b"/dev/null\r\n", True),
        (b"/dev/nullx\n", False),
        (b"dev/null\n", False),
        (b"a/dev/null\n", False),
    ],
)
def test_no_file(line: bytes, is_null: bool) -> None:
    assert is_dev_null(b"--- " + line, 4) is is_null


@pytest.mark.parametrize(
    ("line", "strip", "name"),
    [
        (b"a/x\n", 1, b"x"),
        (b"a/x\n", 0, b"a/x"),
        (b"a/b/x\n", 2, b"x"),
        (b"a/b/c/x\n", 2, b"c/x"),
        (b"x\n", 1, None),
        (b"a/\n", 1, None),
        (b"\n", 0, None),
        (b"a/x y \tz\n", 1, b"x y "),
        (b"a/x\r\n", 1, b"x"),
        (b"a/x", 1, b"x"),
        (b"a//b//x\n", 1, b"/b/x"),
        (b'"a/x\\ty"\n', 1, b"x\ty"),
        (b'"a/x" y\n', 1, b"x"),
        (b'"x"\n', 1, None),
        (b'"a/x\n', 1, b"x"),
        (b'"a/b//x"\n', 1, b"b/x"),
        (b'"a/\\q/x"\n', 1, b'\\q/x"'),
    ],
)
def test_a_name_in_a_header_of_git(line: bytes, strip: int, name: bytes | None) -> None:
    assert find_name(b"--- " + line, 4, strip) == name


@pytest.mark.parametrize(
    ("line", "name"),
    [
        (b"a/x\n", b"x"),
        (b"a/x\t2024-01-02 03:04:05\n", b"x"),
        (b"a/x\t2024-01-02 03:04:05.678 +0100\n", b"x"),
        (b"a/x 2024-01-02 03:04:05 +01:00\n", b"x"),
        (b"a/x  24-01-02\n", b"x"),
        (b"a/x y\t2024-01-02\n", b"x y"),
        (b"a/x 2024-1-2\n", b"x 2024-1-2"),
        (b"a/x 2024-01-02 3:04\n", b"x 2024-01-02 3:04"),
        (b"a/x\t2024\n", b"x"),
        (b"a/x\ry\n", b"x"),
        (b"x\n", None),
        (b'"a/x\\ty"\t2024-01-02\n', b"x\ty"),
        (b'"a/x\n', b"x"),
    ],
)
def test_a_name_before_a_date(line: bytes, name: bytes | None) -> None:
    assert find_traditional_name(b"+++ " + line, 4, 1) == name


@pytest.mark.parametrize(
    ("new", "default", "name"),
    [
        (b"b/x\n", b"x", b"x"),
        (b"b/x.orig\n", b"x", b"x"),
        (b"b/x\n", b"x.orig", b"x"),
        (b"b/y\n", b"x", b"y"),
        (b"b/\n", b"d//x", b"d/x"),
        (b"b/d//xy\n", b"d//x", b"d/x"),
        (b"b/\n", None, None),
    ],
)
def test_the_shorter_of_two_names_of_which_one_begins_the_other(
    new: bytes, default: bytes | None, name: bytes | None
) -> None:
    assert find_traditional_name(new, 0, 1, default) == name


@pytest.mark.parametrize(
    ("date", "is_epoch"),
    [
        (b"1970-01-01 00:00:00 +0000", True),
        (b"1970-01-01 00:00:00.000 +0000", True),
        (b"1970-01-01 01:30:00 +0130", True),
        (b"1970-01-01 01:30:00 +01:30", True),
        (b"1969-12-31 22:45:00 -0115", True),
        (b"1969-12-31 19:00:00.0 -0500", True),
        (b"1969-12-31 00:00:00 +0000", False),
        (b"1970-01-01 00:01:00 +0000", False),
        (b"1970-01-01 01:30:00 -0130", False),
        (b"1970-01-01 01:30:00 +0120", False),
        (b"1970-01-01 00:00:01 +0000", False),
        (b"1970-01-01 00:00:00", False),
        (b"1970-01-02 00:00:00 +0000", False),
    ],
)
def test_the_start_of_unix_time_means_no_file(date: bytes, is_epoch: bool) -> None:
    assert has_epoch_date(b"--- x\t" + date + b"\n", 4) is is_epoch
    assert has_epoch_date(b"--- x\ty\t" + date + b"\n", 4) is is_epoch
    assert not has_epoch_date(b"--- " + date + b"\n", 4), "it stands behind a tab"


@pytest.mark.parametrize(
    ("names", "strip", "name"),
    [
        (b"a/x b/x", 1, b"x"),
        (b"a/x y b/x y", 1, b"x y"),
        (b"a/x b/x b/x b/x", 1, b"x b/x"),
        (b"old/x new/x", 1, b"x"),
        (b"a/x\tb/x", 1, b"x"),
        (b"a/d/x b/d/x", 1, b"d/x"),
        (b"a/d/ b/d/", 1, b"d/"),
        (b"a/x  b/x ", 1, b"x "),
        (b"a/x  b/x", 1, b"x"),
        (b"a/x b/y", 1, None),
        (b"a/x b/x y", 1, None),
        (b"x x", 1, None),
        (b"a/x x", 1, None),
        (b"a/x /x", 1, None),
        (b"/x b/x", 1, None),
        (b"a/ b/", 1, b""),
        (b"x x", 0, b"x"),
        (b"x x x x", 0, b"x x"),
        (b"d/x d/x", 0, b"d/x"),
        (b"x y", 0, None),
        (b"/x /x", 0, None),
        (b"x  x", 0, None),
        (b'"a/x\\ty" "b/x\\ty"', 1, b"x\ty"),
        (b'"a/x\\ty"   "b/x\\ty"', 1, b"x\ty"),
        (b'"a/x" b/x', 1, None),
        (b'"a/x\\n" b/x', 1, b"x\n"),  # git counts the line feed to the second name
        (b'"a/x" "b/y"', 1, None),
        (b'"a/x" ', 1, None),
        (b'"a/x', 1, None),
        (b'"x" "b/x"', 1, None),
        (b'"a/x" "x"', 1, None),
        (b'"a/x" "b/x', 1, None),
        (b'a/x "b/x"', 1, b"x"),
        (b'a/x\t"b/x"', 1, b"x"),
        (b'a/xy "b/x"', 1, None),
        (b'a/y "b/x"', 1, None),
        (b'a/x "x"', 1, None),
        (b'a/x "b/x', 1, None),
        (b'x "x"', 0, b"x"),
    ],
)
def test_a_name_that_stands_twice(names: bytes, strip: int, name: bytes | None) -> None:
    line = b"diff --git " + names + b"\n"
    data = b"mail\n" + line + b'--- "a/z"\n'
    assert header_name(data, 5 + 11, 5 + len(line), strip) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (b'"x"', (b"x", 3)),
        (b'""', (b"", 2)),
        (b'"x" y', (b"x", 3)),
        (b'"\\a\\b\\f\\n\\r\\t\\v\\\\\\""', (b'\a\b\f\n\r\t\v\\"', 20)),
        (b'"caf\\303\\251!"', (b"caf\xc3\xa9!", 14)),
        (b'"\\377\\000"', (b"\xff\0", 10)),
        (b'"\\400"', None),
        (b'"\\08"', None),
        (b'"\\q"', None),
        (b'"\\', None),
        (b'"x', None),
        (b'"x\0y"', None),
        (b"x", None),
        (b"", None),
    ],
)
def test_a_quoted_name(text: bytes, name: tuple[bytes, int] | None) -> None:
    expected = None if name is None else (name[0], name[1] + 2)
    assert unquote(b"--" + text, 2) == expected


def test_doubled_slashes_are_one() -> None:
    assert squash(b"//a///b/c//") == b"/a/b/c/"
