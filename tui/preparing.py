"""Matching keys to what was shown: what a window computes first, and when a key was pressed."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Protocol, runtime_checkable


class Preparation:
    """Whether a window is ready for its keys; keys that leave it need not wait."""

    def __init__(self, leaves: Collection[str]) -> None:
        """`leaves`: the keys, by Textual's names, that leave the window."""
        self.leaves = frozenset(leaves)
        self.is_under_way = False
        self._wake: Callable[[], None] = lambda: None

    def begin(self) -> None:
        """From now on keys wait."""
        self.is_under_way = True

    def end(self) -> None:
        """What they waited for is there, or never will be."""
        self.is_under_way = False
        self._wake()

    def then(self, wake: Callable[[], None]) -> None:
        """Call `wake` at the end."""
        self._wake = wake


@runtime_checkable
class Preparing(Protocol):
    """A window that computes something off the UI thread that its keys act on."""

    preparation: Preparation


class Clocked(Protocol):
    """An app that records the time of each user action before anything answers it."""

    pressed_at: float

    def drop_burst(self) -> None:
        """Drop what was typed in one burst with the key that is being answered."""
