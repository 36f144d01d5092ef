"""When keys meant what is shown: what a window computes first, and when a key was pressed."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Protocol, runtime_checkable


class Preparation:
    """Whether a window is ready for its keys; those that leave it need not wait."""

    def __init__(self, leaves: Collection[str]) -> None:
        """`leaves`: the keys, as Textual names them, by which one leaves the window."""
        self.leaves = frozenset(leaves)
        self.is_under_way = False
        self._wake: Callable[[], None] = lambda: None

    def begin(self) -> None:
        """From now on keys wait."""
        self.is_under_way = True

    def end(self) -> None:
        """What they waited for is there, or will never be."""
        self.is_under_way = False
        self._wake()

    def then(self, wake: Callable[[], None]) -> None:
        """Call `wake` at the end."""
        self._wake = wake


@runtime_checkable
class Preparing(Protocol):
    """A window that computes something off the UI thread which its keys act on."""

    preparation: Preparation


class Clocked(Protocol):
    """An app that takes the time of what the user does before anything answers it."""

    pressed_at: float

    def drop_burst(self) -> None:
        """Leave out what was typed in one go with the key that is being answered."""
