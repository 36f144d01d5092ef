"""Decisions: what a person recorded about an attempt, and what that rests on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from msgspec import Struct

from core.models.criteria import UNKNOWN, Criteria, Outcome
from core.models.finding import Side


class CommentKind(StrEnum):
    """What a line comment is for."""

    ERROR = "error"
    QUESTION = "question"
    PRAISE = "praise"
    NOTE = "note"


class LineComment(Struct, frozen=True):
    """A person's remark at a line, or at the lines up to `last_line`, of a file on one side.

    `line_text` is the first of those lines verbatim, and `line_hash` the hash of all of them
    (`core.assess.comments`): with them the place is found again when lines around it move.
    """

    file: str
    line: int
    text: str
    side: Side = Side.ATTEMPT
    kind: CommentKind = CommentKind.NOTE
    last_line: int | None = None  # of a range, itself included; None: one line
    line_text: str = ""
    line_hash: str = ""  # "": from before comments kept it
    resolved: bool = False


NO_PATCH = "none"
"""The hash in a `Basis` that stands for an attempt without a patch."""


class Basis(Struct, frozen=True):
    """The two changes that a decision was made on. "" means unknown.

    `patch` and `human` are hashes of the parsed changes (`core.patch.change_hash`), so that a
    commit read from a JSON file and the same one read from a repository agree; the others are the
    SHA-256 of the bytes that were read. A decision holds while either of a pair agrees.
    """

    patch: str = ""
    human: str = ""
    patch_bytes: str = ""
    human_bytes: str = ""


class InView(StrEnum):
    """What a reviewer could see, beside patch and human change, when the decision was made."""

    JUDGE = "judge"  # the judge's opinion on this attempt
    VERDICTS = "verdicts"  # what others decided about it
    CLAIM = "claim"  # what the pipeline marked it


class Origin(Struct, frozen=True):
    """How a reviewer came to an attempt: a queue, its filter, a sample."""

    queue: str = "all"  # its name (`core.assess.queues`)
    filter: str = ""  # as typed (`core.assess.filters`)
    order: str = ""  # of the list; "random" goes with the seed
    sample: int | None = None  # how many were drawn
    population: int | None = None  # of how many
    seed: int | None = None
    assignment: str = ""  # id of the `Assignment` that it fulfils
    again: bool = False  # the reviewer had decided before: self-agreement
    stratum: str = ""  # the part of the population that was drawn from separately
    inclusion: float | None = None  # its probability of being drawn; None: not at random


class Flag(StrEnum):
    """What a verdict contradicts, as shown to the reviewer, who recorded it all the same."""

    AGAINST_FACT = "against_fact"  # a certain check says otherwise
    AGAINST_OWN_CRITERIA = "against_own_criteria"  # the outcome cannot follow from them


class Verdict(Struct, frozen=True):
    """A person's decision on one attempt: a full snapshot, appended and never changed.

    `undoes` names the verdict that this record takes back; such a record decides nothing itself.
    Criteria, tags, note and comments are not a decision: an outcome is, and so is `cannot_tell`.
    Fields added with schema 2 have a default that means "not recorded".
    """

    id: str
    attempt: str
    reviewer: str
    created: datetime
    outcome: Outcome = Outcome.UNDECIDED
    criteria: Criteria = UNKNOWN
    tags: tuple[str, ...] = ()
    note: str = ""
    comments: tuple[LineComment, ...] = ()
    undoes: str | None = None
    cannot_tell: str | None = None  # why nobody can ("" without a reason); None: one can
    basis: Basis | None = None  # None: unbound, from before verdicts kept hashes
    in_view: tuple[InView, ...] | None = None  # None: not recorded
    origin: Origin | None = None
    seconds: float | None = None  # spent on the attempt, idle time excluded
    adjudicates: tuple[str, ...] = ()  # ids of the differing verdicts that this one settles
    derived_from: str = ""  # id of the verdict that was copied to other attempts or sided with
    flags: tuple[Flag, ...] = ()

    @property
    def is_decision(self) -> bool:
        """Does it say what the attempt is, or that nobody can tell?"""
        return self.undoes is None and (
            self.outcome is not Outcome.UNDECIDED or self.cannot_tell is not None
        )

    @property
    def blind(self) -> bool | None:
        """Was the judge's opinion out of view? None when that was not recorded."""
        return None if self.in_view is None else InView.JUDGE not in self.in_view

    @staticmethod
    def upgraded(data: Mapping[str, Any]) -> Mapping[str, Any]:
        """A stored verdict with schema 1's `blind` converted to what was in view.

        Schema 1 wrote `blind` false whatever was in view, so that only true is informative.
        """
        if data.get("blind") is True and "in_view" not in data:
            return {**data, "in_view": []}
        return data
