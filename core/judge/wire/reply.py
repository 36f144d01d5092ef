"""What a reply amounts to: its state, text, tokens and cost drivers, whatever the server sent.

The order is fixed: the raw reply, then the status, a refusal, and the text; parsing and validating
the text's JSON is up to the caller. Nothing here raises for what a server says.
"""

from __future__ import annotations

import json
import re
from typing import Any

from msgspec import Struct

from core.models import Call, JudgementState, Usage
from core.records import replace

FAKE_MARK = "patchjury_fake"
"""The field in which the test server says that it made a reply up."""

MAX_BODY = 8 * 2**20
"""Bytes of the longest reply that is read: no judgement has a hundredth of that."""

UNREACHABLE = "unreachable"
"""The code of a call that no server read, so that nothing is billed for it."""

MAX_MESSAGE = 1_000
"""How many characters of a server's error message are repeated; the reply itself is kept."""

_KEPT = 100_000
_DATE = re.compile(r"-(?:\d{4}-?\d{2}-?\d{2}|latest)")
_REASON_LENGTH = "max_output_tokens"


class Reply(Struct, frozen=True):
    """The reply to one call. `status` is None without a reply; then `code` says why."""

    body: str
    status: int | None
    code: str = ""
    error: str = ""
    request_id: str | None = None
    retries: int = 0
    seconds: float = 0.0
    api: str = "responses"
    content_type: str = ""


class Reading(Struct, frozen=True):
    """A reply parsed as far as its envelope. `text` is only there in state `VERDICT`."""

    state: JudgementState
    text: str = ""
    error: str = ""
    code: str = ""
    usage: Usage | None = None
    model: str | None = None
    tier: str | None = None
    fake: bool = False
    notes: tuple[str, ...] = ()

    @property
    def ran_out(self) -> bool:
        """Would more output tokens have helped: are they used up, or all spent on reasoning?"""
        if self.state is not JudgementState.INCOMPLETE:
            return False
        spent = self.usage.output_tokens if self.usage else None
        all_reasoning = (
            bool(spent) and self.usage is not None and (self.usage.reasoning_tokens == spent)
        )
        return self.code == _REASON_LENGTH or (self.code == "empty" and all_reasoning)


def bounded(reply: Reply) -> Reply:
    """The reply, or the start of one that is far too long to be a judgement; it says so."""
    if len(reply.body) <= MAX_BODY:
        return reply
    note = f"more than {MAX_BODY >> 20} MiB, of which the first {_KEPT} characters are kept"
    return replace(reply, body=reply.body[:_KEPT], content_type=note)


def read_reply(reply: Reply) -> Reading:
    """The state a reply ends in, before its text is looked at."""
    data = _parse_object(reply.body)
    if reply.status is None or reply.status >= 300:
        return _error(reply, data or {})
    if data is None:
        what = f" ({reply.content_type})" if reply.content_type else ""
        return Reading(
            JudgementState.UNPARSEABLE, error=f"the reply is not a JSON object{what}", code="reply"
        )
    state, text, error, code = _read_chat(data) if reply.api == "chat" else _read_response(data)
    return Reading(
        state=state,
        text=text,
        error=error,
        code=code,
        usage=_usage(data.get("usage")),
        model=_short(_text(data.get("model")) or "") or None,
        tier=_short(_text(data.get("service_tier")) or "") or None,
        fake=data.get(FAKE_MARK) is True,
    )


def is_too_long(reading: Reading) -> bool:
    """Does the server say that the prompt is longer than the model can read?"""
    return reading.code == "context_length_exceeded"


def is_other_model(call: Call) -> bool:
    """Did a model other than the requested one answer? A dated name is the same model."""
    reported = call.reported_model
    if not reported or reported == call.model or reported == f"{call.model}-fake":
        return False
    return not (reported.startswith(call.model) and _DATE.fullmatch(reported, len(call.model)))


_Ending = tuple[JudgementState, str, str, str]


def _read_response(data: dict[str, Any]) -> _Ending:
    status = data.get("status")
    if status in ("failed", "cancelled"):
        details = _object(data.get("error"))
        code = _text(details.get("code")) or str(status)
        message = _text(details.get("message")) or f"the call {status}"
        return JudgementState.ERROR, "", _short(message), _short(code)
    if status == "incomplete":
        reason = _text(_object(data.get("incomplete_details")).get("reason")) or "incomplete"
        reason = _short(reason)
        return JudgementState.INCOMPLETE, "", f"the reply is incomplete: {reason}", reason
    if status != "completed":
        what = f"the reply's status is {status!r:.80}"
        return JudgementState.UNPARSEABLE, "", what, "status"
    texts, refusals = [], []
    for item in _list(data.get("output")):
        for part in _list(_object(item).get("content")):
            kind, part = _object(part).get("type"), _object(part)
            if kind == "output_text":
                texts.append(_text(part.get("text")) or "")
            elif kind == "refusal":
                refusals.append(_text(part.get("refusal")) or "")
    return _ending("".join(texts), refusals)


def _read_chat(data: dict[str, Any]) -> _Ending:
    choices = _list(data.get("choices"))
    if not choices:
        return JudgementState.UNPARSEABLE, "", "the reply holds no choice", "choices"
    choice = _object(choices[0])
    message = _object(choice.get("message"))
    reason = choice.get("finish_reason")
    if reason in ("length", "content_filter"):
        code = _REASON_LENGTH if reason == "length" else "content_filter"
        return JudgementState.INCOMPLETE, "", f"the reply is incomplete: {code}", code
    refusal = _text(message.get("refusal"))
    return _ending(_text(message.get("content")) or "", [refusal] if refusal else [])


def _ending(text: str, refusals: list[str]) -> _Ending:
    if refusals:
        return JudgementState.REFUSED, "", _short("; ".join(refusals) or "refused"), "refusal"
    if not text.strip():
        return JudgementState.INCOMPLETE, "", "the reply holds no text", "empty"
    return JudgementState.VERDICT, text, "", ""


def _error(reply: Reply, data: dict[str, Any]) -> Reading:
    details = _object(data.get("error"))
    code = _text(details.get("code")) or _text(details.get("type")) or reply.code
    message = _text(details.get("message")) or reply.error
    if reply.status is not None:
        code = code or f"http_{reply.status}"
        message = f"HTTP {reply.status}: {message or 'no message'}"
    return Reading(JudgementState.ERROR, error=_short(message or code), code=_short(code))


def _usage(value: object) -> Usage | None:
    usage = _object(value)
    if not usage:
        return None
    inputs = _object(usage.get("input_tokens_details", usage.get("prompt_tokens_details")))
    outputs = _object(usage.get("output_tokens_details", usage.get("completion_tokens_details")))
    return Usage(
        _count(usage.get("input_tokens", usage.get("prompt_tokens"))),
        _count(inputs.get("cached_tokens")),
        _count(usage.get("output_tokens", usage.get("completion_tokens"))),
        _count(outputs.get("reasoning_tokens")),
    )


def _parse_object(body: str) -> dict[str, Any] | None:
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) else None


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _short(text: str) -> str:
    return text if len(text) <= MAX_MESSAGE else f"{text[:MAX_MESSAGE]} …"


def _count(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**53:
        return None
    return value
