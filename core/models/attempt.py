"""The human commit, and an attempt at it as its pipeline left it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from core.sources import TextSource


class PatchState(StrEnum):
    """How much of an attempt's patch is available."""

    WHOLE = "whole"
    CUT = "cut"  # fewer bytes than were recorded
    EMPTY = "empty"  # only white space
    MISSING = "missing"  # no patch was found
    UNREADABLE = "unreadable"  # there is one, but it cannot be read (see the load problems)


class HumanCommit(Struct, frozen=True):
    """The reference: what a human developer changed. `diff` is read when needed."""

    sha: str  # 40 hex digits; shorter only when nothing longer is known
    subject: str = ""
    message: str = ""
    parent: str | None = None
    date: datetime | None = None
    files: tuple[str, ...] = ()
    diff: TextSource | None = None
    source: str = ""  # where it was found, for people: a file or a repository
    tests: TextSource | None = None  # the human's tests, where a dataset keeps them apart
    pull_request: str = ""  # its address
    discussion: TextSource | None = None  # the discussion of its reasons there
    instance: str = ""  # the task's id in its dataset, where that is not the commit's own
    outside: bool = False  # was any of it reached through a link out of the runs?


class PatchEvidence(Struct, frozen=True, gc=False):
    """What is known of an attempt's patch without reading it. Sizes in bytes."""

    state: PatchState
    source: TextSource | None = None
    held_bytes: int | None = None  # what can be read now
    recorded_bytes: int | None = None  # what the pipeline wrote down

    @property
    def has_text(self) -> bool:
        """Is there a patch to look at?"""
        return self.state in _WITH_TEXT


class Execution(Struct, frozen=True, gc=False):
    """How the agent's run went, as its pipeline recorded it."""

    returncode: int | None = None
    duration_s: float | None = None
    steps: int | None = None
    tokens_in: int | None = None
    tokens_out: int | None = None
    error: str | None = None
    cost_usd: float | None = None


_WITH_TEXT = (PatchState.WHOLE, PatchState.CUT)
_NO_PATCH = PatchEvidence(PatchState.MISSING)
_NOTHING_RECORDED = Execution()


class Attempt(Struct, frozen=True, gc=False):
    """One generated patch for one human commit. `key` is its path below the runs root (posix)."""

    key: str
    reference_sha: str  # of the human commit, as full as is known; "" when nothing names one
    base: str | None = None  # the commit the patch was made against ("pre")
    agent: str = "unknown"
    model: str = "unknown"
    run: str = ""  # the batch: run id or timestamp
    item: str = ""
    task: str = ""
    started: datetime | None = None
    status: str | None = None  # the pipeline's own word, None when it recorded none
    marked_success: bool | None = None  # what the pipeline claimed; None: it claimed nothing
    patch: PatchEvidence = _NO_PATCH
    execution: Execution = _NOTHING_RECORDED
    target_files: tuple[str, ...] = ()
    prompts: tuple[TextSource, ...] = ()  # what the agent was told
    logs: tuple[TextSource, ...] = ()  # journal, stdout, trajectory, ...
    has_journal: bool = True
    instance: str = ""  # the task's id in its dataset; "" where tasks are commits
