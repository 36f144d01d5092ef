"""One step of the model for a batch of requests."""

from __future__ import annotations

from collections.abc import Callable

import torch

from .sampler import sample
from .scheduler import Request

Model = Callable[[torch.Tensor, torch.Tensor, torch.Tensor], torch.Tensor]


class Runner:
    """Builds the inputs of a step, calls the model and appends a token to every request."""

    def __init__(self, model: Model, device: str = "cuda", top_k: int = 50) -> None:
        self.model = model
        self.device = device
        self.top_k = top_k

    def step(self, requests: list[Request]) -> None:
        """Generate one token for every request."""
        tokens, positions = self._inputs(requests)
        logits = self.model(tokens, positions, self._block_tables(requests))
        temperature = torch.tensor([request.temperature for request in requests])
        chosen = sample(logits, temperature.to(self.device), self.top_k)
        for request, token in zip(requests, chosen, strict=True):
            request.output.append(token)

    def _inputs(self, requests: list[Request]) -> tuple[torch.Tensor, torch.Tensor]:
        """New tokens of the batch in one row, and the position of each."""
        fresh = [self._fresh_tokens(request) for request in requests]
        total = sum(len(tokens) for tokens in fresh)
        tokens = torch.zeros(total, dtype=torch.int64)
        positions = torch.zeros(total, dtype=torch.int64)
        start = 0
        for request, new in zip(requests, fresh, strict=True):
            end = start + len(new)
            tokens[start:end] = torch.tensor(new)
            positions[start:end] = torch.arange(request.length - len(new), request.length)
            start = end
        return tokens.to(self.device), positions.to(self.device)

    def _block_tables(self, requests: list[Request]) -> torch.Tensor:
        """Cache blocks of each request, one a row, the rest of the row -1."""
        width = max(len(request.blocks) for request in requests)
        tables = torch.zeros((len(requests), width), dtype=torch.int32)
        tables.fill_(-1)
        for row, request in enumerate(requests):
            tables[row, : len(request.blocks)] = torch.tensor(request.blocks)
        return tables.to(self.device)

    @staticmethod
    def _fresh_tokens(request: Request) -> list[int]:
        """The whole prompt in the first step, then the newest token."""
        return request.output[-1:] or request.prompt
