"""Collecting batches: every end state is harvested, in any order, once or repeatedly.

A line that a batch did not get to is no judgement: its vote stays "not run".
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from core.judge.batch.batch_reports import Collected
from core.judge.batch.submit import reply_object, reply_text
from core.judge.books.batches import (
    BUSY,
    LOCK,
    BatchError,
    BatchLine,
    BatchRecord,
    read_records,
    save_record,
)
from core.judge.books.ledger import FILE_NAME, Subject, ended_lines
from core.judge.question.judge_prompt import Question
from core.judge.run.asking import check_text, fill_judgement, make_call, repeat_judgement
from core.judge.wire.prompt import Prompt
from core.judge.wire.reply import Reply, bounded, read_reply
from core.models import Judgement
from core.records import replace
from core.settings import JudgeSettings
from core.store import Store

if TYPE_CHECKING:
    from core.judge.wire.client import JudgeClient

Rebuild = Callable[[Judgement], Question | None]
"""Rebuilds the question of a judgement's call; None when its evidence is gone."""

UNCHECKED = "its prompt could not be rebuilt, so no quote could be checked"
ENDED = ("completed", "expired", "cancelled", "failed")
BAD_LINE = "a line of the results is not a JSON object"
_NOT_REACHED = ("batch_expired", "batch_cancelled")


def collect_batches(
    settings: JudgeSettings, store: Store, rebuild: Rebuild | None = None
) -> list[Collected]:
    """Fetch what every open batch has to give, whatever state it ended in.

    `rebuild` rebuilds a question, to check its answer's quotes; without it no answer that needs a
    quote counts. Raises `StoreError`, also when another process is asking.
    """
    with store.hold(LOCK, BUSY):
        records = [record for record in read_records(store) if not record.collected]
        asked = _Collecting(settings, store, rebuild or (lambda _: None))
        return asyncio.run(_collect(records, asked)) if records else []


class _Collecting(Struct, frozen=True):
    settings: JudgeSettings
    store: Store
    rebuild: Rebuild


async def _collect(records: Sequence[BatchRecord], to: _Collecting) -> list[Collected]:
    from core.judge.wire.client import JudgeClient  # here: only this asks a server

    client = JudgeClient(to.settings)
    try:
        collected = []
        for record in records:
            try:
                collected.append(await _collect_one(client, record, to))
            except BatchError as error:
                left = record.votes
                problems = (str(error),)
                collected.append(Collected(record.id, "unknown", {}, 0, left, problems))
        return collected
    finally:
        await client.close()


async def _collect_one(client: JudgeClient, record: BatchRecord, to: _Collecting) -> Collected:
    store = to.store
    batch = await _look(client, record)
    if batch is None:  # killed before the server accepted it: nothing was asked
        save_record(store, replace(record, status="never started", collected=True))
        return Collected("", "never started", {}, 0, record.votes)
    status = str(batch.get("status"))
    record = replace(record, id=str(batch.get("id")), status=status)
    if status not in ENDED:
        save_record(store, record)
        return Collected(record.id, status, {}, 0, record.votes)
    replies: dict[str, dict[str, Any]] = {}
    problems = [_message(error) for error in _listed(batch.get("errors"))]
    for name in ("output_file_id", "error_file_id"):
        if batch.get(name):
            text = reply_text(await client.download(str(batch[name])))
            for entry in _entries(text, problems):
                replies.setdefault(str(entry.get("custom_id")), entry)
    is_whole = BAD_LINE not in problems and (
        status != "completed" or record.lines.keys() <= replies.keys()
    )
    if not is_whole:
        problems.append(
            "answers that were paid for are missing: collect again; to give them up, "
            f"remove batches/{record.name}.json"
        )
    result = _keep(record, replies, to, problems)
    save_record(store, replace(record, collected=is_whole))
    return result


def _keep(
    record: BatchRecord,
    replies: Mapping[str, dict[str, Any]],
    to: _Collecting,
    problems: list[str],
) -> Collected:
    """Store the judgements in the replies, commit by commit; the ledger has each of them first."""
    by_commit: dict[str, list[Judgement]] = {}
    strangers = 0
    store = to.store
    settings = replace(to.settings.asking(record.model), effort=record.effort)  # as it was asked
    for custom, entry in replies.items():
        line = record.lines.get(custom)
        if line is None:
            strangers += 1
        elif (
            judgement := _judgement(record, custom, line, entry, settings, to.rebuild)
        ) is not None:
            panel = judgement.panel
            copies = (repeat_judgement(judgement, *copy, panel=panel) for copy in line.copies)
            by_commit.setdefault(line.human, []).extend((judgement, *copies))
    if strangers:
        problems.append(f"{strangers} replies to questions that were never asked")
    judged: dict[str, int] = {}
    known = 0
    for human, members in by_commit.items():
        stored = {judgement.id for judgement in store.judgements(human)}
        fresh = [judgement for judgement in members if judgement.id not in stored]
        known += len(members) - len(fresh)
        if fresh:
            store.append_lines(FILE_NAME, [text for j in fresh for text in _ledger(human, j)])
            store.add_judgements(human, fresh)
        for judgement in fresh:
            judged[judgement.state.value] = judged.get(judgement.state.value, 0) + 1
    left = record.votes - sum(judged.values()) - known
    return Collected(record.id, record.status, judged, known, left, tuple(problems))


def _judgement(
    record: BatchRecord,
    custom: str,
    line: BatchLine,
    entry: dict[str, Any],
    settings: JudgeSettings,
    rebuild: Rebuild,
) -> Judgement | None:
    """The judgement in one line of an output or error file; None if it was never requested."""
    response, error = entry.get("response"), entry.get("error")
    if isinstance(response, dict):
        status = response.get("status_code")
        reply = Reply(
            settings.api_key.redact(json.dumps(response.get("body"))),
            status if isinstance(status, int) else None,
            request_id=str(response.get("request_id") or "") or None,
            api="chat" if "chat" in record.endpoint else "responses",
        )
    else:
        code = str(error.get("code")) if isinstance(error, dict) else "batch"
        if code in _NOT_REACHED:
            return None
        reply = Reply("", None, code, _message(error))
    reply = bounded(reply)
    reading = check_text(read_reply(reply), "judgement")
    prompt = Prompt(
        "",
        "",
        "judgement",
        {},
        record.model,
        record.effort,
        record.max_output_tokens,
        "auto",
        fences=line.fences,
    )
    call = make_call(custom, record.created, prompt, reply, reading, settings, batch=True)
    call = replace(
        call,
        prompt_hash=line.prompt_hash,
        input_limit=record.input_limit,
        instructions=line.instructions,
    )
    question = rebuild(replace(line.frame, calls=(call,)))
    if question is None:
        reading = replace(reading, notes=(*reading.notes, UNCHECKED))
    return fill_judgement(line.frame, [call], reading, question, line.blocked)


def _ledger(human: str, judgement: Judgement) -> Iterator[str]:
    if not judgement.calls:
        return iter(())  # a copy
    what = "canary" if judgement.canary else "judgement"
    subject = Subject(what, human, judgement.attempt, judgement.vote)
    return ended_lines(judgement.calls[0], subject, judgement.state, judgement.code, [])


async def _look(client: JudgeClient, record: BatchRecord) -> dict[str, Any] | None:
    """The batch as the server shows it; found by name if its id was never written down."""
    if record.id:
        return reply_object(await client.batch(record.id), "look at")
    listed = reply_object(await client.batches(), "list")
    for batch in _listed(listed):
        metadata = batch.get("metadata")
        if isinstance(metadata, dict) and metadata.get("patchjury") == record.name:
            return reply_object(await client.batch(str(batch.get("id"))), "look at")
    if listed.get("has_more"):
        raise BatchError(f"the batch {record.name} is not among the newest of the account")
    return None


def _entries(text: str, problems: list[str]) -> Iterator[dict[str, Any]]:
    for line in text.split("\n"):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
        except ValueError:
            entry = None
        if isinstance(entry, dict):
            yield entry
        else:
            problems.append(BAD_LINE)


def _listed(value: object) -> list[dict[str, Any]]:
    data = value.get("data") if isinstance(value, dict) else None
    return [item for item in data if isinstance(item, dict)] if isinstance(data, list) else []


def _message(error: object) -> str:
    if not isinstance(error, dict):
        return "the server gave no reason"
    return str(error.get("message") or error.get("code") or "the server gave no reason")
