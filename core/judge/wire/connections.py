"""The connections to one server: one pool, one connection per concurrent call, no redirects.

Every HTTP request is recorded in the call that it belongs to.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import cache
from ssl import SSLContext
from typing import Any

import httpx2
import openai
from msgspec import Struct

from core.errors import SettingsError
from core.judge.wire.http_requests import HttpRequest, Wire
from core.judge.wire.idle_sockets import look_at_sockets
from core.logs import hide_in_log
from core.settings import KEY_HINT, JudgeSettings, Secret

_NO_KEY = "no-key-needed"  # the client insists on one; self-hosted servers rarely do

OF_TRUST = ("SSL_CERT_FILE", "SSL_CERT_DIR")
"""The variables that say whom to trust."""

_OF_RETRIES = ("retry-after", "retry-after-ms", "x-should-retry")

_current: ContextVar[Wire | None] = ContextVar("wire", default=None)


class Connections:
    """The client of one server and its pool; `close` it in its event loop.

    Raises `SettingsError` without a key, and for a proxy that cannot be used.
    """

    client: openai.AsyncOpenAI

    def __init__(self, settings: JudgeSettings) -> None:
        if settings.lacks_key:
            raise SettingsError("the judge needs an API key", KEY_HINT)
        hide_in_log(settings.api_key)  # servers repeat it in headers and messages
        for handler in logging.getLogger().handlers:  # there are others with OPENAI_LOG=debug
            handler.addFilter(_WithoutKey(settings.api_key))  # once: equal ones are not added
        try:
            self.client = _connect(settings)
        except (ImportError, ValueError) as error:
            hint = "Check the variables HTTPS_PROXY and ALL_PROXY."
            raise SettingsError(f"no connection is possible: {error}", hint) from error

    async def close(self) -> None:
        """Close every connection."""
        await self.client.close()


@contextmanager
def noting_in(wire: Wire) -> Iterator[None]:
    """Record the HTTP requests of the block in `wire`."""
    token = _current.set(wire)
    try:
        yield
    finally:
        _current.reset(token)


@cache
def trusted_certificates(*_where: str | None) -> SSLContext:
    """Whom to trust, read once in a process for each value of `SSL_CERT_FILE` and `SSL_CERT_DIR`.

    Reading them takes longer than a call.
    """
    return httpx2.create_ssl_context()


def _connect(settings: JudgeSettings) -> openai.AsyncOpenAI:
    connections = settings.concurrency + 1  # and one for the list of models
    http = openai.DefaultAsyncHttpxClient(
        limits=httpx2.Limits(max_connections=connections, max_keepalive_connections=connections),
        event_hooks={"request": [_on_request], "response": [_on_response]},
        follow_redirects=False,  # a redirect would take prompts and key to another server
        timeout=settings.timeout_s,
        verify=trusted_certificates(*map(os.environ.get, OF_TRUST)),  # for proxies too
    )
    look_at_sockets(http)
    return openai.AsyncOpenAI(
        api_key=settings.api_key.reveal() or _NO_KEY,
        base_url=settings.base_url,
        max_retries=0,  # repeated by code that knows the cap
        http_client=http,
    )


class _WithoutKey(Struct, frozen=True):
    """Takes the key out of what foreign handlers log."""

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
    response.encoding = "utf-8"  # as JSON is; a server may name an unknown one
    request = wire.requests[-1]
    request.status = status
    request.told_to_wait = "retry-after" in headers or "retry-after-ms" in headers
    wire.headers = {
        name: value
        for name, value in headers.items()
        if name.startswith("x-ratelimit-") or name in _OF_RETRIES
    }
