"""One hunk: the numbers of its first line, where its body ends, and what is wrong with it."""

from __future__ import annotations

import pytest

from core.patch.parse.hunks import (
    HunkHeader,
    Lines,
    ReadHunk,
    hunk_header,
    is_plain_header,
    read_hunk,
    settle_creation,
)
from core.patch.parse.patch_records import Header, Hunk, PatchProblem

MARK = "\\ No newline at end of file"
PLAIN = ["--- a/y", "+++ b/y", "@@ -1 +1 @@", "-a", "+b"]


@pytest.mark.parametrize(
    ("line", "header"),
    [
        ("@@ -1 +2 @@", HunkHeader(1, 1, 2, 1, "")),
        ("@@ -1,2 +3,4 @@ def f():", HunkHeader(1, 2, 3, 4, "def f():")),
        ("@@ -0,0 +1,9 @@\r", HunkHeader(0, 0, 1, 9, "")),
        ("@@ -1,0 +1,0 @@ é\r", HunkHeader(1, 0, 1, 0, "é")),
        (f"@@ -{'0' * 40}7,{'0' * 19}2 +3 @@", HunkHeader(7, 2, 3, 1, "")),
        (f"@@ -{'9' * 20} +1 @@", HunkHeader(10**20 - 1, 1, 1, 1, "")),
        (f"@@ -1,{'9' * 21} +1 @@", HunkHeader(1, 2**64, 1, 1, "")),
        (f"@@ -1 +{'9' * 5000},1 @@", HunkHeader(1, 1, 2**64, 1, "")),
        (f"@@ -1 +1 @@ {'x' * 90}", HunkHeader(1, 1, 1, 1, "x" * 90)),
        ("@@ -١ +1 @@", None),
        ("@@ -1 +1,² @@", None),
        ("@@ -1 +1", None),
        ("@@ def f(): @@", None),
        ("@@@ -1 -1 +1 @@@", None),
        (" @@ -1 +1 @@", None),
    ],
)
def test_numbers_of_a_header(line: str, header: HunkHeader | None) -> None:
    assert hunk_header(line) == header


@pytest.mark.parametrize(
    ("start", "is_too_large"), [(2**64 - 1, False), (2**64, True), (2**65, True)]
)
def test_a_place_that_git_cannot_count(start: int, is_too_large: bool) -> None:
    assert HunkHeader(start, 1, 1, 1, "").is_too_large is is_too_large
    assert HunkHeader(1, 1, start, 1, "").is_too_large is is_too_large


def read(line: str, *body: str, ended: bool = True) -> ReadHunk:
    """Read the hunk whose header is the third line; `ended`: the text ends with a line feed."""
    texts = ["--- a/x", "+++ b/x", line, *body, *([""] if ended else [])]
    end = len(texts) - ended
    header = hunk_header(line)
    assert header is not None
    return read_hunk(Lines(texts, end, end - (not ended)), 3, header)


@pytest.mark.parametrize(
    ("line", "body", "counts", "stop"),
    [
        ("@@ -7,3 +8,4 @@ s", [" a", "-b", "+c", "+d", " e"], (3, 4, 2, 1), 8),
        ("@@ -7,3 +8,3 @@ s", [" a", "", "-b", "+c", " behind"], (3, 3, 1, 1), 7),
        ("@@ -7 +8 @@ s", ["-a", "+b", MARK], (1, 1, 1, 1), 6),
        ("@@ -7 +8 @@ s", ["-a", MARK, "+b", MARK], (1, 1, 1, 1), 7),
        ("@@ -7 +8 @@ s", ["+b", MARK, "-a", MARK], (1, 1, 1, 1), 7),
        ("@@ -7,2 +8,2 @@ s", [" a", MARK, "-b", "+c"], (2, 2, 1, 1), 7),
        ("@@ -7,2 +8,2 @@ s", ["", MARK, "-b", "+c"], (2, 2, 1, 1), 7),
        ("@@ -7,0 +8,2 @@ s", ["+a", "+b", "+behind"], (0, 2, 2, 0), 5),
        ("@@ -7,2 +8,0 @@ s", ["-a", "-b", "-behind"], (2, 0, 0, 2), 5),
        ("@@ -7 +8 @@ s", ["-a", "+b", *PLAIN], (1, 1, 1, 1), 5),
        ("@@ -7,2 +8,2 @@ s", ["--- a/y", "+++ b/y", " @@ -1 +1 @@"], (2, 2, 1, 1), 6),
    ],
)
def test_a_sound_hunk_ends_where_its_numbers_say(
    line: str, body: list[str], counts: tuple[int, int, int, int], stop: int
) -> None:
    old, new, added, removed = counts
    hunk = Hunk(3, stop, 7, old, 8, new, "s")
    assert read(line, *body) == ReadHunk(hunk, stop, None, added, removed)


CR = "a context line with only a carriage return and no leading space"
MISPLACED = "misplaced 'No newline' marker"
SHORT = "truncated 'No newline' marker"
NO_MARK = "a line begins with a backslash but is not a 'No newline' marker"


def ends(*counts: int) -> str:
    old, new, announced_old, announced_new = counts
    return (
        f"the hunk ends here with {old} old and {new} new lines, "
        f"but its header announces {announced_old} and {announced_new}"
    )


@pytest.mark.parametrize(
    ("line", "body", "counts", "stop", "problem"),
    [
        # fewer lines than it announces
        ("@@ -7,3 +8,4 @@", [" a", "-b", "+c"], (2, 2, 1, 1), 6, (7, ends(2, 2, 3, 4), True)),
        ("@@ -7,9 +8,9 @@", ["-a", "+b", "junk"], (1, 1, 1, 1), 5, (6, ends(1, 1, 9, 9), True)),
        ("@@ -7,9 +8,9 @@", ["-a", "+b", "", ""], (1, 1, 1, 1), 5, (6, ends(1, 1, 9, 9), True)),
        ("@@ -7,9 +8,9 @@", ["-a", "+b", *PLAIN], (1, 1, 1, 1), 5, (6, ends(1, 1, 9, 9), True)),
        ("@@ -7,9 +8,9 @@", ["-a", "+b", "", *PLAIN], (1, 1, 1, 1), 5, (6, ends(1, 1, 9, 9), True)),
        ("@@ -7,9 +8,9 @@", ["-a", MARK, "+b", "x"], (1, 1, 1, 1), 6, (7, ends(1, 1, 9, 9), True)),
        # one side is full before the other
        ("@@ -7 +8,2 @@", ["-a", "+b", " c"], (2, 2, 1, 1), 6, (7, ends(2, 2, 1, 2), True)),
        # a carriage return alone
        ("@@ -7,2 +8,2 @@", ["-a", "+b", "\r"], (2, 2, 1, 1), 6, (6, CR, True)),
        ("@@ -7,2 +8,2 @@", ["\r", "-a", "+b", MARK, "x"], (2, 2, 1, 1), 7, (4, CR, True)),
        # nothing changes
        ("@@ -7 +8 @@", [" a"], (1, 1, 0, 0), 4, (3, "the hunk changes nothing", True)),
        # marks
        ("@@ -7 +8 @@", ["-a", "\\ short", "+b"], (1, 1, 1, 1), 6, (5, NO_MARK, True)),
        ("@@ -7 +8 @@", ["-a", "\\No newline at end", "+b"], (1, 1, 1, 1), 6, (5, NO_MARK, True)),
        ("@@ -7 +8 @@", [MARK, "-a", "+b"], (1, 1, 1, 1), 6, (4, MISPLACED, None)),
        ("@@ -7 +8 @@", ["-a", MARK, MARK, "+b"], (1, 1, 1, 1), 7, (6, MISPLACED, None)),
        ("@@ -7 +8 @@", ["-a", "+b", "\\ 234567890"], (1, 1, 1, 1), 6, (6, SHORT, None)),
        (
            "@@ -7 +8 @@",
            ["-a", "+b", "\\ x", "diff --git a/x b/x"],
            (1, 1, 1, 1),
            6,
            (6, SHORT, None),
        ),
        ("@@ -7,5 +8 @@", ["-a", "\\ x", "+b"], (1, 1, 1, 1), 6, (5, NO_MARK, True)),
    ],
)
def test_what_is_wrong_is_named_and_what_can_be_read_is_kept(
    line: str,
    body: list[str],
    counts: tuple[int, int, int, int],
    stop: int,
    problem: tuple[int, str, bool | None],
) -> None:
    old, new, added, removed = counts
    hunk = Hunk(3, stop, 7, old, 8, new, "")
    assert read(line, *body) == ReadHunk(hunk, stop, PatchProblem(*problem), added, removed)


@pytest.mark.parametrize(
    ("mark", "taken", "is_doubtful"),
    [
        ("\\ 23456789", 0, False),  # with its line feed 11 bytes: no mark to any git
        ("\\ 234567890", 1, True),  # 12: its versions disagree
        ("\\ 2345678901", 1, False),
        ("\\ é2345678", 1, True),  # bytes count, not characters
        ("\\2345678901", 0, False),
    ],
)
def test_a_mark_at_the_end_has_at_least_twelve_bytes(
    mark: str, taken: int, is_doubtful: bool
) -> None:
    found = read("@@ -7 +8 @@", "-a", "+b", mark)
    assert (found.stop, found.problem is not None) == (5 + taken, is_doubtful)


def test_a_last_line_without_its_line_feed_is_not_read_by_git() -> None:
    found = read("@@ -7 +8 @@", "-a", "+b", ended=False)
    reason = "the patch ends in the middle of a line (no final line feed)"
    assert found == ReadHunk(Hunk(3, 5, 7, 1, 8, 1, ""), 5, PatchProblem(5, reason), 1, 1)
    behind = read("@@ -7 +8 @@", "-a", "+b", "x", ended=False)
    assert (behind.stop, behind.problem) == (5, None)
    mark = read("@@ -7 +8 @@", "-a", "+b", MARK, ended=False)
    assert (mark.stop, mark.problem) == (6, None)
    short = read("@@ -7 +8 @@", "-a", "+b", "\\ 2345678901", ended=False)
    assert (short.stop, short.problem and short.problem.fatal) == (6, None)
    assert short.problem == PatchProblem(6, SHORT, None)
    shorter = read("@@ -7 +8 @@", "-a", "+b", "\\ 234567890", ended=False)
    assert (shorter.stop, shorter.problem) == (5, None)


def test_without_any_line_there_is_no_hunk() -> None:
    found = read("@@ -7,2 +8,2 @@", "junk")
    assert found == ReadHunk(None, 3, PatchProblem(4, ends(0, 0, 2, 2)))
    nothing = read("@@ -7,0 +8,0 @@", "junk")
    assert nothing == ReadHunk(None, 3, PatchProblem(3, "the hunk changes nothing"))


@pytest.mark.parametrize(
    ("texts", "is_header"),
    [
        (["--- a", "+++ b", "@@ -1 +1 @@"], True),
        (["--- a", "+++ b", "@@"], True),
        (["--- a", "+++ b"], True),
        (["--- a", "+++ b", "x"], False),
        (["--- a", "x", "@@ -1 +1 @@"], False),
        (["--- a"], False),
        (["---a", "+++ b", "@@"], False),
        (["--- a", "+++b", "@@"], False),
    ],
)
def test_a_plain_header_is_two_lines_before_a_hunk(texts: list[str], is_header: bool) -> None:
    assert is_plain_header(Lines([*texts, ""], len(texts), len(texts)), 0) is is_header


ADDS, REMOVES = Hunk(5, 6, 0, 0, 1, 1, ""), Hunk(8, 9, 1, 1, 0, 0, "")
NEW_WITH_OLD, GONE_WITH_NEW = (
    "a new file cannot have old lines",
    "a deleted file cannot have new lines",
)


@pytest.mark.parametrize(
    ("marks", "hunks", "settled", "faults"),
    [
        ((-1, -1), [ADDS], (-1, 0), []),
        ((-1, -1), [REMOVES], (0, -1), []),
        ((-1, -1), [ADDS, REMOVES], (0, 0), []),
        ((-1, -1), [ADDS, ADDS], (0, 0), []),
        ((-1, -1), [], (-1, -1), []),
        ((0, 0), [ADDS, REMOVES], (0, 0), []),
        ((1, 0), [ADDS, REMOVES], (1, 0), [(8, NEW_WITH_OLD)]),
        ((0, 1), [ADDS, REMOVES], (0, 1), [(5, GONE_WITH_NEW)]),
        ((1, 0), [ADDS, ADDS], (1, 0), []),
        ((1, 1), [ADDS, REMOVES], (1, 1), [(8, NEW_WITH_OLD), (5, GONE_WITH_NEW)]),
        ((1, -1), [ADDS], (1, 0), []),
        ((0, -1), [REMOVES], (0, -1), []),
    ],
)
def test_hunks_settle_whether_a_file_is_new_or_gone(
    marks: tuple[int, int],
    hunks: list[Hunk],
    settled: tuple[int, int],
    faults: list[tuple[int, str]],
) -> None:
    header = Header(is_new=marks[0], is_delete=marks[1])
    assert list(settle_creation(header, hunks)) == faults
    assert (header.is_new, header.is_delete) == settled
