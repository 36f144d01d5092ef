"""One question to its end: sent, parsed, stored, and asked once more if it ran out of room."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime
from typing import Protocol

from msgspec import Struct

from core.assess.opinions import criteria_of, read_answers
from core.judge.books.cost import cost_of, raised_limit, worst_cost
from core.judge.books.ledger import Subject, ended_lines, sent_line
from core.judge.books.recorder import Recorder
from core.judge.question.judge_prompt import Question, prompt_hash
from core.judge.question.keys import Keys
from core.judge.question.quotes import ShownText
from core.judge.question.rubric import fill_rubric
from core.judge.question.schema import (
    JudgementReply,
    find_object,
    parse_judgement,
    parse_rubric,
    read_issues,
)
from core.judge.question.shown_places import NO_PLACES
from core.judge.run.gate import Gate, Slot
from core.judge.run.plan import Job
from core.judge.wire.http_requests import Wire
from core.judge.wire.prompt import Prompt
from core.judge.wire.reply import UNREACHABLE, Reading, Reply, read_reply
from core.models import FAKE_ORIGIN, OWN_ORIGIN, Call, Issue, Judgement, JudgementState, Rubric
from core.records import replace
from core.settings import JudgeSettings

MORE_THAN_JSON = "the reply held more than the JSON object that was asked for"


class Asks(Protocol):
    """What a question is sent to."""

    async def ask(self, prompt: Prompt, wire: Wire, may_repeat: Callable[[], bool]) -> Reply:
        """Send a question and wait for the reply."""


class Ending(Struct, frozen=True):
    """How a question ended: the calls it took, and the reading of the last reply."""

    calls: tuple[Call, ...]
    reading: Reading
    status: int | None
    lines: tuple[str, ...]  # of the ledger, for the last call


class Asker:
    """Sends questions to a client and accounts for every call."""

    def __init__(
        self,
        client: Asks,
        recorder: Recorder,
        gate: Gate,
    ) -> None:
        self._client = client
        self._recorder = recorder
        self._gate = gate

    async def ask(
        self,
        question: Question,
        fences: tuple[str, str],
        subject: Subject,
        settings: JudgeSettings,
    ) -> Ending | None:
        """Ask the configured model within the limits; None when the run stops first.

        If the output ran out, ask once more with more room, provided that the cap allows it and the
        run has not stopped. Both calls are kept.
        """
        slot = await self._gate.enter(_worst(question, settings, settings.max_output_tokens))
        if slot is None:
            return None
        calls: list[Call] = []
        limit, raised = settings.max_output_tokens, raised_limit(settings)
        with slot:
            while True:
                prompt = make_prompt(question, fences, settings, limit)
                call, reading, wire = await self._call(question, prompt, subject, slot, settings)
                calls.append(call)
                lines = ended_lines(call, subject, reading.state, reading.code, wire.requests)
                is_raised = reading.ran_out and limit < raised
                if not (is_raised and slot.may_raise(_worst(question, settings, raised))):
                    return Ending(tuple(calls), reading, call.status, tuple(lines))
                await self._recorder.record(lines)
                limit = raised

    async def _call(
        self,
        question: Question,
        prompt: Prompt,
        subject: Subject,
        slot: Slot,
        settings: JudgeSettings,
    ) -> tuple[Call, Reading, Wire]:
        call_id, started, wire = uuid.uuid4().hex, datetime.now(UTC), Wire()
        self._recorder.note(sent_line(call_id, subject, settings.model, started))
        reply = await self._client.ask(prompt, wire, slot.may_repeat)
        self._gate.learn(wire, reply.seconds)
        reading = check_text(read_reply(reply), question.name, question.must_haves)
        call = make_call(call_id, started, prompt, reply, reading, settings)
        slot.settle(call, sum(not request.is_free for request in wire.requests[:-1]))
        return call, reading, wire


def _worst(question: Question, settings: JudgeSettings, limit: int) -> float:
    if settings.max_cost is None:
        return 0.0
    return worst_cost(question, settings, limit) or 0.0


def make_prompt(
    question: Question, fences: tuple[str, str], settings: JudgeSettings, limit: int
) -> Prompt:
    """A question as it is sent with these fences and this output limit."""
    return Prompt(
        instructions=question.instructions,
        told=question.told.label,
        input_limit=question.input_limit,
        text=question.render(fences),
        schema_name=question.name,
        schema=question.schema,
        model=settings.model,
        effort=settings.effort,
        max_output_tokens=limit,
        service_tier=settings.service_tier,
        cache_hint=(question.rubric or question.name)[:32],
        fences=fences,
    )


def make_call(
    call_id: str,
    started: datetime,
    prompt: Prompt,
    reply: Reply,
    reading: Reading,
    settings: JudgeSettings,
    *,
    batch: bool = False,
) -> Call:
    """The record of a finished call."""
    return Call(
        id=call_id,
        model=prompt.model,
        started=started,
        seconds=reply.seconds,
        prompt_hash=prompt_hash(prompt.instructions, prompt.text),
        fences=prompt.fences,
        effort=prompt.effort,
        max_output_tokens=prompt.max_output_tokens,
        input_limit=prompt.input_limit,
        instructions=prompt.told,
        api="batch" if batch else reply.api,
        reported_model=reading.model,
        service_tier=reading.tier or (None if batch else prompt.service_tier),
        request_id=reply.request_id,
        status=reply.status,
        retries=reply.retries,
        usage=reading.usage,
        cost=_cost(reply, reading, settings, started, batch=batch),
        raw=reply.body,
        fake=reading.fake,
    )


def check_text(reading: Reading, schema: str, must_haves: int | None = None) -> Reading:
    """A reading whose text was validated against the named schema.

    An object inside a Markdown fence or after a preface is extracted, with a note.
    """
    if reading.state is not JudgementState.VERDICT:
        return reading
    found = find_object(reading.text)
    if found is not None:
        reading = replace(reading, text=found, notes=(*reading.notes, MORE_THAN_JSON))
    try:
        if schema == "rubric":
            parse_rubric(reading.text)
        else:
            parse_judgement(reading.text, must_haves)
    except ValueError as error:
        what = f"the answer does not fit the schema: {error}"
        return replace(reading, state=JudgementState.UNPARSEABLE, error=what, code="schema")
    return reading


def frame_judgement(job: Job, question: Question, keys: Keys) -> Judgement:
    """What is known of a judgement before the question is asked; its state means nothing yet."""
    return Judgement(
        id="",
        attempt=job.attempt.key,
        state=JudgementState.ERROR,
        vote=job.vote,
        question=keys.question,
        key=keys.vote,
        panel=keys.panel,
        of_votes=job.of_votes,
        of_models=job.of_models,
        rubric=question.rubric,
        facts_given=question.facts is not None,
        facts=question.facts or "",
        context=question.context,
        patches=question.patches,
        missing_evidence=question.missing,
        without_reference=question.without_reference,
        tripwires=question.tripwires,
        second=job.second,
        canary=job.canary,
    )


def fill_judgement(
    frame: Judgement,
    calls: Sequence[Call],
    reading: Reading,
    question: Question | None,
    blocked: Collection[str] = (),
) -> Judgement:
    """The judgement that follows from how a question ended.

    Without the question, as when it cannot be rebuilt, quotes cannot be checked: then no yes or no
    counts that needs one.
    """
    fake = any(call.fake for call in calls)
    judgement = replace(
        frame,
        id=_hash(frame.attempt, frame.key, *(call.id for call in calls)),
        state=reading.state,
        model=reading.model or calls[-1].model,
        origin=FAKE_ORIGIN if fake else OWN_ORIGIN,
        error=reading.error,
        code=reading.code,
        created=datetime.now(UTC),
        calls=tuple(calls),
        notes=reading.notes,
    )
    if question is not None:
        blocked = question.blocked
        judgement = replace(judgement, missing_evidence=question.missing)
    if reading.state is not JudgementState.VERDICT:
        return judgement
    reply = parse_judgement(reading.text)
    shown = question.shown if question else ShownText({})
    answers = read_answers(reply.by_criterion, blocked, reply.must_haves, shown.supports)
    return replace(
        judgement,
        criteria=criteria_of(answers, reply.quality_score, blocked),
        issues=_issues(reply, question),
        reasoning=reply.reasoning,
        answers=answers,
    )


def _issues(reply: JudgementReply, question: Question | None) -> tuple[Issue, ...]:
    """The issues of a reply; without the question no place can be checked, and none counts."""
    places = question.places if question is not None and question.places else NO_PLACES
    return tuple(map(places.placed, read_issues(reply)))


def repeat_judgement(
    answer: Judgement, attempt: str, canary: str = "", *, panel: str = ""
) -> Judgement:
    """An answer to the same question about another attempt, or in a panel, without a call."""
    return replace(
        answer,
        id=_hash(attempt, answer.key, answer.id, *([panel] if panel else [])),
        attempt=attempt,
        panel=panel,
        created=datetime.now(UTC),
        calls=(),
        cached=answer.cached or answer.id,
        canary=canary,
    )


def build_rubric(human: str, question: Question, calls: Sequence[Call], reading: Reading) -> Rubric:
    """The rubric that follows from how a question ended, without texts if it failed."""
    rubric = Rubric(
        id=_hash(human, *(call.id for call in calls)),
        human=human,
        hash="",
        created=datetime.now(UTC),
        state=reading.state,
        key=question.patches[0],
        error=reading.error,
        code=reading.code,
        calls=tuple(calls),
        missing_evidence=question.missing,
    )
    if reading.state is not JudgementState.VERDICT:
        return rubric
    return fill_rubric(rubric, parse_rubric(reading.text))


def why_halt(
    reading: Reading, status: int | None, settings: JudgeSettings, listed: Collection[str] = ()
) -> str:
    """Why no further call makes sense after this one, or ""; `listed` are the server's models."""
    if reading.state is not JudgementState.ERROR:
        return ""
    if reading.code == "insufficient_quota":
        return f"The account's quota is used up ({reading.error}). Add credit, then run again."
    if status == 401:
        return f"The server does not accept the API key ({reading.error}). Check OPENAI_API_KEY."
    if status == 403:
        return f"The server refuses access ({reading.error}). Check the key's project and rights."
    if status == 404:
        return (
            f"The server does not know the model {settings.model!r} or the address "
            f"{settings.server} ({reading.error}). Change the setting model or base_url."
            + (f" The server lists {', '.join(sorted(listed)[:12])}." if listed else "")
        )
    return ""


def _cost(
    reply: Reply, reading: Reading, settings: JudgeSettings, when: datetime, *, batch: bool
) -> float | None:
    if reply.code == UNREACHABLE or (reply.status is not None and reply.status >= 300):
        return 0.0  # a refused or unread request is not billed
    return cost_of(
        reading.usage,
        settings.model,
        settings,
        tier=reading.tier,
        when=when,
        reported=reading.model,
        batch=batch,
    )


def _hash(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
