"""What every call cost, line by line: `<store>/ledger.jsonl`, appended and never changed.

Each call has a line when it is sent, one for every HTTP request that failed and was repeated, and
one for how it ended. A call with no end was cut off (killed): what it cost is not known.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from core import codec
from core.judge.client import HttpRequest
from core.models import Call, JudgementState

FILE_NAME = "ledger.jsonl"
SENT, RETRY, DONE = "sent", "retry", "done"


@dataclass(frozen=True, slots=True)
class Subject:
    """What a call is about: a rubric (no attempt), a judgement, or a canary."""

    what: str
    human: str
    attempt: str = ""
    vote: int = 0


@dataclass(slots=True)
class Totals:
    """What a ledger adds up to. Costs in US dollars; requests count repeated ones."""

    calls: int = 0
    requests: int = 0
    retries: int = 0
    cut_off: int = 0  # sent, and never heard of again
    cost: float = 0.0  # of the calls whose cost is known
    unknown_costs: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    states: dict[str, int] = field(default_factory=dict)
    models: dict[str, float] = field(default_factory=dict)
    bad_lines: int = 0  # torn by a crash, or not a ledger's


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
    """The lines of a call that is over: its repeated requests, then its end."""
    for request in requests[:-1]:
        lost = {"status": request.status, "cost": None if request.status is None else 0.0}
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


def read_totals(folder: Path) -> Totals:
    """What the ledger in a store's folder adds up to; nothing when there is none."""
    totals = Totals()
    open_calls: set[str] = set()
    ended: set[object] = set()
    for entry in _read(folder / FILE_NAME, totals):
        match entry.get("event"):
            case "sent":
                open_calls.add(str(entry.get("call")))
            case "retry":
                totals.retries += 1
                totals.requests += 1
                totals.unknown_costs += entry.get("cost") is None
            case "done" if entry.get("call") not in ended:
                open_calls.discard(str(entry.get("call")))
                ended.add(entry.get("call"))  # a batch that was collected twice counts once
                _add(totals, entry)
    totals.cut_off = len(open_calls)
    totals.calls += len(open_calls)
    totals.unknown_costs += len(open_calls)
    return totals


def _add(totals: Totals, entry: Mapping[str, Any]) -> None:
    totals.calls += 1
    totals.requests += entry.get("requests") != 0  # repeated ones have lines of their own
    state, model, cost = str(entry.get("state")), str(entry.get("model")), entry.get("cost")
    totals.states[state] = totals.states.get(state, 0) + 1
    usage = entry.get("usage") or {}
    totals.input_tokens += usage.get("input_tokens") or 0
    totals.output_tokens += usage.get("output_tokens") or 0
    if isinstance(cost, (int, float)):
        totals.cost += cost
        totals.models[model] = totals.models.get(model, 0.0) + cost
    else:
        totals.unknown_costs += 1


def _read(path: Path, totals: Totals) -> Iterator[dict[str, Any]]:
    try:
        file = path.open(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return
    with file:
        for line in file:
            try:
                entry = json.loads(line)
            except ValueError:
                entry = None
            if isinstance(entry, dict):
                yield entry
            elif line.strip():
                totals.bad_lines += 1


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
