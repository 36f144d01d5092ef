"""Inspect's evaluation logs: `.eval` (a zip of samples) and `.json` (the same as one object)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from core.files import UnusableError
from core.models import Execution, HumanCommit, PatchEvidence, PatchState
from core.readers.building import add_attempt, new_attempt
from core.readers.fields import Fields
from core.readers.found import NO_PATCH, Found, Reference, Role, digest_of
from core.readers.reader import Files, Reader, Records, Value
from core.readers.record_names import safe_name
from core.readers.record_scan import MAX_RECORD_BYTES, Record, members_of, read_shallow
from core.readers.walk import File
from core.sources import TextSource, encode

_HEADS, _SAMPLES = ("header.json", "_journal/start.json"), "samples/"
_PATCHES = ("model_patch", "generated_patch", "patch")
_RIGHT, _WRONG = frozenset({"C", "1", "true", "yes"}), frozenset({"I", "0", "P", "false", "no"})


@dataclass(frozen=True, slots=True)
class _Log:
    """What is said once of all samples."""

    place: Record | File
    task: str
    model: str
    agent: str | None


@dataclass(frozen=True, slots=True)
class _Sample:
    """One sample, and where a text of it is read from."""

    fields: Fields
    text: Callable[..., TextSource]


def knows(value: Value, _name: str | None) -> bool:
    """A log as one object."""
    head = value.get("eval")
    return isinstance(head, dict) and "model" in head and "task" in head and "samples" in value


def read(record: Record, found: Found) -> None:
    """The attempts of a log."""
    log = _log(record, Fields(record.value).inside("eval"))
    for sample in members_of(record, "samples", found.problems):
        _add(log, _Sample(Fields(sample.value), sample.text), found)


def read_zip(file: File, found: Found) -> None:
    """The attempts of a `.eval` file."""
    from core.readers.zip_entries import opened_zip, read_entry  # few need it

    try:
        with opened_zip(file.path) as archive:
            names = archive.namelist()
            head = next((name for name in _HEADS if name in names), "")
            if not head:
                raise UnusableError("is no log of Inspect: it has no header.json")
            log = _log(file, Fields(read_shallow(read_entry(archive, head))).inside("eval"))
            samples = (n for n in names if n.startswith(_SAMPLES) and n.endswith(".json"))
            for name in sorted(samples):
                _add_entry(log, file, name, read_entry(archive, name, MAX_RECORD_BYTES), found)
    except UnusableError as error:
        found.problems.add(file.path, str(error))
    except (ValueError, RecursionError) as error:
        found.problems.add(file.path, f"holds what is no JSON ({error})")


def _add_entry(log: _Log, file: File, name: str, data: bytes, found: Found) -> None:
    from core.readers.zip_entries import ZipText

    def text(*keys: str | int) -> TextSource:
        return ZipText(file.path, name, keys, file.outside)

    _add(log, _Sample(Fields(read_shallow(data)), text), found)


def _log(place: Record | File, head: Fields) -> _Log:
    solver = head.text("solver")
    agent = f"Inspect {solver.rsplit('/')[-1]}" if solver else "Inspect"
    return _Log(place, head.text("task") or "", head.text("model") or "unknown", agent)


def _add(log: _Log, sample: _Sample, found: Found) -> None:
    fields = sample.fields
    identity = fields.text("id") or str(fields.integer("id") or "")
    if not identity:
        return
    epoch = fields.integer("epoch") or 1
    marked, error = _claim(fields)
    attempt = new_attempt(found, log.place, identity, log.model, agent=log.agent)
    patch, digest, problem = _patch(sample)
    if epoch > 1:
        attempt = replace(attempt, key=f"{attempt.key}/epoch_{epoch}")
    attempt = replace(
        attempt,
        task=log.task,
        started=fields.moment("started_at"),
        marked_success=marked,
        status=_status(marked, error),
        execution=_execution(fields, error),
        prompts=(sample.text("input"),) if fields.filled("input") else (),
        logs=tuple(
            sample.text(name) for name in ("messages", "scores", "error") if fields.filled(name)
        ),
    )
    add_attempt(found, log.place, attempt, (patch, digest, problem), role=Role.RECORD)
    _add_reference(log, identity, sample, found)


def _claim(fields: Fields) -> tuple[bool | None, str | None]:
    """What the scores say, and the error that ended the sample; an error leaves no claim."""
    error = fields.inside("error").text("message") or fields.text("error")
    if error:
        return None, error
    scores = fields.inside("scores")
    with_patch = [n for n in scores.names() if scores.inside(n).inside("metadata").text(*_PATCHES)]
    for name in (*with_patch, *scores.names()):
        claim = _as_claim(scores.inside(name))
        if claim is not None:
            return claim, None
    return None, None


def _status(marked: bool | None, error: str | None) -> str | None:
    if error or marked is None:
        return "error" if error else None
    return "correct" if marked else "incorrect"


def _as_claim(score: Fields) -> bool | None:
    number, flag, text = score.number("value"), score.flag("value"), score.text("value")
    if flag is not None:
        return flag
    if number is not None:
        return number >= 1
    return True if text in _RIGHT else False if text in _WRONG else None


def _patch(sample: _Sample) -> tuple[PatchEvidence, bytes | None, str]:
    """The patch that a scorer kept, else one in the answer."""
    scores = sample.fields.inside("scores")
    for scorer in scores.names():
        metadata = scores.inside(scorer).inside("metadata")
        for name in _PATCHES:
            text = metadata.raw_text(name)
            if text is not None:
                return _evidence(text, sample.text("scores", scorer, "metadata", name))
    answer = sample.fields.inside("output").raw_text("completion") or ""
    if "diff --git " in answer:
        return _evidence(answer, sample.text("output", "completion"))
    if sample.fields.inside("metadata").raw_text("patch") is None and not scores.names():
        return PatchEvidence(PatchState.MISSING), NO_PATCH, ""
    return PatchEvidence(PatchState.UNREADABLE), None, "no scorer kept the patch"


def _evidence(text: str, source: TextSource) -> tuple[PatchEvidence, bytes | None, str]:
    state = PatchState.WHOLE if text.strip() else PatchState.EMPTY
    return PatchEvidence(state, source, len(encode(text))), digest_of(text), ""


def _execution(fields: Fields, error: str | None) -> Execution:
    usage = fields.inside("model_usage")
    used = [usage.inside(name) for name in usage.names()]
    inputs = [n for u in used if (n := u.integer("input_tokens")) is not None]
    outputs = [n for u in used if (n := u.integer("output_tokens")) is not None]
    return Execution(
        duration_s=fields.number("total_time", "working_time"),
        steps=sum(Fields(m).text("role") == "assistant" for m in fields.items("messages")) or None,
        tokens_in=sum(inputs) if inputs else None,
        tokens_out=sum(outputs) if outputs else None,
        error=error,
    )


def _add_reference(log: _Log, identity: str, sample: _Sample, found: Found) -> None:
    row = sample.fields.inside("metadata")
    if not row.filled("patch") and not row.filled("base_commit"):
        return
    message = row.text("problem_statement")
    commit = HumanCommit(
        sha=safe_name(identity),
        subject=(message or identity).split("\n", 1)[0].strip(),
        message=message or "",
        parent=row.commit("base_commit"),
        date=row.moment("created_at"),
        diff=sample.text("metadata", "patch") if row.text("patch") else None,
        source=log.place.path,
        tests=sample.text("metadata", "test_patch") if row.text("test_patch") else None,
    )
    statement = sample.text("metadata", "problem_statement") if message else None
    found.references.append(Reference(identity, commit, statement, commit.parent))


READER = Reader(
    name="Inspect",
    recognised="`*.eval`; `*.json` with `eval` and `samples`",
    mapped="`scores.*.metadata.model_patch` → patch, its value (1, C) → marked, sample error → "
    "status "
    "error and no claim, `metadata.patch`, `base_commit` → reference, `input` → prompt, messages → "
    "logs, `epoch` → an attempt each, `model_usage` → tokens",
    unread="events, reductions, attachments",
    records=(Records(knows, read),),
    files=(Files(("*.eval",), read_zip),),
    cases=("inspect",),
)
