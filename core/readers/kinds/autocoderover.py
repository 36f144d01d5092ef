"""AutoCodeRover: a folder per task and time, with conversation, cost and patches."""

from __future__ import annotations

import re
from pathlib import PurePath

from core.files import UnusableError
from core.models import Execution, PatchEvidence, PatchState
from core.readers.building import add_attempt, find_patch_file, new_attempt, spent
from core.readers.fields import Fields
from core.readers.found import NO_PATCH, Found, Role
from core.readers.problems import read_object
from core.readers.reader import Folders, Reader
from core.readers.walk import Folder
from core.records import replace
from core.sources import FileText

_NAME = re.compile(r"(.+)_\d{4}-\d{2}-\d{2}_\d{2}-\d{2}-\d{2}")
_PATCH = re.compile(r"extracted_patch_(\d+)\.diff")
_COST, _PROMPT = "cost.json", "problem_statement.txt"
_LOGS = ("info.log", "tool_call_sequence.json", "extract_status.json", _COST)


def knows(folder: Folder) -> bool:
    """A folder that is named after a task and a time, with the task's facts."""
    has_facts = folder.file("meta.json") is not None
    return has_facts and _NAME.fullmatch(PurePath(folder.path).name) is not None


def read(folder: Folder, found: Found) -> bool:
    """The last patch of a task, if no prediction was collected; costs and logs."""
    path, files = PurePath(folder.path), folder.files
    match = _NAME.fullmatch(path.name)
    assert match
    instance, file = match[1], files["meta.json"]
    costs = _object(folder, _COST, found)
    talks = sorted(name for name in files if name.startswith("conversation_round_"))
    texts = (files[name] for name in (*_LOGS, *talks) if name in files)
    prompt = files.get(_PROMPT)
    attempt = replace(
        new_attempt(found, file, instance, costs.text("model"), agent="AutoCodeRover"),
        execution=_execution(costs),
        started=costs.moment("start_epoch"),
        prompts=(FileText(prompt.path, prompt.outside),) if prompt else (),
        logs=tuple(FileText(text.path, text.outside) for text in texts if text.is_regular),
    )
    patches = {int(m[1]): name for name in files if (m := _PATCH.fullmatch(name))}
    nothing = (PatchEvidence(PatchState.MISSING), NO_PATCH, "")
    patch = find_patch_file(files[patches[max(patches)]]) if patches else nothing
    role = Role.ROLLOUT if patches else Role.COMPANION
    add_attempt(found, file, attempt, patch, role=role, scope=str(path.parent.parent))
    return True


def _object(folder: Folder, name: str, found: Found) -> Fields:
    file = folder.file(name)
    if file is None:
        return Fields(None)
    try:
        return Fields(read_object(file.path))
    except UnusableError as error:
        found.problems.add(file.path, str(error))
        return Fields(None)


def _execution(costs: Fields) -> Execution:
    return replace(
        spent(costs),
        duration_s=costs.number("elapsed_seconds"),
        tokens_in=costs.integer("total_input_tokens"),
        tokens_out=costs.integer("total_output_tokens"),
    )


READER = Reader(
    name="AutoCodeRover",
    recognised="folders `<task>_<time>` with `meta.json`",
    mapped="`cost.json` → model, tokens, cost, time; `info.log`, conversations → logs; "
    "`problem_statement.txt` → prompt; the last `extracted_patch_<n>.diff` → patch where no "
    "prediction is found; `task_info` → reference",
    unread="raw answers, searches",
    folders=(Folders(knows, read, owns_files=False),),
    cases=("autocoderover",),
)
