"""Going to any attempt by a part of its id: what the command palette finds among the attempts."""

from __future__ import annotations

import asyncio
from functools import partial

from textual.command import Hit, Hits, Provider
from textual.content import Content

from core.models import Attempt
from core.text import one_line
from tui.render.amounts import commit_name
from tui.screens.triage import TriageScreen

LEAST = 2
"""How many characters must be typed before attempts are searched."""

MOST = 50
"""The most attempts offered at once: typing more narrows them."""

_AT_ONCE = 20_000
"""How many attempts are searched before keys are answered again."""


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
            if holds_words(attempt, words):
                found += 1
                yield _hit(screen, attempt, found)
            if found == MOST:
                return


def holds_words(attempt: Attempt, words: list[str]) -> bool:
    """Does an attempt's key, commit or task hold every word?"""
    key, sha = attempt.key.lower(), attempt.reference_sha
    for word in words:  # a plain loop: it runs over 100,000 at each key
        if word in key or sha.startswith(word):
            continue
        if word not in attempt.instance.lower():  # a task's id as written: org/repo:pr-7
            return False
    return True


def _hit(screen: TriageScreen, attempt: Attempt, number: int) -> Hit:
    name, commit = one_line(attempt.key, 300), screen.triage.commit(attempt.reference_sha)
    of_what = f"{commit_name(commit)} {one_line(commit.subject, 100)}"
    shown = Content.assemble(name, "\n", (of_what, "$dim"))
    order = 1 - number / 1_000  # that of the runs
    return Hit(order, shown, partial(screen.lists.select, attempt.key), text=name)
