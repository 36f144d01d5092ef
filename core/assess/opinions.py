"""How a judge's answers become criteria, and votes an opinion: all the rules for it. Pure.

An answer counts only when the judge was shown what it needs. An opinion is what more than half of
all requested votes say; ties and splits are shown, never hidden. Where several models vote, each
has one voice, the majority of its votes, and more than half of the models must agree: two that
differ settle nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Protocol

from msgspec import Struct

from core.models import CRITERIA, Answer, Assessment, Criteria, Judgement, JudgementState

ANSWERS = ("yes", "no", "cannot_assess")
CANNOT = "cannot_assess"
COMPLETE = "is_complete"

NEED_REFERENCE = frozenset({"files_match", "optimization_logic_match", "is_complete"})
"""Criteria that cannot be answered without the human commit."""

NEED_HUMAN_FILES = frozenset({"optimization_logic_match", "is_complete"})
"""Criteria that need every file of the human diff; file names are always shown."""

NEED_ATTEMPT_FILES = frozenset(CRITERIA) - {"files_match"}
"""Criteria that need every file of the attempt's patch."""

NEED_WHOLE_PATCH = frozenset(CRITERIA)
"""Criteria that need a patch that was not already cut."""

_VALUES = {"yes": True, "no": False}


class Tally(Struct, frozen=True):
    """The standing votes on one criterion. `unknown` counts failed calls and `cannot_assess`.

    `voices` is what each requested model says.
    """

    yes: int
    no: int
    unknown: int
    voices: tuple[bool | None, ...] = ()

    @property
    def votes(self) -> int:
        """Votes that were requested."""
        return self.yes + self.no + self.unknown

    @property
    def decided(self) -> bool | None:
        """What more than half of all models say, each by a majority of its votes; else None."""
        return majority(self.voices)

    @property
    def is_split(self) -> bool:
        """Did judges contradict each other?"""
        return self.yes > 0 and self.no > 0

    @property
    def models_differ(self) -> bool:
        """Does one model say yes and another no?"""
        return True in self.voices and False in self.voices

    @property
    def is_tied(self) -> bool:
        """Did judges answer without a majority?"""
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
        """The lines quoted for it."""


IsSupported = Callable[[str, str, Sequence[str]], bool]
"""Does an answer (criterion, word, quotes) rest on what was shown?"""


def read_answers(
    given: Mapping[str, GivenAnswer],
    blocked: Collection[str],
    must_haves: Mapping[str, GivenAnswer] | None = None,
    is_supported: IsSupported = lambda *_: True,
) -> tuple[Answer, ...]:
    """The answers, criteria first, then must-haves.

    Answers on `blocked` criteria do not count, whatever they say, nor do unsupported ones.
    Completeness follows from the must-haves, unless it was asked for.
    """
    is_complete_blocked = COMPLETE in blocked
    musts = [
        _read(f"must-have {name.removeprefix('m')}", said, is_complete_blocked, is_supported)
        for name, said in (must_haves or {}).items()
    ]
    found = {name: _read(name, said, name in blocked, is_supported) for name, said in given.items()}
    if COMPLETE not in found:
        found[COMPLETE] = _completeness(musts, found["optimization_logic_match"])
    return (*(found[name] for name in CRITERIA), *musts)


def _read(name: str, said: GivenAnswer, is_blocked: bool, is_supported: IsSupported) -> Answer:
    quotes = tuple(said.evidence)
    unsupported = not is_supported(name, said.answer, quotes)
    counted = said.answer == CANNOT or not (is_blocked or unsupported)
    return Answer(name, said.answer, said.why, quotes, counted, unsupported)


def _completeness(musts: Sequence[Answer], logic: Answer) -> Answer:
    """Complete means that every must-have is done; without any, the essential change."""
    parts = musts or [logic]
    words = [answer.answer if answer.counted else CANNOT for answer in parts]
    word = "no" if "no" in words else CANNOT if CANNOT in words else "yes"
    why = ", ".join(f"{part.criterion}: {said}" for part, said in zip(parts, words, strict=True))
    return Answer(COMPLETE, word, why)


def criteria_of(
    answers: Iterable[Answer], quality: float | None, blocked: Collection[str]
) -> Criteria:
    """The criteria that answers settle. Quality is unknown if anything was blocked."""
    values = {
        a.criterion: _VALUES.get(a.answer) if a.counted else None
        for a in answers
        if a.criterion in CRITERIA
    }
    return Criteria(**values, quality_score=None if blocked else quality)


def tally(judgements: Iterable[Judgement]) -> dict[str, Tally]:
    """The standing votes among an attempt's judgements, by criterion."""
    held = tuple(judgements)
    models: dict[str, list[Judgement]] = {}
    for judgement in standing_votes(held):
        models.setdefault(judgement.question, []).append(judgement)
    together = {_together(own[0]) for own in models.values()}
    left = {j.question for j in held if j.set_aside and j.question and _together(j) in together}
    asked = _models_asked(models.values()) - len(left - models.keys())
    return {name: _count(list(models.values()), name, asked) for name in CRITERIA}


def judge_criteria(judgements: Iterable[Judgement]) -> Criteria:
    """The criteria by the judge alone, unknown without a majority; no quality."""
    return Criteria(**{name: votes.decided for name, votes in tally(judgements).items()})


def judge_says(known: Assessment, name: str) -> bool | None:
    """A criterion by the judge alone; None without a majority."""
    return tally(known.judgements)[name].decided if known.judgements else None


def _models_asked(models: Iterable[Sequence[Judgement]]) -> int:
    return max((j.of_models for own in models for j in own), default=0)


def majority(votes: Sequence[bool | None]) -> bool | None:
    """What more than half of all votes say; None without such a majority."""
    for answer in (True, False):
        if 2 * votes.count(answer) > len(votes):
            return answer
    return None


def standing_votes(judgements: Iterable[Judgement]) -> tuple[Judgement, ...]:
    """The judgements that vote: the newest of each vote on the newest question with an opinion.

    Models that were asked together vote together.

    A failed vote stands without an opinion, so that one answer out of three is no majority. An
    imported opinion belongs to no question and counts until there is one. Judgements that are set
    aside do not vote, and their models count as not asked.
    """
    votes = [j for j in judgements if not j.canary and not j.set_aside]
    opinions = [j for j in votes if _decided(j)]
    asked = [j for j in opinions if j.question]
    if not asked:
        return tuple(opinions) or tuple(votes)
    questions = {_together(j) for j in asked}
    newest = questions.pop() if len(questions) == 1 else _together(max(asked, key=_when))
    standing: dict[tuple[str, int], Judgement] = {}
    for judgement in sorted([j for j in votes if _together(j) == newest], key=_when):
        name = judgement.question, judgement.vote
        held = standing.get(name)
        if held is None or _decided(judgement) or not _decided(held):
            standing[name] = judgement
    return tuple(standing[name] for name in sorted(standing))


def _together(judgement: Judgement) -> str:
    """What votes on the same question share."""
    return judgement.panel or judgement.question


def newest_votes(judgements: Iterable[Judgement]) -> tuple[Judgement, ...]:
    """The standing votes; where none has an opinion, the last try of each."""
    standing = standing_votes(judgements)
    if any(map(_decided, standing)):
        return standing
    return tuple({(j.question, j.vote): j for j in standing}.values())


def _decided(judgement: Judgement) -> bool:
    return judgement.state is JudgementState.VERDICT


def _when(judgement: Judgement) -> datetime:
    return judgement.created or _LONG_AGO


_LONG_AGO = datetime.min.replace(tzinfo=UTC)


def has_failed(judgements: Sequence[Judgement]) -> bool:
    """Does any standing vote lack an opinion, or have an unsupported answer?

    The newest judgement counts as standing.
    """
    votes = [j for j in judgements if not j.canary and not j.set_aside]
    newest = votes[-1:]  # judgements are in order of time
    return any(
        not _decided(j) or any(answer.unsupported for answer in j.answers)
        for j in (*newest, *newest_votes(judgements))
    )


def _count(models: Sequence[Sequence[Judgement]], name: str, asked: int) -> Tally:
    """The votes on a criterion, model by model; a requested vote that is missing is None.

    Imported votes are counted as they are.
    """
    votes: list[bool | None] = []
    voices: list[bool | None] = []
    for own in models:
        said: list[bool | None] = [getattr(judgement.criteria, name) for judgement in own]
        said += [None] * (max(j.of_votes for j in own) - len(said))
        votes += said
        voices.append(majority(said))
    voices += [None] * (asked - len(voices))
    yes, no = votes.count(True), votes.count(False)
    return Tally(yes, no, len(votes) - yes - no, tuple(voices))
