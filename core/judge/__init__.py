"""Opinions: what a model is asked, how that is sent, stored and paid for, how far to trust it.

This is the public face of these packages: what the screen and the commands need from them. `audit`
builds on them, `fake_server` is separate. A name is imported from its module on first use, so that
code that only reads opinions loads no client.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from core.judge.batch.batch_reports import BatchesCollected, BatchesSent, SentBatch
    from core.judge.batch.collect import collect_batches
    from core.judge.batch.submit import submit_batches
    from core.judge.books.ledger import Totals, find_totals
    from core.judge.question.replay import Replayers
    from core.judge.question.rubric import current_rubric, edit_rubric
    from core.judge.run.estimate import Estimate
    from core.judge.run.events import (
        Event,
        Finished,
        Halted,
        Judged,
        Notice,
        Progress,
        RubricWritten,
        Slowed,
        Summary,
    )
    from core.judge.run.model_choice import ModelOffer, offer_models
    from core.judge.run.plan import Plan, Selection, select_attempts
    from core.judge.run.process import JudgeProcess
    from core.judge.run.proposal import NoModelError, Proposal, propose
    from core.judge.run.showing import show_prompts
    from core.judge.wire.shutdown import announced_date, shutdown_warning

_ROOMS = {
    "batch.batch_reports": ("BatchesCollected", "BatchesSent", "SentBatch"),
    "batch.collect": ("collect_batches",),
    "batch.submit": ("submit_batches",),
    "books.ledger": ("Totals", "find_totals"),
    "question.replay": ("Replayers",),
    "question.rubric": ("current_rubric", "edit_rubric"),
    "run.estimate": ("Estimate",),
    "run.events": (
        "Event",
        "Finished",
        "Halted",
        "Judged",
        "Notice",
        "Progress",
        "RubricWritten",
        "Slowed",
        "Summary",
    ),
    "run.model_choice": ("ModelOffer", "offer_models"),
    "run.plan": ("Plan", "Selection", "select_attempts"),
    "run.process": ("JudgeProcess",),
    "run.proposal": ("NoModelError", "Proposal", "propose"),
    "run.showing": ("show_prompts",),
    "wire.shutdown": ("announced_date", "shutdown_warning"),
}
"""The public names, by the module that defines them."""

_MODULES = {name: module for module, names in _ROOMS.items() for name in names}

__all__ = [
    "BatchesCollected",
    "BatchesSent",
    "Estimate",
    "Event",
    "Finished",
    "Halted",
    "JudgeProcess",
    "Judged",
    "ModelOffer",
    "NoModelError",
    "Notice",
    "Plan",
    "Progress",
    "Proposal",
    "Replayers",
    "RubricWritten",
    "Selection",
    "SentBatch",
    "Slowed",
    "Summary",
    "Totals",
    "announced_date",
    "collect_batches",
    "current_rubric",
    "edit_rubric",
    "find_totals",
    "offer_models",
    "propose",
    "select_attempts",
    "show_prompts",
    "shutdown_warning",
    "submit_batches",
]


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    globals()[name] = found
    return found
