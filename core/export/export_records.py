"""The records of the JSON export: its fields, in order, as `docs/export.md` describes them.

The shipped JSON Schema is generated from them (`core.export.schemas`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from core.export.provenance import Provenance
from core.judge.books.ledger import Totals
from core.models import (
    DEFAULT_LIMITS,
    Analysis,
    Assignment,
    Basis,
    CheckReport,
    Claim,
    Contradiction,
    Criteria,
    Execution,
    FactCounts,
    Judgement,
    LoadProblem,
    Measurement,
    Outcome,
    PatchState,
    Rubric,
    SpeedLimits,
    Verdict,
)
from core.stats.canary_bar import CANARY_BAR
from core.stats.figures import NO_FACTS, Statistics
from core.stats.reported_figures import ReportedBy


class ExportedPatch(Struct, frozen=True):
    """What is known of a patch; `sha256` is of the bytes held."""

    state: PatchState
    held_bytes: int | None
    recorded_bytes: int | None
    sha256: str | None
    own_diff: bool | None
    problem: str


class ExportedAttempt(Struct, frozen=True):
    """One attempt: what the pipeline recorded, what every voice says, and what follows."""

    key: str
    human: str
    base: str | None
    agent: str
    model: str
    run: str
    item: str
    task: str
    started: datetime | None
    status: str | None
    marked_success: bool | None
    has_journal: bool
    target_files: tuple[str, ...]
    patch: ExportedPatch
    execution: Execution
    outcome: Outcome
    outcome_by: str | None
    hard_outcome: str | None
    quadrant: str | None
    criteria: Criteria
    settled_by: Mapping[str, str]
    conflicts: tuple[str, ...]
    contradictions: tuple[Contradiction, ...]
    disputed: bool
    basis: Basis | None
    verdict: Verdict | None
    verdicts: tuple[Verdict, ...]
    outdated: tuple[Verdict, ...]
    history: tuple[Verdict, ...]
    judgements: tuple[Judgement, ...]
    check: CheckReport | None


class ExportedCommit(Struct, frozen=True):
    """A human commit. `diff` is None if there is none, or with the `problem` of reading it."""

    sha: str
    subject: str
    message: str
    parent: str | None
    date: datetime | None
    files: tuple[str, ...]
    source: str
    found: bool
    attempts: int
    diff: str | None
    diff_sha256: str | None
    problem: str


class AttemptLine(ExportedAttempt, frozen=True):
    """An attempt in formats where each is a document of its own, with the judge's card in words."""

    judge_card: str | None = None


class StrayHistory(Struct, frozen=True):
    """Verdicts that belong to no attempt, by the key that they name."""

    key: str
    stray: bool
    history: tuple[Verdict, ...]


class PromptSection(Struct, frozen=True):
    """One part of a prompt: `text` is the hash of its text."""

    name: str
    fence: str
    text: str


class ExportedPrompt(Struct, frozen=True):
    """What a call sent, by hashes of texts; None if unknown, and `problem` says why."""

    call: str
    prompt_hash: str
    problem: str
    instructions: str | None = None
    schema: str | None = None
    afterword: str | None = None
    sections: tuple[PromptSection, ...] | None = None


class ExportedText(Struct, frozen=True):
    """A text that prompts are made of, stored once."""

    sha256: str
    text: str


class Given(Struct, frozen=True):
    """What the figures rest on besides commits, attempts and what was said about them.

    `canary_bar` and `limits` are settings, `ledger` the totals of the judge's ledger (None: the
    judge was never called from here), `check_reports` the number of attempts whose facts hold.
    """

    canary_bar: float = CANARY_BAR
    limits: SpeedLimits = DEFAULT_LIMITS
    ledger: Totals | None = None
    check_reports: FactCounts = NO_FACTS
    measurements: tuple[Measurement, ...] = ()
    claims: tuple[Claim, ...] = ()
    reported: tuple[ReportedBy, ...] = ()


NOTHING_GIVEN = Given()


class Export(Struct, frozen=True):
    """The whole JSON export."""

    schema_version: int
    generator: str
    created: datetime
    root: str
    store: str
    filter: str
    method: Provenance
    given: Given
    statistics: Statistics
    commits: Sequence[ExportedCommit]
    attempts: Sequence[ExportedAttempt]
    stray_verdicts: Sequence[StrayHistory]
    analyses: Sequence[Analysis]
    assignments: Sequence[Assignment]
    rubrics: Sequence[Rubric]
    canaries: Sequence[Judgement]
    texts: Sequence[ExportedText]
    prompts: Sequence[ExportedPrompt]
    load_problems: Sequence[LoadProblem]
    asked_again: Sequence[Judgement] = ()  # the same questions a second time
