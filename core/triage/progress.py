"""How far a triage has come: the counts of the header and of the commit list."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from core.assess.outcome import is_open, is_reviewed
from core.models import Assessment, HumanCommit, Verdict


class CommitProgress(Struct, frozen=True):
    """One line of the commit list: a human commit and its review progress."""

    commit: HumanCommit
    attempts: int
    marked: int
    reviewed: int
    with_patch: int
    open: int  # undecided ones with a patch, disputes excluded
    disputed: int


def commit_progress(commit: HumanCommit, known: Sequence[Assessment]) -> CommitProgress:
    """The review progress of the attempts at one human commit."""
    return CommitProgress(
        commit=commit,
        attempts=len(known),
        marked=sum(one.attempt.marked_success is True for one in known),
        reviewed=sum(map(is_reviewed, known)),
        with_patch=sum(one.attempt.patch.has_text for one in known),
        open=sum(map(is_open, known)),
        disputed=sum(one.disputed for one in known),
    )


def pace(verdicts: Iterable[Verdict]) -> float | None:
    """The average seconds per decision; None if nobody measured them.

    `verdicts` are one reviewer's newest ones, each with the time spent on its attempt until then.
    """
    taken = [one.seconds for one in verdicts if one.is_decision and one.seconds is not None]
    return sum(taken) / len(taken) if taken else None


class Progress(Struct, frozen=True):
    """The counts of the header. Only attempts with a patch need a person: `with_patch`."""

    commits: int
    attempts: int
    with_patch: int
    judged: int
    reviewed: int
    disputed: int
    outdated: int
    strays: int  # verdicts that belong to no attempt
    problems: int
    unsaved: int
    pace_s: float | None = None  # seconds this reviewer spends per attempt, idle time excluded
