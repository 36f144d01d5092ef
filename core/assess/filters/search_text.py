"""The text of an attempt that is searched first for a filter's words, in lower case."""

from __future__ import annotations

from collections.abc import Sequence
from operator import is_

from core.models import Attempt


class SearchTexts:
    """A cache of the texts last asked for: a filter runs again at every letter typed."""

    def __init__(self) -> None:
        self._attempts: Sequence[Attempt] = ()
        self._texts: Sequence[str] = ()

    def of(self, attempts: Sequence[Attempt]) -> Sequence[str]:
        """The text of each; rebuilt unless the last call was for the same records."""
        same = len(attempts) == len(self._attempts) and all(map(is_, attempts, self._attempts))
        if not same:
            self._attempts, self._texts = attempts, list(map(search_text, attempts))
        return self._texts


def search_text(attempt: Attempt) -> str:
    """Its names, its commit and the prompt's targets, a line each."""
    names = (attempt.key, attempt.agent, attempt.model, attempt.run, attempt.item, attempt.task)
    return "\n".join((*names, attempt.reference_sha, *attempt.target_files)).lower()
