"""How answers become criteria, and votes a majority: pure rules, with every split shown.

An answer counts only when the judge was shown what it needs. Which votes stand, and who settles
a criterion, is decided in `core.outcome`; here is what they amount to.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from core.judge.schema import CANNOT, JudgementReply
from core.models import CRITERIA, Answer, Call, Criteria, Issue, Judgement, JudgementState
from core.outcome import majority, newest_votes, standing_votes

NEED_REFERENCE = frozenset({"files_match", "optimization_logic_match", "is_complete"})
"""Criteria that nothing can be said about without the human commit."""

NEED_HUMAN_FILES = frozenset({"optimization_logic_match", "is_complete"})
"""Criteria that need every file of the human diff; the names of all files are always shown."""

NEED_ATTEMPT_FILES = frozenset(CRITERIA) - {"files_match"}
"""Criteria that need every file of the attempt's patch."""

NEED_WHOLE_PATCH = frozenset(CRITERIA)
"""Criteria that need a patch that was not cut before it came here."""

_DATE = re.compile(r"-(?:\d{4}-?\d{2}-?\d{2}|latest)")

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


def read_answers(reply: JudgementReply, blocked: Collection[str]) -> tuple[Answer, ...]:
    """The answers of a reply; those on `blocked` criteria do not count, whatever they say."""
    answers = []
    for name in CRITERIA:
        given = getattr(reply.criteria, name)
        counted = name not in blocked or given.answer == CANNOT
        answers.append(Answer(name, given.answer, given.why, tuple(given.evidence), counted))
    return tuple(answers)


def criteria_of(
    answers: Iterable[Answer], quality: float | None, blocked: Collection[str]
) -> Criteria:
    """The criteria that answers settle. Quality is unknown when anything was blocked."""
    values = {a.criterion: _VALUES.get(a.answer) if a.counted else None for a in answers}
    return Criteria(**values, quality_score=None if blocked else quality)


def read_issues(reply: JudgementReply) -> tuple[Issue, ...]:
    """The issues of a reply; a line that cannot be one is dropped."""
    return tuple(
        Issue(
            issue.message,
            issue.severity,
            issue.file or None,
            issue.line if issue.line is not None and issue.line > 0 else None,
        )
        for issue in reply.issues
    )


def tally(judgements: Iterable[Judgement]) -> dict[str, Tally]:
    """The votes that stand among an attempt's judgements, criterion by criterion."""
    standing = standing_votes(judgements)
    return {name: _count([getattr(j.criteria, name) for j in standing]) for name in CRITERIA}


def has_failed(judgements: Sequence[Judgement]) -> bool:
    """Is there a vote without an opinion among those that stand, or is the newest one such?"""
    votes = [j for j in judgements if not j.canary]
    newest = votes[-1:]  # judgements stand in order of time
    return any(j.state is not JudgementState.VERDICT for j in (*newest, *newest_votes(judgements)))


def is_other_model(call: Call) -> bool:
    """Did another model answer than was asked? A dated name is of the same one."""
    reported = call.reported_model
    if not reported or reported == call.model or reported == f"{call.model}-fake":
        return False
    return not (reported.startswith(call.model) and _DATE.fullmatch(reported, len(call.model)))


def _count(votes: Sequence[bool | None]) -> Tally:
    yes, no = votes.count(True), votes.count(False)
    return Tally(yes, no, len(votes) - yes - no)
