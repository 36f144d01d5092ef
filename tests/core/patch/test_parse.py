"""The diff parser agrees with git on sound patches and keeps every byte of all others."""

from __future__ import annotations

import difflib
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from unidiff.patch import PatchSet

from core.patch.parse import FilePatch, FileStatus, Patch, diff_lines, holds_own_diff, parse_patch
from core.sources import decode, encode

HEADER = "diff --git a/x.py b/x.py\nindex 111..222 100644\n--- a/x.py\n+++ b/x.py\n"
HUNK = "@@ -1,3 +1,4 @@ def f():\n a\n-b\n+c\n+d\n e\n"


def only(patch: Patch) -> FilePatch:
    (file,) = patch.files
    return file


def faults(patch: Patch) -> list[tuple[int, bool | None]]:
    """Line and fatality of each problem."""
    everything = [*patch.problems, *(problem for file in patch.files for problem in file.problems)]
    return [(problem.line, problem.fatal) for problem in everything]


def git_numstat(text: str, folder: Path) -> list[tuple[str, str, str]] | None:
    """What `git apply --numstat` reads in a patch; None when git refuses it."""
    done = subprocess.run(
        ["git", "apply", "--numstat", "-z"], input=encode(text), capture_output=True, cwd=folder
    )
    if done.returncode:
        return None
    rows = [row.split("\t", 2) for row in decode(done.stdout).split("\0") if row]
    return [(row[0], row[1], row[2]) for row in rows]


def numstat(patch: Patch, *, bare: bool = False) -> list[tuple[str, str, str]]:
    """The same of a parsed patch, or with the names as they are written where they are bare."""
    paths = [(f.bare if bare else None) or f.path for f in patch.files]
    return [
        ("-", "-", path) if f.binary else (str(f.added), str(f.removed), path)
        for f, path in zip(patch.files, paths, strict=True)
    ]


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, check=True)
    return decode(done.stdout)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository whose work tree changes in every way that git's diff has a word for."""
    git(tmp_path, "init", "-q")
    names = ["edited.py", "gone.txt", "old name.py", "café.py", "tab\there.c", "run.sh", "a/b.py"]
    for name in [*names, "copied.py", "unended.txt"]:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("".join(f"{name} {i}\n" for i in range(30)), encoding="utf-8")
    (tmp_path / "picture.png").write_bytes(bytes(range(256)))
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "base")
    for name in ("edited.py", "café.py", "tab\there.c", "a/b.py", "copied.py"):
        path = tmp_path / name
        path.write_text(path.read_text("utf-8").replace(" 7\n", " seven\n\n"), encoding="utf-8")
    (tmp_path / "copy.py").write_text((tmp_path / "copied.py").read_text("utf-8") + "more\n")
    (tmp_path / "gone.txt").unlink()
    (tmp_path / "old name.py").rename(tmp_path / "new name.py")
    (tmp_path / "run.sh").chmod(0o755)
    (tmp_path / "unended.txt").write_text("no newline", encoding="utf-8")
    (tmp_path / "added.py").write_text(HEADER + HUNK, encoding="utf-8")
    (tmp_path / "empty.py").write_bytes(b"")
    (tmp_path / "picture.png").write_bytes(bytes(range(255)))
    git(tmp_path, "add", "-A")
    return tmp_path


@pytest.mark.parametrize(
    "options",
    [
        (),
        ("--binary",),
        ("--no-prefix", "-U0"),
        ("-R", "-U10"),
        ("--src-prefix=old/", "--dst-prefix=new/"),
        ("-c", "diff.mnemonicPrefix=true"),
        ("-c", "core.quotePath=false"),
    ],
)
def test_what_git_writes_is_what_we_read(repository: Path, options: tuple[str, ...]) -> None:
    config, flags = (options, ()) if options[:1] == ("-c",) else ((), options)
    commands = [*config, "diff", "--cached", "-C", *flags]
    text = git(repository, *commands)
    patch = parse_patch(text)
    assert patch.text == text
    is_bare = "--no-prefix" in options  # git refuses names without a folder to strip
    assert (faults(patch) == []) is not is_bare
    assert is_bare is (patch.refusal is not None) is (git_numstat(text, repository) is None)
    expected = git(repository, *commands, "--numstat", "-z").split("\0")
    rows, at = [], 0
    while expected[at]:
        added, removed, path = expected[at].split("\t", 2)
        at += 1 if path else 3  # a rename's paths are fields of their own
        rows.append((added, removed, path or expected[at - 1]))
    assert numstat(patch, bare=is_bare) == rows


def test_git_statuses_paths_and_modes(repository: Path) -> None:
    patch = parse_patch(git(repository, "diff", "--cached", "-C"))
    found = {f.path: (f.old_path, f.status, f.old_mode, f.new_mode) for f in patch.files}
    assert found == {
        "a/b.py": ("a/b.py", FileStatus.MODIFIED, "100644", "100644"),
        "added.py": (None, FileStatus.ADDED, None, "100644"),
        "café.py": ("café.py", FileStatus.MODIFIED, "100644", "100644"),
        "copied.py": ("copied.py", FileStatus.MODIFIED, "100644", "100644"),
        "copy.py": ("copied.py", FileStatus.COPIED, "100644", "100644"),
        "edited.py": ("edited.py", FileStatus.MODIFIED, "100644", "100644"),
        "empty.py": (None, FileStatus.ADDED, None, "100644"),
        "gone.txt": ("gone.txt", FileStatus.DELETED, "100644", None),
        "new name.py": ("old name.py", FileStatus.RENAMED, None, None),
        "picture.png": ("picture.png", FileStatus.MODIFIED, "100644", "100644"),
        "run.sh": ("run.sh", FileStatus.MODE, "100644", "100755"),
        "tab\there.c": ("tab\there.c", FileStatus.MODIFIED, "100644", "100644"),
        "unended.txt": ("unended.txt", FileStatus.MODIFIED, "100644", "100644"),
    }
    assert [f.path for f in patch.files if f.binary] == ["picture.png"]


def test_a_nested_diff_is_the_content_of_its_file(repository: Path) -> None:
    patch = parse_patch(git(repository, "diff", "--cached", "--", "added.py"))
    assert only(patch).added == len((HEADER + HUNK).splitlines())


def test_lines_have_kind_text_and_numbers() -> None:
    patch = parse_patch(HEADER + "@@ -7,3 +9,3 @@ def f():\n a\n\n-b\n\\ No newline\n+c\r\n")
    (hunk,) = only(patch).hunks
    assert hunk.section == "def f():"
    assert [tuple(line) for line in diff_lines(patch, hunk)] == [
        (" ", "a", 7, 9, 5),
        (" ", "", 8, 10, 6),
        ("-", "b", 9, None, 7),
        ("\\", " No newline", None, None, 8),
        ("+", "c\r", None, 11, 9),
    ]


@pytest.mark.parametrize("text", ["", "\n", "\n\n\n", "hello\n", "not a diff\n--- \n+++ x\nno\n"])
def test_no_patch_is_no_problem(text: str) -> None:
    patch = parse_patch(text)
    assert (patch.text, patch.files, patch.problems) == (text, (), ())


def test_text_before_between_and_after_is_no_problem() -> None:
    mail = "\n\nFrom 1234 Mon Sep 17\nSubject: [PATCH] x\n\n---\n x.py | 3 +-\n\n"
    patch = parse_patch(mail + HEADER + HUNK + "-- \n2.39.5\n\n" + mail + HEADER + HUNK + "```\n")
    assert faults(patch) == []
    assert [(f.start, f.stop) for f in patch.files] == [(8, 18), (29, 39)]


def test_carriage_returns_end_no_path_and_no_heading() -> None:
    text = (HEADER + HUNK).replace("\n", "\r\n")
    file = only(parse_patch(text))
    assert (file.path, file.hunks[0].section, file.new_mode) == ("x.py", "def f():", "100644")
    assert (file.added, file.removed, file.problems) == (2, 1, ())


def test_a_name_may_end_in_a_space() -> None:
    file = only(parse_patch("diff --git a/a  b/a \nold mode 100644\nnew mode 100755\n"))
    assert (file.old_path, file.new_path) == ("a ", "a ")


def test_only_a_newline_ends_a_line() -> None:
    line = "a\x0b\x0c\x1c\x85\u2028\u2029\0\udcffb\rc"
    patch = parse_patch(HEADER + f"@@ -1 +1 @@\n-{line}\n+{line * 30_000}\n")
    assert faults(patch) == []
    assert [x.text for x in diff_lines(patch, only(patch).hunks[0])] == [line, line * 30_000]


@pytest.mark.parametrize(
    ("old", "new", "path", "status"),
    [
        ("a/x y.py\t2024-01-01 10:00:00", "b/x y.py\t2024-01-01", "x y.py", FileStatus.MODIFIED),
        ("x.py", "x.py", "x.py", FileStatus.MODIFIED),
        ("a/x.py", "a/x.py", "x.py", FileStatus.MODIFIED),
        ("./x.py", "./x.py", "x.py", FileStatus.MODIFIED),
        ("a/m//x.py", "b/m//x.py", "m/x.py", FileStatus.MODIFIED),
        ("x.py 2024-01-01 10:00:00", "x.py 2024-01-01 10:00:01", "x.py", FileStatus.MODIFIED),
        ("i/x.py", "w/x.py", "x.py", FileStatus.MODIFIED),
        ("v1/src/x.py", "v2/src/x.py", "src/x.py", FileStatus.MODIFIED),
        ("x.py.orig", "x.py", "x.py", FileStatus.MODIFIED),
        ("/dev/null", "b/x.py", "x.py", FileStatus.ADDED),
        ("a/x.py", "/dev/null", "x.py", FileStatus.DELETED),
        ('"a/caf\\303\\251\\t.py"', '"b/caf\\303\\251\\t.py"', "café\t.py", FileStatus.MODIFIED),
    ],
)
def test_plain_headers(old: str, new: str, path: str, status: FileStatus) -> None:
    hunk = {
        FileStatus.ADDED: "@@ -0,0 +1 @@\n+b\n",
        FileStatus.DELETED: "@@ -1 +0,0 @@\n-a\n",
        FileStatus.MODIFIED: "@@ -1 +1 @@\n-a\n+b\n",
    }[status]
    file = only(parse_patch(f"diff -u x y\n--- {old}\n+++ {new}\n{hunk}"))
    assert (file.path, file.status, file.problems) == (path, status, ())


def test_gnu_diff_dates_an_absent_file_at_the_epoch() -> None:
    old, new = "--- o/x\t1970-01-01 01:00:00.0 +0100\n", "+++ n/x\t2024-01-01 10:00:00.0 +0000\n"
    file = only(parse_patch(old + new + "@@ -0,0 +1 @@\n+b\n"))
    assert (file.old_path, file.new_path, file.status) == (None, "x", FileStatus.ADDED)


@pytest.mark.parametrize(
    ("body", "problem", "counts"),
    [
        ("@@ -1,3 +1,4 @@\n a\n-b\n+c\n", (9, True), (1, 1)),  # ends too early
        ("@@ -1,2 +1,2 @@\n a\n-b\n+c\n+d\n e\n", (9, False), (1, 1)),  # goes on too long
        ("@@ -1,1 +1,2 @@\n a\n-b\n+c\n e\n", (10, True), (1, 1)),  # one side overruns
        ("@@ -1,2 +1,2 @@\n a\n-b\njunk\n+c\n", (8, True), (0, 1)),
        ("@@ def f(): @@\n-b\n+c\n", (5, True), (0, 0)),
        ("@@ -1,9999999999999 +1 @@\n-b\n", (7, True), (0, 1)),
        ("@@ -1 +1 @@\n a\n", (5, True), (0, 0)),  # changes nothing
        ("@@@ -1,2 -1,2 +1,3 @@@\n  a\n++b\n", (5, True), (0, 0)),
        ("", (1, True), (0, 0)),  # a header alone
    ],
)
def test_a_fault_is_named_and_the_other_files_are_read(
    body: str, problem: tuple[int, bool], counts: tuple[int, int]
) -> None:
    other = "diff --git a/y b/y\n--- a/y\n+++ b/y\n@@ -1 +1 @@\n-a\n+b\n"
    text = HEADER + body + other
    patch = parse_patch(text)
    assert faults(patch) == [problem]
    assert patch.text == text
    assert (patch.files[0].added, patch.files[0].removed) == counts
    assert (patch.files[1].path, patch.files[1].added, patch.files[1].removed) == ("y", 1, 1)


def test_lines_of_a_header_that_contradict_each_other_are_named() -> None:
    header = "diff --git a/x b/x\nnew file mode 100644\ndeleted file mode 100644\n"
    refusal = parse_patch(header).refusal
    assert refusal is not None
    assert (refusal.line, refusal.reason) == (3, "the header lines contradict each other")


def test_a_plain_header_alone_at_the_end_may_be_a_text() -> None:
    assert faults(parse_patch("--- a/x\n+++ b/x\n")) == [(1, False)]


def test_a_number_may_begin_with_any_number_of_zeros() -> None:
    file = only(parse_patch(f"{HEADER}@@ -{'0' * 40}7 +7 @@\n-b\n+c\n"))
    assert (file.hunks[0].old_start, file.hunks[0].old_count, file.added) == (7, 1, 1)


@pytest.mark.parametrize(("ids", "mode"), [("11..22", "100755"), ("11.22", None)])
def test_a_mode_stands_on_a_line_of_two_ids_only(ids: str, mode: str | None) -> None:
    header = f"diff --git a/x b/x\nindex {ids} 100755\n--- a/x\n+++ b/x\n"
    assert only(parse_patch(f"{header}@@ -1 +1 @@\n-b\n+c\n")).old_mode == mode


def test_blank_lines_behind_a_cut_hunk_are_not_its_own() -> None:
    patch = parse_patch(HEADER + "@@ -1,9 +1,9 @@\n a\n-b\n\n\n")
    assert only(patch).hunks[0].stop == 7
    assert faults(patch) == [(8, True)]


def test_a_plain_header_is_given_back_by_a_hunk_that_announces_too_much() -> None:
    plain = "--- a/y\n+++ b/y\n@@ -1 +1 @@\n-a\n+b\n"
    patch = parse_patch("--- a/x\n+++ b/x\n@@ -1,9 +1,9 @@\n-a\n+b\n" + plain)
    assert [(f.path, f.added, f.removed) for f in patch.files] == [("x", 1, 1), ("y", 1, 1)]
    assert faults(patch) == [(6, True)]


def test_hunks_behind_a_fault_are_kept() -> None:
    patch = parse_patch(HEADER + "@@ -1 +1 @@\n-a\n+b\n\n@@ -9 +9 @@\n-x\n+y\n")
    assert len(only(patch).hunks) == 2
    assert faults(patch) == [(9, True)]


def test_a_hunk_without_a_file_belongs_to_the_patch() -> None:
    patch = parse_patch(HUNK)
    assert [problem.line for problem in patch.problems] == [1]


def test_a_combined_diff_is_a_problem_of_its_file() -> None:
    patch = parse_patch("diff --cc x.py\nindex 1,2..3\n@@@ -1 -1 +1 @@@\n++a\n" + HEADER + HUNK)
    assert [f.path for f in patch.files] == ["x.py", "x.py"]
    assert faults(patch) == [(1, False)]
    assert patch.refusal is None and [f.ignored for f in patch.files] == [True, False]


def test_own_diff_is_found_in_any_folder() -> None:
    added = "diff --git a/{0} b/{0}\nnew file mode 100644\n"
    assert holds_own_diff(parse_patch(added.format("runs/model_patch.diff")))
    assert not holds_own_diff(parse_patch(added.format("other_model_patch.diff")))


LINES = st.sampled_from(
    [
        *(HEADER + HUNK).splitlines(),
        *(
            "",
            " ",
            "+",
            "-",
            "\\ No newline at end of file",
            "@@",
            "@@ -1 +1 @@",
            "@@ -0,0 +1,3 @@",
        ),
        *("--- /dev/null", "+++ /dev/null", "rename from x", "copy to y", "new mode 100755"),
        *(
            'diff --git "a/\\303" b/y',
            "diff --git ",
            "diff --cc x",
            "GIT binary patch",
            "literal 3",
        ),
        *("Binary files a/x and b/x differ", "-- ", "\r", "\udcff", "\0", '--- "', "+++ "),
    ]
)


def check_invariants(text: str) -> None:
    patch = parse_patch(text)
    assert patch.text == text
    behind = 0
    for file in patch.files:
        assert behind <= file.start < file.stop <= len(patch.lines)
        assert file.path == (file.new_path if file.new_path is not None else file.old_path or "")
        behind, at, kinds = file.stop, file.start, ""
        for hunk in file.hunks:
            assert at < hunk.start < hunk.stop <= file.stop
            at = hunk.stop
            found = "".join(line.kind for line in diff_lines(patch, hunk))
            assert hunk.old_count == found.count(" ") + found.count("-")
            assert hunk.new_count == found.count(" ") + found.count("+")
            kinds += found
        assert (file.added, file.removed) == (kinds.count("+"), kinds.count("-"))


@given(st.lists(LINES, max_size=40).map("\n".join))
@settings(max_examples=300, deadline=None)
def test_nothing_raises_on_shuffled_patches(text: str) -> None:
    check_invariants(text)


@given(st.text(st.characters(codec=None), max_size=60), st.text(st.characters(codec=None)))
def test_nothing_raises_on_any_text(before: str, after: str) -> None:
    check_invariants(before + HEADER + HUNK + after)
    check_invariants("diff --git " + before + "\n--- " + after)


def test_unidiff_reads_the_same_hunks_in_what_git_writes(repository: Path) -> None:
    text = git(repository, "diff", "--cached", "-C")
    theirs = [
        (h.source_start, h.source_length, h.target_start, h.target_length, h.section_header)
        for file in PatchSet(text)
        for h in file
    ]
    ours = [
        (h.old_start, h.old_count, h.new_start, h.new_count, h.section)
        for file in parse_patch(text).files
        for h in file.hunks
    ]
    assert ours == theirs and len(ours) > 5


VERSION = st.lists(st.sampled_from(["a", "b", "-- c", "++ d", "@@ -1 +1 @@", "", "é"]), max_size=20)


@given(VERSION, VERSION, st.integers(0, 4))
def test_both_versions_come_out_of_a_sound_diff(old: list[str], new: list[str], n: int) -> None:
    diff = difflib.unified_diff(old, new, "a/x", "b/x", n=n, lineterm="")
    patch = parse_patch("\n".join(diff) + "\n")
    assert faults(patch) == []
    for file in patch.files:
        for hunk in file.hunks:
            for line in diff_lines(patch, hunk):
                assert line.old is None or old[line.old - 1] == line.text
                assert line.new is None or new[line.new - 1] == line.text


def real_patches(shared: Path) -> Iterator[str]:
    yield from (decode(path.read_bytes()) for path in shared.glob("real_runs/**/model_patch.diff"))
    for path in sorted(shared.glob("isobench/state/**/model_patch.diff"))[::12]:
        yield decode(path.read_bytes())
    for path in sorted(shared.glob("isobench/tmp_single_commit/*.json"))[::5]:
        yield json.loads(path.read_text("utf-8"))["diff_text"] + "\n"


def test_real_patches_have_the_counts_that_git_finds(shared: Path, tmp_path: Path) -> None:
    texts = [text for text in real_patches(shared) if text.strip()]
    assert len(texts) > 50
    for text in texts:
        patch = parse_patch(text)
        assert patch.text == text
        expected = git_numstat(text, tmp_path)
        if expected is None:
            assert any(fatal for _, fatal in faults(patch))
        else:
            assert (numstat(patch), faults(patch)) == (expected, [])


def test_55_attempts_hold_their_own_diff(shared: Path) -> None:
    reports = shared / "isobench/analysis_reports/all_attempts_comprehensive.json"
    records = json.loads(reports.read_text("utf-8"))
    texts = [(record["patch"] or {}).get("content") or "" for record in records]
    patches = [parse_patch(text) for text in texts if text]
    assert (len(patches), sum(map(holds_own_diff, patches))) == (143, 55)
