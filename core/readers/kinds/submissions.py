"""What lies beside predictions: who made them, and the harness's folder for each task."""

from __future__ import annotations

import re
from pathlib import PurePath

from core.files import UnusableError, read_bytes
from core.models import PatchEvidence, PatchState
from core.readers.building import add_attempt, find_patch_file, new_attempt, scope_of_task
from core.readers.found import NO_PATCH, Found, Role, SubmissionFacts, folder_of
from core.readers.reader import Files, Folders, Reader
from core.readers.record_names import looks_like_a_task
from core.readers.walk import File, Folder
from core.records import replace
from core.sources import FileText

_LOGS = ("test_output.txt", "run_instance.log", "eval.log", "report.json")
_MARKS = frozenset({"test_output.txt", "run_instance.log", "patch.diff"})
_TRAJECTORIES = frozenset({"trajs", "traj", "trajectories"})
_TEXTS = (".md", ".txt", ".log", ".html")
_OF_OTHERS = (".info.log", ".debug.log", ".trace.log", ".eval.log")
_MAX_YAML_BYTES = 2**20
_ENTRY = re.compile(r"^(\s*)([\w-]+):\s*(.*?)\s*$")


def knows_task(folder: Folder) -> bool:
    """A folder in which the harness evaluated one task."""
    if folder.file("run_instance.log") is not None:  # without a report the evaluation itself failed
        return True
    return folder.file("report.json") is not None and not _MARKS.isdisjoint(folder.file_names)


def read_task(folder: Folder, found: Found) -> bool:
    """The logs of a task, and the patch that was evaluated; the report is read as a file."""
    path, files = PurePath(folder.path), folder.files
    file = files.get("report.json") or files["run_instance.log"]
    model = path.parent.name.replace("__", "/") if _is_of_a_run(path) else None
    logs = (files[name] for name in _LOGS if name in files)
    attempt = replace(
        new_attempt(found, file, path.name, model),
        logs=tuple(FileText(log.path, log.outside) for log in logs if log.is_regular),
    )
    diff = files.get("patch.diff")
    patch = find_patch_file(diff) if diff else (PatchEvidence(PatchState.MISSING), NO_PATCH, "")
    role = Role.ROLLOUT if diff else Role.COMPANION
    add_attempt(found, file, attempt, patch, role=role, scope=scope_of_task(file.path, path.name))
    return True


def is_in_trajectories(path: str) -> bool:
    """Is a file in a submission's folder of trajectories, or in a task's folder there?"""
    return not _TRAJECTORIES.isdisjoint(path.split("/")[-3:-1])


def knows_trajectories(folder: Folder) -> bool:
    """A submission's folder of trajectories."""
    return is_in_trajectories(f"{folder.path}/x")


def read_trajectories(folder: Folder, found: Found) -> bool:
    """The trajectories that are texts; others are read as files of their kind."""
    for name, file in folder.files.items():
        is_text = name.lower().endswith(_TEXTS) and not name.endswith(_OF_OTHERS)
        if is_text and not name.lower().startswith("readme"):
            read_trajectory(file, found)
    return True


def read_trajectory(file: File, found: Found) -> None:
    """A trajectory in the submission's own form: a log of the task it is named after."""
    path = PurePath(file.path)
    instance = path.stem if path.parent.name in _TRAJECTORIES else path.parent.name
    attempt = replace(
        new_attempt(found, file, instance, None), logs=(FileText(file.path, file.outside),)
    )
    nothing = (PatchEvidence(PatchState.MISSING), NO_PATCH, "")
    scope = scope_of_task(file.path, instance)
    add_attempt(found, file, attempt, nothing, role=Role.COMPANION, scope=scope)


def read_evaluation_log(file: File, found: Found) -> None:
    """A log of the older harness: `<task>.<model>.eval.log`."""
    instance, _, model = PurePath(file.path).name.removesuffix(".eval.log").partition(".")
    if not looks_like_a_task(instance):
        return
    attempt = replace(
        new_attempt(found, file, instance, model or None),
        logs=(FileText(file.path, file.outside),),
    )
    nothing = (PatchEvidence(PatchState.MISSING), NO_PATCH, "")
    scope = scope_of_task(file.path, instance)
    add_attempt(found, file, attempt, nothing, role=Role.COMPANION, scope=scope)


def _is_of_a_run(path: PurePath) -> bool:
    """Is it `logs/run_evaluation/<run>/<model>/<task>`?"""
    return len(path.parts) > 3 and path.parts[-4] == "run_evaluation"


def read_metadata(file: File, found: Found) -> None:
    """The names that a submission's `metadata.yaml` gives (`info.name`, `tags.model`)."""
    try:
        text = read_bytes(file.path, _MAX_YAML_BYTES).decode("utf-8", "replace")
    except UnusableError as error:
        found.problems.add(file.path, str(error))
        return
    values = flat_yaml(text)
    agent, model = values.get("info.name") or values.get("name"), values.get("tags.model")
    if agent or model:
        found.submissions.append(SubmissionFacts(folder_of(file.path), agent, model))


def flat_yaml(text: str) -> dict[str, str]:
    """Scalars and the first elements of lists by their dotted path: all that names need of YAML."""
    values: dict[str, str] = {}
    above: list[tuple[int, str]] = []
    for line in text.splitlines():
        match = _ENTRY.match(line)
        if match:
            depth = len(match[1])
            above = [entry for entry in above if entry[0] < depth]
            above.append((depth, match[2]))
            value = match[3]
        elif line.strip().startswith("- "):
            value = line.strip()[2:]
        else:
            continue
        first = value.strip("[]").split(",")[0].strip().strip("'\"")
        if first and above:
            values.setdefault(".".join(name for _, name in above), first)
    return values


def read_patch_file(file: File, found: Found) -> None:
    """A task's patch in a file of its own, beside the trajectory or in a folder of patches."""
    path = PurePath(file.path)
    instance = path.stem
    if path.parent.name not in (instance, "patches") and "__" not in instance:
        return
    attempt, scope = new_attempt(found, file, instance, None), scope_of_task(file.path, instance)
    add_attempt(found, file, attempt, find_patch_file(file), role=Role.ROLLOUT, scope=scope)


READER = Reader(
    name="Submissions (SWE-bench experiments, harness logs)",
    recognised="folders with `run_instance.log`, or with `report.json` and "
    "`test_output.txt` or `patch.diff`; "
    "`metadata.yaml`; `<task>/<task>.patch`, `patches/<task>.patch`, `trajs/`, "
    "`<task>.<model>.eval.log`",
    mapped="folder → task, test output and log → logs, `patch.diff` → patch where no prediction is "
    "found; files in `trajs/` → logs of the task they are named after; `info.name`, `tags.model` → "
    "agent, model of the folder's predictions",
    unread="`eval.sh`, README, the rest of `metadata.yaml`",
    files=(
        Files(("metadata.yaml", "metadata.yml"), read_metadata),
        Files(("*.patch",), read_patch_file),
        Files(("*.eval.log",), read_evaluation_log),
    ),
    folders=(
        Folders(knows_task, read_task, owns_files=False),
        Folders(knows_trajectories, read_trajectories, owns_files=False),
    ),
    cases=("swebench-experiments", "trae-agent"),
)
