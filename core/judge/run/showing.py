"""Shows what would be sent about an attempt, verbatim except for random ids, and sends nothing."""

from __future__ import annotations

import json

from msgspec import Struct

from core.errors import SourceError
from core.judge.question.judge_prompt import Question
from core.judge.run.commit_evidence import CommitEvidence, why_unjudgeable
from core.judge.run.estimate import STAND_IN
from core.judge.run.proposal import Proposal
from core.records import replace
from core.store import Store

NO_RUBRIC = "There is no rubric yet: it is requested first, then the attempt is judged against it."


class Shown(Struct, frozen=True):
    """Prompts as people read them, and why there are no more."""

    prompts: tuple[str, ...]
    reasons: tuple[str, ...] = ()


def show_prompts(proposal: Proposal, store: Store) -> Shown:
    """The prompts of a proposal's first votes: the rubric's if it is missing, and each once."""
    prompts: list[str] = []
    reasons = [f"{key}: {reason}" for key, reason in proposal.figures.skipped]
    for group in proposal.plan.groups:
        evidence = CommitEvidence(group, proposal.plan, store, proposal.settings, proposal.reports)
        rubric = evidence.rubric
        if evidence.rubric_question is not None:
            prompts.append(_text(evidence.rubric_question))
            reasons.append(NO_RUBRIC)
            rubric = replace(STAND_IN, essential_change="(the rubric)")
        for job in group.jobs:
            if job.vote > 1 or job.canary:
                continue
            try:
                question = evidence.question(job, rubric)
            except SourceError:
                continue  # it is among those that are skipped
            if not why_unjudgeable(question, proposal.settings):
                prompts.append(_text(question))
    return Shown(tuple(prompts), tuple(reasons))


def _text(question: Question) -> str:
    return "\n".join(
        [
            f"===== instructions ({question.told.label}) =====",
            question.instructions,
            f"===== evidence (about {question.tokens} tokens; the ids are random when sent) =====",
            question.render(),
            "===== schema =====",
            json.dumps(question.schema, indent=1),
        ]
    )
