"""Logits to the next tokens."""

from __future__ import annotations

import torch


def sample(logits: torch.Tensor, temperature: torch.Tensor, top_k: int) -> list[int]:
    """Draw one token for each row among its `top_k` most likely ones.

    A temperature of 0 takes the most likely token.
    """
    chosen: list[int] = []
    for row, heat in zip(logits.float().cpu(), temperature.cpu(), strict=True):
        if heat == 0:
            chosen.append(int(row.argmax()))
            continue
        values, indices = torch.topk(row / heat, top_k)
        probabilities = torch.softmax(values, dim=-1)
        pick = torch.multinomial(probabilities, num_samples=1)
        chosen.append(int(indices[pick]))
    return chosen
