"""How a question is sent and its reply received.

`openai` is imported here and in `connections` only.

The client's own parsing is not used: the reply is kept as text, whatever it is. Every HTTP request
is counted, including those that the client repeats by itself.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import httpx2
import openai
from msgspec import Struct, field

from core.judge.wire.connections import Connections, noting_in
from core.judge.wire.http_requests import Wire
from core.judge.wire.prompt import Prompt
from core.judge.wire.reply import FAKE_MARK, MAX_BODY, UNREACHABLE, Reply, bounded, read_reply
from core.judge.wire.retries import pause_before_repeat
from core.judge.wire.servers import api_of, known_api, remember_api
from core.records import replace
from core.settings import DEFAULT_BASE_URL, JudgeSettings

_MODELS_S = 5.0
"""How long to wait for the list of models, which only serves a warning."""

MayRepeat = Callable[[], bool]


class ModelInfo(Struct, frozen=True):
    """What a server says about itself; None is unknown.

    That is the model's shutdown date (`YYYY-MM-DD`), here and among those of all listed models, and
    whether the server makes its answers up.
    """

    shutdown_date: str | None = None
    is_fake: bool | None = None
    shutdowns: Mapping[str, str | None] = field(default_factory=dict)  # of every listed model


class JudgeClient:
    """Asks one server. Used in one event loop; `close` it there."""

    def __init__(self, settings: JudgeSettings) -> None:
        self._settings = settings
        self._connections = Connections(settings)
        self._asking = asyncio.Lock()
        self._api = api_of(settings)
        is_known = settings.api != "auto" or settings.base_url == DEFAULT_BASE_URL
        self._is_proven = is_known  # false while this API has never answered

    async def ask(self, prompt: Prompt, wire: Wire, may_repeat: MayRepeat) -> Reply:
        """Send a question and wait for the reply; never raises for what a server does.

        `may_repeat` is asked before resending a request that may have been paid for.

        On a server not known to have the Responses API, the first question finds out, and the
        others wait for it.
        """
        if not self._is_proven:
            async with self._asking:
                if not self._is_proven:
                    return await self._ask_unproven(prompt, wire, may_repeat)
        return await self._send(prompt, wire, self._api, may_repeat)

    async def _ask_unproven(self, prompt: Prompt, wire: Wire, may_repeat: MayRepeat) -> Reply:
        """Ask through the API that the server had last time; if that is missing, the other."""
        first = self._api
        second = "responses" if first == "chat" else "chat"
        reply, found = await self._send(prompt, wire, first, may_repeat), first
        if _lacks_address(reply):
            reply, found = await self._send(prompt, wire, second, may_repeat), second
        if reply.status == 200:
            if found != (known_api(self._settings.base_url) or "responses"):
                remember_api(self._settings.base_url, found)
            self._api, self._is_proven = found, True
        return reply

    async def look_up(self) -> ModelInfo:
        """What the server's list of models says; many servers have none."""
        models = self._connections.client.with_options(timeout=_MODELS_S).models
        reply = await self._plain(lambda: models.with_raw_response.list(), "models")
        try:
            listed = json.loads(reply.body)
            dates = {str(m["id"]): _day(m.get("shutdown_date")) for m in listed["data"]}
            fake = listed.get(FAKE_MARK) is True
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return ModelInfo()
        return ModelInfo(dates.get(self._settings.model), fake, dates)

    async def upload(self, name: str, content: bytes) -> Reply:
        """Upload a batch's input file."""
        create = self._connections.client.files.with_raw_response.create
        return await self._plain(lambda: create(file=(name, content), purpose="batch"), "files")

    async def create_batch(self, file_id: str, endpoint: str, label: str) -> Reply:
        """Start a batch from an uploaded file."""
        create: Any = self._connections.client.batches.with_raw_response.create
        arguments = {
            "input_file_id": file_id,
            "endpoint": endpoint,
            "completion_window": "24h",
            "metadata": {"patchjury": label},
        }
        return await self._plain(lambda: create(**arguments), "batches")

    async def batch(self, batch_id: str) -> Reply:
        """The state of a batch."""
        retrieve = self._connections.client.batches.with_raw_response.retrieve
        return await self._plain(lambda: retrieve(batch_id), "batches")

    async def batches(self) -> Reply:
        """The newest batches of the account."""
        listed = self._connections.client.batches.with_raw_response.list
        return await self._plain(lambda: listed(limit=100), "batches")

    async def download(self, file_id: str) -> Reply:
        """The content of a file."""
        content = self._connections.client.files.with_raw_response.content
        return await self._plain(lambda: content(file_id), "files")

    async def close(self) -> None:
        """Close every connection."""
        await self._connections.close()

    async def _send(self, prompt: Prompt, wire: Wire, api: str, may_repeat: MayRepeat) -> Reply:
        """Ask one API, as often as is worth it and within the time limit of one call."""
        started = time.monotonic()
        try:
            # A time limit of our own: a server that sends a byte now and then never times out.
            async with asyncio.timeout(self._settings.timeout_s):
                reply = await self._send_repeatedly(prompt, wire, api, may_repeat)
        except TimeoutError:
            reply = Reply("", None, "timeout", f"no answer in {self._settings.timeout_s:g} s")
        repeats, seconds = max(0, len(wire.requests) - 1), time.monotonic() - started
        return replace(reply, retries=repeats, seconds=seconds, api=api)

    async def _send_repeatedly(
        self, prompt: Prompt, wire: Wire, api: str, may_repeat: MayRepeat
    ) -> Reply:
        client = self._connections.client
        api_calls: Any = client.chat.completions if api == "chat" else client.responses
        create = api_calls.with_streaming_response.create
        body = prompt.chat_body() if api == "chat" else prompt.responses_body()
        # The body bypasses the client's conversions: they change nothing, and cost a millisecond
        # per call. What chat insists on is given twice.
        given: Any = {name: body[name] for name in ("model", "messages") if api == "chat"}

        async def once() -> Reply:
            async with create(**given, extra_body=body) as answer:
                return await _read_bounded(answer)

        for repeats in itertools.count():
            reply = await self._guarded(once, wire)
            request = wire.requests[-1] if wire.requests else None
            if request is None or repeats == self._settings.max_retries:
                return reply
            pause = pause_before_repeat(reply, request, wire.headers, repeats)
            if pause is None or not (request.is_free or may_repeat()):
                return reply
            await asyncio.sleep(pause)
        raise AssertionError  # the loop ends by returning

    async def _plain(self, call: Callable[[], Awaitable[Any]], api: str) -> Reply:
        """One request that is not a question, within the time limit of one call."""

        async def once() -> Reply:
            answer = await call()
            return _read_response(answer.http_response, answer.request_id)

        try:
            async with asyncio.timeout(self._settings.timeout_s):
                return replace(await self._guarded(once, Wire()), api=api)
        except TimeoutError:
            return Reply("", None, "timeout", f"no answer in {self._settings.timeout_s:g} s")

    async def _guarded(self, once: Callable[[], Awaitable[Reply]], wire: Wire) -> Reply:
        """The reply to one request, without the key. Raises nothing but `TimeoutError`."""
        try:
            with noting_in(wire):
                reply = await once()
        except openai.APIStatusError as error:
            reply = bounded(_read_response(error.response, error.request_id))
        except openai.APITimeoutError:
            reply = Reply("", None, "timeout", "the server did not answer in time")
        except (openai.APIConnectionError, httpx2.HTTPError) as error:
            reply = _broken(error.__cause__ or error, wire)
        except TimeoutError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever one reply does, the others go on
            reply = Reply("", None, "client", f"{type(error).__name__}: {error}")
        key = self._settings.api_key
        return replace(
            reply,
            body=key.redact(reply.body),
            error=key.redact(reply.error),
            content_type=key.redact(reply.content_type),
            request_id=key.redact(reply.request_id) if reply.request_id else None,
        )


def _day(value: object) -> str | None:
    return value if isinstance(value, str) else None


async def _read_bounded(answer: Any) -> Reply:
    """A reply, or the start of one that is far too long to be a judgement."""
    parts, size = [], 0
    async for part in answer.iter_bytes():
        parts.append(part)
        size += len(part)
        if size > MAX_BODY:
            break
    text = b"".join(parts).decode("utf-8", "replace")  # as JSON is, whatever the server claims
    kind = answer.headers.get("content-type", "").split(";")[0]
    reply = Reply(text, answer.status_code, request_id=answer.request_id, content_type=kind)
    return bounded(reply)


def _broken(cause: BaseException, wire: Wire) -> Reply:
    """A connection that was never made, or that failed before the reply was complete."""
    reason = str(cause) or type(cause).__name__
    if isinstance(cause, (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.ProxyError)):
        if wire.requests:
            wire.requests[-1].unreached = True
        return Reply("", None, UNREACHABLE, f"the server cannot be reached: {reason}")
    if wire.requests and wire.requests[-1].status is not None:
        return Reply("", None, "broken", f"the reply broke off: {reason}")
    return Reply("", None, "connection", f"the connection failed: {reason}")


def _read_response(response: Any, request_id: str | None) -> Reply:
    kind = response.headers.get("content-type", "").split(";")[0]
    return Reply(response.text, response.status_code, request_id=request_id, content_type=kind)


def _lacks_address(reply: Reply) -> bool:
    """Is the address unknown to the server, rather than the model?"""
    return reply.status in (404, 405, 501) and read_reply(reply).code != "model_not_found"
