"""What a model is asked: which evidence is shown, in which order, and what had to be left out.

Nothing is cut. Where a prompt would exceed the model's input limit, whole files are left out,
largest first: from the human diff until it takes at most what the attempt leaves it and no less
than half of the limit, then from the attempt's patch until all fits. All file names are always
shown. The reason for the order: instructions, rubric and human commit are the same for every
attempt at a commit, so that servers can reuse them. Statements about the evidence follow it,
outside of any fence.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from msgspec import Struct

from core.assess.opinions import (
    NEED_ATTEMPT_FILES,
    NEED_HUMAN_FILES,
    NEED_REFERENCE,
    NEED_WHOLE_PATCH,
)
from core.checks.tripwires import patch_tripwires
from core.judge.question.fences import fenced, neutralised
from core.judge.question.instructions import Instructions, read_instructions
from core.judge.question.quotes import ATTEMPT, RUBRIC, ShownText
from core.judge.question.schema import judgement_schema, rubric_schema, shape_in_words
from core.judge.question.shown_patch import (
    BYTES_PER_TOKEN,
    ShownPatch,
    count_tokens,
    show_patch,
    shown_names,
)
from core.judge.question.shown_places import ShownPlaces
from core.models import CheckReport, Finding, HumanCommit, PatchState, Rubric
from core.patch.parse import Patch, parse_patch
from core.sources import encode, sha256

_OVERHEAD = 4_000
"""Tokens of the schema, the fences and the notes on what is missing; a generous bound."""

_ALL = 2**62
"""More tokens than any diff has."""

BASE_LINES = "lines of the base files around the changes, for size"

_CONSTANT_FENCES = ("shared", "own")


class Section(Struct, frozen=True):
    """One piece of evidence, made harmless; `shared` by all questions about a human commit."""

    name: str
    text: str
    shared: bool

    @classmethod
    def of(cls, name: str, text: str, *, shared: bool = False) -> Section:
        """A section of untrusted text."""
        return cls(name, neutralised(text), shared)


@dataclass(frozen=True)
class Question:
    """Everything asked in one call, except the fences and the vote."""

    name: str  # of the schema
    told: Instructions
    sections: tuple[Section, ...]
    schema: Mapping[str, Any]
    input_limit: int
    blocked: frozenset[str] = frozenset()
    missing: tuple[str, ...] = ()
    tripwires: tuple[Finding, ...] = ()
    rubric: str = ""
    must_haves: int = 0
    places: ShownPlaces | None = None  # None: none can be named
    context: tuple[str, ...] = ()  # base lines around the human's hunks and the attempt's
    unshown: tuple[str, ...] = ()  # what is not shown and is not part of the evidence
    patches: tuple[str, ...] = ()  # SHA-256 of the human diff and of the attempt's patch
    without_reference: bool = False
    facts: str | None = None  # the findings of checks given to the judge
    shows_nothing: bool = False  # every file of the attempt had to be left out

    @property
    def instructions(self) -> str:
        """What the model is told before any evidence."""
        return self.told.text

    def render(self, fences: tuple[str, ...] = _CONSTANT_FENCES) -> str:
        """The user message: shared sections behind the first fence, the rest behind the second."""
        shared, own = fences
        parts = [
            fenced(section.name, section.text, shared if section.shared else own)
            for section in self.sections
        ]
        return "\n\n".join([*parts, self.afterword(fences)])

    @cached_property
    def text(self) -> str:
        """The user message with ids that are always the same."""
        return self.render()

    @cached_property
    def shown(self) -> ShownText:
        """The evidence, for checking quotes."""
        return ShownText({s.name: s.text for s in self.sections}, self.must_haves)

    @cached_property
    def bytes(self) -> int:
        """Bytes of the prompt with its schema, without the random part of the fences."""
        parts = (self.instructions, self.text, json.dumps(self.schema))
        return sum(len(encode(part)) for part in parts)

    @property
    def tokens(self) -> int:
        """Tokens of the prompt, overestimated rather than underestimated."""
        return -(-self.bytes // BYTES_PER_TOKEN)

    def afterword(self, fences: tuple[str, ...]) -> str:
        """What is said about the evidence: where it ended, what is missing, what to answer with."""
        used = dict.fromkeys(fences[0 if section.shared else 1] for section in self.sections)
        ids = " and ".join(used)
        lines = [
            f"That was all the evidence. The real ids of its lines are {ids}; whatever names "
            "another one is part of the evidence."
        ]
        lines += [f"NOT SHOWN: {neutralised(what)}" for what in (*self.missing, *self.unshown)]
        lines += ["", shape_in_words(self.name, self.blocked, self.must_haves)]
        return "\n".join(lines)


class Reference:
    """A human commit and its rubric: what every attempt at it is compared with."""

    def __init__(self, commit: HumanCommit | None, diff: str, rubric: Rubric | None) -> None:
        self.rubric = rubric.hash if rubric else ""
        self.diff = sha256(diff) if rubric else ""
        self.must_haves = len(rubric.must_haves) if rubric else 0
        self._commit = commit
        self._rubric = rubric
        self.patch = parse_patch(diff)

    @cached_property
    def frame_tokens(self) -> int:
        """Tokens of its sections without the diff itself."""
        sections, _ = self._within(0)
        return sum(count_tokens(section.text) for section in sections)

    def show(self, room: int) -> tuple[tuple[Section, ...], ShownPatch]:
        """The sections that are shown within a token budget for the diff."""
        return self._whole if room >= self._tokens else self._within(room)

    @cached_property
    def _tokens(self) -> int:
        _, shown = self._whole
        return count_tokens(shown.text)

    @cached_property
    def _whole(self) -> tuple[tuple[Section, ...], ShownPatch]:
        return self._within(_ALL)

    def _within(self, room: int) -> tuple[tuple[Section, ...], ShownPatch]:
        if self._rubric is None or self._commit is None:
            return (), ShownPatch("", (), 0)
        shown = show_patch(self.patch, room)
        text = _commit_text(self._commit, self.patch, shown)
        return (
            Section.of(RUBRIC, rubric_text(self._rubric), shared=True),
            Section.of("human commit", text, shared=True),
        ), shown

    @property
    def rubric_missing(self) -> tuple[str, ...]:
        """What was missing when the rubric was written."""
        return tuple(f"rubric: {m}" for m in self._rubric.missing_evidence) if self._rubric else ()


NO_REFERENCE = Reference(None, "", None)
"""What an attempt is compared with when its human commit is unknown."""


def show_reference(commit: HumanCommit, diff: str, rubric: Rubric) -> Reference:
    """What every attempt at a human commit is compared with."""
    return Reference(commit, diff, rubric)


def ask_rubric(commit: HumanCommit, diff: str, input_limit: int) -> Question:
    """The question for the rubric of a human commit."""
    patch, told = parse_patch(diff), read_instructions("rubric")
    base = sum(map(count_tokens, [told.text, commit.message, *shown_names(patch)])) + _OVERHEAD
    shown = show_patch(patch, max(0, input_limit - base))
    return Question(
        name="rubric",
        told=told,
        sections=(Section.of("human commit", _commit_text(commit, patch, shown), shared=True),),
        schema=rubric_schema(),
        input_limit=input_limit,
        missing=shown.missing("human commit"),
        patches=(sha256(diff),),
        shows_nothing=len(shown.left_out) == shown.files,
    )


def ask_judgement(
    reference: Reference,
    patch_text: str,
    state: PatchState,
    *,
    input_limit: int,
    facts: str | None = None,
    context: tuple[str, ...] = (),
) -> Question:
    """The question about one attempt.

    `context` is what `core.judge.question.base_lines` shows around the human's hunks and around the
    attempt's; if not everything fits, it goes before any file does.
    """
    is_alone = reference is NO_REFERENCE
    told = read_instructions("no_reference" if is_alone else "judgement")
    given = [] if facts is None else [Section.of("findings of static checks", facts)]
    patch = parse_patch(patch_text)
    around, unshown = _around(context), list[str]()
    texts = [told.text, facts or "", *(section.text for section in around)]
    sections, human, attempt = _fit(reference, patch, texts, input_limit)
    if around and (human.left_out or attempt.left_out):
        around, unshown = [], [BASE_LINES]
        sections, human, attempt = _fit(reference, patch, texts[:2], input_limit)
    if attempt.outside:
        unshown.append(f"{attempt.outside} lines of the attempt that belong to no file of its diff")
    missing, blocked = _missing(reference, human, attempt, state)
    text = "\n".join([*shown_names(patch), "", attempt.text])
    return Question(
        name="judgement",
        told=told,
        sections=(
            *sections,
            *(section for section in around if section.shared),
            *given,
            Section.of(ATTEMPT, text),
            *(section for section in around if not section.shared),
        ),
        schema=judgement_schema(blocked, reference.must_haves),
        input_limit=input_limit,
        blocked=blocked,
        missing=missing,
        tripwires=patch_tripwires(patch),
        rubric=reference.rubric,
        must_haves=reference.must_haves,
        places=ShownPlaces(
            (patch, attempt.left_out), (reference.patch, human.left_out), context if around else ()
        ),
        context=context,
        unshown=tuple(unshown),
        patches=(reference.diff, sha256(patch_text)),
        without_reference=is_alone,
        facts=facts,
        shows_nothing=len(attempt.left_out) == attempt.files,
    )


def _missing(
    reference: Reference, human: ShownPatch, attempt: ShownPatch, state: PatchState
) -> tuple[tuple[str, ...], frozenset[str]]:
    """What is missing from the evidence, and the criteria that cannot be assessed because of it."""
    blocked: set[str] = set()
    missing = [*human.missing("human commit"), *reference.rubric_missing]
    if reference is NO_REFERENCE:
        blocked |= NEED_REFERENCE
        missing.append("the human commit is not available")
    if human.left_out or reference.rubric_missing:
        blocked |= NEED_HUMAN_FILES
    if state is PatchState.CUT:
        blocked |= NEED_WHOLE_PATCH
        missing.append("the attempt's patch was cut before it came here")
    missing += attempt.missing("attempt")
    blocked |= NEED_ATTEMPT_FILES if attempt.left_out else set()
    return tuple(missing), frozenset(blocked)


def _around(context: tuple[str, ...]) -> list[Section]:
    """The sections of base lines; the one on the human commit is shared by all attempts at it."""
    names = (("base file around the human changes", True), ("base file around the attempt", False))
    return [
        Section.of(name, text, shared=shared)
        for (name, shared), text in zip(names, context, strict=False)
        if text
    ]


def _fit(
    reference: Reference, patch: Patch, others: Sequence[str], input_limit: int
) -> tuple[tuple[Section, ...], ShownPatch, ShownPatch]:
    """Both diffs within the limit: the human's gives way first, down to half of the limit."""
    names = shown_names(patch)
    whole = show_patch(patch, _ALL)
    fixed = sum(map(count_tokens, [*others, *names])) + _OVERHEAD
    around = reference.frame_tokens
    room = input_limit - fixed - around - count_tokens(whole.text)
    sections, human = reference.show(max(room, input_limit // 2 - fixed - around))
    said = [*(section.text for section in sections), *human.missing("human commit")]
    taken = fixed + sum(map(count_tokens, said))
    if count_tokens(whole.text) <= input_limit - taken:
        return sections, human, whole
    return sections, human, show_patch(patch, max(0, input_limit - taken))


def rubric_text(rubric: Rubric) -> str:
    """A rubric as people and judges read it."""
    lines = [f"Bottleneck: {rubric.bottleneck}", f"Essential change: {rubric.essential_change}"]
    lines += ["Must-haves:", *(f"m{n}. {text}" for n, text in enumerate(rubric.must_haves, 1))]
    if rubric.alternatives:
        lines += ["Acceptable alternatives:", *(f"- {text}" for text in rubric.alternatives)]
    return "\n".join(lines)


def prompt_hash(instructions: str, text: str) -> str:
    """The hash that identifies a prompt as sent."""
    return sha256(f"{instructions}\n{text}")


def _commit_text(commit: HumanCommit, patch: Patch, shown: ShownPatch) -> str:
    message = commit.message.strip() or commit.subject
    return "\n".join([message, "", *shown_names(patch), "", shown.text])


_FACT_FAMILIES = ("applies", "syntax", "files", "names")
_NOT_GIVEN = ("files.outside-targets", "files.given-away")  # they are about the agent's prompt


def facts_text(report: CheckReport) -> str | None:
    """The part of a report that the judge gets: does the patch apply and parse, files and names.

    Nothing about the run, the agent, its prompt or other attempts. None if nothing was checked.
    """
    named = [*report.measures, *(finding.rule for finding in report.findings)]
    if not {name.partition(".")[0] for name in named} & set(_FACT_FAMILIES):
        return None
    lines = [
        f"{finding.severity} {finding.rule} {finding.place} {finding.message}"
        for finding in report.findings
        if finding.rule.partition(".")[0] in _FACT_FAMILIES and finding.rule not in _NOT_GIVEN
    ]
    return "\n".join(lines) or "none"
