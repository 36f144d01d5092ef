"""Sends text to the client as it appears."""

from __future__ import annotations

from collections.abc import Iterator

from .runner import Runner
from .scheduler import Request, Scheduler
from .tokenizer import Tokenizer


class TextStream:
    """The text of one request, given out in pieces."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self.tokenizer = tokenizer
        self.ids: list[int] = []
        self.sent = 0

    def push(self, token: int) -> str:
        """Add a token; the text that is now certain and was not sent before."""
        self.ids.append(token)
        text = self.tokenizer.decode(self.ids).decode("utf-8", "replace")
        if text.endswith("\ufffd"):
            return ""
        piece = text[self.sent :]
        self.sent = len(text)
        return piece


class Server:
    """Runs the engine for its clients."""

    def __init__(self, tokenizer: Tokenizer, scheduler: Scheduler, runner: Runner) -> None:
        self.tokenizer = tokenizer
        self.scheduler = scheduler
        self.runner = runner
        self.streams: dict[str, TextStream] = {}

    def submit(self, name: str, text: str, max_new_tokens: int = 128) -> None:
        """Queue a prompt under a name."""
        self.streams[name] = TextStream(self.tokenizer)
        self.scheduler.add(Request(name, self.tokenizer.encode(text), max_new_tokens))

    def step(self) -> Iterator[tuple[str, str]]:
        """Run one step; names and the new text of each."""
        batch = self.scheduler.schedule()
        if not batch:
            return
        self.runner.step(batch)
        for request in batch:
            piece = self.streams[request.name].push(request.output[-1])
            if piece:
                yield request.name, piece
            if request.finished:
                del self.streams[request.name]
