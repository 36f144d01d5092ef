"""One attempt out of a record of an attempts file (`all_attempts_comprehensive.json`)."""

from __future__ import annotations

from sys import intern

from core.models import Attempt
from core.readers.fields import Fields
from core.readers.record_names import record_key
from core.readers.record_scan import Record
from core.readers.runs import error_of, patch_of_record, read_execution
from core.sources import TextSource


def parse_attempt(record: Record, file: str) -> Attempt:
    """The attempt of a record; `file` is the attempts file's path below the root."""
    fields = Fields(record.value)
    prompt, patch = fields.inside("prompt"), fields.inside("patch")
    run, item = fields.text("run_id") or "", fields.text("item_id") or ""
    status = fields.text("status")
    base = fields.commit("pre", "base_commit") or prompt.inside("commits").commit("pre")
    execution = fields.inside("execution")
    recorded = None if patch.flag("exists") is False else patch.integer("size_bytes")
    return Attempt(
        key=record_key(file, run, item),
        reference_sha=intern(
            _human(fields.commit("commit"), prompt.inside("commits").commit("human"))
        ),
        base=base and intern(base),
        agent=intern(fields.text("agent") or "unknown"),
        model=intern(fields.text("model") or "unknown"),
        run=intern(run),
        item=intern(item),
        task=intern(prompt.text("task") or ""),
        started=fields.moment("started", "timestamp"),
        status=status and intern(status),
        marked_success=None if status is None else status == "success",
        patch=patch_of_record(record, patch, ("patch", "content"), recorded),
        execution=read_execution(execution, Fields(None), error_of(execution)),
        target_files=prompt.texts("target_files") or (),
        prompts=_texts(record, fields, "prompt", "task_description"),
        logs=_texts(record, fields, "execution"),
        has_journal="execution" in fields,
    )


def _human(short: str | None, full: str | None) -> str:
    """The longer of two ids of one commit; the record's own where they disagree."""
    if short and full and full.startswith(short):
        return full
    return short or full or ""


def _texts(record: Record, fields: Fields, *names: str) -> tuple[TextSource, ...]:
    return tuple(record.text(name) for name in names if fields.filled(name) and record.readable)
