"""What every call cost, line by line: `<store>/ledger.jsonl`, appended and never changed.

Each call has a line when it is sent, one for every HTTP request that failed and was repeated, and
one for how it ended. A call without an end was killed: its cost is unknown.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct, field

from core import codec
from core.judge.wire.http_requests import HttpRequest
from core.models import Call, JudgementState, Usage
from core.store.open_folder import read_lines
from core.store.tables import LEDGER

FILE_NAME = LEDGER
SENT, RETRY, DONE = "sent", "retry", "done"


class Subject(Struct, frozen=True):
    """What a call is about: a rubric (no attempt), a judgement, or a canary."""

    what: str
    human: str
    attempt: str = ""
    vote: int = 0


class Totals(Struct):
    """The totals of a ledger. Costs in US dollars; requests include repeated ones."""

    calls: int = 0
    requests: int = 0
    retries: int = 0
    cut_off: int = 0  # sent, and never heard from again
    cost: float = 0.0  # of the calls of known cost
    unknown_costs: int = 0
    fake: int = 0  # answered by a test server: costs and tokens are made up too
    fake_cost: float = 0.0  # the made-up part of `cost`, and so on
    fake_input_tokens: int = 0
    fake_output_tokens: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    states: dict[str, int] = field(default_factory=dict)
    models: dict[str, float] = field(default_factory=dict)
    bad_lines: int = 0  # torn by a crash, or not ledger lines

    @property
    def paid(self) -> float:
        """US dollars of the calls whose cost is known and real."""
        return max(0.0, self.cost - self.fake_cost)


def sent_line(call: str, subject: Subject, model: str, when: datetime) -> str:
    """The line of a call that is about to be sent."""
    return _line(SENT, call, subject, when, model=model)


def ended_lines(
    call: Call,
    subject: Subject,
    state: JudgementState,
    code: str,
    requests: list[HttpRequest],
) -> Iterator[str]:
    """The lines of a finished call: its repeated requests, then its end."""
    for request in requests[:-1]:
        lost = {"status": request.status, "cost": 0.0 if request.is_free else None}
        yield _line(RETRY, call.id, subject, request.started, model=call.model, **lost)
    yield _line(
        DONE,
        call.id,
        subject,
        call.started,
        model=call.reported_model or call.model,
        api=call.api,
        state=state,
        code=code,
        status=call.status,
        requests=len(requests),
        seconds=round(call.seconds, 3),
        request_id=call.request_id,
        service_tier=call.service_tier,
        usage=codec.to_data(call.usage),
        cost=call.cost,
        fake=call.fake,
    )


def find_totals(folder: Path) -> Totals | None:
    """The totals of the ledger in a store's folder; None if the judge was never called."""
    return read_totals(folder) if os.path.lexists(folder / FILE_NAME) else None


def read_totals(folder: Path) -> Totals:
    """The totals of the ledger in a store's folder; empty if there is none."""
    totals = Totals()
    open_calls: set[str] = set()
    ended: set[str] = set()
    for line in read_lines(folder / FILE_NAME):
        entry = _parse(line)
        if entry is None:
            totals.bad_lines += bool(line.strip())
        elif entry.event == SENT:
            open_calls.add(entry.call)
        elif entry.event == RETRY:
            totals.retries += 1
            totals.requests += 1
            totals.unknown_costs += entry.cost is None
        elif entry.event == DONE and entry.call not in ended:
            open_calls.discard(entry.call)
            ended.add(entry.call)  # a batch that was collected twice counts once
            _add(totals, entry)
    totals.cut_off = len(open_calls)
    totals.calls += len(open_calls)
    totals.unknown_costs += len(open_calls)
    return totals


def _add(totals: Totals, entry: _Entry) -> None:
    totals.calls += 1
    totals.requests += entry.requests != 0  # repeated ones have lines of their own
    totals.fake += entry.fake
    totals.states[entry.state] = totals.states.get(entry.state, 0) + 1
    usage = entry.usage or Usage()
    totals.input_tokens += usage.input_tokens or 0
    totals.output_tokens += usage.output_tokens or 0
    if entry.fake:
        totals.fake_input_tokens += usage.input_tokens or 0
        totals.fake_output_tokens += usage.output_tokens or 0
        totals.fake_cost += entry.cost or 0.0
    if entry.cost is not None:
        totals.cost += entry.cost
        totals.models[entry.model] = totals.models.get(entry.model, 0.0) + entry.cost
    else:
        totals.unknown_costs += 1


class _Entry(Struct, frozen=True):
    """What is read from a line."""

    event: str
    call: str
    model: str = ""
    state: str = ""
    requests: int = 1
    usage: Usage | None = None
    cost: Annotated[float, Meta(ge=0)] | None = None
    fake: bool = False


def _parse(line: str) -> _Entry | None:
    try:
        return codec.from_data(json.loads(line), _Entry)
    except (ValueError, RecursionError):
        return None


def _line(event: str, call: str, subject: Subject, when: datetime, **more: object) -> str:
    entry = {
        "event": event,
        "call": call,
        "time": when.isoformat(),
        "what": subject.what,
        "human": subject.human,
        "attempt": subject.attempt,
        "vote": subject.vote,
        **more,
    }
    return codec.dumps(entry)
