"""How a judge's answers become criteria, and votes an opinion: all the rules for it, and pure.

An answer counts only when the judge was shown what it needs. An opinion is what more than half of
all votes say that were asked for; ties and splits are shown, never hidden.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from core.models import CRITERIA, Answer, Criteria, Judgement, JudgementState

ANSWERS = ("yes", "no", "cannot_assess")
CANNOT = "cannot_assess"

NEED_REFERENCE = frozenset({"files_match", "optimization_logic_match", "is_complete"})
"""Criteria that nothing can be said about without the human commit."""

NEED_HUMAN_FILES = frozenset({"optimization_logic_match", "is_complete"})
"""Criteria that need every file of the human diff; the names of all files are always shown."""

NEED_ATTEMPT_FILES = frozenset(CRITERIA) - {"files_match"}
"""Criteria that need every file of the attempt's patch."""

NEED_WHOLE_PATCH = frozenset(CRITERIA)
"""Criteria that need a patch that was not cut before it came here."""

_VALUES = {"yes": True, "no": False}


@dataclass(frozen=True, slots=True)
class Tally:
    """The standing votes on one criterion. `unknown` counts failed calls and `cannot_assess`."""

    yes: int
    no: int
    unknown: int

    @property
    def votes(self) -> int:
        """Votes that were asked for."""
        return self.yes + self.no + self.unknown

    @property
    def decided(self) -> bool | None:
        """What more than half of all votes say, else None."""
        return majority([True] * self.yes + [False] * self.no + [None] * self.unknown)

    @property
    def is_split(self) -> bool:
        """Did judges contradict each other?"""
        return self.yes > 0 and self.no > 0

    @property
    def is_tied(self) -> bool:
        """Did judges answer, and no answer win?"""
        return self.decided is None and self.yes + self.no > 0


class GivenAnswer(Protocol):
    """One criterion as a judge answered it."""

    @property
    def answer(self) -> str:
        """`yes`, `no` or `cannot_assess`."""

    @property
    def why(self) -> str:
        """The reason."""

    @property
    def evidence(self) -> Sequence[str]:
        """The lines that are quoted for it."""


def read_answers(given: Mapping[str, GivenAnswer], blocked: Collection[str]) -> tuple[Answer, ...]:
    """The answers by criterion; those on `blocked` criteria do not count, whatever they say."""
    answers = []
    for name in CRITERIA:
        said = given[name]
        counted = name not in blocked or said.answer == CANNOT
        answers.append(Answer(name, said.answer, said.why, tuple(said.evidence), counted))
    return tuple(answers)


def criteria_of(
    answers: Iterable[Answer], quality: float | None, blocked: Collection[str]
) -> Criteria:
    """The criteria that answers settle. Quality is unknown when anything was blocked."""
    values = {a.criterion: _VALUES.get(a.answer) if a.counted else None for a in answers}
    return Criteria(**values, quality_score=None if blocked else quality)


def tally(judgements: Iterable[Judgement]) -> dict[str, Tally]:
    """The votes that stand among an attempt's judgements, criterion by criterion."""
    standing = standing_votes(judgements)
    return {name: _count([getattr(j.criteria, name) for j in standing]) for name in CRITERIA}


def majority(votes: Sequence[bool | None]) -> bool | None:
    """What more than half of all votes say; None when neither answer has that many."""
    for answer in (True, False):
        if 2 * sum(vote is answer for vote in votes) > len(votes):
            return answer
    return None


def standing_votes(judgements: Iterable[Judgement]) -> tuple[Judgement, ...]:
    """The judgements that vote: the newest of each vote on the newest question with an opinion.

    A vote that failed stands, without an opinion, so that one answer of three is no majority. An
    opinion that came from elsewhere belongs to no question and counts until there is one. What is
    set aside does not vote.
    """
    votes = [j for j in judgements if not j.canary and not j.set_aside]
    opinions = [j for j in votes if _decided(j)]
    asked = [j for j in opinions if j.question]
    if not asked:
        return tuple(opinions) or tuple(votes)
    newest = max(asked, key=_when).question
    standing: dict[int, Judgement] = {}
    for judgement in sorted((j for j in votes if j.question == newest), key=_when):
        held = standing.get(judgement.vote)
        if held is None or _decided(judgement) or not _decided(held):
            standing[judgement.vote] = judgement
    return tuple(standing[vote] for vote in sorted(standing))


def newest_votes(judgements: Iterable[Judgement]) -> tuple[Judgement, ...]:
    """The votes that stand; where none has an opinion, the last try of each."""
    standing = standing_votes(judgements)
    if any(map(_decided, standing)):
        return standing
    return tuple({judgement.vote: judgement for judgement in standing}.values())


def _decided(judgement: Judgement) -> bool:
    return judgement.state is JudgementState.VERDICT


def _when(judgement: Judgement) -> datetime:
    return judgement.created or _LONG_AGO


_LONG_AGO = datetime.min.replace(tzinfo=UTC)


def has_failed(judgements: Sequence[Judgement]) -> bool:
    """Is there a vote without an opinion among those that stand, or is the newest one such?"""
    votes = [j for j in judgements if not j.canary and not j.set_aside]
    newest = votes[-1:]  # judgements stand in order of time
    return any(j.state is not JudgementState.VERDICT for j in (*newest, *newest_votes(judgements)))


def _count(votes: Sequence[bool | None]) -> Tally:
    yes, no = votes.count(True), votes.count(False)
    return Tally(yes, no, len(votes) - yes - no)
