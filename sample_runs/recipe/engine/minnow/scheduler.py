"""Which requests run in the next step, within the budget of tokens and cache blocks."""

from __future__ import annotations

from dataclasses import dataclass, field

from .cache import BlockCache


@dataclass
class Request:
    """One prompt and what has been generated for it so far."""

    name: str
    prompt: list[int]
    max_new_tokens: int
    priority: int = 0
    arrival: float = 0.0
    temperature: float = 1.0
    output: list[int] = field(default_factory=list)
    blocks: list[int] = field(default_factory=list)

    @property
    def length(self) -> int:
        """Tokens of the prompt and of the output."""
        return len(self.prompt) + len(self.output)

    @property
    def finished(self) -> bool:
        """Has it as many new tokens as were asked for?"""
        return len(self.output) >= self.max_new_tokens


class Scheduler:
    """Keeps waiting and running requests and fills each step."""

    def __init__(
        self, cache: BlockCache, max_batch_tokens: int = 8192, max_running: int = 64
    ) -> None:
        self.cache = cache
        self.max_batch_tokens = max_batch_tokens
        self.max_running = max_running
        self.waiting: list[Request] = []
        self.running: list[Request] = []

    def add(self, request: Request) -> None:
        """Queue a request."""
        self.waiting.append(request)

    def schedule(self) -> list[Request]:
        """The requests of the next step; a lower priority number goes first."""
        self._drop_finished()
        self.waiting.sort(key=lambda request: (request.priority, request.arrival))
        budget = self.max_batch_tokens - len(self.running)
        while self.waiting and len(self.running) < self.max_running:
            request = self.waiting[0]
            if len(request.prompt) > budget or not self.cache.can_allocate(request.prompt):
                break
            self.waiting.pop(0)
            request.blocks = self.cache.allocate(request.prompt)
            budget -= len(request.prompt)
            self.running.append(request)
        return list(self.running)

    def abort(self, name: str) -> bool:
        """Forget a request, waiting or running; False when there is none of this name."""
        for queue in (self.waiting, self.running):
            for request in queue:
                if request.name == name:
                    queue.remove(request)
                    self.cache.release(request.blocks)
                    return True
        return False

    def _drop_finished(self) -> None:
        """Free the blocks of finished requests."""
        for request in self.running:
            if request.finished:
                self.cache.release(request.blocks)
        self.running = [request for request in self.running if not request.finished]
