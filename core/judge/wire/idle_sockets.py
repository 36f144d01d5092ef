"""How a pool notices that a server closed an idle connection: by one look at all of its sockets.

Before and after every call the pool asks each idle connection. The stream of `httpcore2` collects
all that is known of a socket to answer, its addresses too: with one pool for all calls, that took
more time than anything else in sending.
"""

from __future__ import annotations

import asyncio
import select
import ssl
from contextlib import suppress
from typing import Any

import httpcore2
import httpx2


def look_at_sockets(client: httpx2.AsyncClient) -> None:
    """Let the pools of a client, those of proxies too, look at sockets.

    `httpx2` does not pass a network backend on to its pools. Where its private names change, they
    answer as they usually do.
    """
    known: Any = client
    mounted = getattr(known, "_mounts", {}).values()
    for transport in (getattr(known, "_transport", None), *mounted):
        pool: Any = getattr(transport, "_pool", None)
        if isinstance(pool, httpcore2.AsyncConnectionPool):
            pool._network_backend = LookingBackend()


class LookingBackend(httpcore2.AnyIOBackend):
    """Connects as usual; its streams know their socket. Used in one event loop."""

    def __init__(self) -> None:
        super().__init__()
        self._sockets = Sockets()

    async def connect_tcp(self, *place: Any, **options: Any) -> httpcore2.AsyncNetworkStream:
        stream = await super().connect_tcp(*place, **options)
        return LookingStream(stream, IdleSocket(stream.get_extra_info("socket"), self._sockets))


class Sockets:
    """The sockets of a pool: one look at all of them serves everything that asks meanwhile."""

    def __init__(self) -> None:
        self._poll = select.poll()
        self._readable: set[int] | None = None  # since the event loop last waited

    def add(self, number: int) -> None:
        """Look at this one too from now on."""
        self._poll.register(number, select.POLLIN)

    def remove(self, number: int) -> None:
        """Forget one that will be closed."""
        with suppress(KeyError):  # it was closed twice
            self._poll.unregister(number)

    def readable(self) -> set[int]:
        """The numbers of those that have something to read."""
        if self._readable is None:
            self._readable = {number for number, _ in self._poll.poll(0)}
            asyncio.get_running_loop().call_soon(self._look_again)
        return self._readable

    def _look_again(self) -> None:
        self._readable = None


class IdleSocket:
    """Says whether a socket has something to read, which is the end if nothing was asked."""

    def __init__(self, raw: Any, sockets: Sockets) -> None:
        self._raw = raw
        self._number: int = raw.fileno()
        self._sockets = sockets
        sockets.add(self._number)

    @property
    def is_readable(self) -> bool:
        """Would a read return at once? One that is closed here counts as readable."""
        return self._raw.fileno() < 0 or self._number in self._sockets.readable()

    def forget(self) -> None:
        """It is about to be closed: its number may soon be another's."""
        if self._raw.fileno() == self._number:
            self._sockets.remove(self._number)


class LookingStream(httpcore2.AsyncNetworkStream):
    """A stream that looks at its own socket; everything else is as usual."""

    def __init__(self, stream: httpcore2.AsyncNetworkStream, socket: IdleSocket) -> None:
        self._stream = stream
        self._socket = socket

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return await self._stream.read(max_bytes, timeout)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        self._socket.forget()
        await self._stream.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        encrypted = await self._stream.start_tls(ssl_context, server_hostname, timeout)
        return LookingStream(encrypted, self._socket)

    def get_extra_info(self, info: str) -> Any:
        if info == "is_readable":
            return self._socket.is_readable
        return self._stream.get_extra_info(info)
