"""When two questions are the same, so that the second needs no call.

What counts: the prompt's text (its fences aside, which are random), the schema, the model, the
effort, the rubric, both patches, and the number of the vote. What does not: who answers where, how
many at once, which tier, for how much.
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
    """The hashes of a question, of one vote on it, and of what its panel was asked together."""

    question: str
    vote: str
    panel: str = ""


def question_key(question: Question, settings: JudgeSettings) -> str:
    """The hash of everything asked but the vote: votes with the same one belong together."""
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
    """The hash of what the models of a panel were asked together; "" for one model alone."""
    if len(settings.panel) == 1:
        return ""
    names = json.dumps(sorted(settings.panel))
    return question_key(question, settings.asking(names))


def vote_key(question: str, vote: int, *, second: bool = False) -> str:
    """The key of one vote on a question, or of the second time that it is asked for."""
    return _hash(question, str(vote), *(["again"] if second else []))


def find_answer(
    judgements: Iterable[Judgement], key: str, attempt: str, *, again: bool, real: bool
) -> Judgement | None:
    """The stored answer to a question about an attempt, None when it has to be asked.

    Errors are not answers. With `again` only supported opinions are: the rest is asked once more.
    What is set aside is none, nor what a fake server made up when a real one would be asked. An
    opinion comes before any other end, the attempt's own before that of another one, and an
    original before what repeats it.
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
        reversed(found),  # the newest of equals
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
        digest.update(f"{len(data)}:".encode())  # so that no two lists of parts run together
        digest.update(data)
    return digest.hexdigest()
