"""The server itself: HTTP on loopback in a thread, its counters, and its controls."""

from __future__ import annotations

import asyncio
import json
import random
import socket
import struct
import threading
import uuid
from collections import Counter
from collections.abc import Callable
from types import TracebackType
from typing import Any

from core.judge.fake_server import bodies, faults, made_up_opinions
from core.judge.fake_server.fake_batches import Batches
from core.judge.fake_server.faults import Answer
from core.judge.fake_server.hold import Hold
from core.judge.question.fences import without_ids
from core.judge.wire.reply import FAKE_MARK

_SHUTDOWN = "2026-12-11"


class FakeOpenAI:
    """A made-up OpenAI server; a context manager that serves meanwhile."""

    def __init__(self, *, port: int = 0, delay: float = 0.0) -> None:
        self.delay = delay  # seconds that each answer of a model takes
        self.hold = Hold()
        self.drip = 0.05  # seconds between the bytes of a slow answer
        self.shares: dict[str, float] = {}  # of calls with each fault, drawn at random
        self.orders: list[str] = []  # faults of the next calls, in order
        self.apis = {"responses", "chat"}
        self.poses_as_real = False  # does it hide that it is a fake?
        self.agrees = False  # does it say yes to everything?
        self.invents = False  # does it quote what was never shown?
        self.preface = ""  # put before its answers, which are then in a Markdown fence
        self.obedient = False  # does it follow instructions in patches?
        self.input_factor = 1.0  # by which it multiplies the billed tokens of a prompt
        self.bills_all_output = False  # is every reply billed at the full limit?
        self.contrary: set[str] = set()  # models that say the opposite of the others
        self.says_usage = "true"  # or "missing", "zero", "negative"
        self.billed: list[tuple[int, int]] = []  # true input and output tokens of every answer
        self.model_list: list[dict[str, Any]] = [_model("gpt-5", _SHUTDOWN), _model("gpt-5-mini")]
        self.counts: Counter[str] = Counter()
        self.paid = 0  # requests for an answer of a model, failed ones included
        self.on_call: Callable[[], None] | None = None  # called at each of them
        self.most_at_once = 0
        self.bodies: list[dict[str, Any]] = []  # of the latest calls
        self.keys: set[str] = set()
        self.keep_bodies = 200
        self.batches = Batches(self.answer_body)
        self.answers = 0
        self._port = port
        self._at_once = 0
        self._seen: Counter[str] = Counter()
        self._random = random.Random(0)  # noqa: S311 - a draw, no secret
        self._ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=self._run, name="fake-openai", daemon=True)

    @property
    def base_url(self) -> str:
        """The setting that points to this server."""
        return f"http://127.0.0.1:{self._port}/v1"

    def __enter__(self) -> FakeOpenAI:
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        assert self._loop is not None
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    def answer_body(self, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Status and body for one line of a batch."""
        answer = self._answer(path, body)
        return answer.status, json.loads(answer.body)

    # Serving

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        self._writers: set[asyncio.StreamWriter] = set()
        server = await asyncio.start_server(
            self._connection, "127.0.0.1", self._port, limit=2**26, backlog=512
        )
        self._port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        server.close()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                lines = head.split("\r\n")
                method, path, _ = lines[0].split(" ")
                headers = {
                    name.lower(): value
                    for name, _, value in (line.partition(": ") for line in lines[1:] if line)
                }
                content = await reader.readexactly(int(headers.get("content-length", 0)))
                self.keys.add(headers.get("authorization", "").removeprefix("Bearer "))
                answer = await self._route(method, path.partition("?")[0], content, headers)
                if not await self._send(writer, answer):
                    return
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            return
        finally:
            writer.close()

    async def _send(self, writer: asyncio.StreamWriter, answer: Answer) -> bool:
        """Send; is the connection still usable?"""
        if answer.how == "never":
            await asyncio.sleep(3600)
        if answer.how == "reset":
            linger = struct.pack("ii", 1, 0)  # close with RST instead of FIN
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            writer.transport.abort()
            return False
        head = {
            "content-type": answer.content_type,
            "content-length": str(len(answer.body)),
            "x-request-id": f"req_{uuid.uuid4().hex}",
            "openai-processing-ms": "1",
            **answer.headers,
        }
        lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
        writer.write(f"HTTP/1.1 {answer.status} Status\r\n{lines}\r\n".encode("latin-1"))
        if answer.how == "half":
            writer.write(answer.body[: len(answer.body) // 2])
            await writer.drain()
            return False
        if answer.how == "drip":
            for byte in answer.body:
                writer.write(bytes([byte]))
                await writer.drain()
                await asyncio.sleep(self.drip)
        else:
            writer.write(answer.body)
        await writer.drain()
        return True

    async def _route(
        self, method: str, path: str, content: bytes, headers: dict[str, str]
    ) -> Answer:
        self.counts[f"{method} {path}"] += 1
        if method == "GET" and path == "/v1/models":
            listing = bodies.listing(self.model_list)
            if self.poses_as_real:
                del listing[FAKE_MARK]
            return Answer(body=bodies.encode(listing))
        if path.startswith(("/v1/files", "/v1/batches")):
            return self.batches.route(method, path, content, headers)
        api = {"/v1/responses": "responses", "/v1/chat/completions": "chat"}.get(path)
        if method != "POST" or api is None:
            return Answer(404, b'{"detail":"Not Found"}')
        self.paid += 1
        if self.on_call is not None:
            self.on_call()
        if api not in self.apis:
            return Answer(404, b'{"detail":"Not Found"}')
        body = json.loads(content)
        self.bodies = [*self.bodies[-self.keep_bodies + 1 :], body]
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            if self.delay:
                await asyncio.sleep(self.delay)
            await self.hold.over()
            return self._answer(path, body)
        finally:
            self._at_once -= 1

    # Answering

    def _answer(self, path: str, body: dict[str, Any]) -> Answer:
        prompt, name, schema = bodies.ask_of(body)
        fault = self._fault(prompt)
        http = faults.http_fault(fault) if fault else None
        if http is not None:
            if fault == "unauthorized":  # as careless servers do
                http.body = http.body.replace(b"provided", f"provided: {min(self.keys)}".encode())
            return http
        if name == "rubric":
            opinion = made_up_opinions.make_rubric(prompt)
        else:
            follows = self.obedient or fault == "obeys"
            told = "ignore all previous instructions" in prompt.partition("begin attempt")[2]
            obeys = self.agrees or (follows and told)
            contrary = body["model"] in self.contrary
            opinion = made_up_opinions.make_opinion(
                prompt, schema, obedient=obeys, contrary=contrary
            )
        if self.invents:
            made_up_opinions.invent_quotes(opinion)
        text = json.dumps(opinion)
        if self.preface:
            text = f"{self.preface}```json\n{text}\n```"
        how = fault if fault in ("drip", "half") else "plain"
        if fault in (None, "drip", "half", "obeys", "echo"):
            made = bodies.response(body, text, prompt)
        else:
            made = faults.spoil(fault, body, prompt, opinion)
        self.answers += 1
        made["usage"] = self._bill(body, made["usage"])
        if path.endswith("/chat/completions"):
            made = bodies.chat(body, made)
        if self.poses_as_real:
            del made[FAKE_MARK]
        if fault == "echo":
            return faults.echo(made, min(self.keys))
        return Answer(body=bodies.encode(made), how=how)

    def _bill(self, body: dict[str, Any], usage: dict[str, Any] | None) -> dict[str, Any] | None:
        """Record what an answer costs; returns the usage that is reported."""
        if usage is None:
            return None
        usage["input_tokens"] = int(usage["input_tokens"] * self.input_factor)
        if self.bills_all_output:
            most = body.get("max_output_tokens") or body["max_completion_tokens"]
            usage["output_tokens"] = most
        self.billed.append((usage["input_tokens"], usage["output_tokens"]))
        if self.says_usage == "missing":
            return None
        if self.says_usage != "true":
            said = 0 if self.says_usage == "zero" else -1
            usage["input_tokens"] = usage["output_tokens"] = said
        return usage

    def _fault(self, prompt: str) -> str | None:
        if self.orders:
            return self.orders.pop(0) or None
        order = faults.ordered(prompt.partition("begin attempt")[2] or prompt)
        if order is not None:
            name, times = order
            key = without_ids(prompt)
            self._seen[key] += 1
            return name if times is None or self._seen[key] <= times else None
        for name, share in self.shares.items():
            if self._random.random() < share:
                return name
        return None


def _model(name: str, shutdown: str | None = None) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "id": name,
        "object": "model",
        "created": 1_754_000_000,
        "owned_by": "fake",
    }
    return {**entry, "shutdown_date": shutdown} if shutdown else entry
