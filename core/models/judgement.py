"""Opinions: what a judge was asked and answered, however the call ended."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from core.models.criteria import UNKNOWN, Criteria
from core.models.finding import Finding, Severity, Side, place_of


class JudgementState(StrEnum):
    """How one judge call ended. Only `VERDICT` carries an opinion."""

    VERDICT = "verdict"
    INCOMPLETE = "incomplete"
    REFUSED = "refused"
    UNPARSEABLE = "unparseable"
    ERROR = "error"


class Issue(Struct, frozen=True):
    """One objection of a judge to a patch."""

    message: str
    severity: Severity = Severity.WARNING
    file: str | None = None
    line: int | None = None
    misplaced: str = ""  # the place that it named, if that does not exist
    side: Side = Side.ATTEMPT  # which version of the file its line counts in

    @property
    def place(self) -> str:
        """Where it is, as people write it."""
        return place_of(self.file, self.line)


class Usage(Struct, frozen=True):
    """Tokens of one call; `None` is unknown. Input includes cached tokens, output the reasoning."""

    input_tokens: int | None = None
    cached_tokens: int | None = None
    output_tokens: int | None = None
    reasoning_tokens: int | None = None


class Call(Struct, frozen=True):
    """One call to a model as it was sent and answered, however it ended.

    `raw` is the reply's body verbatim (without the key). The prompt can be rebuilt from the
    evidence, the rubric and `fences`; `prompt_hash` is the SHA-256 of what was sent.
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
    instructions: str = ""  # name and version of the text before the evidence
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


class Answer(Struct, frozen=True):
    """A judge's answer on one criterion: `yes`, `no` or `cannot_assess`, and why.

    A must-have of the rubric is answered like a criterion, by the name "must-have N".
    """

    criterion: str
    answer: str
    why: str = ""
    quotes: tuple[str, ...] = ()
    counted: bool = True  # False: evidence is missing, or no quote supports it
    unsupported: bool = False  # its quote is nowhere in what was shown


OWN_ORIGIN = "patchjury"
"""The origin of judgements requested by patchjury, this user's or another's."""

FAKE_ORIGIN = "patchjury (test server)"
"""The origin of judgements made up by a test server."""


class Judgement(Struct, frozen=True):
    """One judge call. In every state but `VERDICT` the criteria are all unknown."""

    id: str  # hash of its content, so that importing twice adds nothing
    attempt: str
    state: JudgementState
    criteria: Criteria = UNKNOWN
    issues: tuple[Issue, ...] = ()
    reasoning: str = ""
    model: str | None = None
    origin: str = ""  # "gpt5_evaluations.json", "patchjury", ...
    error: str = ""
    created: datetime | None = None
    code: str = ""  # of an error, as the API names it
    claimed: Criteria | None = None  # what a file recorded for a call that failed; it never counts
    vote: int = 1
    question: str = ""  # hash of all that was asked but the vote: votes on it belong together
    key: str = ""  # of the cache: the question and the vote
    panel: str = ""  # hash of what several models were asked together; "" for one alone
    of_votes: int = 1  # votes requested of this model
    of_models: int = 1  # models that were asked
    rubric: str = ""  # its hash
    answers: tuple[Answer, ...] = ()
    calls: tuple[Call, ...] = ()  # more than one when the output limit was raised
    cached: str = ""  # id of the judgement that this one repeats without a call
    facts_given: bool | None = None
    facts: str = ""  # the findings of checks shown to the judge
    context: tuple[str, ...] = ()  # lines of the base around the human's hunks and the attempt's
    patches: tuple[str, ...] = ()  # SHA-256 of the human diff ("" without one) and of the patch
    missing_evidence: tuple[str, ...] = ()  # what the judge was not shown, and why
    without_reference: bool = False
    tripwires: tuple[Finding, ...] = ()  # instructions aimed at a judge, found in the evidence
    notes: tuple[str, ...] = ()  # irregularities of the reply
    second: bool = False  # the same question asked again; not a vote
    canary: str = ""  # "human", "other", "planted", ...: a question with a known answer
    set_aside: str = ""  # why it settles nothing; determined on reading, not stored
    reported_by: str = ""  # who else's it is, accepted or not; determined on reading

    @property
    def provenance(self) -> str:
        """Where it comes from, so that nobody else's opinion passes for one's own."""
        if self.reported_by and self.origin in (OWN_ORIGIN, FAKE_ORIGIN):
            return f"{self.origin}, reported by {self.reported_by}"
        return self.origin or "unknown"

    @property
    def is_made_up(self) -> bool:
        """Did a test server make it, or its original, up?"""
        return self.origin == FAKE_ORIGIN or any(call.fake for call in self.calls)

    @property
    def cost(self) -> float | None:
        """US dollars of all its calls; None if any is unknown, 0 if it was cached."""
        costs = [call.cost for call in self.calls]
        known = [cost for cost in costs if cost is not None]
        return sum(known) if len(known) == len(costs) and (costs or self.cached) else None


class Rubric(Struct, frozen=True):
    """What a right patch for a human commit must do, written before any attempt was shown.

    Frozen: an edit is a new record with `edited` set. A failed call leaves one whose state is not
    `VERDICT`, with the reply.
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
    set_aside: str = ""  # why it does not hold; determined on reading, not stored
    reported_by: str = ""  # who else's it is, accepted or not; determined on reading
