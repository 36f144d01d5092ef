"""Votes through OpenAI's Batch API: half the price, within a day, collected later.

What each line of a batch asks is written down (`core.judge.books.batches`) before it is sent, so
that its reply can be understood whenever and in whatever order it comes. Rubrics are not batched:
they are needed first. Questions are built twice, so that no more than one file of them is ever in
memory.
"""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from msgspec import Struct, field

from core.errors import SourceError
from core.judge.books.batches import (
    BUSY,
    LOCK,
    BatchError,
    BatchLine,
    BatchRecord,
    save_record,
    waiting_keys,
)
from core.judge.books.budget import Budget
from core.judge.books.cost import require_price, worst_cost
from core.judge.question.fences import new_fence
from core.judge.question.judge_prompt import Question, prompt_hash
from core.judge.question.keys import Keys
from core.judge.run.asking import frame_judgement, make_prompt, repeat_judgement
from core.judge.run.commit_evidence import CommitEvidence, why_unjudgeable
from core.judge.run.plan import Job, Plan
from core.judge.wire.prompt import Prompt
from core.judge.wire.reply import Reply, read_reply
from core.judge.wire.servers import api_of
from core.models import CheckReport
from core.records import replace
from core.settings import JudgeSettings
from core.store import Store

MAX_LINES, MAX_BYTES = 50_000, 200_000_000
"""Source: limits of one input file of OpenAI's Batch API."""


class Submitted(Struct):
    """What was sent. `waiting` votes are already in a batch."""

    batches: list[BatchRecord] = field(default_factory=list)
    cached: int = 0
    waiting: int = 0
    over_cap: int = 0  # votes that were not sent because of the cap
    skipped: list[tuple[str, str]] = field(default_factory=list)


_Item = tuple[BatchLine, dict[str, Any]]  # with its body
_Asked = tuple[Job, Question, Keys]


def submit_batches(
    plan: Plan,
    settings: JudgeSettings,
    store: Store,
    reports: Mapping[str, CheckReport] | None = None,
    *,
    already: float = 0.0,
) -> Submitted:
    """Send the votes of a plan that have no answer yet; their rubrics must already exist.

    No more are sent than the cap allows, each priced at its worst; `already` is what the command
    has spent before. Raises `BatchError` when the server rejects one, `SettingsError` for a cap
    without a price, `StoreError` when another process is asking. What was sent before stays sent,
    and is collected.
    """
    require_price(settings)
    with store.hold(LOCK, BUSY):
        return _submit_all(plan, settings, store, reports, Budget(settings.max_cost, already))


def _submit_all(
    plan: Plan,
    settings: JudgeSettings,
    store: Store,
    reports: Mapping[str, CheckReport] | None,
    budget: Budget,
) -> Submitted:
    result = Submitted(skipped=list(plan.skipped))
    pending = waiting_keys(store)
    lines: dict[str, BatchLine] = {}
    for group in plan.groups:
        evidence = CommitEvidence(group, plan, store, settings, reports)
        for job, question, keys in _questions(evidence, settings, result.skipped):
            answer = evidence.answer(keys.vote, job.attempt.key)
            if answer is not None:
                result.cached += 1
                if answer.attempt != job.attempt.key or answer.panel != keys.panel:
                    copy = repeat_judgement(answer, job.attempt.key, job.canary, panel=keys.panel)
                    store.add_judgements(group.human, [copy])
            elif keys.vote in pending:
                result.waiting += 1
            elif keys.vote in lines:
                line = lines[keys.vote]
                copies = (*line.copies, (job.attempt.key, job.canary))
                lines[keys.vote] = replace(line, copies=copies)
            elif budget.affords(worst := _worst(question, settings.asking(job.model))):
                budget.reserve(worst)
                lines[keys.vote] = _line(job, question, keys, settings.asking(job.model))
            else:
                result.over_cap += 1
    for model in settings.panel:  # a batch asks one model
        items = _items(plan, lines, settings, model, store, reports)
        parts = _split(items, settings.asking(model))
        asyncio.run(_submit(parts, settings, store, result))
    return result


def _worst(question: Question, settings: JudgeSettings) -> float:
    return worst_cost(question, settings, settings.max_output_tokens, batch=True) or 0.0


# Sending


def _questions(
    evidence: CommitEvidence, settings: JudgeSettings, skipped: list[tuple[str, str]]
) -> Iterator[_Asked]:
    for job in evidence.group.jobs:
        reason = ""
        if evidence.rubric is None and evidence.diff is not None:
            reason = evidence.no_rubric or "its commit has no rubric yet"
        else:
            try:
                question = evidence.question(job, evidence.rubric)
                reason = why_unjudgeable(question, settings)
            except SourceError as error:
                reason = str(error)
        if reason:
            skipped.append((job.attempt.key, reason))
        else:
            yield job, question, evidence.keys(job, question)


def _line(job: Job, question: Question, keys: Keys, settings: JudgeSettings) -> BatchLine:
    fences = (new_fence(), new_fence())
    prompt = _prompt(question, fences, settings)
    return BatchLine(
        frame_judgement(job, question, keys),
        job.attempt.reference_sha,
        tuple(sorted(question.blocked)),
        fences,
        prompt_hash(prompt.instructions, prompt.text),
        prompt.told,
        model=settings.model,
    )


def _items(
    plan: Plan,
    lines: Mapping[str, BatchLine],
    settings: JudgeSettings,
    model: str,
    store: Store,
    reports: Mapping[str, CheckReport] | None,
) -> Iterator[_Item]:
    """Each line for a model with its body, built when needed.

    Raises `BatchError` for changed evidence.
    """
    own = settings.asking(model)
    left = {key: line for key, line in lines.items() if line.model == model}
    for group in plan.groups:
        evidence = CommitEvidence(group, plan, store, settings, reports)
        for job, question, keys in _questions(evidence, settings, []):
            line = left.pop(keys.vote, None) if job.model == model else None
            if line is not None:
                prompt = _prompt(question, line.fences, own)
                body = prompt.chat_body() if api_of(own) == "chat" else prompt.responses_body()
                yield line, body
    if left:
        raise BatchError("the evidence changed while batches were made", "Try again.")


def _prompt(question: Question, fences: tuple[str, str], settings: JudgeSettings) -> Prompt:
    plain = replace(settings, service_tier="auto")  # a batch is a tier of its own
    return make_prompt(question, fences, plain, settings.max_output_tokens)


def _split(items: Iterable[_Item], settings: JudgeSettings) -> Iterator[tuple[BatchRecord, bytes]]:
    """Records with their input files, each within the limits."""
    endpoint = "/v1/chat/completions" if api_of(settings) == "chat" else "/v1/responses"
    name, content = uuid.uuid4().hex, bytearray()
    lines: dict[str, BatchLine] = {}
    for line, body in items:
        custom = f"{name[:16]}-{len(lines)}"
        entry = {"custom_id": custom, "method": "POST", "url": endpoint, "body": body}
        encoded = json.dumps(entry).encode() + b"\n"
        if lines and (len(lines) == MAX_LINES or len(content) + len(encoded) > MAX_BYTES):
            yield _record(name, endpoint, lines, settings), bytes(content)
            name, lines, content = uuid.uuid4().hex, {}, bytearray()
            custom = f"{name[:16]}-0"
            encoded = json.dumps({**entry, "custom_id": custom}).encode() + b"\n"
        lines[custom] = line
        content += encoded
    if lines:
        yield _record(name, endpoint, lines, settings), bytes(content)


def _record(
    name: str, endpoint: str, lines: Mapping[str, BatchLine], settings: JudgeSettings
) -> BatchRecord:
    return BatchRecord(
        name=name,
        created=datetime.now(UTC),
        model=settings.model,
        effort=settings.effort,
        max_output_tokens=settings.max_output_tokens,
        endpoint=endpoint,
        lines=lines,
        input_limit=settings.input_limit,
    )


async def _submit(
    parts: Iterator[tuple[BatchRecord, bytes]],
    settings: JudgeSettings,
    store: Store,
    result: Submitted,
) -> None:
    from core.judge.wire.client import JudgeClient  # here: only this sends anything

    client = JudgeClient(settings)
    try:
        for record, content in parts:
            save_record(store, record)
            reply = await client.upload(f"{record.name}.jsonl", content)
            try:
                file = reply_object(reply, "upload")
                reply = await client.create_batch(str(file.get("id")), record.endpoint, record.name)
                batch = reply_object(reply, "start")
            except BatchError:
                if reply.api == "files" or reply.status is not None:
                    # Not when the request got no answer: then there may be a batch.
                    save_record(store, replace(record, status="refused", collected=True))
                raise
            record = replace(record, id=str(batch.get("id")), status=str(batch.get("status")))
            save_record(store, record)
            result.batches.append(record)
    finally:
        await client.close()


def reply_object(reply: Reply, what: str) -> dict[str, Any]:
    """The JSON object in a reply about a batch. Raises `BatchError`."""
    try:
        data = json.loads(reply_text(reply))
    except ValueError:
        data = None
    if not isinstance(data, dict):
        raise BatchError(f"the server did not {what} a batch: its reply is not a JSON object")
    return data


def reply_text(reply: Reply) -> str:
    """The body of a reply about a batch. Raises `BatchError`."""
    if reply.status is None or reply.status >= 300:
        reading = read_reply(reply)
        hint = "Nothing is lost; try again with --collect."
        raise BatchError(f"the server failed: {reading.error}", hint)
    return reply.body
