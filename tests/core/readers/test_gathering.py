"""Each attempt once: what is the same, what only looks like it, and what lies beside."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from core.models import PatchState, RunSet
from core.readers import read_runs
from tests.core.readers.test_kinds import CASES
from tests.core.runs_on_disk import DIFF, write
from tests.support.growth import grows_in_proportion


def lines(path: Path, model: str, patches: dict[str, str]) -> Path:
    records = (
        {"instance_id": name, "model_name_or_path": model, "model_patch": patch}
        for name, patch in patches.items()
    )
    return write(path, "".join(json.dumps(record) + "\n" for record in records))


def reasons(runs: RunSet) -> str:
    return "\n".join(f"{problem.path} {problem.reason}" for problem in runs.problems)


def copy(tmp_path: Path, kind: str) -> Path:
    shutil.copytree(CASES / kind, tmp_path / kind)
    return tmp_path / kind


def test_two_models_with_no_patch_at_all_are_two(tmp_path: Path) -> None:
    for model in ("gpt-5", "gpt-5.1"):
        lines(tmp_path / f"{model}.jsonl", model, {"a__b-1": "", "a__b-2": ""})
    assert len(read_runs(tmp_path).attempts) == 4


def test_two_runs_with_other_patches_are_two_and_copies_are_one(tmp_path: Path) -> None:
    first = {"a__b-1": DIFF, "a__b-2": DIFF + "\n# x\n"}
    lines(tmp_path / "one/p.jsonl", "m", first)
    lines(tmp_path / "two/p.jsonl", "m", {"a__b-1": DIFF, "a__b-2": DIFF})
    assert len(read_runs(tmp_path).attempts) == 4
    lines(tmp_path / "backup/p.jsonl", "m", first)
    runs = read_runs(tmp_path)
    assert len(runs.attempts) == 4
    assert "contains the same records as" in reasons(runs)


def test_several_of_one_model_and_task_in_a_file_get_ordinals(tmp_path: Path) -> None:
    text = lines(tmp_path / "p.jsonl", "m", {"a__b-1": DIFF}).read_text()
    other = lines(tmp_path / "p.jsonl", "m", {"a__b-1": DIFF + "# x\n"}).read_text()
    write(tmp_path / "p.jsonl", text + other)
    assert [a.key for a in read_runs(tmp_path).attempts] == [
        "p.jsonl/m/a__b-1",
        "p.jsonl/m/a__b-1#2",
    ]


def test_a_run_that_was_killed_opens_from_its_trajectories(tmp_path: Path) -> None:
    root = copy(tmp_path, "mini-swe-agent")
    (root / "preds.json").unlink()
    (attempt,) = read_runs(root).attempts
    assert (attempt.item, attempt.patch.state) == ("acme__widget-1", PatchState.WHOLE)
    assert (attempt.status, attempt.execution.steps) == ("Submitted", 5)
    root = copy(tmp_path, "swe-agent")
    for path in [*root.rglob("*.pred"), *root.rglob("*.patch")]:
        path.unlink()
    assert len(read_runs(root).attempts) == 2


def test_predictions_of_openhands_are_called_after_its_folder(tmp_path: Path) -> None:
    root = copy(tmp_path, "openhands")
    (path,) = root.rglob("output.swebench.jsonl")
    path.write_text(path.read_text().replace("CodeActAgent_model-1", path.parent.name))
    assert len(read_runs(root).attempts) == 2


def test_a_harness_folder_alone_opens_from_the_patch_that_it_evaluated(tmp_path: Path) -> None:
    root = copy(tmp_path, "swebench-experiments")
    for name in ("all_preds.jsonl", "acme__widget-1.traj"):
        for path in root.rglob(name):
            path.unlink()
    (attempt,) = read_runs(root).attempts
    assert (attempt.item, attempt.marked_success) == ("acme__widget-1", True)


def test_an_empty_file_is_said_to_be_empty_and_two_lists_are_both_read(tmp_path: Path) -> None:
    record: dict[str, Any] = {"model_name_or_path": "m", "model_patch": DIFF}
    one, two = ([record | {"instance_id": f"a__b-{n}"}] for n in (1, 2))
    write(tmp_path / "p.json", json.dumps(one) + "\n" + json.dumps(two))
    write(tmp_path / "q.json", {"first": [one[0] | {"instance_id": "c__d-1"}], "second": two})
    held = {"first": [one[0] | {"instance_id": "e__f-1"}]}
    write(tmp_path / "r.json", held | {"more": {"second": [two[0] | {"instance_id": "e__f-2"}]}})
    named = {"g__h-1": one[0] | {"instance_id": "g__h-1"}}
    write(tmp_path / "s.json", named | {"more": [two[0] | {"instance_id": "g__h-2"}]})
    inner = {name: [one[0] | {"instance_id": f"i__j-{name}"}] for name in "12"}
    write(tmp_path / "t.json", {"about": 1, "all": inner})
    write(tmp_path / "output.jsonl", "")
    runs = read_runs(tmp_path)
    tasks = ("a__b", "e__f", "g__h", "i__j")
    wanted = [f"{task}-{number}" for task in tasks for number in (1, 2)]
    assert sorted({a.item for a in runs.attempts}) == sorted([*wanted, "c__d-1"])
    assert "output.jsonl is empty" in reasons(runs)


def test_a_report_that_speaks_of_nothing_is_named(tmp_path: Path) -> None:
    lines(tmp_path / "p.jsonl", "m", {"a__b-1": DIFF})
    write(tmp_path / "report.json", {"resolved_ids": ["z__z-1"], "submitted_ids": ["z__z-1"]})
    assert "report.json is a report about none of the attempts" in reasons(read_runs(tmp_path))


def test_a_report_that_does_not_say_of_which_model_is_not_believed(tmp_path: Path) -> None:
    for model in ("alpha", "beta"):
        lines(tmp_path / f"{model}.jsonl", model, {"a__b-1": DIFF + f"# {model}\n"})
    write(tmp_path / "report.json", {"resolved_ids": ["a__b-1"]})
    runs = read_runs(tmp_path)
    assert {a.marked_success for a in runs.attempts} == {None}
    assert "does not say which of several models" in reasons(runs)


def test_a_commit_with_two_different_diffs_is_named(tmp_path: Path) -> None:
    lines(tmp_path / "p.jsonl", "m", {"a__b-1": DIFF})
    for number in (1, 2):
        row = {"instance_id": "a__b-1", "base_commit": "1" * 40, "patch": f"{DIFF}# {number}\n"}
        write(tmp_path / f"d{number}.json", [row])
    assert "d2.json contains a different diff of a__b-1 than d1.json" in reasons(
        read_runs(tmp_path)
    )


def test_thousands_of_tasks_with_files_of_their_own_take_their_time_once(tmp_path: Path) -> None:
    for tasks in (375, 1500):
        root = tmp_path / str(tasks)
        names = [f"acme__w-{number}" for number in range(tasks)]
        lines(root / "preds.jsonl", "org/m", {name: f"{DIFF}# {name}\n" for name in names})
        for name in names:
            folder = root / "logs/run_evaluation/r/org__m" / name
            write(folder / "report.json", {name: {"resolved": True}})
            write(folder / "test_output.txt", "ok")
    # It was quadratic when each task looked at the files of all.
    assert grows_in_proportion(lambda tasks: read_runs(tmp_path / str(tasks)), 375)
    runs = read_runs(tmp_path / "1500")
    assert sum(a.marked_success is True and len(a.logs) == 2 for a in runs.attempts) == 1500
