"""Layers that every model of the engine is made of."""

from __future__ import annotations

import torch
from torch import nn

from . import ops


class RMSNorm(nn.Module):
    """Root mean square normalisation, with the residual stream beside it."""

    def __init__(self, size: int, eps: float = 1e-6) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(size))
        self.eps = eps

    def forward(self, x: torch.Tensor, residual: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """The normalised sum, and the sum itself as the new residual stream."""
        residual = ops.add(x, residual)
        return ops.rms_norm(residual, self.weight, self.eps), residual


class RotaryEmbedding(nn.Module):
    """Turns pairs of features by an angle that grows with the position."""

    def __init__(self, head_size: int, max_positions: int, base: float = 10000.0) -> None:
        super().__init__()
        self.head_size = head_size
        self.max_positions = max_positions
        self.base = base

    def forward(
        self, positions: torch.Tensor, query: torch.Tensor, key: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Rotate queries and keys; `positions` has one entry a token."""
        steps = torch.arange(0, self.head_size, 2, device=positions.device)
        frequencies = self.base ** (-steps.float() / self.head_size)
        angles = positions.float().unsqueeze(1) * frequencies
        cos, sin = angles.cos().unsqueeze(1), angles.sin().unsqueeze(1)
        return self._rotate(query, cos, sin), self._rotate(key, cos, sin)

    @staticmethod
    def _rotate(x: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor) -> torch.Tensor:
        """Rotate the first half of the features against the second half."""
        first, second = x.float().chunk(2, dim=-1)
        turned = torch.cat((first * cos - second * sin, second * cos + first * sin), dim=-1)
        return turned.to(x.dtype)
