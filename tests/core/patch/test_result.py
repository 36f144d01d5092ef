"""What differs between the results of two patches, each applied to its base."""

from __future__ import annotations

import pytest

from core.errors import InputError
from core.patch.apply import BaseFile
from core.patch.parse import FileStatus, Patch, parse_patch
from core.patch.result import ReadBase, result_patch
from tests.support.runs import BASE, HUMAN, unified


def reader(files: dict[str, str]) -> ReadBase:
    return lambda path: BaseFile("100644", files[path].encode()) if path in files else None


FILES = {"engine/core.py": BASE, "other.py": "x = 1\n"}


def result(human: str, attempt: str) -> Patch:
    base = reader(FILES)
    return result_patch(parse_patch(human), parse_patch(attempt), base, base)


def test_the_same_result_by_differently_cut_hunks_is_no_difference() -> None:
    wide = unified(BASE, HUMAN, context=9)
    assert result(unified(BASE, HUMAN), wide).files == ()


def test_only_what_the_results_differ_in_is_left() -> None:
    attempt = HUMAN.replace("value_30 = 30\n", "value_30 = 31\n")
    patch = result(unified(BASE, HUMAN), unified(BASE, attempt))
    assert [file.path for file in patch.files] == ["engine/core.py"]
    assert (patch.files[0].added, patch.files[0].removed) == (1, 1)
    assert "+value_30 = 31" in patch.lines and "value_10" not in patch.text.replace("value_100", "")


def test_a_file_that_only_one_side_changes_is_compared_with_the_base() -> None:
    human = unified(BASE, HUMAN) + unified("x = 1\n", "x = 2\n", "other.py")
    patch = result(human, unified(BASE, HUMAN))
    assert [file.path for file in patch.files] == ["other.py"]
    assert "-x = 2" in patch.lines and "+x = 1" in patch.lines


def test_a_file_that_only_the_attempt_adds_is_new() -> None:
    header = "diff --git a/n.py b/n.py\nnew file mode 100644\n--- /dev/null\n+++ b/n.py\n"
    added = f"{header}@@ -0,0 +1 @@\n+y\n"
    patch = result(unified(BASE, HUMAN), unified(BASE, HUMAN) + added)
    assert [(file.path, file.status) for file in patch.files] == [("n.py", FileStatus.ADDED)]


def test_of_what_is_no_text_it_is_only_said_that_it_differs() -> None:
    header = "diff --git a/n.bin b/n.bin\nnew file mode 100644\n--- /dev/null\n+++ b/n.bin\n"
    added = f"{header}@@ -0,0 +1 @@\n+y\0z\n"
    patch = result(unified(BASE, HUMAN), unified(BASE, HUMAN) + added)
    assert patch.lines[-2] == "Binary files a/n.bin and b/n.bin differ"
    assert [(file.path, file.binary is None) for file in patch.files] == [("n.bin", False)]


def test_a_missing_line_feed_at_the_end_is_a_difference() -> None:
    ends = unified("x = 1\n", "x = 1\ny = 2\n", "other.py")
    open_end = ends.replace("+y = 2\n", "+y = 2\n\\ No newline at end of file\n")
    patch = result(ends, open_end)
    assert "\\ No newline at end of file" in patch.lines


def test_a_patch_that_does_not_apply_is_named_with_its_reason() -> None:
    wrong = unified(BASE, HUMAN).replace("-value_10 = 10", "-value_10 = 11")
    with pytest.raises(InputError, match=r"attempt's patch does not apply .*hunk 1"):
        result(unified(BASE, HUMAN), wrong)
    with pytest.raises(InputError, match=r"the human patch does not apply .*hunk 1"):
        result(wrong, unified(BASE, HUMAN))


def test_a_mode_that_comes_out_otherwise_is_a_difference() -> None:
    script = "diff --git a/run.sh b/run.sh\nnew file mode 100644\n--- /dev/null\n+++ b/run.sh\n"
    script += "@@ -0,0 +1 @@\n+echo\n"
    patch = result(script, script.replace("100644", "100755"))
    assert [(f.path, f.old_mode, f.new_mode) for f in patch.files] == [
        ("run.sh", "100644", "100755")
    ]
    assert result(script, script).files == ()


def test_a_rename_comes_to_the_same_as_a_deletion_with_an_addition() -> None:
    moved = "diff --git a/other.py b/moved.py\nrename from other.py\nrename to moved.py\n"
    apart = (
        "diff --git a/other.py b/other.py\ndeleted file mode 100644\n--- a/other.py\n"
        "+++ /dev/null\n@@ -1 +0,0 @@\n-x = 1\n"
        "diff --git a/moved.py b/moved.py\nnew file mode 100644\n--- /dev/null\n"
        "+++ b/moved.py\n@@ -0,0 +1 @@\n+x = 1\n"
    )
    assert result(apart, moved).files == ()
    assert {f.path for f in result(moved, "diff --git a/n b/n\nnew file mode 100644\n").files} == {
        "moved.py",
        "n",
        "other.py",
    }


@pytest.mark.parametrize(
    "name", ["tab\there.py", 'quote".py', "back\\slash.py", "b b/c d.py", "\udcff"]
)
def test_odd_names_are_read_back(name: str) -> None:
    files = {name: "x = 1\n"}
    base = reader(files)
    quoted = name.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t")
    change = f'--- "a/{quoted}"\n+++ "b/{quoted}"\n@@ -1 +1 @@\n-x = 1\n+x = 2\n'
    other = "--- /dev/null\n+++ b/n\n@@ -0,0 +1 @@\n+n\n"
    patch = result_patch(parse_patch(change), parse_patch(other), base, base)
    assert {file.path for file in patch.files} == {name, "n"}
    assert patch.refusal is None
