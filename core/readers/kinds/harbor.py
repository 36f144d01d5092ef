"""Harbor: a folder per trial, with its result, the agent's trajectory and the artifacts."""

from __future__ import annotations

from itertools import islice
from pathlib import PurePath

from core.files import UnusableError, read_bytes
from core.models import Attempt, Execution, PatchEvidence, PatchState
from core.readers.building import add_attempt, find_patch_file, new_attempt
from core.readers.conversations import prompt_in
from core.readers.fields import Fields
from core.readers.found import Found
from core.readers.problems import read_object
from core.readers.reader import Folders, Reader
from core.readers.single_object import read_single
from core.readers.walk import File, Folder
from core.records import replace
from core.sources import FileText, TextSource

RESULT = "result.json"
_PARTS = frozenset({"agent", "verifier", "artifacts"})
_DIFFS = (".diff", ".patch")
_USUAL = ("model.patch", "patch.diff", "model_patch.diff", "solution.patch", "solution.diff")
_LEVELS = 3  # of folders inside a part
_MOST_LOGS = 50


def knows(folder: Folder) -> bool:
    """A result beside what the agent or the verifier left."""
    return folder.file(RESULT) is not None and not _PARTS.isdisjoint(folder.folders)


def read(folder: Folder, found: Found) -> bool:
    """The attempt of a trial; its folder is not searched any further."""
    file = folder.files[RESULT]
    try:
        result = Fields(read_object(file.path))
    except UnusableError as error:
        found.problems.add(file.path, str(error))
        return True
    if "trial_name" not in result and "task_name" not in result:
        return True
    parts = {name: _files(folder, name, found) for name in sorted(_PARTS)}
    name = result.text("task_name", "trial_name") or PurePath(folder.path).name
    instance = PurePath(name).name
    info = result.inside("agent_info")
    asked = result.inside("config").inside("agent")
    model = info.inside("model_info").text("name") or asked.text("model_name")
    attempt = new_attempt(found, file, instance, model)
    marked, exception = _claim(result, parts["verifier"])
    attempt = replace(
        attempt,
        key=folder.key,
        agent=info.text("name") or asked.text("name") or "unknown",
        run=PurePath(folder.path).parent.name,
        started=result.moment("started_at"),
        marked_success=marked,
        status=_status(marked, exception),
        logs=tuple(_texts(folder, parts)),
    )
    attempt = _with_trajectory(
        attempt, result, exception, parts["agent"].get("trajectory.json"), found
    )
    add_attempt(found, file, attempt, _patch(parts), scope=folder.path)
    return False


def _files(folder: Folder, name: str, found: Found, levels: int = _LEVELS) -> dict[str, File]:
    """The files of a part, by their path in it."""
    inner = found.look(folder, name)
    if inner is None:
        return {}
    files = inner.files
    for below in inner.folders if levels else ():
        within = _files(inner, below, found, levels - 1)
        files |= {f"{below}/{path}": file for path, file in within.items()}
    return files


def _claim(result: Fields, verifier: dict[str, File]) -> tuple[bool | None, str | None]:
    """The verifier's verdict, and the exception; one without a full reward comes first."""
    exception = result.inside("exception_info")
    kind, message = exception.text("exception_type"), exception.text("exception_message")
    error = f"{kind}: {message}" if kind and message else kind or message
    verdict = result.inside("verifier_result")
    reward = verdict.inside("rewards").number("reward")
    reward = verdict.number("reward") if reward is None else reward
    if reward is None and "reward.txt" in verifier:
        reward = _number_in(verifier["reward.txt"])
    if reward is None and "reward.json" in verifier:
        reward = _reward_in(verifier["reward.json"])
    if reward is None or (error and reward < 1):
        return None, error
    return reward >= 1, error


def _status(marked: bool | None, exception: str | None) -> str | None:
    if marked is None:
        return "error" if exception else None
    return "passed" if marked else "failed"


def _number_in(file: File) -> float | None:
    try:
        return float(read_bytes(file.path, 100))
    except (UnusableError, ValueError):
        return None


def _reward_in(file: File) -> float | None:
    try:
        rewards = Fields(read_object(file.path))
    except UnusableError:
        return None
    return (
        rewards.number("reward")
        if "reward" in rewards
        else rewards.inside("rewards").number("reward")
    )


def _with_trajectory(
    attempt: Attempt, result: Fields, error: str | None, file: File | None, found: Found
) -> Attempt:
    """Tokens, steps, cost and time; the task as given to the agent."""
    used, record = result.inside("agent_result"), None
    if file is not None:
        record = read_single(file, found.problems)
    fields = Fields(record.value if record else None)
    final = fields.inside("final_metrics")
    began, ended = result.moment("started_at"), result.moment("finished_at")
    prompts = prompt_in(record, "steps") if record else ()
    execution = Execution(
        duration_s=(ended - began).total_seconds() if began and ended else None,
        steps=final.integer("total_steps") or fields.length("steps"),
        tokens_in=used.integer("n_input_tokens") or final.integer("total_prompt_tokens"),
        tokens_out=used.integer("n_output_tokens") or final.integer("total_completion_tokens"),
        cost_usd=used.number("cost_usd") or final.number("total_cost_usd"),
        error=error,
    )
    return replace(attempt, execution=execution, prompts=prompts)


def _patch(parts: dict[str, dict[str, File]]) -> tuple[PatchEvidence, bytes | None, str]:
    """The diff among the artifacts; without one it may have stayed in the container.

    Of several, the one named like a patch counts; an ambiguity is reported.
    """
    for part in ("artifacts", "agent", "verifier"):
        diffs = {name: file for name, file in parts[part].items() if name.endswith(_DIFFS)}
        usual = [name for name in diffs if PurePath(name).name in _USUAL]
        if diffs:
            first = (usual or sorted(diffs))[0]
            evidence, digest, problem = find_patch_file(diffs[first])
            if len(diffs) > 1 and not problem:
                problem = f"has several diffs ({', '.join(sorted(diffs))}): {first} counts"
            return evidence, digest, problem
    return PatchEvidence(PatchState.UNREADABLE), None, "no diff was kept among the artifacts"


def _texts(folder: Folder, parts: dict[str, dict[str, File]]) -> list[TextSource]:
    files = [folder.files[RESULT], *parts["agent"].values(), *parts["verifier"].values()]
    texts = (file for file in files if file.is_regular and not file.path.endswith(_DIFFS))
    return [FileText(file.path, file.outside) for file in islice(texts, _MOST_LOGS)]


READER = Reader(
    name="Harbor",
    recognised="folders with `result.json` (`trial_name`) and `agent/`, `verifier/` or "
    "`artifacts/`",
    mapped="`artifacts/*.diff` → patch (none: unreadable, not missing), `reward` 1 → marked, an "
    "exception without full reward → status error and no claim, `agent_result` → tokens and "
    "cost, ATIF "
    "trajectory → steps, prompt and logs",
    unread="`config.json`, recordings",
    folders=(Folders(knows, read),),
    cases=("harbor",),
)
