"""The compiled kernels, by name."""

from __future__ import annotations

import torch

from . import _kernels


def add(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """The sum of two tensors of one shape, in the type of the first."""
    out = torch.empty_like(x)
    _kernels.add(out, x, y)
    return out


def rms_norm(x: torch.Tensor, weight: torch.Tensor, eps: float) -> torch.Tensor:
    """Root mean square normalisation over the last dimension."""
    out = torch.empty_like(x)
    _kernels.rms_norm(out, x, weight, eps)
    return out
