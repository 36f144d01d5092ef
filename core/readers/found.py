"""What the readers deliver, in any order, before it is joined (`core.readers.join`).

A reader reports for each thing where it was found and which task it belongs to; whose report it is,
what was found twice and which commit an attempt has is decided once everything is known.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from enum import IntEnum
from pathlib import Path, PurePath

from msgspec import Struct, field

from core.models import Attempt, Direction, Execution, HumanCommit
from core.readers.patch_looks import Looks
from core.readers.problems import Problems
from core.readers.record_scan import Record
from core.readers.walk import File, Folder
from core.sources import TextSource

NO_PATCH = b"no patch"
"""The digest of an empty patch and of no patch."""


class Role(IntEnum):
    """The role of a found attempt in its submission; the larger survives a fold."""

    CANDIDATE = 0  # one of several samples from which one was chosen
    COMPANION = 1  # a trajectory or log without a patch of its own
    ROLLOUT = 2  # one task's own file; a collected record takes precedence
    SUBMISSION = 3
    RECORD = 4  # a submission whose record has more than the patch


class FoundAttempt(Struct, frozen=True):
    """An attempt as one file reports it. `scope` is the folder of its submission."""

    attempt: Attempt
    path: str
    scope: str
    digest: bytes | None  # of the patch (`digest_of`); None: not known
    role: Role = Role.SUBMISSION
    names: tuple[str, ...] = ()  # other names of its model or run, as reports may use them
    submission: str = ""  # the folder whose own file says who made everything in it

    @property
    def instance(self) -> str:
        """The task, as every file of the submission should name it."""
        return self.attempt.item


class Reference(Struct, frozen=True):
    """One task of a reference dataset: the human commit, and the agent's prompt."""

    instance: str
    commit: HumanCommit
    statement: TextSource | None = None
    base: str | None = None  # if it is not the commit's parent; may end in "^"


class Measured(Struct, frozen=True):
    """One thing that a report measured for a task: the values of its three sides, None unknown."""

    name: str
    better: Direction
    baseline: float | None = None
    human: float | None = None
    attempt: float | None = None
    unit: str = ""


class Report(Struct, frozen=True):
    """What a results file says about some tasks; `rest` applies to those it does not name."""

    path: str
    claims: dict[str, bool]
    errors: frozenset[str] = frozenset()  # the evaluation itself failed, so nothing is known
    rest: bool | None = None
    unknown: frozenset[str] = frozenset()  # tasks to which `rest` does not apply
    silent: bool = False  # no complaint if it matches no attempt: it may not be a report at all
    names: tuple[str, ...] = ()  # of the model, if the report itself gives it
    logs: tuple[TextSource, ...] = ()
    measured: Mapping[str, tuple[Measured, ...]] = field(default_factory=dict)  # by task
    tests: Mapping[str, bool] = field(default_factory=dict)  # did they pass, by task


class EvaluatedFolder(Struct, frozen=True):
    """An evaluation in a folder of its own, as the attempt that it names."""

    path: str
    attempt: Attempt
    measured: Measured | None


class SubmissionFacts(Struct, frozen=True):
    """Who made the attempts of a folder, according to a file beside them."""

    scope: str
    agent: str | None = None
    model: str | None = None
    names: tuple[str, ...] = ()  # of the run; without any, everything in the folder is meant
    is_spare: bool = False  # counts only if the attempts themselves do not say


class Found(Struct):
    """Everything that the readers found below one root."""

    root: Path
    problems: Problems
    look: Callable[[Folder, str], Folder | None]  # into a folder that a folder holds
    take: Callable[[Record], bool]  # give a record to its reader; False if it has none
    waiting: Callable[[], int]  # how many folders are known and not entered yet
    add_folder: Callable[[Folder], None]  # an attempt's, of ISO-Bench: it comes into `folders`
    attempts: list[FoundAttempt] = field(default_factory=list)
    folders: list[Attempt] = field(default_factory=list)  # of ISO-Bench: complete as they are
    evaluated: list[EvaluatedFolder] = field(default_factory=list)  # of ISO-Bench
    recorded: list[Attempt] = field(default_factory=list)  # of attempts files
    commits: list[HumanCommit] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)
    reports: list[Report] = field(default_factory=list)
    submissions: list[SubmissionFacts] = field(default_factory=list)
    executions: dict[tuple[str, str], Execution] = field(default_factory=dict)  # by run and item
    evaluations: list[Record] = field(default_factory=list)
    repositories: list[str] = field(default_factory=list)
    tables: list[File] = field(default_factory=list)  # that may hold measurements
    unopened: dict[str, str] = field(default_factory=dict)  # kinds without patches: what would help
    looks: Looks | None = None  # at patches read in passing, if wanted

    def note_table(self, record: Record) -> None:
        """A record of measurements: its file is read as a table once everything else is known."""
        if not self.tables or self.tables[-1].path != record.path:
            self.tables.append(File(record.path, record.outside))

    def below_root(self, path: str) -> str:
        """A path as people should see it."""
        return self.problems.below_root(path)


def digest_of(text: str | None) -> bytes:
    """A short hash of a patch, ignoring surrounding white space."""
    stripped = (text or "").strip()
    if not stripped:
        return NO_PATCH
    return hashlib.blake2b(stripped.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def folder_of(path: str) -> str:
    """The folder that a file is in."""
    return str(PurePath(path).parent)
