"""Connections: through the proxies that the environment names, and no more than calls at once."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path
from typing import Any

import pytest

from core.judge.fake_server import FakeOpenAI
from core.judge.wire.connections import Connections
from core.judge.wire.idle_sockets import IdleSocket, LookingBackend, Sockets
from core.settings import JudgeSettings, Secret
from tests.support.judge_cases import attempt, judge, judgements, settings, summary
from tests.support.runs import unified

NOWHERE = "http://127.0.0.1:9"


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.mark.parametrize(
    ("scheme", "asked"),
    [("http", "POST http://judge.invalid/v1/responses"), ("https", "CONNECT judge.invalid:443")],
)
def test_calls_go_through_the_proxy_that_the_environment_names(
    scheme: str, asked: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with FakeOpenAI() as server:
        monkeypatch.setenv(f"{scheme}_proxy", server.base_url.removesuffix("/v1"))
        chosen = settings(server, base_url=f"{scheme}://judge.invalid/v1", max_retries=0)
        judge([attempt("a")], chosen, tmp_path)
        assert server.counts[asked]
        assert server.paid == 0  # it was only spoken to as a proxy


def test_no_proxy_is_obeyed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", NOWHERE)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with FakeOpenAI() as server:
        told = judge([attempt("a")], settings(server), tmp_path)
    assert summary(told).states == {"verdict": 1}


def test_no_more_calls_are_under_way_than_are_allowed(tmp_path: Path) -> None:
    most = 19
    many = [attempt(f"a{n}", unified("", f"# {n}\n", "note.py")) for n in range(3 * most)]
    with FakeOpenAI(delay=0.05) as server:
        told = judge(many, settings(server, concurrency=most), tmp_path)
        assert 0 < server.most_at_once <= most
    assert len(judgements(told)) == len(many)


def test_a_connection_that_the_server_closed_while_idle_is_not_used_again() -> None:
    """A request sent on it would be lost, and with `max_retries` 0 so would the answer."""

    async def served() -> tuple[list[int], int]:
        closed = asyncio.Event()
        connected = 0

        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            nonlocal connected
            connected += 1
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}")
            writer.close()
            await writer.wait_closed()
            closed.set()

        async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            connections = Connections(
                JudgeSettings(
                    model="gpt-5", api_key=Secret("fake"), base_url=f"http://127.0.0.1:{port}/v1"
                )
            )
            statuses = []
            for _ in range(3):
                models = connections.client.models.with_raw_response
                statuses.append((await models.list()).http_response.status_code)
                await closed.wait()
                closed.clear()
            await connections.close()
        return statuses, connected

    assert asyncio.run(served()) == ([200, 200, 200], 3)


def test_one_look_at_all_sockets_serves_until_the_event_loop_goes_on() -> None:
    async def seen() -> list[tuple[bool, ...]]:
        pairs = [socket.socketpair() for _ in range(3)]
        sockets = Sockets()
        idle = [IdleSocket(ours, sockets) for ours, _ in pairs]
        looks = [tuple(one.is_readable for one in idle)]
        pairs[1][1].close()  # the server ends this connection
        for _ in range(2):
            looks.append(tuple(one.is_readable for one in idle))
            await asyncio.sleep(0)
        for _ in range(2):
            idle[2].forget()
        for ours, theirs in pairs:
            ours.close()
            theirs.close()
        looks.append(tuple(one.is_readable for one in idle))
        return looks

    unseen, ended, closed = (False,) * 3, (False, True, False), (True,) * 3
    assert asyncio.run(seen()) == [unseen, unseen, ended, closed]


@pytest.mark.parametrize("proxy", ["", NOWHERE])
def test_every_pool_looks_at_its_sockets(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its private name is the only way there: a new version that hides it makes calls slower."""
    monkeypatch.setenv("https_proxy", proxy)
    client: Any = Connections(
        JudgeSettings(model="gpt-5", api_key=Secret("fake"), base_url="http://127.0.0.1:9/v1")
    ).client._client
    transports = [client._transport, *client._mounts.values()]
    assert len(transports) == (2 if proxy else 1)
    for transport in transports:
        assert isinstance(transport._pool._network_backend, LookingBackend)
