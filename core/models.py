"""The records that pass between the layers, and the vocabulary they fix (`docs/architecture.md`).

Records are frozen dataclasses, so that they can be shared between threads and processes. JSON in
and out of them goes through `core.codec`. `None` always means unknown and never false.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from core.sources import TextSource


class Outcome(StrEnum):
    """What an attempt turned out to be. Undecided is the absence of the other four."""

    TRUE_SUCCESS = "true_success"
    PARTIAL_SUCCESS = "partial_success"
    FALSE_POSITIVE = "false_positive"
    FAILURE = "failure"
    UNDECIDED = "undecided"


class PatchState(StrEnum):
    """How much of an attempt's patch is at hand."""

    WHOLE = "whole"
    CUT = "cut"  # fewer bytes than were recorded
    EMPTY = "empty"  # only white space
    MISSING = "missing"  # no patch was found
    UNREADABLE = "unreadable"  # there is one, but it cannot be read (see the load problems)


class Severity(StrEnum):
    """How much a finding or an issue matters."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class Side(StrEnum):
    """Which version of a file a line number counts in."""

    BASE = "base"
    HUMAN = "human"
    ATTEMPT = "attempt"


class JudgementState(StrEnum):
    """How one judge call ended. Only `VERDICT` carries an opinion."""

    VERDICT = "verdict"
    INCOMPLETE = "incomplete"
    REFUSED = "refused"
    UNPARSEABLE = "unparseable"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Criteria:
    """The five criteria and the quality score (0..1); `None` is unknown.

    `is_template_code` is the one that is bad when true.
    """

    syntax_correct: bool | None = None
    files_match: bool | None = None
    optimization_logic_match: bool | None = None
    is_complete: bool | None = None
    is_template_code: bool | None = None
    quality_score: float | None = None


CRITERIA: tuple[str, ...] = tuple(f.name for f in fields(Criteria) if f.name != "quality_score")
"""Names of the five yes/no criteria, in the order in which they are shown."""


@dataclass(frozen=True, slots=True)
class HumanCommit:
    """The reference: what a human developer changed. `diff` is read when needed."""

    sha: str  # 40 hex digits; shorter only when nothing longer is known
    subject: str = ""
    message: str = ""
    parent: str | None = None
    date: datetime | None = None
    files: tuple[str, ...] = ()
    diff: TextSource | None = None
    source: str = ""  # where it was found, for people: a file or a repository


@dataclass(frozen=True, slots=True)
class PatchEvidence:
    """What is known of an attempt's patch without reading it. Sizes in bytes."""

    state: PatchState
    source: TextSource | None = None
    held_bytes: int | None = None  # what can be read now
    recorded_bytes: int | None = None  # what the pipeline wrote down

    @property
    def has_text(self) -> bool:
        """Is there a patch to look at?"""
        return self.state in (PatchState.WHOLE, PatchState.CUT)


@dataclass(frozen=True, slots=True)
class Execution:
    """How the agent's run went, as its pipeline recorded it."""

    returncode: int | None = None
    duration_s: float | None = None
    steps: int | None = None
    tokens_in: int | None = None
    tokens_out: int | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One generated patch for one human commit. `key` is its path below the runs root (posix)."""

    key: str
    human: str  # sha of the human commit, as full as is known; "" when nothing names one
    base: str | None = None  # the commit the patch was made against ("pre")
    agent: str = "unknown"
    model: str = "unknown"
    run: str = ""  # the batch: run id or timestamp
    item: str = ""
    task: str = ""
    started: datetime | None = None
    status: str | None = None  # the pipeline's own word, None when it recorded none
    marked_success: bool | None = None  # what the pipeline claimed; None: it claimed nothing
    patch: PatchEvidence = PatchEvidence(PatchState.MISSING)
    execution: Execution = Execution()
    target_files: tuple[str, ...] = ()
    prompts: tuple[TextSource, ...] = ()  # what the agent was told
    logs: tuple[TextSource, ...] = ()  # journal, stdout, trajectory, ...
    has_journal: bool = True


@dataclass(frozen=True, slots=True)
class LoadProblem:
    """Something that could not be loaded; the rest was. `path` is below the root if it can be."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One fact about an attempt. `line` counts from 1 in the version of `file` on `side`."""

    rule: str
    severity: Severity
    message: str
    certain: bool = False
    file: str | None = None
    line: int | None = None
    side: Side = Side.ATTEMPT


@dataclass(frozen=True, slots=True)
class CheckReport:
    """The findings on one attempt, the criteria that certain rules settle, and what was measured.

    `inputs` is a hash of everything the checks read; a report is stale when it no longer matches.
    """

    attempt: str
    criteria: Criteria
    findings: tuple[Finding, ...] = ()
    measures: Mapping[str, float | int | bool | str | None] = field(default_factory=dict)
    inputs: str = ""
    created: datetime | None = None


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing that a judge holds against a patch."""

    message: str
    severity: Severity = Severity.WARNING
    file: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one call; `None` is unknown. Input holds what was cached, output the reasoning."""

    input_tokens: int | None = None
    cached_tokens: int | None = None
    output_tokens: int | None = None
    reasoning_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """One call to a model as it was sent and answered, whatever became of it.

    `raw` is the reply's body as it came (the key taken out). The prompt can be built again from
    the evidence, the rubric and `fences`; `prompt_hash` is the SHA-256 of what was sent.
    """

    id: str
    model: str  # as requested
    started: datetime
    seconds: float
    prompt_hash: str
    fences: tuple[str, ...] = ()
    effort: str = ""
    max_output_tokens: int | None = None
    input_limit: int | None = None  # tokens beyond which files were left out of the prompt
    api: str = "responses"  # "chat", "batch"
    reported_model: str | None = None
    service_tier: str | None = None  # as reported, else as requested
    request_id: str | None = None
    status: int | None = None  # of HTTP; None when no reply came
    retries: int = 0
    usage: Usage | None = None
    cost: float | None = None  # US dollars; None is unknown
    raw: str = ""
    fake: bool = False  # the reply says that a test server made it up


@dataclass(frozen=True, slots=True)
class Answer:
    """What a judge answered about one criterion: `yes`, `no` or `cannot_assess`, and why."""

    criterion: str
    answer: str
    why: str = ""
    quotes: tuple[str, ...] = ()
    counted: bool = True  # False: the evidence was not enough for any answer, so it does not count


FAKE_ORIGIN = "patchjury (test server)"
"""The origin of judgements that a test server made up."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """One judge call. In every state but `VERDICT` the criteria are all unknown."""

    id: str  # hash of its content, so that importing twice adds nothing
    attempt: str
    state: JudgementState
    criteria: Criteria = Criteria()
    issues: tuple[Issue, ...] = ()
    reasoning: str = ""
    model: str | None = None
    origin: str = ""  # "gpt5_evaluations.json", "patchjury", ...
    error: str = ""
    created: datetime | None = None
    code: str = ""  # of an error, as the API names it
    claimed: Criteria | None = None  # what a file booked for a call that failed; it never counts
    vote: int = 1
    question: str = ""  # hash of all that was asked but the vote: votes on it belong together
    key: str = ""  # of the cache: the question and the vote
    rubric: str = ""  # its hash
    answers: tuple[Answer, ...] = ()
    calls: tuple[Call, ...] = ()  # more than one when the output limit was raised
    cached: str = ""  # id of the judgement that this one repeats without a call
    facts_given: bool | None = None
    facts: str = ""  # the findings of checks that the judge was given
    patches: tuple[str, ...] = ()  # SHA-256 of the human diff ("" without one) and of the patch
    missing_evidence: tuple[str, ...] = ()  # what the judge was not shown, and why
    without_reference: bool = False
    tripwires: tuple[Finding, ...] = ()  # instructions aimed at a judge, found in the evidence
    canary: str = ""  # "human", "other", "planted": a question whose answer is known

    @property
    def is_made_up(self) -> bool:
        """Did a test server make it up, or what it repeats?"""
        return self.origin == FAKE_ORIGIN or any(call.fake for call in self.calls)

    @property
    def cost(self) -> float | None:
        """US dollars of all its calls; None when any is unknown, 0 when it was cached."""
        costs = [call.cost for call in self.calls]
        known = [cost for cost in costs if cost is not None]
        return sum(known) if len(known) == len(costs) and (costs or self.cached) else None


@dataclass(frozen=True, slots=True)
class Rubric:
    """What a right patch for a human commit must do, written before any attempt was shown.

    Frozen: an edit is a new record with `edited` set. A call that failed leaves one whose state
    is not `VERDICT`, with what came back.
    """

    id: str
    human: str
    hash: str  # of the four texts below; "" when there are none
    created: datetime
    state: JudgementState = JudgementState.VERDICT
    bottleneck: str = ""
    essential_change: str = ""
    must_haves: tuple[str, ...] = ()
    alternatives: tuple[str, ...] = ()
    key: str = ""  # hash of what was asked
    edited: bool = False
    author: str = ""  # who edited it
    error: str = ""
    code: str = ""
    calls: tuple[Call, ...] = ()
    missing_evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LineComment:
    """A person's remark at a line of the human or the generated patch."""

    file: str
    line: int
    text: str
    side: Side = Side.ATTEMPT


@dataclass(frozen=True, slots=True)
class Verdict:
    """A person's decision on one attempt: a full snapshot, appended and never changed.

    `undoes` names the verdict that this record takes back; such a record decides nothing itself.
    """

    id: str
    attempt: str
    reviewer: str
    created: datetime
    outcome: Outcome = Outcome.UNDECIDED
    criteria: Criteria = Criteria()
    tags: tuple[str, ...] = ()
    note: str = ""
    comments: tuple[LineComment, ...] = ()
    blind: bool = False
    undoes: str | None = None


@dataclass(frozen=True, slots=True)
class RunSet:
    """Everything the readers found below one root: an index that holds no patch text."""

    root: Path
    attempts: tuple[Attempt, ...]
    commits: Mapping[str, HumanCommit]  # by sha, as `Attempt.human` names them
    judgements: tuple[Judgement, ...] = ()  # earlier evaluations found beside the runs
    problems: tuple[LoadProblem, ...] = ()
    repository: Path | None = None  # the git repository that was named, else found at the top


@dataclass(frozen=True, slots=True)
class Assessment:
    """Everything known of one attempt, and the outcome that follows (`core.assess.outcome`).

    `settled_by` says for each settled criterion who settled it: "person", "check" or "judge";
    `conflicts` names the criteria on which a check or the person and the judge disagree.
    """

    attempt: Attempt
    criteria: Criteria
    settled_by: Mapping[str, str]
    outcome: Outcome
    verdict: Verdict | None = None
    report: CheckReport | None = None
    judgements: tuple[Judgement, ...] = ()
    conflicts: tuple[str, ...] = ()
