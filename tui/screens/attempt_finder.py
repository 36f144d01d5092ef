"""Going to any attempt by a part of its id: what the command palette finds among the attempts."""

from __future__ import annotations

import asyncio
from functools import partial

from textual.command import Hit, Hits, Provider
from textual.content import Content

from core.models import Attempt
from core.text import one_line
from tui.screens.triage import TriageScreen

LEAST = 2
"""So many characters must be typed before attempts are looked for."""

MOST = 50
"""No more attempts are offered at once: who sees these types on."""

_AT_ONCE = 20_000
"""So many attempts are looked through before keys are answered again."""


class AttemptFinder(Provider):
    """Attempts whose key, or whose human commit's id, holds every word that was typed."""

    async def search(self, query: str) -> Hits:
        words, screen = query.lower().split(), self.screen
        if len(query.strip()) < LEAST or not isinstance(screen, TriageScreen):
            return
        found = 0
        for number, attempt in enumerate(screen.triage.run_set.attempts):
            if number % _AT_ONCE == 0:
                await asyncio.sleep(0)
            if _holds(attempt, words):
                found += 1
                yield _hit(screen, attempt, found)
            if found == MOST:
                return


def _holds(attempt: Attempt, words: list[str]) -> bool:
    key, sha = attempt.key.lower(), attempt.reference_sha
    for word in words:  # a plain loop: it runs over 100,000 at each key  # noqa: SIM110
        if word not in key and not sha.startswith(word):
            return False
    return True


def _hit(screen: TriageScreen, attempt: Attempt, number: int) -> Hit:
    name, sha = one_line(attempt.key, 300), attempt.reference_sha[:8]
    subject = one_line(screen.triage.commit(attempt.reference_sha).subject, 100)
    shown = Content.assemble(name, "\n", (f"{one_line(sha)} {subject}", "$dim"))
    order = 1 - number / 1_000  # that of the runs
    return Hit(order, shown, partial(screen.lists.select, attempt.key), text=name)
