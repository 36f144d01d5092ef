"""What is said of malformed patches: which lines are whose, what is wrong and whether git refuses.

One line a file (its first line from 0 and the one behind it, lines added and removed, modes), below
it one a problem (its line from 1).
"""

from __future__ import annotations

import pytest

from core.patch.parse import FilePatch, Patch, PatchProblem, parse_patch

HEADER = "diff --git a/x.py b/x.py\nindex 111..222 100644\n--- a/x.py\n+++ b/x.py\n"
CHANGE = "@@ -1 +1 @@\n-a\n+b\n"
OTHER = "diff --git a/y b/y\n--- a/y\n+++ b/y\n" + CHANGE
_SAID = {True: " (refused)", None: " (doubtful)", False: ""}


def told(patch: Patch) -> list[str]:
    found = [_problem(problem) for problem in patch.problems]
    for file in patch.files:
        found += [_file(file), *map(_problem, file.problems)]
    return [*found, f"refused at {patch.refusal.line}"] if patch.refusal else found


def _problem(problem: PatchProblem) -> str:
    return f"{problem.line}: {problem.reason}{_SAID[problem.fatal]}"


def _file(file: FilePatch) -> str:
    words = [file.path, file.status.value, f"{file.start}-{file.stop}"]
    words += [f"+{file.added}", f"-{file.removed}"]
    words += [f"{file.old_mode}>{file.new_mode}"] if file.old_mode or file.new_mode else []
    words += ["binary"] if file.binary else []
    words += [f"at {file.data_at}"] if file.data_at is not None else []
    return " ".join([*words, "ignored"] if file.ignored else words)


CASES: list[tuple[str, str, list[str]]] = [
    (
        "six bytes behind a header",
        "diff --git a/x b/x\n+++ x\n",
        [
            "x modified 0-2 +0 -0",
            "1: file header without a hunk (refused)",
            "refused at 1",
        ],
    ),
    (
        "five bytes, where git looks for no header",
        "diff --git a/x b/x\n+++ \n",
        ["x modified 0-2 +0 -0 ignored", "refused at 1"],
    ),
    ("empty", "", ["refused at 1"]),
    ("prose", "I did it.\nreally\n", ["refused at 1"]),
    ("stray", CHANGE, ["1: hunk without a file header (refused)", "refused at 1"]),
    (
        "stray+file",
        CHANGE + HEADER + CHANGE,
        [
            "1: hunk without a file header (refused)",
            "x.py modified 3-10 +1 -1 100644>100644",
            "refused at 1",
        ],
    ),
    ("stray unended", "@@ -1 +1 @@", ["1: hunk without a file header", "refused at 1"]),
    (
        "header only",
        "diff --git a/x b/x\n" + OTHER,
        [
            "x modified 0-1 +0 -0 ignored",
            "1: file header with nothing after it; git ignores it",
            "y modified 1-7 +1 -1",
            "3: the header names two different files (refused)",
            "refused at 3",
        ],
    ),
    (
        "named header only",
        HEADER + OTHER,
        [
            "x.py modified 0-4 +0 -0 100644>100644",
            "1: file header without a hunk (refused)",
            "y modified 4-10 +1 -1",
            "refused at 1",
        ],
    ),
    (
        "header at end",
        HEADER,
        [
            "x.py modified 0-4 +0 -0 100644>100644",
            "1: file header without a hunk (refused)",
            "refused at 1",
        ],
    ),
    (
        "junk after @@",
        HEADER + "@@ def f(): @@\n-b\n+c\n" + OTHER,
        [
            "x.py modified 0-7 +0 -0 100644>100644",
            "5: not a hunk header: @@ def f(): @@ (refused)",
            "y modified 7-13 +1 -1",
            "refused at 5",
        ],
    ),
    (
        "@@ - broken",
        HEADER + "@@ -x +1 @@\n-b\n+c\n" + OTHER,
        [
            "x.py modified 0-5 +0 -0 100644>100644",
            "5: not a hunk header: @@ -x +1 @@ (refused)",
            "y modified 7-13 +1 -1",
            "refused at 5",
        ],
    ),
    (
        "second @@ - broken",
        HEADER + CHANGE + "@@ -x +1 @@\n-b\n+c\n" + OTHER,
        [
            "x.py modified 0-10 +1 -1 100644>100644",
            "8: not a hunk header: @@ -x +1 @@ (refused)",
            "9: more lines than the hunk header announces; git ignores the rest",
            "y modified 10-16 +1 -1",
            "refused at 8",
        ],
    ),
    (
        "second @@ junk",
        HEADER + CHANGE + "@@ junk\n-b\n+c\n" + OTHER,
        [
            "x.py modified 0-10 +1 -1 100644>100644",
            "8: not a hunk header: @@ junk",
            "y modified 10-16 +1 -1",
        ],
    ),
    (
        "hunk behind junk",
        HEADER + CHANGE + "junk\n@@ -9 +9 @@\n-x\n+y\n" + OTHER,
        [
            "x.py modified 0-11 +2 -2 100644>100644",
            "9: hunk after lines that are not part of a diff (refused)",
            "y modified 11-17 +1 -1",
            "refused at 9",
        ],
    ),
    (
        "hunk behind junk, without an end",
        HEADER + CHANGE + "junk\n@@ -9 +9 @@",
        [
            "x.py modified 0-9 +1 -1 100644>100644",
            "9: hunk after lines that are not part of a diff",
            "9: not a hunk header: @@ -9 +9 @@",
        ],
    ),
    (
        "hunk behind blank",
        HEADER + "\n" + CHANGE,
        [
            "x.py modified 0-8 +1 -1 100644>100644",
            "1: file header without a hunk (refused)",
            "refused at 1",
        ],
    ),
    (
        "too many",
        HEADER + CHANGE + "+more\n+and more\n \n" + OTHER,
        [
            "x.py modified 0-10 +1 -1 100644>100644",
            "8: more lines than the hunk header announces; git ignores the rest",
            "y modified 10-16 +1 -1",
        ],
    ),
    (
        "too many 2",
        HEADER + CHANGE + "\n+more\n" + OTHER,
        ["x.py modified 0-7 +1 -1 100644>100644", "y modified 9-15 +1 -1"],
    ),
    ("signature", HEADER + CHANGE + "-- \n2.39\n", ["x.py modified 0-7 +1 -1 100644>100644"]),
    ("signature2", HEADER + CHANGE + "--\n2.39\n", ["x.py modified 0-7 +1 -1 100644>100644"]),
    (
        "rename then junk hunk",
        "diff --git a/x b/y\nrename from x\nrename to y\n@@ junk\n" + OTHER,
        ["y renamed 0-4 +0 -0", "4: not a hunk header: @@ junk", "y modified 4-10 +1 -1"],
    ),
    (
        "rename then @@ -",
        "diff --git a/x b/y\nrename from x\nrename to y\n@@ -junk\n" + OTHER,
        [
            "y renamed 0-4 +0 -0",
            "4: not a hunk header: @@ -junk (refused)",
            "y modified 4-10 +1 -1",
            "refused at 4",
        ],
    ),
    (
        "mode",
        "diff --git a/x b/x\nold mode 100644\nnew mode 100755\n",
        ["x mode 0-3 +0 -0 100644>100755"],
    ),
    (
        "mode same",
        "diff --git a/x b/x\nold mode 100644\nnew mode 100644\n" + OTHER,
        [
            "x modified 0-3 +0 -0 100644>100644",
            "1: file header without a hunk (refused)",
            "y modified 3-9 +1 -1",
            "refused at 1",
        ],
    ),
    (
        "index only",
        "diff --git a/x b/x\nindex 1..2\n" + OTHER,
        [
            "x modified 0-2 +0 -0",
            "1: file header without a hunk (refused)",
            "y modified 2-8 +1 -1",
            "refused at 1",
        ],
    ),
    (
        "binary differs",
        "diff --git a/x b/x\nindex 1..2\nBinary files a/x and b/x differ\n" + OTHER,
        ["x modified 0-3 +0 -0 binary", "y modified 3-9 +1 -1"],
    ),
    (
        "binary differs hunk",
        "diff --git a/x b/x\nindex 1..2\nBinary files a/x and b/x differ\n" + CHANGE + OTHER,
        [
            "x modified 0-6 +1 -1 binary",
            "4: hunk after lines that are not part of a diff (refused)",
            "y modified 6-12 +1 -1",
            "refused at 4",
        ],
    ),
    (
        "binary",
        "diff --git a/x b/x\nindex 1..2\nGIT binary patch\nliteral 0\nHcmV?d00001\n\n"
        "literal 0\nHcmV?d00001\n\n" + OTHER,
        ["x modified 0-9 +0 -0 binary at 3", "y modified 9-15 +1 -1"],
    ),
    (
        "binary one",
        "diff --git a/x b/x\nindex 1..2\nGIT binary patch\nliteral 0\nHcmV?d00001\n\n" + OTHER,
        ["x modified 0-6 +0 -0 binary at 3", "y modified 6-12 +1 -1"],
    ),
    (
        "binary none",
        "diff --git a/x b/x\nindex 1..2\nGIT binary patch\n" + OTHER,
        [
            "x modified 0-3 +0 -0 binary at 3 ignored",
            "3: binary patch without data",
            "y modified 3-9 +1 -1 ignored",
            "7: hunk after lines that are not part of a diff",
            "refused at 1",
        ],
    ),
    (
        "binary corrupt",
        OTHER + "diff --git a/x b/x\nindex 1..2\nGIT binary patch\nliteral 0\nHcmV?d0001\n\n"
        "diff --git a/z b/z\n--- a/z\n+++ b/z\n" + CHANGE,
        [
            "y modified 0-6 +1 -1",
            "x modified 6-12 +0 -0 binary at 9 ignored",
            "11: the binary patch is corrupt",
            "z modified 12-18 +1 -1 ignored",
            "16: hunk after lines that are not part of a diff",
        ],
    ),
    (
        "binary large",
        "diff --git a/x b/x\nindex 1..2\nGIT binary patch\nliteral 99999999999\nHcmV?d00001\n\n"
        + OTHER,
        [
            "x modified 0-6 +0 -0 binary at 3",
            "6: the binary content is too large (doubtful)",
            "y modified 6-12 +1 -1",
            "refused at 6",
        ],
    ),
    (
        "bare binary",
        "diff --git a/x b/x\nBinary files a/x and b/x differ\n" + OTHER,
        [
            "x modified 0-1 +0 -0 binary ignored",
            "1: file header with nothing after it; git ignores it",
            "y modified 2-8 +1 -1",
            "4: the header names two different files (refused)",
            "refused at 4",
        ],
    ),
    (
        "too large number",
        HEADER + "@@ -99999999999999999999,1 +1 @@\n-a\n+b\n",
        [
            "x.py modified 0-7 +1 -1 100644>100644",
            "5: a number in the hunk header is too large (doubtful)",
            "refused at 5",
        ],
    ),
    (
        "combined",
        "diff --cc x.py\nindex 1,2..3\n@@@ -1 -1 +1 @@@\n++a\n" + HEADER + CHANGE,
        [
            "x.py modified 0-4 +0 -0 ignored",
            "1: combined diff (of a merge), which cannot be applied",
            "x.py modified 4-11 +1 -1 100644>100644",
        ],
    ),
    (
        "traditional at end",
        "--- a/x\n+++ b/x\n",
        ["x modified 0-2 +0 -0 ignored", "1: file header without a hunk", "refused at 1"],
    ),
    (
        "traditional then nohunk",
        "--- a/x\n+++ b/x\n@@ junk\n",
        ["x modified 0-3 +0 -0 ignored", "3: not a hunk header: @@ junk", "refused at 1"],
    ),
    (
        "new with old",
        "diff --git a/x b/x\nnew file mode 100644\n--- /dev/null\n+++ b/x\n" + CHANGE,
        [
            "x added 0-7 +1 -1 None>100644",
            "5: a new file cannot have old lines (refused)",
            "refused at 5",
        ],
    ),
    (
        "delete with new",
        "diff --git a/x b/x\ndeleted file mode 100644\n--- a/x\n+++ /dev/null\n" + CHANGE,
        [
            "x deleted 0-7 +1 -1 100644>None",
            "5: a deleted file cannot have new lines (refused)",
            "refused at 5",
        ],
    ),
    (
        "contradict",
        "diff --git a/x b/x\nnew file mode 100644\ndeleted file mode 100644\n--- a/x\n+++ b/x\n"
        + CHANGE
        + OTHER,
        [
            "x modified 0-8 +1 -1 100644>100644",
            "3: the header lines contradict each other (refused)",
            "6: a new file cannot have old lines (refused)",
            "6: a deleted file cannot have new lines (refused)",
            "y modified 8-14 +1 -1",
            "refused at 3",
        ],
    ),
    (
        "doubt",
        "diff --git a/x b/x\nold mode -1\n" + OTHER,
        [
            "x modified 0-2 +0 -0",
            "2: the mode has a sign (doubtful)",
            "y modified 2-8 +1 -1",
            "refused at 2",
        ],
    ),
    (
        "tail",
        HEADER + CHANGE + "diff --git a/z b/z\n",
        [
            "x.py modified 0-7 +1 -1 100644>100644",
            "z modified 7-8 +0 -0 ignored",
            "8: file header with nothing after it; git ignores it",
        ],
    ),
    (
        "short header end",
        HEADER + CHANGE + "--- a\n",
        [
            "x.py modified 0-8 +1 -1 100644>100644",
            "8: more lines than the hunk header announces; git ignores the rest",
        ],
    ),
    (
        "unended header",
        HEADER + "@@ -1 +1 @@",
        [
            "x.py modified 0-5 +0 -0 100644>100644",
            "5: not a hunk header: @@ -1 +1 @@ (refused)",
            "refused at 5",
        ],
    ),
    (
        "unended hunk",
        HEADER + "@@ -1 +1 @@\n-a\n+b",
        [
            "x.py modified 0-7 +1 -1 100644>100644",
            "7: the patch ends in the middle of a line (no final line feed) (refused)",
            "refused at 7",
        ],
    ),
    (
        "at 4",
        HEADER + "@@ -",
        [
            "x.py modified 0-5 +0 -0 100644>100644",
            "5: not a hunk header: @@ - (refused)",
            "refused at 5",
        ],
    ),
    (
        "at 5",
        HEADER + "@@ -\n",
        [
            "x.py modified 0-5 +0 -0 100644>100644",
            "5: not a hunk header: @@ - (refused)",
            "refused at 5",
        ],
    ),
    (
        "empty new",
        "diff --git a/x b/x\nnew file mode 100644\nindex 000..e69\n",
        ["x added 0-3 +0 -0 None>100644"],
    ),
    (
        "empty new header names",
        "diff --git a/x b/x\nnew file mode 100644\n--- /dev/null\n+++ b/x\n",
        ["x added 0-4 +0 -0 None>100644"],
    ),
    (
        "carried",
        "diff --git a/z b/z\njunk\n--- a/x\n+++ b/x\n" + CHANGE,
        [
            "z modified 0-1 +0 -0 ignored",
            "1: file header with nothing after it; git ignores it",
            "x modified 2-7 +1 -1",
        ],
    ),
    (
        "carried rename",
        "diff --git a/z b/z\n\n" + OTHER,
        [
            "z modified 0-1 +0 -0 ignored",
            "1: file header with nothing after it; git ignores it",
            "y modified 2-8 +1 -1",
            "4: the header names two different files (refused)",
            "refused at 4",
        ],
    ),
    (
        "crlf",
        "diff --git a/x.py b/x.py\r\nindex 111..222 100644\r\n--- a/x.py\r\n+++ b/x.py\r\n"
        "@@ -1 +1 @@\r\n-a\r\n+b\r\n",
        ["x.py modified 0-7 +1 -1 100644>100644"],
    ),
    (
        "combined hunk",
        "diff --cc x\n@@@ -1 -1 +1 @@@\n++a\n" + CHANGE,
        [
            "x modified 0-6 +1 -1 ignored",
            "1: combined diff (of a merge), which cannot be applied",
            "4: hunk after lines that are not part of a diff (refused)",
            "refused at 4",
        ],
    ),
]


@pytest.mark.parametrize(("text", "said"), [pytest.param(t, s, id=i) for i, t, s in CASES])
def test_what_is_said_of_a_patch(text: str, said: list[str]) -> None:
    assert told(parse_patch(text)) == said


def test_a_long_line_that_is_no_header_is_told_by_its_beginning() -> None:
    (file,) = parse_patch(HEADER + "@@ -" + "x" * 100 + "\n").files
    assert file.problems[0].reason == "not a hunk header: @@ -" + "x" * 76


def test_data_that_is_inflated_is_counted_over_all_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.patch.parse.parse.MAX_TEXT_BYTES", 25)
    one = "GIT binary patch\nliteral 10\nRc${NkWMXDvWn<^y1ONc904@Lk\n\n"
    data = one.partition("\n")[2]
    for both, fatal in ((one, [[], [], [None]]), (one + data, [[], [None], [None]])):
        text = "".join(f"diff --git a/{n} b/{n}\nindex 1..2\n{both}" for n in range(3))
        files = parse_patch(text).files
        assert [[problem.fatal for problem in file.problems] for file in files] == fatal
