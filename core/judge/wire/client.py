"""How a question goes over the wire and comes back: the only module that imports `openai`.

The client's own parsing is not used: what came back is kept as text, whatever it is. Every HTTP
request is counted, those that the client repeats by itself included.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import httpx2
import openai

from core.errors import SettingsError
from core.judge.wire.http_requests import HttpRequest, Wire
from core.judge.wire.prompt import Prompt
from core.judge.wire.reply import FAKE_MARK, MAX_BODY, UNREACHABLE, Reply, bounded, read_reply
from core.judge.wire.retries import pause_before_repeat
from core.judge.wire.servers import api_of, known_api, remember_api
from core.logs import hide_in_log
from core.settings import DEFAULT_BASE_URL, KEY_HINT, JudgeSettings, Secret

_MODELS_S = 5.0
"""How long the list of models is waited for: it only serves a warning."""

_NO_KEY = "no-key-needed"  # the client insists on one; servers of one's own rarely do


_OF_RETRIES = ("retry-after", "retry-after-ms", "x-should-retry")

MayRepeat = Callable[[], bool]

_current: ContextVar[Wire | None] = ContextVar("wire", default=None)


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """What a server says of itself: the day on which the model is shut down (`YYYY-MM-DD`), and
    whether it makes its answers up. None is unknown, also in the days of all listed models.
    """

    shutdown_date: str | None = None
    is_fake: bool | None = None
    shutdowns: Mapping[str, str | None] = field(default_factory=dict)  # of every listed model


class JudgeClient:
    """Asks one server. Used in one event loop; `close` it there."""

    def __init__(self, settings: JudgeSettings) -> None:
        self._settings = settings
        self._openai = _connect(settings)
        self._asking = asyncio.Lock()
        self._api = api_of(settings)
        is_known = settings.api != "auto" or settings.base_url == DEFAULT_BASE_URL
        self._is_proven = is_known  # or has this API never answered yet?

    async def ask(self, prompt: Prompt, wire: Wire, may_repeat: MayRepeat) -> Reply:
        """Send a question and wait for what becomes of it; never raises for what a server does.

        `may_repeat` is asked before a request is sent once more that may have been paid for.

        On a server of which it is not known whether it has the Responses API, the first question
        finds out, and the others wait for it.
        """
        if not self._is_proven:
            async with self._asking:
                if not self._is_proven:
                    return await self._ask_unproven(prompt, wire, may_repeat)
        return await self._send(prompt, wire, self._api, may_repeat)

    async def _ask_unproven(self, prompt: Prompt, wire: Wire, may_repeat: MayRepeat) -> Reply:
        """Ask through the API that the server had last time; where that is missing, the other."""
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
        models = self._openai.with_options(timeout=_MODELS_S).models
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
        create = self._openai.files.with_raw_response.create
        return await self._plain(lambda: create(file=(name, content), purpose="batch"), "files")

    async def create_batch(self, file_id: str, endpoint: str, label: str) -> Reply:
        """Start a batch from an uploaded file."""
        create: Any = self._openai.batches.with_raw_response.create
        arguments = {
            "input_file_id": file_id,
            "endpoint": endpoint,
            "completion_window": "24h",
            "metadata": {"patchjury": label},
        }
        return await self._plain(lambda: create(**arguments), "batches")

    async def batch(self, batch_id: str) -> Reply:
        """How a batch stands."""
        retrieve = self._openai.batches.with_raw_response.retrieve
        return await self._plain(lambda: retrieve(batch_id), "batches")

    async def batches(self) -> Reply:
        """The newest batches of the account."""
        listed = self._openai.batches.with_raw_response.list
        return await self._plain(lambda: listed(limit=100), "batches")

    async def download(self, file_id: str) -> Reply:
        """The content of a file."""
        content = self._openai.files.with_raw_response.content
        return await self._plain(lambda: content(file_id), "files")

    async def close(self) -> None:
        """Close every connection."""
        await self._openai.close()

    async def _send(self, prompt: Prompt, wire: Wire, api: str, may_repeat: MayRepeat) -> Reply:
        """Ask one API, as often as is worth it and within the time of one call."""
        started = time.monotonic()
        try:
            # A time limit of its own: a server that sends a byte now and then never times out.
            async with asyncio.timeout(self._settings.timeout_s):
                reply = await self._send_repeatedly(prompt, wire, api, may_repeat)
        except TimeoutError:
            reply = Reply("", None, "timeout", f"no answer in {self._settings.timeout_s:g} s")
        repeats, seconds = max(0, len(wire.requests) - 1), time.monotonic() - started
        return replace(reply, retries=repeats, seconds=seconds, api=api)

    async def _send_repeatedly(
        self, prompt: Prompt, wire: Wire, api: str, may_repeat: MayRepeat
    ) -> Reply:
        client, settings = self._openai, self._settings
        api_calls: Any = client.chat.completions if api == "chat" else client.responses
        create = api_calls.with_streaming_response.create
        body = prompt.chat_body() if api == "chat" else prompt.responses_body()
        # The body goes around the client's conversions: they change nothing, and cost a
        # millisecond of every call. What it insists on is given twice.
        given: Any = {name: body[name] for name in ("model", "messages") if name in body}

        async def once() -> Reply:
            async with create(**given, extra_body=body) as answer:
                return await _read_bounded(answer)

        for repeats in itertools.count():
            reply = await self._guarded(once, wire)
            request = wire.requests[-1] if wire.requests else None
            if request is None or repeats == settings.max_retries:
                return reply
            pause = pause_before_repeat(reply, request, wire.headers, repeats)
            if pause is None or not (request.is_free or may_repeat()):
                return reply
            await asyncio.sleep(pause)
        raise AssertionError  # the loop ends by returning

    async def _plain(self, call: Callable[[], Awaitable[Any]], api: str) -> Reply:
        """One request that is no question, within the time of one call."""

        async def once() -> Reply:
            answer = await call()
            return _read_response(answer.http_response, answer.request_id)

        try:
            async with asyncio.timeout(self._settings.timeout_s):
                return replace(await self._guarded(once, Wire()), api=api)
        except TimeoutError:
            return Reply("", None, "timeout", f"no answer in {self._settings.timeout_s:g} s")

    async def _guarded(self, once: Callable[[], Awaitable[Reply]], wire: Wire) -> Reply:
        """What becomes of one request, without the key. Raises nothing but `TimeoutError`."""
        token = _current.set(wire)
        try:
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
        finally:
            _current.reset(token)
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
    text = b"".join(parts).decode("utf-8", "replace")  # as JSON is, whatever the server says
    kind = answer.headers.get("content-type", "").split(";")[0]
    reply = Reply(text, answer.status_code, request_id=answer.request_id, content_type=kind)
    return bounded(reply)


def _broken(cause: BaseException, wire: Wire) -> Reply:
    """A connection that was never made, or that failed before the reply was whole."""
    reason = str(cause) or type(cause).__name__
    if isinstance(cause, (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.ProxyError)):
        if wire.requests:
            wire.requests[-1].unreached = True
        return Reply("", None, UNREACHABLE, f"the server cannot be reached: {reason}")
    if wire.requests and wire.requests[-1].status is not None:
        return Reply("", None, "broken", f"the reply broke off: {reason}")
    return Reply("", None, "connection", f"the connection failed: {reason}")


def _connect(settings: JudgeSettings) -> openai.AsyncOpenAI:
    """A client with one pool of connections, as many as there may be calls at once."""
    if settings.lacks_key:
        raise SettingsError("the judge needs an API key", KEY_HINT)
    hide_in_log(settings.api_key)  # servers repeat it in headers and messages
    for handler in logging.getLogger().handlers:  # there are others with OPENAI_LOG=debug
        handler.addFilter(_WithoutKey(settings.api_key))  # once: equal ones are not added
    connections = settings.concurrency + 1  # and one for the list of models
    try:
        http = openai.DefaultAsyncHttpxClient(
            limits=httpx2.Limits(
                max_connections=connections, max_keepalive_connections=connections
            ),
            event_hooks={"request": [_on_request], "response": [_on_response]},
            follow_redirects=False,  # a redirect would take prompts and key to another server
            timeout=settings.timeout_s,
        )
    except (ImportError, ValueError) as error:
        hint = "Look at the variables HTTPS_PROXY and ALL_PROXY."
        raise SettingsError(f"no connection can be made: {error}", hint) from error
    return openai.AsyncOpenAI(
        api_key=settings.api_key.reveal() or _NO_KEY,
        base_url=settings.base_url,
        max_retries=0,  # repeated here, where the cap is known
        http_client=http,
    )


@dataclass(frozen=True, slots=True)
class _WithoutKey:
    """Takes the key out of what somebody else's handler logs."""

    key: Secret

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = self.key.redact(record.getMessage()), None
        return True


async def _on_request(request: Any) -> None:
    wire = _current.get()
    if wire is not None:
        wire.requests.append(HttpRequest(datetime.now(UTC)))


async def _on_response(response: Any) -> None:
    wire = _current.get()
    if wire is None:
        return
    status, headers = response.status_code, response.headers
    response.encoding = "utf-8"  # as JSON is; a server may name one that nobody knows
    request = wire.requests[-1]
    request.status = status
    request.told_to_wait = "retry-after" in headers or "retry-after-ms" in headers
    wire.headers = {
        name: value
        for name, value in headers.items()
        if name.startswith("x-ratelimit-") or name in _OF_RETRIES
    }


def _read_response(response: Any, request_id: str | None) -> Reply:
    kind = response.headers.get("content-type", "").split(";")[0]
    return Reply(response.text, response.status_code, request_id=request_id, content_type=kind)


def _lacks_address(reply: Reply) -> bool:
    """Does the server not know the address, rather than the model?"""
    return reply.status in (404, 405, 501) and read_reply(reply).code != "model_not_found"
