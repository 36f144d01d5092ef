"""Blocks of the key and value cache: who holds which."""

from __future__ import annotations


class BlockCache:
    """Hands out blocks by number; the tensors behind them belong to the runner."""

    def __init__(self, blocks: int, block_size: int = 16) -> None:
        self.block_size = block_size
        self.free = list(range(blocks))

    def blocks_for(self, tokens: int) -> int:
        """How many blocks hold this many tokens."""
        return -(-tokens // self.block_size)

    def can_allocate(self, tokens: list[int]) -> bool:
        """Are there blocks for a prompt and its first new token?"""
        return self.blocks_for(len(tokens) + 1) <= len(self.free)

    def allocate(self, tokens: list[int]) -> list[int]:
        """Take the blocks of a prompt and its first new token."""
        return [self.free.pop() for _ in range(self.blocks_for(len(tokens) + 1))]

    def grow(self, blocks: list[int], length: int) -> bool:
        """Add a block when a sequence no longer fits; False when none is left."""
        if self.blocks_for(length + 1) <= len(blocks):
            return True
        if not self.free:
            return False
        blocks.append(self.free.pop())
        return True

    def release(self, blocks: list[int]) -> None:
        """Give all blocks of a sequence back."""
        self.free.extend(blocks)
        blocks.clear()
