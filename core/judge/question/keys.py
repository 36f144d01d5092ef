"""When two questions are the same, so that the second needs no call.

What counts: the prompt's text (without its random fences), the schema, the model, the effort, the
rubric, both patches, and the number of the vote. What does not: which server answers, how many
calls run at once, which tier, at what price.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import urlsplit

from core.judge.question.judge_prompt import Question
from core.models import Judgement, JudgementState
from core.settings import JudgeSettings
from core.sources import encode


class Keys(NamedTuple):
    """The hashes of a question, of one vote on it, and of the panel's joint question."""

    question: str
    vote: str
    panel: str = ""


def question_key(question: Question, settings: JudgeSettings) -> str:
    """The hash of everything asked except the vote: votes with the same one belong together."""
    return _hash(
        question.told.label,
        question.instructions,
        question.text,
        json.dumps(question.schema, sort_keys=True),
        settings.model,
        settings.effort,
        question.rubric,
        *question.patches,
    )


def panel_key(question: Question, settings: JudgeSettings) -> str:
    """The hash of what the models of a panel were asked together; "" for a single model."""
    if len(settings.panel) == 1:
        return ""
    names = json.dumps(sorted(settings.panel))
    return question_key(question, settings.asking(names))


def vote_key(question: str, vote: int, *, second: bool = False) -> str:
    """The key of one vote on a question, or of its repetition."""
    return _hash(question, str(vote), *(["again"] if second else []))


def find_answer(
    judgements: Iterable[Judgement], key: str, attempt: str, *, again: bool, real: bool
) -> Judgement | None:
    """The stored answer to a question about an attempt, None if it has to be asked.

    Errors are not answers. With `again` only supported opinions are: the rest is asked once more.
    Judgements that are set aside do not count, nor those of a fake server when a real one would be
    asked. An opinion takes precedence over any other end, the attempt's own over another's, and an
    original over a copy.
    """
    found = [
        judgement
        for judgement in judgements
        if judgement.key == key
        and judgement.state is not JudgementState.ERROR
        and not (again and not is_supported_opinion(judgement))
        and not (real and judgement.is_made_up)
        and not judgement.set_aside
    ]
    return max(
        reversed(found),  # the newest among equals
        key=lambda j: (j.state is JudgementState.VERDICT, j.attempt == attempt, bool(j.calls)),
        default=None,
    )


def is_supported_opinion(judgement: Judgement) -> bool:
    """Is there an opinion, and does what was shown support all of its answers?"""
    return judgement.state is JudgementState.VERDICT and not any(
        answer.unsupported for answer in judgement.answers
    )


def is_loopback(base_url: str) -> bool:
    """Is the server on this machine?"""
    return urlsplit(base_url).hostname in ("127.0.0.1", "localhost", "::1")


def _hash(*parts: str) -> str:
    digest = hashlib.sha256()
    for part in parts:
        data = encode(part)
        digest.update(f"{len(data)}:".encode())  # so that no two lists of parts collide
        digest.update(data)
    return digest.hexdigest()
