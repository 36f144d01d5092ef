"""What is said to be planted in the sample runs is there, as git and Python's parser see it.

None of patchjury's checks is used: these tests would notice if both were wrong in the same way.
"""

from __future__ import annotations

import ast
import json
import shutil
import subprocess
import sys
import unicodedata
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from core.models import JudgementState, Outcome, PatchState
from core.readers import read_runs
from tests.core.samples import (
    SAMPLE,
    Sample,
    commit_of,
    diff_of,
    git,
    having,
    load_samples,
    parent_of,
)

ODDITIES = {
    *("api_error", "broken_journal", "broken_pipe", "comments_only", "cut", "equal_tree"),
    *("empty_marked_success", "empty_patch", "error_returncode_0", "flat_layout", "harness_edited"),
    *("hidden_unicode", "identical_patch", "infrastructure", "interpreter_missing", "leak"),
    *("item_number_reused", "judge_instructions", "killed", "malformed_hunk", "missed_file"),
    *("missing_marked_success", "missing_patch", "near_equal_tree", "no_journal", "no_steps"),
    *("no_time_level", "not_applying", "null_commits", "null_error", "null_metrics"),
    *("null_status", "own_diff", "returncode_1_marked_success", "scratch_file", "short_human_id"),
    *("stub", "syntax_error_cuda", "syntax_error_python", "template", "too_fast"),
    *("undefined_name", "wrong_file"),
}
needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("engine") / "minnow"
    done = git(SAMPLE, "clone", "--quiet", "engine.bundle", str(folder))
    assert done.returncode == 0, done.stderr
    return folder


class After(NamedTuple):
    """The files that a patch touches once git has applied it, and their blob ids."""

    texts: dict[str, str]
    blobs: list[str]


Apply = Callable[[Sample], After | None]


@pytest.fixture(scope="module")
def applied(clone: Path) -> Apply:
    """Applies an attempt's patch at its base; None if git refuses. Each is applied once."""

    @cache
    def apply(key: str, base: str, touched: tuple[str, ...]) -> After | None:
        assert git(clone, "checkout", "--quiet", "--force", base).returncode == 0
        assert git(clone, "clean", "--quiet", "-fdx").returncode == 0
        if git(clone, "apply", str(SAMPLE / key / "model_patch.diff")).returncode != 0:
            return None
        texts = {name: (clone / name).read_text("utf-8") for name in touched}
        return After(texts, git(clone, "hash-object", *touched).stdout.split())

    return lambda sample: apply(sample.key, parent_of(sample.human), tuple(sorted(sample.touched)))


def test_a_new_build_gives_the_same_bytes(tmp_path: Path) -> None:
    command = [sys.executable, "-B", str(SAMPLE / "build.py"), "--to", str(tmp_path)]
    subprocess.run(command, check=True)
    built = {path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file()}
    kept = {path.relative_to(SAMPLE) for path in SAMPLE.rglob("*") if path.is_file()}
    recipe = {p for p in kept if p.parts[0] in ("build.py", "recipe") or p.parts[0][0] in "._"}
    assert built == kept - recipe
    assert [p for p in built if (tmp_path / p).read_bytes() != (SAMPLE / p).read_bytes()] == []


def test_there_is_enough_of_everything() -> None:
    samples = load_samples()
    assert len(samples) >= 24
    assert len({sample.human for sample in samples}) >= 6
    assert {sample.outcome for sample in samples} == set(Outcome)
    assert frozenset[str]().union(*(sample.planted for sample in samples)) == ODDITIES
    agents = {s.key.split("/")[3] for s in samples if s.key.startswith("state/")}
    assert agents == {"trae", "claude_code", "codex", "openhands"}


def test_the_readme_names_every_attempt_and_explains_every_word() -> None:
    readme = (SAMPLE / "README.md").read_text("utf-8")
    for sample in load_samples():
        row = next(line for line in readme.splitlines() if line.startswith(f"| `{sample.key}` |"))
        assert all(f"`{word}`" in row for word in sample.planted), sample.key
        assert f"**{sample.outcome}**" in row
    for word in ODDITIES:
        assert f"\n| `{word}` | " in readme, word


def test_the_reader_finds_what_is_planted_and_one_problem() -> None:
    samples = {sample.key: sample for sample in load_samples()}
    runs = read_runs(SAMPLE)
    assert [attempt.key for attempt in runs.attempts] == sorted(samples)
    assert {a.key: a.reference_sha for a in runs.attempts} == {
        k: s.human for k, s in samples.items()
    }
    broken = next(having("broken_journal"))
    assert [problem.path for problem in runs.problems] == [f"{broken.key}/journal.json"]
    assert all(commit.diff and commit.parent for commit in runs.commits.values())
    cut = {a.key for a in runs.attempts if a.patch.state is PatchState.CUT}
    assert cut == {sample.key for sample in having("cut")}


def test_the_earlier_evaluations_hold_failed_calls_beside_verdicts() -> None:
    states = Counter(judgement.state for judgement in read_runs(SAMPLE).judgements)
    assert states == {JudgementState.VERDICT: 7, JudgementState.ERROR: 4}
    text = (SAMPLE / "gpt5_evaluations.json").read_text("utf-8")
    assert text.count('"Evaluation error: ') == 4


def test_nothing_of_the_real_runs_is_in_it() -> None:
    for path in SAMPLE.rglob("*"):
        if path.is_file() and ".patchjury" not in path.parts:
            assert b"vllm" not in path.read_bytes().lower(), path


@needs_git
def test_the_json_commits_are_those_of_the_bundle(clone: Path) -> None:
    assert git(clone, "fsck", "--strict").returncode == 0
    for path in (SAMPLE / "commits").iterdir():
        sha, commit = path.stem, commit_of(path.stem)
        assert git(clone, "rev-parse", f"{sha}^").stdout.strip() == parent_of(sha)
        assert git(clone, "diff", f"{sha}^", sha).stdout == diff_of(sha)
        message = commit.get("commit_message") or commit["message"]
        assert git(clone, "log", "-1", "--format=%B", sha).stdout.strip() == message
        names = git(clone, "diff", "--name-only", f"{sha}^", sha).stdout.split()
        assert names == commit["files_changed"]


@needs_git
def test_git_applies_every_whole_patch_but_the_two_planted_ones(applied: Apply) -> None:
    refused = {s.key for s in load_samples() if s.record is None and s.patch and applied(s) is None}
    assert refused == {sample.key for sample in having("not_applying")}


@needs_git
def test_the_blob_ids_of_applied_patches_are_true(applied: Apply) -> None:
    for sample in load_samples():
        if sample.record is None and sample.patch and (after := applied(sample)) is not None:
            assert len(after.blobs) == len(sample.touched), sample.key
            assert all(f"..{blob[:7]}" in sample.patch for blob in after.blobs), sample.key


@needs_git
def test_only_the_planted_python_error_does_not_parse(applied: Apply) -> None:
    broken = set()
    for sample in load_samples():
        after = applied(sample) if sample.record is None and sample.patch else None
        for path, text in after.texts.items() if after else ():
            try:
                ast.parse(text if path.endswith(".py") else "")
            except SyntaxError:
                broken.add(sample.key)
    assert broken == {sample.key for sample in having("syntax_error_python")}


@needs_git
def test_only_the_planted_kernel_has_unbalanced_braces(applied: Apply) -> None:
    unbalanced = set()
    for sample in load_samples():
        after = applied(sample) if sample.record is None and sample.patch else None
        for path, text in after.texts.items() if after else ():
            if path.endswith(".cu") and text.count("{") != text.count("}"):
                unbalanced.add(sample.key)
    assert unbalanced == {sample.key for sample in having("syntax_error_cuda")}


def _bare_tree(source: str) -> str:
    """The syntax tree without docstrings and places."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and ast.get_docstring(
            node
        ):
            node.body.pop(0)
    return ast.dump(tree)


@needs_git
@pytest.mark.parametrize(("word", "is_equal"), [("equal_tree", True), ("near_equal_tree", False)])
def test_equal_trees_differ_in_text_only(
    clone: Path, applied: Apply, word: str, is_equal: bool
) -> None:
    for sample in having(word):
        after = applied(sample)
        assert after
        assert sample.patch != diff_of(sample.human)
        for path, text in after.texts.items():
            human = git(clone, "show", f"{sample.human}:{path}").stdout
            assert (_bare_tree(text) == _bare_tree(human)) is is_equal


@needs_git
def test_a_near_equal_tree_is_one_character_away(clone: Path, applied: Apply) -> None:
    for sample in having("near_equal_tree"):
        after = applied(sample)
        for path, text in after.texts.items() if after else ():
            human = git(clone, "show", f"{sample.human}:{path}").stdout
            assert len(human) - len(text) == 1
            assert human.replace("(-steps", "(steps") == text


@needs_git
def test_comments_only_leave_the_tree_as_it_was(clone: Path, applied: Apply) -> None:
    for sample in having("comments_only"):
        after = applied(sample)
        for path, text in after.texts.items() if after else ():
            base = git(clone, "show", f"{sample.human}^:{path}").stdout
            assert text != base
            assert ast.dump(ast.parse(text)) == ast.dump(ast.parse(base))


@needs_git
def test_the_undefined_name_is_bound_nowhere(applied: Apply) -> None:
    for sample in having("undefined_name"):
        after = applied(sample)
        assert after
        (text,) = after.texts.values()
        names = [n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Name)]
        uses = [n for n in names if n.id == "_request_counter"]
        assert [type(n.ctx) for n in uses] == [ast.Load]
        assert text.count("_request_counter") == 1


def test_leaks_and_copies_are_verbatim() -> None:
    assert all(sample.patch == diff_of(sample.human) for sample in having("leak"))
    patches = [sample.patch for sample in having("identical_patch")]
    assert len(patches) >= 2
    assert len(set(patches)) == 1
    others = [s.patch for s in load_samples() if s.patch and "identical_patch" not in s.planted]
    assert len(set(others)) == len(others)


def test_cut_patches_are_shorter_than_recorded() -> None:
    listed = {sample: sample.record["patch"] for sample in load_samples() if sample.record}
    for sample, patch in listed.items():
        is_cut = len(patch.get("content", "").encode()) < patch["size_bytes"]
        assert is_cut is ("cut" in sample.planted)


def test_only_the_planted_patch_holds_invisible_characters() -> None:
    hidden = {
        s.key for s in load_samples() if any(unicodedata.category(c) == "Cf" for c in s.patch or "")
    }
    assert hidden == {sample.key for sample in having("hidden_unicode")}
    directions = {unicodedata.bidirectional(c) for s in having("hidden_unicode") for c in s.added}
    assert {"RLO", "PDF", "BN"} <= directions


def test_own_diffs_hold_the_rest_of_the_patch() -> None:
    for sample in having("own_diff"):
        patch = sample.patch or ""
        nested, _, rest = patch.partition("\ndiff --git a/minnow/")
        assert "+++ b/model_patch.diff\n" in nested
        added = [line[1:] for line in nested.splitlines() if line[:1] == "+"][1:]
        assert added == f"diff --git a/minnow/{rest}".splitlines()


def test_files_against_the_humans() -> None:
    for sample in load_samples():
        human = set(commit_of(sample.human)["files_changed"])
        if "wrong_file" in sample.planted:
            assert sample.touched
            assert not sample.touched & human, sample.key
        if "missed_file" in sample.planted:
            assert sample.touched < human, sample.key
        if sample.outcome == Outcome.TRUE_SUCCESS:
            assert sample.touched - {"model_patch.diff"} == human, sample.key
    for sample in having("harness_edited"):
        assert {path.split("/")[0] for path in sample.touched} == {"tests", "benchmarks"}
    for sample in having("scratch_file"):
        assert "test_opt.py" in sample.touched
        assert sample.added.count("\n") >= 50


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("template", "optimized_token_lookup"),
        ("template", "# Example usage"),
        ("template", "some_token_attribute"),
        ("stub", "raise NotImplementedError"),
        ("judge_instructions", "ignore all previous instructions"),
    ],
)
def test_planted_texts_are_added(word: str, text: str) -> None:
    assert any(text in sample.added for sample in having(word))


def test_marked_successes_that_are_none() -> None:
    for sample in having("returncode_1_marked_success"):
        assert (sample.status, sample.section["returncode"]) == ("success", 1)
    for sample in having("killed"):
        assert (sample.status, sample.section["returncode"]) == ("success", -9)
    for sample in having("empty_marked_success"):
        assert (sample.status, sample.patch) == ("success", "")
    for sample in having("missing_marked_success"):
        assert (sample.status, sample.patch) == ("success", None)
        prediction = json.loads((sample.folder / "prediction.jsonl").read_text("utf-8"))
        assert prediction["model_patch"] is None


def test_missing_and_empty_patches() -> None:
    assert all(sample.patch is None for sample in having("missing_patch"))
    assert all(sample.patch == "" for sample in having("empty_patch"))


def test_odd_journals() -> None:
    assert all(sample.status is None for sample in having("null_status"))
    assert all(sample.journal["metrics"] is None for sample in having("null_metrics"))
    assert all(sample.journal["commits"] is None for sample in having("null_commits"))
    for sample in having("null_error"):
        assert sample.journal["error"] is None
        assert sample.status == "error"
    for sample in having("error_returncode_0"):
        assert (sample.status, sample.section["returncode"]) == ("error", 0)
    for sample in having("short_human_id"):
        assert sample.journal["commits"]["human"] == sample.human[:8]
    for sample in having("no_journal"):
        assert not (sample.folder / "journal.json").exists()
        assert (sample.folder / "run_summary.json").exists()
    for sample in having("broken_journal"):
        with pytest.raises(json.JSONDecodeError):
            _ = sample.journal


def test_how_runs_ended() -> None:
    assert all(sample.section["duration_s"] < 10 for sample in having("too_fast"))
    assert 1.5 <= min(s.section["duration_s"] for s in having("no_steps")) < 1.6
    for sample in having("no_steps"):
        trajectory = json.loads((sample.folder / "trajectory.json").read_text("utf-8"))
        assert trajectory["agent_steps"] == []
    for word, reason in (("broken_pipe", "Broken pipe"), ("interpreter_missing", "bin/python")):
        for sample in having(word):
            held = sample.record["execution"] if sample.record else sample.journal
            assert reason in held["error"]
    for sample in having("api_error"):
        assert "429 Too Many Requests" in sample.logs
    assert sum("\x1b[31m" in sample.logs for sample in load_samples()) >= 1


def test_layouts() -> None:
    assert all(sample.key.count("/") == 2 for sample in having("flat_layout"))
    assert all(sample.key.startswith("runs/") for sample in having("flat_layout"))
    for sample in having("no_time_level"):
        assert sample.key == f"state/runs/minnow/codex/quartz-5/minnow_{sample.human[:8]}"
    for sample in having("item_number_reused"):
        item = sample.key.rsplit("/", 1)[1]
        others = [s.human for s in load_samples() if s.key.endswith(f"/{item}")]
        assert len(set(others)) > 1


def test_run_summaries_name_the_wrong_model_as_real_ones_do() -> None:
    wrong = set()
    for sample in (s for s in load_samples() if s.key.startswith("state/")):
        meta = json.loads((sample.folder / "run_summary.json").read_text("utf-8"))["meta"]
        if meta["model"] != sample.key.split("/")[4]:
            wrong.add(meta["agent"])
    assert wrong == {"claude_code", "trae"}
