"""Attempt folders: layouts, which source is believed, and input that is broken or hostile."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InputError, SourceError
from core.models import Attempt, LoadProblem, PatchState
from core.readers import load, read_runs
from core.readers.found import Found
from core.readers.problems import MAX_JSON_BYTES
from core.readers.reader import Files
from core.readers.walk import File
from core.sources import read_to_send
from tests.core.runs_on_disk import BASE, DIFF, HUMAN, write, write_attempt


def only_attempt(root: Path) -> Attempt:
    (attempt,) = read_runs(root).attempts
    return attempt


def reasons(root: Path) -> dict[str, str]:
    return {problem.path: problem.reason for problem in read_runs(root).problems}


def test_an_attempt_with_everything(tmp_path: Path) -> None:
    folder = write_attempt(tmp_path / "vllm/trae/gpt-5/2025-10-09_12-49-33/item-1")
    write(folder / "prompt.json", {"task": "t", "target_files": ["a.py", None, "b.py"]})
    write(folder / "task.txt", "do it")
    write(folder / "trae_stdout.txt", "done")
    attempt = only_attempt(tmp_path)
    assert attempt.key == "vllm/trae/gpt-5/2025-10-09_12-49-33/item-1"
    assert (attempt.agent, attempt.model) == ("trae", "gpt-5")
    assert (attempt.run, attempt.item) == ("2025-10-09_12-49-33", "item-1")
    assert (attempt.reference_sha, attempt.base, attempt.task) == (HUMAN, BASE, "engine")
    assert attempt.marked_success is True
    assert (attempt.execution.returncode, attempt.execution.duration_s) == (0, 100.0)
    assert attempt.started == datetime.fromtimestamp(1763631650, UTC)
    assert attempt.target_files == ("a.py", "b.py")
    assert [text.name for text in attempt.prompts] == ["prompt.json", "task.txt"]
    assert [text.name for text in attempt.logs] == ["journal.json", "trae_stdout.txt"]
    assert attempt.patch.source is not None
    assert attempt.patch.source.read() == DIFF
    assert attempt.patch.held_bytes == len(DIFF)


def test_run_metadata_beats_path_beats_section_beats_summary(tmp_path: Path) -> None:
    summary = {"meta": {"agent": "summary", "model": "wrong"}, "agent": {"status": "error"}}
    timed = tmp_path / "r/codex/o3/2025-10-09_12-49-33"
    metadata = {"agent": "claude_code", "model": "sonnet"}
    for folder in (
        write_attempt(timed / "metadata", run_metadata=metadata),
        write_attempt(timed / "path"),
        write_attempt(tmp_path / "run-1/section"),
        write_attempt(tmp_path / "run-1/other", trae=None, gpt_pilot={"returncode": 2}),
        write_attempt(tmp_path / "run-1/summary", trae=None),
    ):
        write(folder / "run_summary.json", summary)
    found = {a.item: (a.agent, a.model, a.run, a.status) for a in read_runs(tmp_path).attempts}
    time = "2025-10-09_12-49-33"
    assert found == {
        "metadata": ("claude_code", "sonnet", time, "success"),
        "path": ("codex", "o3", time, "success"),
        "section": ("trae", "wrong", "run-1", "success"),
        "other": ("gpt_pilot", "wrong", "run-1", "success"),
        "summary": ("summary", "wrong", "run-1", "success"),
    }


def test_agent_and_model_are_known_when_the_root_is_deep_in_the_tree(tmp_path: Path) -> None:
    root = tmp_path / "runs/vllm/codex/gpt-5"
    write_attempt(root / "vllm_25ebed2f", trae=None, codex_cli={"returncode": 0})
    write_attempt(root / "2025-10-09_12-49-33/item")
    for start in (tmp_path, root, root / "vllm_25ebed2f"):
        for attempt in read_runs(start).attempts:
            assert (attempt.agent, attempt.model) == ("codex", "gpt-5")
    assert read_runs(root / "vllm_25ebed2f").attempts[0].key == "."


@pytest.mark.parametrize("name", ["journal.json", "run_summary.json", "model_patch.diff"])
def test_one_file_is_enough_to_be_an_attempt(tmp_path: Path, name: str) -> None:
    write(tmp_path / "run/item" / name, DIFF if name.endswith("diff") else {})
    attempt = only_attempt(tmp_path)
    assert attempt.key == "run/item"
    assert attempt.has_journal is (name == "journal.json")
    assert (attempt.status, attempt.marked_success) == (None, None)


def test_summary_and_prompt_fill_in_for_a_missing_journal(tmp_path: Path) -> None:
    folder = tmp_path / "run/item"
    agent = {"status": "error", "duration_s": 3, "patch_generated": False}
    write(folder / "run_summary.json", {"agent": agent, "commits": {"human": None}})
    write(folder / "prompt.json", {"commits": {"human": HUMAN.upper(), "pre": BASE}})
    write(folder / "diff_targets.json", {"allowed": ["a.py"]})
    attempt = only_attempt(tmp_path)
    assert (attempt.reference_sha, attempt.base, attempt.status) == (HUMAN, BASE, "error")
    assert (attempt.marked_success, attempt.execution.duration_s) == (False, 3.0)
    assert attempt.target_files == ("a.py",)
    assert attempt.patch.state is PatchState.MISSING


def test_nothing_inside_an_attempt_is_another_attempt(tmp_path: Path) -> None:
    folder = write_attempt(tmp_path / "run/item")
    write(folder / "workspace/model_patch.diff", DIFF)
    write(tmp_path / ".git/model_patch.diff", DIFF)
    write(tmp_path / ".patchjury/model_patch.diff", DIFF)
    assert [a.key for a in read_runs(tmp_path).attempts] == ["run/item"]


def test_a_summary_of_a_whole_run_hides_no_attempt(tmp_path: Path) -> None:
    write(tmp_path / "run/run_summary.json", {"total": 1})
    write_attempt(tmp_path / "run/item")
    assert [a.key for a in read_runs(tmp_path).attempts] == ["run", "run/item"]


def test_a_moved_runs_folder_keeps_its_keys(tmp_path: Path) -> None:
    write_attempt(tmp_path / "old/vllm/trae/gpt-5/2025-10-09_12-49-33/item")
    record = {"run_id": "r", "item_id": "i", "commit": HUMAN}
    write(tmp_path / "old/reports/attempts.json", [record, record])
    before = [a.key for a in read_runs(tmp_path / "old").attempts]
    shutil.move(tmp_path / "old", tmp_path / "deep/er")
    assert [a.key for a in read_runs(tmp_path / "deep/er").attempts] == before
    assert before[:2] == ["reports/attempts.json/r/i", "reports/attempts.json/r/i#2"]


@pytest.mark.parametrize(
    ("patch", "state"),
    [
        ("", PatchState.EMPTY),
        (" \n\t\n", PatchState.EMPTY),
        (DIFF, PatchState.WHOLE),
        ("+" * 5000, PatchState.WHOLE),
        (None, PatchState.MISSING),
    ],
)
def test_patch_states(tmp_path: Path, patch: str | None, state: PatchState) -> None:
    write_attempt(tmp_path / "item", patch)
    assert only_attempt(tmp_path).patch.state is state


def test_a_prediction_stands_in_for_a_missing_patch_file(tmp_path: Path) -> None:
    folder = write_attempt(tmp_path / "run/item", None)
    write(folder / "prediction.jsonl", {"instance_id": "x", "model_patch": "\n" + DIFF})
    patch = only_attempt(tmp_path).patch
    assert patch.state is PatchState.WHOLE
    assert patch.source is not None
    assert patch.source.read() == "\n" + DIFF


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty"),
        (b'{"status": "succ', "is not JSON"),
        (b"[]", "is not a JSON object"),
        (b"null", "is not a JSON object"),
        (b'{"status": "\xff"}', "is not UTF-8"),
        (b'{"a":' + b"[" * 100_000, "is nested too deeply"),
        (b'{"a": ' + b"9" * 5000 + b"}", "is not JSON (Exceeds the limit"),
        (b" " * (MAX_JSON_BYTES + 1), "is larger than 16 MiB"),
    ],
)
def test_a_broken_journal_is_named_and_the_rest_loads(
    tmp_path: Path, content: bytes, reason: str
) -> None:
    write_attempt(tmp_path / "run/good")
    write(write_attempt(tmp_path / "run/bad") / "journal.json", content)
    good, bad = sorted(read_runs(tmp_path).attempts, key=lambda a: not a.has_journal)
    assert (good.key, good.status) == ("run/good", "success")
    assert (bad.key, bad.status, bad.patch.state) == ("run/bad", None, PatchState.WHOLE)
    assert reasons(tmp_path)["run/bad/journal.json"].startswith(reason)


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    folder = write_attempt(tmp_path / "item")
    journal = (folder / "journal.json").read_bytes()
    write(folder / "journal.json", b"\xef\xbb\xbf" + journal)
    assert only_attempt(tmp_path).status == "success"


def make_pipe(path: Path) -> None:
    os.mkfifo(path)


def make_folder(path: Path) -> None:
    path.mkdir()


def make_dangling_link(path: Path) -> None:
    path.symlink_to("nowhere")


def make_link_to_itself(path: Path) -> None:
    path.symlink_to(path.name)


@pytest.mark.parametrize("make", [make_pipe, make_folder, make_dangling_link, make_link_to_itself])
def test_what_is_no_file_never_blocks_a_load(tmp_path: Path, make: Any) -> None:
    names = ["journal.json", "model_patch.diff", "prompt.json", "task.txt", "prediction.jsonl"]
    folder = tmp_path / "run/item"
    folder.mkdir(parents=True)
    for name in names:
        make(folder / name)
    runs = read_runs(tmp_path)
    (attempt,) = runs.attempts
    assert attempt.patch.state is PatchState.UNREADABLE
    assert (attempt.prompts, attempt.logs, attempt.has_journal) == ((), (), False)
    named = {problem.path for problem in runs.problems}
    assert named >= {f"run/item/{name}" for name in names}


def test_pipes_and_links_outside_of_attempts(tmp_path: Path) -> None:
    write_attempt(tmp_path / "item")
    make_pipe(tmp_path / "predictions.jsonl")
    make_dangling_link(tmp_path / "gone")
    make_link_to_itself(tmp_path / "itself")
    found = reasons(tmp_path)
    assert found["predictions.jsonl"] == "is not a regular file"
    assert found["gone"] == found["itself"]
    assert "symbolic link" in found["gone"]


def test_links_that_lead_out_are_followed_only_when_asked_and_cycles_never(
    tmp_path: Path,
) -> None:
    elsewhere = tmp_path / "elsewhere"
    root = tmp_path / "root"
    write_attempt(elsewhere / "item")
    write_attempt(root / "run/item")
    (root / "a-latest").symlink_to("run")
    (root / "linked").symlink_to(elsewhere)
    (root / "run/up").symlink_to("..")
    (root / "machine").symlink_to("/")
    for follow, keys, left_out in (
        (False, ["run/item"], {"a-latest", "run/up", "linked", "machine"}),
        (True, ["linked/item", "run/item"], {"a-latest", "run/up", "machine"}),
    ):
        runs = read_runs(root, follow_links=follow)
        assert [a.key for a in runs.attempts] == keys
        assert {p.path for p in runs.problems if "symbolic link" in p.reason} == left_out


def test_a_linked_private_file_is_no_patch_and_with_follow_links_is_never_sent(
    tmp_path: Path,
) -> None:
    write(tmp_path / "private", DIFF)
    folder = write_attempt(tmp_path / "root/item", None)
    (folder / "model_patch.diff").symlink_to(tmp_path / "private")
    runs = read_runs(tmp_path / "root")
    assert (runs.attempts[0].patch.state, runs.attempts[0].patch.source) == ("unreadable", None)
    (followed,) = read_runs(tmp_path / "root", follow_links=True).attempts
    assert followed.patch.source is not None
    assert followed.patch.source.read() == DIFF
    with pytest.raises(SourceError, match="is not sent"):
        read_to_send(followed.patch.source)


def test_a_human_commit_through_a_link_is_marked_whatever_completes_it(tmp_path: Path) -> None:
    write_attempt(tmp_path / "root/item", DIFF)
    sha = read_runs(tmp_path / "root").attempts[0].reference_sha
    inside = {"commit_hash": sha, "diff_text": DIFF}
    write(tmp_path / f"root/commits/{sha}.json", json.dumps(inside))
    write(tmp_path / "private.json", json.dumps({"commit_hash": sha, "message": "private"}))
    (known,) = read_runs(tmp_path / "root", follow_links=True).commits.values()
    assert known.diff is not None and not known.outside
    (tmp_path / "root/commits" / f"{sha[:12]}.json").symlink_to(tmp_path / "private.json")
    (known,) = read_runs(tmp_path / "root", follow_links=True).commits.values()
    assert known.message == "private" and known.outside


def test_both_lists_of_a_file_are_read(tmp_path: Path) -> None:
    made = [
        {"instance_id": f"a__b-{n}", "model_patch": DIFF, "model_name_or_path": "m"}
        for n in range(3)
    ]
    write(tmp_path / "p.json", json.dumps({"about": 1, "first": made[:2], "second": made[2:]}))
    assert len(read_runs(tmp_path).attempts) == 3


def test_a_file_that_makes_its_reader_fail_costs_that_file_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_attempt(tmp_path / "root/item", DIFF)
    write(tmp_path / "root/a.csv", "instance_id,correctness\na,0\rb,1\n")
    assert len(read_runs(tmp_path / "root").attempts) == 1, "a carriage return alone ends a row"

    def fail(file: File, found: Found) -> None:
        raise ZeroDivisionError

    failing = Files(("*.csv",), fail)
    monkeypatch.setattr(load, "files_reader", lambda name: failing if name == "a.csv" else None)
    runs = read_runs(tmp_path / "root")
    assert len(runs.attempts) == 1
    assert [p.path for p in runs.problems if load.READER_FAILED in p.reason] == ["a.csv"]


def test_folders_are_followed_to_a_depth(tmp_path: Path) -> None:
    write_attempt(tmp_path / "item")
    here = os.getcwd()
    os.chdir(tmp_path)
    try:
        for _ in range(1000):
            os.mkdir("a")
            os.chdir("a")
    finally:
        os.chdir(here)
    assert "nested deeper than 100" in str(reasons(tmp_path).values())
    subprocess.run(["rm", "-rf", tmp_path / "a"], check=True)  # Python's own runs out of names


def test_an_oversized_patch_is_not_read(tmp_path: Path) -> None:
    folder = write_attempt(tmp_path / "item")
    with open(folder / "model_patch.diff", "wb") as file:
        file.truncate(65 * 2**20)
    attempt = only_attempt(tmp_path)
    assert attempt.patch.state is PatchState.UNREADABLE
    assert attempt.patch.recorded_bytes == 65 * 2**20
    assert reasons(tmp_path)["item/model_patch.diff"] == "is larger than 64 MiB"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read_is_named(tmp_path: Path) -> None:
    folder = write_attempt(tmp_path / "item", DIFF * 100)
    for name in ("journal.json", "model_patch.diff"):
        (folder / name).chmod(0)
    assert only_attempt(tmp_path).patch.state is PatchState.UNREADABLE
    assert set(reasons(tmp_path)) >= {"item/journal.json", "item/model_patch.diff"}


def test_hostile_names_of_folders_and_fields(tmp_path: Path) -> None:
    name = os.fsdecode(b"it\xffem [/bold]\x1b[31m\n")
    write_attempt(tmp_path / name, agent_branch="\ud800", status="\ud800[/bold]")
    attempt = only_attempt(tmp_path)
    assert attempt.key == name
    assert attempt.status == "\ud800[/bold]"
    assert attempt.patch.source is not None
    assert attempt.patch.source.read() == DIFF


def test_nothing_to_judge_says_what_was_looked_for(tmp_path: Path) -> None:
    write(tmp_path / "package.json", {"name": "x"})
    with pytest.raises(InputError) as raised:
        read_runs(tmp_path)
    assert "no attempts were found" in raised.value.title
    assert "journal.json" in raised.value.hint
    with pytest.raises(InputError, match="does not exist"):
        read_runs(tmp_path / "nothing")
    with pytest.raises(InputError, match="does not exist"):
        read_runs(tmp_path, commits=[tmp_path / "nothing"])


def test_load_problems_are_records_with_paths_below_the_root(tmp_path: Path) -> None:
    write(tmp_path / "run/item/journal.json", "[1, 2]")
    expected = LoadProblem("run/item/journal.json", "is not a JSON object")
    assert expected in read_runs(tmp_path).problems


FIELDS = (
    *("agent", "allowed", "codex_cli", "commits", "duration_s", "error", "error_type", "human"),
    *("meta", "metrics", "model", "other", "patch_generated", "patch_size_loc", "pre", "trae"),
    *("returncode", "run_metadata", "run_timestamp", "status", "target_files", "task_id"),
    *("timestamp", "timestamps", "written"),
)
ODD_VALUES: tuple[object, ...] = (
    *(None, True, False, 0, -1, 10**30, float("nan"), float("inf"), 1e308, -1e18, [], {}),
    *("", " ", "x", "\ud800", "\x00[/bold]", HUMAN, "2025-10-09_12-49-33", "9999-12-31", "12"),
)


def odd_value(random: Random) -> object:
    """A value, or a list of some."""
    one = random.choice(ODD_VALUES)
    return random.choice((one, random.choices(ODD_VALUES, k=random.randint(0, 3))))


def odd_object(random: Random) -> dict[str, object]:
    """Fields with such values, or with fields of their own."""
    found: dict[str, object] = {}
    for field in random.sample(FIELDS, random.randint(0, 8)):
        inner = {name: odd_value(random) for name in random.sample(FIELDS, random.randint(0, 6))}
        found[field] = random.choice((odd_value(random), inner))
    return found


def three_objects(seed: int) -> list[dict[str, object]]:
    """Made from one number: that Hypothesis draws every value took most of the time."""
    random = Random(seed)
    return [odd_object(random) for _ in range(3)]


@given(st.integers(0, 2**32 - 1).map(three_objects))
def test_any_value_in_any_field_loads(objects: list[dict[str, object]]) -> None:
    journal, summary, prompt = objects
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "run/item"
        write(folder / "journal.json", journal)
        write(folder / "run_summary.json", summary)
        write(folder / "prompt.json", prompt)
        write(folder / "diff_targets.json", prompt)
        runs = read_runs(Path(name))
        (attempt,) = runs.attempts
        assert attempt.has_journal
        assert attempt.reference_sha in runs.commits
        json.dumps([attempt.status, attempt.agent, attempt.execution.duration_s], allow_nan=False)
