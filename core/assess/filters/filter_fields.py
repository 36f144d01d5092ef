"""The fields of the filter language: what each reads from an attempt. One table, for all uses.

A field reads `None` when no reader, check or person supplied it: that matches nothing, even
negated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC
from enum import StrEnum

from msgspec import Struct

from core.assess.decisions import Decision, decision_of
from core.assess.implied_criteria import LOGIC, settled_criterion
from core.assess.opinions import newest_votes, tally
from core.assess.outcome import (
    contradicts_fact,
    is_cannot_tell,
    is_judged,
    is_open,
    is_reviewed,
    is_unbound,
)
from core.assess.speed import HardOutcome, Quadrant, hard_of, quadrant_of
from core.models import (
    Assessment,
    Attempt,
    HumanCommit,
    JudgementState,
    Outcome,
    PatchState,
)

Read = Callable[[Assessment, HumanCommit | None], object]
Test = Callable[[Assessment, HumanCommit | None], bool]

UNKNOWN_NAME = "unknown"
"""What readers write when nobody named an agent or model; it is not a name."""


class FieldKind(StrEnum):
    """What the values of a field are, and so how they are compared."""

    TEXT = "text"  # the whole value, in any case; `*` stands for anything
    PART = "part"  # a part of it
    START = "start"  # its start, as of a sha
    NUMBER = "number"
    CHOICE = "choice"  # one of a few words; a misspelling is an error


class Field(Struct, frozen=True):
    """One field. `read` gives a number, or a tuple of texts (any of them may match), or None."""

    name: str
    kind: FieldKind
    help: str
    read: Read
    choices: tuple[str, ...] = ()
    units: Mapping[str, float] | None = None  # of a number, by suffix
    tests: Mapping[str, Test] | None = None  # where each choice has a test of its own


_COUNTS = {"k": 1e3, "m": 1e6, "g": 1e9}
_BYTES = {**_COUNTS, "b": 1.0, "kb": 1e3, "mb": 1e6, "gb": 1e9}
_SECONDS = {"s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0}
_YES_NO = ("yes", "no")


def _text(read: Callable[[Assessment], str | None]) -> Read:
    def values(known: Assessment, _: HumanCommit | None) -> tuple[str, ...] | None:
        value = read(known)
        return (value,) if value and value != UNKNOWN_NAME else None

    return values


def _flag(read: Callable[[Assessment], bool | None]) -> Read:
    def values(known: Assessment, _: HumanCommit | None) -> tuple[str, ...] | None:
        value = read(known)
        return None if value is None else ("yes",) if value else ("no",)

    return values


def _people(read: Callable[[Assessment], Iterable[str]]) -> Read:
    return lambda known, _: tuple(read(known))


def _commit(known: Assessment, commit: HumanCommit | None) -> tuple[str, ...] | None:
    names = (known.attempt.reference_sha, known.attempt.instance)
    return tuple(dict.fromkeys(filter(None, names))) or None


def _subject(_: Assessment, commit: HumanCommit | None) -> tuple[str, ...] | None:
    return (commit.subject,) if commit and commit.subject else None


def _files(known: Assessment, commit: HumanCommit | None) -> tuple[str, ...] | None:
    files = [*known.attempt.target_files, *(commit.files if commit else ())]
    if known.report is not None:
        files += [found.file for found in known.report.findings if found.file is not None]
    return tuple(files) or None


def _patch(known: Assessment, _: HumanCommit | None) -> tuple[str, ...]:
    patch = known.attempt.patch
    any_of = () if patch.state is PatchState.UNREADABLE else ("yes" if patch.has_text else "no",)
    return (patch.state.value, *any_of)


def _rules(known: Assessment, _: HumanCommit | None) -> tuple[str, ...] | None:
    if known.report is None:
        return None
    return tuple([finding.rule for finding in known.report.findings])


def _base(known: Assessment, _: HumanCommit | None) -> tuple[str, ...] | None:
    found = known.report.findings if known.report else ()
    words = {f.rule.partition(".")[2] for f in found if f.rule.startswith("base.")}
    return (*words, *filter(None, [known.attempt.base])) or None


def _judge(known: Assessment, _: HumanCommit | None) -> tuple[str, ...]:
    votes = [j for j in known.judgements if not j.canary] if known.judgements else ()
    if not votes:
        return ("never",)
    states = {j.state.value for j in (*votes[-1:], *newest_votes(votes))}
    split = any(counted.is_split for counted in tally(votes).values())
    return (*states, *(("split",) if split else ()))


def _holding(tests: Mapping[str, Test]) -> Read:
    def values(known: Assessment, commit: HumanCommit | None) -> tuple[str, ...]:
        return tuple([name for name, holds in tests.items() if holds(known, commit)])

    return values


_STATES: Mapping[str, Test] = {
    "open": lambda known, _: is_open(known),
    "reviewed": lambda known, _: is_reviewed(known),
    "judged": lambda known, _: is_judged(known),
    "disputed": lambda known, _: known.disputed,
    "cannot-tell": lambda known, _: is_cannot_tell(known),
    "outdated": lambda known, _: bool(known.outdated),
    "unbound": lambda known, _: is_unbound(known),
    "conflict": lambda known, _: bool(known.contradictions),
    "against-fact": lambda known, _: contradicts_fact(known),
}


def _hard(known: Assessment, _: HumanCommit | None) -> tuple[str, ...] | None:
    """What measurements say, if anything."""
    found = hard_of(known.report.measures) if known.report else HardOutcome.UNKNOWN
    return None if found is HardOutcome.UNKNOWN else (found,)


def _quadrant(known: Assessment, _: HumanCommit | None) -> tuple[str, ...] | None:
    """Hard outcome x logic: known when both measurements and a decision on the logic are."""
    if known.report is None:
        return None
    found = quadrant_of(hard_of(known.report.measures), settled_criterion(known, LOGIC))
    return None if found is None else (found,)


_THINGS: Mapping[str, Test] = {
    "comment": lambda known, _: any(v.comments for v in known.verdicts),
    "verdict": lambda known, _: bool(known.verdicts or known.outdated),
    "decision": lambda known, _: any(v.is_decision for v in (*known.verdicts, *known.outdated)),
    "judgement": lambda known, _: any(not j.canary for j in known.judgements),
    "report": lambda known, _: known.report is not None,
    "diff": lambda _, commit: commit is not None and commit.diff is not None,
    "prompt": lambda known, _: bool(known.attempt.prompts),
    "log": lambda known, _: bool(known.attempt.logs),
    "error": lambda known, _: known.attempt.execution.error is not None,
    "journal": lambda known, _: known.attempt.has_journal,
}
"""What `has:` can ask for beside the fields."""


def _tested(name: str, help: str, tests: Mapping[str, Test]) -> Field:
    return Field(name, FieldKind.CHOICE, help, _holding(tests), tuple(tests), tests=tests)


def _criterion(name: str) -> Read:
    return _flag(lambda known: getattr(known.criteria, name))


_TEXT, _PART, _START, _NUMBER, _CHOICE = FieldKind

FIELDS: Mapping[str, Field] = {
    field.name: field
    for field in (
        Field("agent", _TEXT, "the agent", _text(lambda k: k.attempt.agent)),
        Field("model", _TEXT, "the agent's model", _text(lambda k: k.attempt.model)),
        Field("run", _TEXT, "the batch that it belongs to", _text(lambda k: k.attempt.run)),
        Field("item", _TEXT, "its item of the run", _text(lambda k: k.attempt.item)),
        Field("key", _PART, "its path below the runs", _text(lambda k: k.attempt.key)),
        Field("task", _TEXT, "the task, as the pipeline named it", _text(lambda k: k.attempt.task)),
        Field("status", _TEXT, "the pipeline's own word", _text(lambda k: k.attempt.status)),
        Field("commit", _START, "the human commit's sha, or its task's id", _commit),
        Field("subject", _PART, "the human commit's subject", _subject),
        Field(
            "file",
            _PART,
            "a file of the human change, the prompt's targets or a finding",
            _files,
        ),
        Field(
            "outcome",
            _CHOICE,
            "what it turned out to be",
            lambda k, _: (k.outcome,),
            tuple(Outcome),
        ),
        Field(
            "marked",
            _CHOICE,
            "did the pipeline claim success",
            _flag(lambda k: k.attempt.marked_success),
            _YES_NO,
        ),
        Field("patch", _CHOICE, "how much of the patch is here", _patch, (*PatchState, *_YES_NO)),
        Field("rc", _NUMBER, "the return code", lambda k, _: k.attempt.execution.returncode),
        Field(
            "seconds",
            _NUMBER,
            "how long the agent ran (90, 5m, 2h)",
            lambda k, _: k.attempt.execution.duration_s,
            units=_SECONDS,
        ),
        Field(
            "size",
            _NUMBER,
            "bytes of the patch, those recorded where it is cut (10k, 2M)",
            lambda k, _: _bytes(k.attempt),
            units=_BYTES,
        ),
        Field(
            "steps",
            _NUMBER,
            "the agent's steps",
            lambda k, _: k.attempt.execution.steps,
            units=_COUNTS,
        ),
        Field(
            "tokens",
            _NUMBER,
            "the agent's tokens, in and out",
            lambda k, _: _tokens(k.attempt),
            units=_COUNTS,
        ),
        Field("rule", _TEXT, "a rule that found something", _rules),
        Field("tag", _TEXT, "a tag", _people(lambda k: {t for v in k.verdicts for t in v.tags})),
        Field("note", _PART, "words of a note", _people(lambda k: [v.note for v in k.verdicts])),
        Field(
            "comment",
            _PART,
            "words of a line comment",
            _people(lambda k: [c.text for v in k.verdicts for c in v.comments]),
        ),
        Field(
            "reviewer",
            _TEXT,
            "who decided on it",
            _people(lambda k: [v.reviewer for v in k.verdicts if v.is_decision]),
        ),
        Field(
            "decision",
            _CHOICE,
            "what a reviewer decided",
            _people(lambda k: filter(None, map(decision_of, k.verdicts))),
            tuple(Decision),
        ),
        Field(
            "judge",
            _CHOICE,
            "how the judge's votes ended",
            _judge,
            (*JudgementState, "split", "never"),
        ),
        _tested("state", "how far it is decided", _STATES),
        Field("base", _START, "the base commit, or what is wrong with the base", _base),
        Field(
            "hard",
            _CHOICE,
            "measured gain",
            _hard,
            tuple(h for h in HardOutcome if h is not HardOutcome.UNKNOWN),
        ),
        Field("quadrant", _CHOICE, "measured gain and logic", _quadrant, tuple(Quadrant)),
        Field("syntax", _CHOICE, "syntax is correct", _criterion("syntax_correct"), _YES_NO),
        Field("files", _CHOICE, "the same files", _criterion("files_match"), _YES_NO),
        Field(
            "logic",
            _CHOICE,
            "the logic matches",
            _criterion("optimization_logic_match"),
            _YES_NO,
        ),
        Field("complete", _CHOICE, "it is complete", _criterion("is_complete"), _YES_NO),
        Field("template", _CHOICE, "template code", _criterion("is_template_code"), _YES_NO),
        Field("quality", _NUMBER, "the quality score", lambda k, _: k.criteria.quality_score),
        Field("started", _START, "when it ran (2025-11)", _text(lambda k: _day(k.attempt))),
        _tested("has", "has one, or has a value in that field", _THINGS),
    )
}
"""Every field by its name, in the order in which they are explained."""


def _tokens(attempt: Attempt) -> int | None:
    amounts = (attempt.execution.tokens_in, attempt.execution.tokens_out)
    known = [amount for amount in amounts if amount is not None]
    return sum(known) if known else None


def _bytes(attempt: Attempt) -> int | None:
    patch = attempt.patch
    return patch.recorded_bytes if patch.state is PatchState.CUT else patch.held_bytes


def _day(attempt: Attempt) -> str | None:
    return attempt.started.astimezone(UTC).isoformat() if attempt.started else None
