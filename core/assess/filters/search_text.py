"""The text of an attempt in which the words of a filter are looked for first, in small letters."""

from __future__ import annotations

from collections.abc import Sequence
from operator import is_

from core.models import Attempt


class SearchTexts:
    """The texts of the attempts that were asked for last: they are filtered at each letter."""

    def __init__(self) -> None:
        self._attempts: Sequence[Attempt] = ()
        self._texts: Sequence[str] = ()

    def of(self, attempts: Sequence[Attempt]) -> Sequence[str]:
        """The text of each; made anew unless these very records were asked for the last time."""
        same = len(attempts) == len(self._attempts) and all(map(is_, attempts, self._attempts))
        if not same:
            self._attempts, self._texts = attempts, list(map(search_text, attempts))
        return self._texts


def search_text(attempt: Attempt) -> str:
    """Its names, its commit and the prompt's targets, a line each."""
    names = (attempt.key, attempt.agent, attempt.model, attempt.run, attempt.item, attempt.task)
    return "\n".join((*names, attempt.reference_sha, *attempt.target_files)).lower()
