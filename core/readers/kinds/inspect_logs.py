"""Inspect's evaluation logs: `.eval` (a zip of samples) and `.json` (the same as one object)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from core.files import UnusableError
from core.models import Execution, HumanCommit, PatchEvidence, PatchState
from core.readers.building import add_attempt, new_attempt
from core.readers.conversations import prompt_of
from core.readers.fields import Fields
from core.readers.found import NO_PATCH, Found, Reference, Role, digest_of
from core.readers.kinds.inspect_samples import (
    PATCHES,
    AttachedText,
    Log,
    Sample,
    claim_of,
    is_log,
    scores_of,
    zip_samples,
)
from core.readers.kinds.unopened import say_unopened
from core.readers.reader import Files, Reader, Records, Value
from core.readers.record_names import safe_name
from core.readers.record_scan import Record, members_of
from core.readers.walk import File
from core.records import replace
from core.sources import TextSource, encode

_NO_PATCHES = "an Inspect log"
_HELP = "keep the patch in the score's metadata as model_patch"


def knows(value: Value, _name: str | None) -> bool:
    """A log as one object."""
    return is_log(value)


def read(record: Record, found: Found) -> None:
    """The attempts of a log."""
    log = Log.of(record, Fields(record.value).inside("eval"))
    members = members_of(record, "samples", found.problems)
    _add_all((Sample(log, Fields(m.value), m.text) for m in members), record, found)


def read_zip(file: File, found: Found) -> None:
    """The attempts of a `.eval` file."""
    try:
        _add_all(zip_samples(file), file, found)
    except UnusableError as error:
        found.problems.add(file.path, str(error))


def _add_all(samples: Iterable[Sample], place: Record | File, found: Found) -> None:
    """The samples that are about a patch; a log without any is reported."""
    added = others = 0
    task = ""
    for sample in samples:
        if sample.identity and _is_about_a_patch(sample):
            _add(sample, found)
            added += 1
        else:
            task, others = sample.log.task, others + 1
    if not added and not others:
        found.problems.add(place.path, "is an Inspect log without samples")
    elif not added:
        if not any(what.startswith(_NO_PATCHES) for what in found.unopened):
            say_unopened(
                found, f"{_NO_PATCHES} about {task} contains no patches", _HELP, place.path
            )
    elif others:
        found.problems.add(place.path, f"{others} samples have no patch and are left out")


def _is_about_a_patch(sample: Sample) -> bool:
    row = sample.fields.inside("metadata")
    of_a_task = any(row.filled(name) for name in ("patch", "base_commit", "repo"))
    return of_a_task or "swe" in sample.log.task.lower() or any(True for _ in _kept(sample))


def _add(sample: Sample, found: Found) -> None:
    fields, log = sample.fields, sample.log
    marked, error = _claim(sample)
    attempt = new_attempt(found, log.place, sample.identity, log.model, agent=log.agent)
    patch, digest, problem = _patch(sample)
    attempt = replace(
        attempt,
        key=sample.key(found.below_root(log.place.path)),
        task=log.task,
        started=fields.moment("started_at"),
        marked_success=marked,
        status=_status(marked, error),
        execution=_execution(fields, error),
        prompts=_prompts(sample),
        logs=tuple(
            _whole(sample, sample.text(name))
            for name in ("messages", "scores", "error")
            if fields.filled(name)
        ),
    )
    add_attempt(found, log.place, attempt, (patch, digest, problem), role=Role.RECORD)
    _add_reference(sample, found)


def _prompts(sample: Sample) -> tuple[TextSource, ...]:
    value = sample.fields.value("input")
    if not sample.fields.filled("input"):
        return ()
    return (prompt_of(_whole(sample, sample.text("input")), value),)


def _whole(sample: Sample, text: TextSource) -> TextSource:
    """A text with what it refers to: long texts are stored separately, once."""
    if not sample.fields.filled("attachments"):
        return text
    return AttachedText(text, sample.text("attachments"))


def _claim(sample: Sample) -> tuple[bool | None, str | None]:
    """The scores, and the error that ended the sample; an error leaves no claim."""
    fields = sample.fields
    error = fields.inside("error").text("message") or fields.text("error")
    return (None, error) if error else (claim_of(scores_of(sample)), None)


def _status(marked: bool | None, error: str | None) -> str | None:
    if error or marked is None:
        return "error" if error else None
    return "correct" if marked else "incorrect"


def _patch(sample: Sample) -> tuple[PatchEvidence, bytes | None, str]:
    """The patch that a scorer kept, else one in the sample's own store or the answer."""
    for text, source in _kept(sample):
        return _evidence(text, source)
    if sample.fields.inside("metadata").raw_text("patch") is None and not scores_of(sample):
        return PatchEvidence(PatchState.MISSING), NO_PATCH, ""
    return PatchEvidence(PatchState.UNREADABLE), None, "no scorer kept the patch"


def _kept(sample: Sample) -> Iterator[tuple[str, TextSource]]:
    for score in scores_of(sample):
        for name in PATCHES:
            text = score.fields.inside("metadata").raw_text(name)
            if text is not None:
                yield text, sample.text(*score.keys, "metadata", name)
        answer = score.fields.raw_text("answer") or ""
        if _is_diff(answer):
            yield answer, sample.text(*score.keys, "answer")
    for place in ("store", "metadata"):
        for name in PATCHES[:2]:
            text = sample.fields.inside(place).raw_text(name)
            if text is not None:
                yield text, sample.text(place, name)
    answer = sample.fields.inside("output").raw_text("completion") or ""
    if _is_diff(answer):
        yield answer, sample.text("output", "completion")


def _is_diff(text: str) -> bool:
    return "diff --git " in text or ("\n+++ " in text and text.startswith("--- "))


def _evidence(text: str, source: TextSource) -> tuple[PatchEvidence, bytes | None, str]:
    state = PatchState.WHOLE if text.strip() else PatchState.EMPTY
    return PatchEvidence(state, source, len(encode(text))), digest_of(text), ""


def _execution(fields: Fields, error: str | None) -> Execution:
    usage = fields.inside("model_usage")
    used = [usage.inside(name) for name in usage.names()]
    costs = [n for u in used if (n := u.number("total_cost")) is not None]
    inputs = [n for u in used if (n := u.integer("input_tokens")) is not None]
    outputs = [n for u in used if (n := u.integer("output_tokens")) is not None]
    return Execution(
        duration_s=fields.number("total_time", "working_time"),
        steps=_turns(fields),
        tokens_in=sum(inputs) if inputs else None,
        tokens_out=sum(outputs) if outputs else None,
        error=error,
        cost_usd=math.fsum(costs) if costs else None,
    )


def _turns(fields: Fields) -> int | None:
    """How often the model spoke."""
    messages = fields.items("messages")
    spoken = sum(Fields(message).text("role") == "assistant" for message in messages)
    return spoken or None


def _add_reference(sample: Sample, found: Found) -> None:
    identity, row = sample.identity, sample.fields.inside("metadata")
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
        source=sample.log.place.path,
        outside=sample.log.place.outside,
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
    "logs, `epoch` → an attempt each, `model_usage` → tokens and cost",
    unread="events, reductions; logs of tasks without patches, which is said",
    records=(Records(knows, read),),
    files=(Files(("*.eval",), read_zip),),
    cases=("inspect",),
)
