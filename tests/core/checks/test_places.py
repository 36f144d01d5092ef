"""Which files and places a patch changes, by every shape of header and without base files."""

from __future__ import annotations

import pytest

from core.models import Criteria
from core.records import replace
from tests.core.checks.check_samples import (
    BASE,
    CONFIG,
    FAST_CONFIG,
    HUMAN,
    Bench,
    Text,
    findings_of,
    rules_of,
)
from tests.core.checks.commit_mutants import make_patch

SAME = make_patch(BASE, HUMAN)
ONE = {**BASE, "engine/config.py": FAST_CONFIG}
ONE_PATCH = make_patch(BASE, ONE)
DIFFS = ("patch", "applies", "syntax", "files", "coverage")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("old/", " 2024-01-01 10:00:00"),
        ("./", ""),
        ("a/", "\t2024-01-01 10:00:00.000 +0100"),
        ("orig/", " 2024-01-01 10:00:00.123456789 +0100"),
    ],
)
def test_headers_name_the_files_that_git_reads(bench: Bench, before: str, after: str) -> None:
    lines = [line for line in ONE_PATCH.split("\n") if not line.startswith(("diff ", "index "))]
    plain = "\n".join(lines).replace("engine/config.py", f"engine//config.py{after}")
    text = plain.replace("--- a/", f"--- {before}").replace("+++ b/", f"+++ {before}")
    report = bench.check(text, human=bench.human(ONE))
    assert report.measures["applies"] is True
    assert report.criteria.files_match is True
    assert report.measures["coverage.equal_tree"] is True
    assert not rules_of(report) & {"files.missed", "files.extra"}


def test_names_without_a_prefix_count_where_the_files_are(bench: Bench) -> None:
    text = ONE_PATCH.replace("a/engine", "engine").replace("b/engine", "engine")
    report = bench.check(text, human=bench.human(ONE))
    assert report.measures["applies"] is False  # git strips a folder
    assert report.criteria.files_match is True
    unknown = bench.check(text, human=bench.human(ONE), with_repository=False)
    assert unknown.criteria.files_match is None
    assert not rules_of(unknown, "files.missed") | rules_of(unknown, "files.extra")


def test_a_file_touched_twice_is_one_file(bench: Bench) -> None:
    middle = {**BASE, "engine/config.py": CONFIG.replace(b"LIMIT = 8", b"LIMIT = 9")}
    end = {**BASE, "engine/config.py": FAST_CONFIG.replace(b"LIMIT = 8", b"LIMIT = 9")}
    text = make_patch(BASE, middle) + make_patch(middle, end)
    report = bench.check(text, human=bench.human(end), families=DIFFS)
    assert report.measures["coverage.equal_tree"] is True
    assert report.measures["syntax.files"] == 1
    assert report.measures["patch.files"] == 1


def test_a_file_that_comes_out_as_it_was_is_not_touched(bench: Bench) -> None:
    middle = {**ONE, "README.md": b"# Other\n"}
    text = make_patch(BASE, middle) + make_patch(middle, ONE)
    report = bench.check(text, human=bench.human(ONE), families=DIFFS)
    assert report.criteria.files_match is True
    assert not rules_of(report, "files.extra")


def test_a_hunk_counts_where_git_puts_it(bench: Bench) -> None:
    text = ONE_PATCH.replace("@@ -", "@@ -10")
    assert text != ONE_PATCH
    report = bench.check(text, human=bench.human(ONE), families=DIFFS)
    assert report.measures["applies"] is True
    assert report.measures["coverage.regions"] == 1
    assert not rules_of(report, "coverage.elsewhere")


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("@@ -22", "@@ -2"),  # another place
        lambda text: text.rstrip("\n"),
        lambda text: text.replace("+        batch_limit", "+        Batch_limit"),
        lambda text: text + " \n",
        lambda text: text.replace("--- a/engine", "old mode 100644\nnew mode 100755\n--- a/engine"),
    ],
)
def test_without_base_files_only_the_same_bytes_do_the_same(bench: Bench, change: object) -> None:
    assert callable(change)
    text = change(SAME)
    assert text != SAME
    report = bench.check(text, with_repository=False, families=DIFFS)
    assert not rules_of(report, "coverage.equal-tree")
    assert report.criteria.optimization_logic_match is None
    same = bench.check(SAME, with_repository=False, families=DIFFS)
    assert same.criteria == Criteria(True, True, True, True, False)


def test_a_missing_last_line_feed_is_malformed(bench: Bench) -> None:
    report = bench.check(SAME.rstrip("\n"), with_repository=False)
    (finding,) = findings_of(report, "patch.malformed")
    assert "no final line feed" in finding.message


def test_the_same_unsound_or_binary_diff_proves_nothing(bench: Bench) -> None:
    binary = (
        "diff --git a/x.bin b/x.bin\nindex 1..2 100644\nBinary files a/x.bin and b/x.bin differ\n"
    )
    for text in (SAME + binary, SAME.replace("@@ -", "@@ -1", 1) + "+more\n"):
        human = replace(bench.human(), diff=Text(text))
        report = bench.check(text, human=human, with_repository=False, families=DIFFS)
        assert not rules_of(report, "coverage.equal-tree")


def test_a_human_diff_that_lost_its_end_is_whole_again(bench: Bench) -> None:
    human = bench.human()
    assert human.diff is not None
    stripped = replace(human, diff=Text(human.diff.read().strip()))
    report = bench.check(HUMAN, human=stripped, families=DIFFS)
    assert report.measures["coverage.equal_tree"] is True


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("".join(f"\x1b[1m{line}\x1b[m\n" for line in SAME.splitlines()), "colour codes"),
        ("*** Begin Patch\n*** Update File: engine/config.py\n@@\n-a\n+b\n", "Begin Patch"),
        ("engine/config.py\n<<<<<<< SEARCH\na\n=======\nb\n>>>>>>> REPLACE\n", "SEARCH/REPLACE"),
        ("".join(f"  {line}\n" for line in SAME.splitlines()), "indented"),
        ("I made the scheduler faster.\n", "contains no diff"),
        (ONE_PATCH + "*** Begin Patch\n*** Update File: csrc/scale.cu\n", "Begin Patch"),
    ],
)
@pytest.mark.parametrize("with_repository", [True, False])
def test_what_is_no_unified_diff_is_named_and_unknown(
    bench: Bench, text: str, word: str, with_repository: bool
) -> None:
    report = bench.check(text, with_repository=with_repository, families=DIFFS)
    assert any(word in f.message for f in findings_of(report, "patch.malformed"))
    assert not rules_of(report, "files")
    assert report.criteria.files_match is report.criteria.is_complete is None


TESTS = {"tests/test_config.py": b"def test_it():\n    assert True\n"}


def test_the_humans_own_tests_are_not_extra_and_not_missed(bench: Bench) -> None:
    human = replace(bench.human(ONE), tests=Text(make_patch({}, TESTS)))
    for attempt in (ONE, ONE | TESTS):
        report = bench.check(attempt, human=human)
        assert report.criteria.files_match is True
        assert not rules_of(report, "files.") & {"files.missed", "files.extra"}
        assert not rules_of(report, "patch.harness-edit")
    other = bench.check({**ONE, "tests/test_other.py": b"x = 1\n"}, human=human)
    assert [f.file for f in findings_of(other, "files.extra")] == ["tests/test_other.py"]


MOVED = {path: data for path, data in BASE.items() if path != "engine/config.py"}
RENAME = (
    "diff --git a/engine/config.py b/engine/limits.py\n"
    "rename from engine/config.py\nrename to engine/limits.py\n"
)


def test_a_rename_and_a_deletion_with_an_addition_make_the_same_tree(bench: Bench) -> None:
    after = {**MOVED, "engine/limits.py": CONFIG}
    report = bench.check(RENAME, human=bench.human(after), families=DIFFS)
    assert report.measures["coverage.equal_tree"] is True
    other = bench.check({**BASE, "engine/limits.py": CONFIG}, human=bench.human(after))
    assert other.measures["coverage.equal_tree"] is False
    assert not rules_of(other, "coverage.equal-tree")


def test_the_mode_that_comes_out_counts(bench: Bench) -> None:
    human = bench.human({**BASE, "new.sh": b"echo\n"})
    plain = "--- /dev/null\n+++ b/new.sh\n@@ -0,0 +1 @@\n+echo\n"
    assert bench.check(plain, human=human).measures["coverage.equal_tree"] is True
    executable = f"diff --git a/new.sh b/new.sh\nnew file mode 100755\n{plain}"
    assert bench.check(executable, human=human).measures["coverage.equal_tree"] is False
