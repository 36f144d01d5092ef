"""The judge's opinions as `gpt5_evaluations.json`, for pipelines that read that file.

The published form has no word for unknown, and its script recorded failed calls as verdicts. Here
unknown is null, and a failed call says so in its first issue, where readers of the published file
look for it. Opinions that are set aside and people's decisions are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import median
from typing import Any

from core import codec
from core.assess.opinions import newest_votes, standing_votes
from core.assess.strata import judge_says_true
from core.export.criterion_voices import voices_on
from core.export.export_document import AttemptResult, CommitResult, Document
from core.export.judge_card_text import card_line
from core.models import CRITERIA, Judgement, JudgementState

NAMES = ("evaluations.json",)
"""Endings of file names that select this format."""

FAILED = "Evaluation error: "
"""How the first issue of a failed call begins."""


def render(document: Document) -> Iterator[str]:
    """A list with an entry for each human commit, one per line."""
    yield "["
    card = card_line(document.statistics.judge_card)
    for number, commit in enumerate(document.commits):
        entry = {**_commit(commit), "judge_card": card}
        yield ("\n" if number == 0 else ",\n") + codec.dumps(entry)
    yield "\n]\n"


def _commit(found: CommitResult) -> dict[str, Any]:
    evaluated = [_attempt(r, votes) for r in found.attempts if (votes := _votes(r))]
    return {
        "commit": found.commit.sha,
        "subject": found.commit.subject or "Unknown",
        "human_files": list(found.commit.files),
        "total_attempts": len(found.attempts),
        "evaluated_attempts": evaluated,
    }


def _votes(result: AttemptResult) -> Sequence[Judgement]:
    """The standing votes; if no call gave an opinion, the last tries."""
    judgements = result.assessment.judgements
    return standing_votes(judgements) and newest_votes(judgements)


def _attempt(result: AttemptResult, votes: Sequence[Judgement]) -> dict[str, Any]:
    attempt = result.assessment.attempt
    opinions = [vote for vote in votes if vote.state is JudgementState.VERDICT]
    return {
        "run_id": attempt.run,
        "item_id": attempt.item,
        "status": attempt.status,
        "patch_size": attempt.patch.recorded_bytes or attempt.patch.held_bytes,
        "evaluation": _opinion(result, opinions) if opinions else _failure(votes),
    }


def _opinion(result: AttemptResult, opinions: Sequence[Judgement]) -> dict[str, Any]:
    scores = [s for vote in opinions if (s := vote.criteria.quality_score) is not None]
    models = {vote.model for vote in opinions}
    return {
        **{voices.name: voices.judge for voices in voices_on(result.assessment)},
        "quality_score": median(scores) if scores else None,
        "issues": [
            f"{issue.place}: {issue.message}" if issue.place else issue.message
            for vote in opinions
            for issue in vote.issues
        ],
        "reasoning": "\n\n".join(vote.reasoning for vote in opinions if vote.reasoning),
        "true_success": judge_says_true(result.assessment),
        "model": models.pop() if len(models) == 1 else None,
        "votes": len(opinions),
    }


def _failure(votes: Sequence[Judgement]) -> dict[str, Any]:
    last = votes[-1]
    return {
        **dict.fromkeys((*CRITERIA, "quality_score")),
        "issues": [f"{FAILED}{last.error.removeprefix(FAILED) or last.state.value}"],
        "reasoning": "",
        "true_success": None,
        "model": last.model,
        "votes": 0,
    }
