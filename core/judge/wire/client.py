"""How a question goes over the wire and comes back: the only module that imports `openai`.

The client's own parsing is not used: what came back is kept as text, whatever it is. Every HTTP
request is counted, those that the client repeats by itself included.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

import httpx2
import openai

from core.errors import SettingsError
from core.judge.wire.http_requests import HttpRequest, Wire
from core.judge.wire.prompt import Prompt
from core.judge.wire.reply import FAKE_MARK, Reply, bounded, read_reply
from core.judge.wire.servers import known_api, remember_api
from core.settings import DEFAULT_BASE_URL, KEY_HINT, JudgeSettings, Secret

_MODELS_S = 5.0
"""How long the list of models is waited for: it only serves a warning."""

QUOTA = b"insufficient_quota"

_NO_KEY = "no-key-needed"  # the client insists on one; servers of one's own rarely do


_current: ContextVar[Wire | None] = ContextVar("wire", default=None)


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """What a server says of itself: the day on which the model is shut down (`YYYY-MM-DD`), and
    whether it makes its answers up. None is unknown.
    """

    shutdown_date: str | None = None
    is_fake: bool | None = None


class JudgeClient:
    """Asks one server. Used in one event loop; `close` it there."""

    def __init__(self, settings: JudgeSettings) -> None:
        self._settings = settings
        self._openai = _connect(settings)
        self._asking = asyncio.Lock()
        self._api = settings.api
        if self._api == "auto" and settings.base_url == DEFAULT_BASE_URL:
            self._api = "responses"
        self._is_proven = self._api != "auto"  # or has this API never answered yet?

    async def ask(self, prompt: Prompt, wire: Wire) -> Reply:
        """Send a question and wait for what becomes of it; never raises for what a server does.

        On a server of which it is not known whether it has the Responses API, the first question
        finds out, and the others wait for it.
        """
        if self._api == "auto":
            async with self._asking:
                if self._api == "auto":
                    self._api = known_api(self._settings.base_url) or "responses"
                    return await self._ask_unproven(prompt, wire)
        if not self._is_proven:
            return await self._ask_unproven(prompt, wire)
        return await self._send(prompt, wire, self._api)

    async def _ask_unproven(self, prompt: Prompt, wire: Wire) -> Reply:
        """Ask through the API that the server had last time; where that is missing, the other."""
        first = self._api
        second = "responses" if first == "chat" else "chat"
        reply, found = await self._send(prompt, wire, first), first
        if _lacks_address(reply):
            reply, found = await self._send(prompt, wire, second), second
        if reply.status == 200:
            if found != (known_api(self._settings.base_url) or "responses"):
                remember_api(self._settings.base_url, found)
            self._api, self._is_proven = found, True
        return reply

    async def look_up(self) -> ModelInfo:
        """What the server's list of models says; many servers have none."""
        models = self._openai.with_options(max_retries=0, timeout=_MODELS_S).models
        reply = await self._guarded(lambda: models.with_raw_response.list(), Wire(), "models")
        try:
            listed = json.loads(reply.body)
            dates = {m["id"]: m.get("shutdown_date") for m in listed["data"]}
            fake = listed.get(FAKE_MARK) is True
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return ModelInfo()
        date = dates.get(self._settings.model)
        return ModelInfo(date if isinstance(date, str) else None, fake)

    async def upload(self, name: str, content: bytes) -> Reply:
        """Upload a batch's input file."""
        create = self._openai.files.with_raw_response.create
        return await self._guarded(
            lambda: create(file=(name, content), purpose="batch"), Wire(), "files"
        )

    async def create_batch(self, file_id: str, endpoint: str, label: str) -> Reply:
        """Start a batch from an uploaded file."""
        create: Any = self._openai.batches.with_raw_response.create
        arguments = {
            "input_file_id": file_id,
            "endpoint": endpoint,
            "completion_window": "24h",
            "metadata": {"patchjury": label},
        }
        return await self._guarded(lambda: create(**arguments), Wire(), "batches")

    async def batch(self, batch_id: str) -> Reply:
        """How a batch stands."""
        retrieve = self._openai.batches.with_raw_response.retrieve
        return await self._guarded(lambda: retrieve(batch_id), Wire(), "batches")

    async def batches(self) -> Reply:
        """The newest batches of the account."""
        listed = self._openai.batches.with_raw_response.list
        return await self._guarded(lambda: listed(limit=100), Wire(), "batches")

    async def download(self, file_id: str) -> Reply:
        """The content of a file."""
        content = self._openai.files.with_raw_response.content
        return await self._guarded(lambda: content(file_id), Wire(), "files")

    async def close(self) -> None:
        """Close every connection."""
        await self._openai.close()

    async def _send(self, prompt: Prompt, wire: Wire, api: str) -> Reply:
        client = self._openai
        create: Any
        if api == "chat":
            create, body = client.chat.completions.with_raw_response.create, prompt.chat_body()
        else:
            create, body = client.responses.with_raw_response.create, prompt.responses_body()
        # The body goes around the client's conversions: they change nothing, and cost a
        # millisecond of every call. What it insists on is given twice.
        given = {name: body[name] for name in ("model", "messages") if name in body}
        return await self._guarded(lambda: create(**given, extra_body=body), wire, api)

    async def _guarded(self, call: Callable[[], Awaitable[Any]], wire: Wire, api: str) -> Reply:
        token, started = _current.set(wire), time.monotonic()
        try:
            # A time limit of its own: a server that sends a byte now and then never times out.
            async with asyncio.timeout(self._settings.timeout_s):
                reply = _read(await call())
        except TimeoutError:
            reply = Reply("", None, "timeout", f"no answer in {self._settings.timeout_s:g} s")
        except openai.APIStatusError as error:
            reply = _read_response(error.response, error.request_id)
        except openai.APITimeoutError:
            reply = Reply("", None, "timeout", "the server did not answer in time")
        except openai.APIConnectionError as error:
            reason = str(error.__cause__ or error) or type(error.__cause__).__name__
            reply = Reply("", None, "connection", f"the connection failed: {reason}")
        except Exception as error:  # noqa: BLE001 - whatever one reply does, the others go on
            reply = Reply("", None, "client", f"{type(error).__name__}: {error}")
        finally:
            _current.reset(token)
        key = self._settings.api_key
        if api in ("responses", "chat"):
            reply = bounded(reply)
        return replace(
            reply,
            body=key.redact(reply.body),
            error=key.redact(reply.error),
            content_type=key.redact(reply.content_type),
            request_id=key.redact(reply.request_id) if reply.request_id else None,
            retries=max(0, len(wire.requests) - 1),
            seconds=time.monotonic() - started,
            api=api,
        )


def _connect(settings: JudgeSettings) -> openai.AsyncOpenAI:
    """A client with one pool of connections, as many as there may be calls at once."""
    if settings.lacks_key:
        raise SettingsError("the judge needs an API key", KEY_HINT)
    for handler in logging.getLogger().handlers:  # there are some with OPENAI_LOG=debug
        handler.addFilter(partial(_without_key, settings.api_key))
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
        max_retries=settings.max_retries,
        http_client=http,
    )


def _without_key(key: Secret, record: logging.LogRecord) -> bool:
    """Take the key out of what is logged; servers repeat it in headers and messages."""
    record.msg, record.args = key.redact(record.getMessage()), None
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
    names: Sequence[str] = ("retry-after", "retry-after-ms")
    request = wire.requests[-1]
    request.status = status
    request.told_to_wait = any(name in headers for name in names)
    wire.headers = {
        name: value
        for name, value in headers.items()
        if name.startswith("x-ratelimit-") or name in names
    }
    if status == 429 and QUOTA in await response.aread():
        headers["x-should-retry"] = "false"  # no waiting brings a used-up quota back


def _read(raw: Any) -> Reply:
    return _read_response(raw.http_response, raw.request_id)


def _read_response(response: Any, request_id: str | None) -> Reply:
    kind = response.headers.get("content-type", "").split(";")[0]
    return Reply(response.text, response.status_code, request_id=request_id, content_type=kind)


def _lacks_address(reply: Reply) -> bool:
    """Does the server not know the address, rather than the model?"""
    return reply.status in (404, 405, 501) and read_reply(reply).code != "model_not_found"
