"""How a record's fields become the evidence and the attempt that every kind of input needs."""

from __future__ import annotations

from pathlib import PurePath
from sys import intern

from msgspec import structs

from core.files import MAX_TEXT_BYTES, UnusableError, read_bytes, size_of
from core.models import Attempt, Execution, PatchEvidence, PatchState
from core.readers.fields import Fields
from core.readers.found import NO_PATCH, Found, FoundAttempt, Role, digest_of, folder_of
from core.readers.problems import refuse_pointer
from core.readers.record_names import record_key, safe_name
from core.readers.record_scan import Record
from core.readers.walk import File
from core.records import replace
from core.sources import FileText, TextSource, encode

UNKNOWN = "unknown"
_GENERIC_FOLDERS = frozenset({"trajs", "patches", "logs", "trajectories", "artifacts"})
_GENERIC_FILES = frozenset(
    {"preds", "all_preds", "predictions", "output", "patches", "patch", "results", "result"}
)


def find_patch(record: Record, *keys: str) -> tuple[PatchEvidence, bytes | None, str]:
    """The patch in a field of a record, its digest, and what is wrong with it ("" for nothing).

    A prediction that was pasted in place of its patch is examined; anything else that is not text
    is unreadable, never missing.
    """
    value: object = record.value
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    if isinstance(value, dict) and isinstance(value.get("model_patch"), str):
        keys, value = (*keys, "model_patch"), value["model_patch"]
    if value is None:
        return PatchEvidence(PatchState.MISSING), NO_PATCH, ""
    if not isinstance(value, str):
        return (
            PatchEvidence(PatchState.UNREADABLE),
            None,
            "a patch was recorded, but it is not text",
        )
    return _evidence(record, value, keys), digest_of(value), ""


def _evidence(record: Record, text: str, keys: tuple[str, ...]) -> PatchEvidence:
    held = len(text) if text.isascii() else len(encode(text))
    source = record.text(*keys)
    if not record.readable:
        return PatchEvidence(PatchState.UNREADABLE, source, held)
    return PatchEvidence(PatchState.WHOLE if text.strip() else PatchState.EMPTY, source, held)


def find_patch_file(file: File) -> tuple[PatchEvidence, bytes | None, str]:
    """The patch that is a whole file, its digest, and what is wrong with it."""
    source = FileText(file.path, file.outside)
    try:
        data = read_bytes(file.path, MAX_TEXT_BYTES)
        refuse_pointer(data)
    except UnusableError as error:
        evidence = PatchEvidence(PatchState.UNREADABLE, source, recorded_bytes=size_of(file.path))
        return evidence, None, str(error)
    state = PatchState.WHOLE if data.strip() else PatchState.EMPTY
    digest = digest_of(data.decode("utf-8", "surrogateescape"))
    return PatchEvidence(state, source, len(data)), digest, ""


def add_attempt(
    found: Found,
    place: Record | File,
    attempt: Attempt,
    patch: tuple[PatchEvidence, bytes | None, str],
    *,
    role: Role = Role.SUBMISSION,
    scope: str | None = None,
    names: tuple[str, ...] = (),
) -> None:
    """Add an attempt found in a record or a file, with its patch."""
    evidence, digest, problem = patch
    if problem:
        found.problems.add(place.path, f"{attempt.item}: {problem}")
    whole = replace(attempt, patch=evidence)
    stem = PurePath(place.path).stem
    if role not in (Role.ROLLOUT, Role.COMPANION) and stem.lower() not in _GENERIC_FILES:
        names = (*names, stem)
    scope = folder_of(place.path) if scope is None else scope
    found.attempts.append(FoundAttempt(whole, place.path, scope, digest, role, names))


def new_attempt(
    found: Found,
    place: Record | File,
    instance: str,
    model: str | None,
    *,
    agent: str | None = None,
    run: str | None = None,
) -> Attempt:
    """An attempt at a task of a dataset, without anything specific to its kind."""
    below = found.below_root(place.path)
    return Attempt(
        key=record_key(below, model or UNKNOWN, instance),
        reference_sha=intern(safe_name(instance)),
        agent=intern(agent or UNKNOWN),
        model=intern(model or UNKNOWN),
        run=intern(run or below),
        item=intern(instance),
        has_journal=False,
        instance=intern(instance),
    )


def task_named(path: str) -> str:
    """The task that a single-task file is named after, or the folder it is in."""
    parts = PurePath(path)
    above, stem = parts.parent.name, parts.stem
    is_below = above.startswith("instance_") or stem.startswith(above)
    return above if is_below and above not in _GENERIC_FOLDERS else stem


def scope_of_task(path: str, instance: str) -> str:
    """The submission's folder above a single-task file."""
    folder = PurePath(path).parent
    if folder.name == instance or folder.name.startswith((f"{instance}_", f"{instance}__")):
        folder = folder.parent
    return str(folder.parent if folder.name in _GENERIC_FOLDERS else folder)


_LIMIT_SECONDS = 10 * 365 * 86_400


def spent(fields: Fields) -> Execution:
    """A record's steps, tokens, cost and time under their usual names."""
    seconds = fields.number("duration_s", "duration_seconds", "execution_time", "duration")
    return Execution(
        duration_s=seconds if seconds is None or 0 <= seconds < _LIMIT_SECONDS else None,
        steps=fields.integer("n_steps", "num_steps", "steps", "api_calls", "num_turns"),
        tokens_in=fields.integer("input_tokens", "prompt_tokens", "tokens_in", "tokens_sent"),
        tokens_out=fields.integer(
            "output_tokens", "completion_tokens", "tokens_out", "tokens_received"
        ),
        cost_usd=fields.number("cost_usd", "total_cost", "instance_cost", "cost", "total_cost_usd"),
        error=fields.text("error", "error_message"),
    )


def merge_executions(mine: Execution, theirs: Execution) -> Execution:
    """What either knows; the first takes precedence."""
    known = {name: value for name, value in structs.asdict(mine).items() if value is not None}
    return replace(theirs, **known)


def texts_of(record: Record, *names: str) -> tuple[TextSource, ...]:
    """The non-empty fields of a record, to be read when needed."""
    fields = Fields(record.value)
    return tuple(record.text(name) for name in names if fields.filled(name) and record.readable)
