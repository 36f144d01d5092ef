"""What each voice says about a criterion of one attempt: for every format that separates them."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from core.assess.opinions import Tally, tally
from core.assess.outcome import is_judged
from core.models import CRITERIA, Assessment

NO_VOTES = Tally(0, 0, 0)


class CriterionVoices(Struct, frozen=True):
    """A criterion as checks, the judge's standing votes, and each reviewer answer it.

    `settled_by` is "person", "check" or "judge", "" while nobody settles it.
    """

    name: str
    check: bool | None
    votes: Tally
    people: Mapping[str, bool]
    settled: bool | None
    settled_by: str
    contradicted: bool

    @property
    def judge(self) -> bool | None:
        """What more than half of the votes say."""
        return self.votes.decided

    @property
    def person(self) -> bool | None:
        """What the reviewers who answered it say; None if none did, or they differ."""
        said = {*self.people.values()}
        return said.pop() if len(said) == 1 else None

    @property
    def people_differ(self) -> bool:
        """Do reviewers contradict each other?"""
        return len({*self.people.values()}) > 1


def voices_on(known: Assessment) -> tuple[CriterionVoices, ...]:
    """Every criterion of an attempt, in display order."""
    votes = tally(known.judgements) if is_judged(known) else {}
    return tuple(_voices(known, name, votes.get(name, NO_VOTES)) for name in CRITERIA)


def _voices(known: Assessment, name: str, votes: Tally) -> CriterionVoices:
    people = {v.reviewer: getattr(v.criteria, name) for v in known.verdicts}
    return CriterionVoices(
        name,
        getattr(known.report.criteria, name) if known.report else None,
        votes,
        {who: answer for who, answer in people.items() if answer is not None},
        getattr(known.criteria, name),
        known.settled_by.get(name, ""),
        name in known.conflicts,
    )
