"""Opinions: what a model is asked, how that is sent, stored and paid for, how far to trust it.

This is the face of these rooms: modules, each for one thing that the screen and the commands do
with the judge. `audit` and `derive` build on them, `fake_server` is separate. A module is imported
on first use, so that code that only reads opinions does not load what asks for them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from core.judge import batch
    from core.judge.books import ledger
    from core.judge.question import replay
    from core.judge.question import rubric as rubrics
    from core.judge.run import events, model_choice, process, showing
    from core.judge.run import proposal as proposals

__all__ = [
    "batch",  # send votes now, collect them within a day, at half the price
    "events",  # what a run reports while it goes, and its summary
    "ledger",  # what has been spent
    "model_choice",  # which models a server offers, and until when
    "process",  # a run, in a process of its own
    "proposals",  # which attempts to ask about, and what that would cost
    "replay",  # a question again, as it was asked
    "rubrics",  # the rubric that holds for a human commit, and an edited one
    "showing",  # the prompts that a proposal would send
]

_PLACES = {
    "batch": "batch",
    "events": "run.events",
    "ledger": "books.ledger",
    "model_choice": "run.model_choice",
    "process": "run.process",
    "proposals": "run.proposal",
    "replay": "question.replay",
    "rubrics": "question.rubric",
    "showing": "run.showing",
}


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return import_module(f"{__name__}.{_PLACES[name]}")
