"""Connections: through the proxies that the environment names, and no more than calls at once."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from core.judge.fake_server import FakeOpenAI
from core.judge.wire.connections import POOL, Connections
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
def test_every_pool_goes_through_the_proxy_that_the_environment_names(
    scheme: str, asked: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with FakeOpenAI() as server:
        monkeypatch.setenv(f"{scheme}_proxy", server.base_url.removesuffix("/v1"))
        chosen = settings(
            server, base_url=f"{scheme}://judge.invalid/v1", concurrency=4 * POOL, max_retries=0
        )
        judge([attempt("a")], chosen, tmp_path)
        assert server.counts[asked]
        assert server.paid == 0  # it was only spoken to as a proxy


def test_no_proxy_is_obeyed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", NOWHERE)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with FakeOpenAI() as server:
        told = judge([attempt("a")], settings(server, concurrency=4 * POOL), tmp_path)
    assert summary(told).states == {"verdict": 1}


def test_no_more_calls_are_under_way_than_are_allowed(tmp_path: Path) -> None:
    most = 2 * POOL + 3  # the last pool is not full
    many = [attempt(f"a{n}", unified("", f"# {n}\n", "note.py")) for n in range(3 * most)]
    with FakeOpenAI(delay=0.05) as server:
        told = judge(many, settings(server, concurrency=most), tmp_path)
        assert 0 < server.most_at_once <= most
    assert len(judgements(told)) == len(many)


def test_a_call_takes_the_client_with_the_fewest() -> None:
    with FakeOpenAI() as server:
        connections = Connections(settings(server, concurrency=2 * POOL))
        with connections.least_busy() as first, connections.least_busy() as second:
            assert first is not second
        with connections.least_busy() as again:
            assert again is first is connections.any
        asyncio.run(connections.close())
