"""What a model is asked: which evidence is shown, in which order, and what had to be left out.

Nothing is cut. Where a prompt would pass the model's input limit, whole files are left out, the
largest first: of the human diff until it takes at most half of the limit, then of the attempt's
patch until all fits. All file names are always shown. What the order is for: instructions, rubric
and human commit are the same for every attempt at a commit, so that servers can reuse them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from core.assess.opinions import (
    NEED_ATTEMPT_FILES,
    NEED_HUMAN_FILES,
    NEED_REFERENCE,
    NEED_WHOLE_PATCH,
)
from core.checks.tripwires import patch_tripwires
from core.judge.question import instructions
from core.judge.question.fences import fenced, neutralised
from core.judge.question.schema import judgement_schema, rubric_schema
from core.models import CheckReport, Finding, HumanCommit, PatchState, Rubric
from core.patch.parse import FilePatch, Patch, diff_lines, parse_patch
from core.sources import encode

BYTES_PER_TOKEN = 3
"""Code has about 3.5 bytes a token; counting less keeps a prompt inside the limit."""

_OVERHEAD = 3_000
"""Tokens of the schema, the fences and the notes on what is missing, more than enough."""

_CONSTANT_FENCES = ("shared", "own")


@dataclass(frozen=True, slots=True)
class Section:
    """One piece of evidence, harmless; `shared` by all questions about the same human commit."""

    name: str
    text: str
    shared: bool

    @classmethod
    def of(cls, name: str, text: str, *, shared: bool = False) -> Section:
        """A section of untrusted text."""
        return cls(name, neutralised(text), shared)


@dataclass(frozen=True, slots=True)
class Reference:
    """What is shown of a human commit: the same for every attempt at it."""

    sections: tuple[Section, ...]
    missing: tuple[str, ...]
    blocked: frozenset[str]
    rubric: str  # its hash
    diff: str  # its hash


@dataclass(frozen=True)
class Question:
    """Everything that is asked in one call, but the fences and the vote."""

    name: str  # of the schema
    instructions: str
    sections: tuple[Section, ...]
    schema: dict[str, Any]
    blocked: frozenset[str] = frozenset()
    missing: tuple[str, ...] = ()
    tripwires: tuple[Finding, ...] = ()
    rubric: str = ""
    patches: tuple[str, ...] = ()  # SHA-256 of the human diff and of the attempt's patch
    without_reference: bool = False
    facts: str | None = None  # the findings of checks that are given
    shows_nothing: bool = False  # every file of what is to be judged had to be left out

    def render(self, fences: tuple[str, ...] = _CONSTANT_FENCES) -> str:
        """The user message: shared sections behind the first fence, the rest behind the second."""
        shared, own = fences
        return "\n\n".join(
            fenced(section.name, section.text, shared if section.shared else own)
            for section in self.sections
        )

    @cached_property
    def bytes(self) -> int:
        """Bytes of the prompt with its schema, the random part of the fences aside."""
        parts = (self.instructions, self.render(), json.dumps(self.schema))
        return sum(len(encode(part)) for part in parts)

    @property
    def tokens(self) -> int:
        """Tokens of the prompt, rather too many than too few."""
        return -(-self.bytes // BYTES_PER_TOKEN)


@dataclass(frozen=True, slots=True)
class ShownPatch:
    """A diff as it is put before the judge, and the files of it that did not fit."""

    text: str
    left_out: tuple[str, ...]
    files: int


def count_tokens(text: str) -> int:
    """About how many tokens a text has, rather too many than too few."""
    return -(-len(encode(text)) // BYTES_PER_TOKEN)


def ask_rubric(commit: HumanCommit, diff: str, input_limit: int) -> Question:
    """The question for the rubric of a human commit."""
    patch = parse_patch(diff)
    names = "".join(_names(patch))
    base = count_tokens(instructions.RUBRIC + commit.message + names + names) + _OVERHEAD
    shown = show_patch(patch, max(0, input_limit - base))
    return Question(
        name="rubric",
        instructions=instructions.RUBRIC,
        sections=(Section.of("human commit", _commit_text(commit, patch, shown), shared=True),),
        schema=rubric_schema(),
        missing=_missing("human commit", shown),
        patches=(sha256(diff),),
        shows_nothing=len(shown.left_out) == shown.files,
    )


def show_reference(commit: HumanCommit, diff: str, rubric: Rubric, input_limit: int) -> Reference:
    """What every attempt at a human commit is compared with."""
    patch = parse_patch(diff)
    shown = show_patch(patch, input_limit // 2)
    return Reference(
        sections=(
            Section.of("rubric", rubric_text(rubric), shared=True),
            Section.of("human commit", _commit_text(commit, patch, shown), shared=True),
        ),
        missing=(
            *_missing("human commit", shown),
            *(f"rubric: {m}" for m in rubric.missing_evidence),
        ),
        blocked=NEED_HUMAN_FILES if shown.left_out or rubric.missing_evidence else frozenset(),
        rubric=rubric.hash,
        diff=sha256(diff),
    )


NO_REFERENCE = Reference((), ("the human commit is not available",), NEED_REFERENCE, "", "")
"""What an attempt is compared with when its human commit is not known."""


def ask_judgement(
    reference: Reference,
    patch_text: str,
    state: PatchState,
    *,
    input_limit: int,
    facts: str | None = None,
) -> Question:
    """The question about one attempt."""
    blocked, missing = set(reference.blocked), list(reference.missing)
    sections = list(reference.sections)
    told = instructions.JUDGEMENT
    if reference is NO_REFERENCE:
        told += f"\n\n{instructions.NO_REFERENCE}"
    if facts is not None:
        sections.append(Section.of("findings of static checks", facts))
    if state is PatchState.CUT:
        blocked |= NEED_WHOLE_PATCH
        missing.append("the attempt's patch was cut before it came here")
    patch = parse_patch(patch_text)
    names = _names(patch)
    fixed = [told, *names, *names, *(section.text for section in sections)]
    taken = sum(map(count_tokens, fixed)) + _OVERHEAD
    attempt = show_patch(patch, max(0, input_limit - taken))
    missing += _missing("attempt", attempt)
    blocked |= NEED_ATTEMPT_FILES if attempt.left_out else set()
    text = "\n".join([*names, *_notes(missing), "", attempt.text])
    sections.append(Section.of("attempt", text))
    return Question(
        name="judgement",
        instructions=told,
        sections=tuple(sections),
        schema=judgement_schema(blocked),
        blocked=frozenset(blocked),
        missing=tuple(missing),
        tripwires=patch_tripwires(patch),
        rubric=reference.rubric,
        patches=(reference.diff, sha256(patch_text)),
        without_reference=reference is NO_REFERENCE,
        facts=facts,
        shows_nothing=len(attempt.left_out) == attempt.files,
    )


def show_patch(patch: Patch, limit: int) -> ShownPatch:
    """A patch with line numbers, less the largest files until it has at most `limit` tokens."""
    pieces = _pieces(patch)
    sizes = [count_tokens(text) for _, text in pieces]
    kept = set(range(len(pieces)))
    total = sum(sizes)
    for number in sorted(kept, key=lambda n: (-sizes[n], n)):
        if total <= limit:
            break
        kept.remove(number)
        total -= sizes[number]
    left_out = tuple(name for number, (name, _) in enumerate(pieces) if number not in kept)
    text = "\n".join(text for number, (_, text) in enumerate(pieces) if number in kept)
    return ShownPatch(text, left_out, len(pieces))


def rubric_text(rubric: Rubric) -> str:
    """A rubric as people and judges read it."""
    lines = [f"Bottleneck: {rubric.bottleneck}", f"Essential change: {rubric.essential_change}"]
    lines += ["Must-haves:", *(f"- {text}" for text in rubric.must_haves)]
    if rubric.alternatives:
        lines += ["Acceptable alternatives:", *(f"- {text}" for text in rubric.alternatives)]
    return "\n".join(lines)


def sha256(text: str) -> str:
    """The hash of a text's bytes, in hex."""
    return hashlib.sha256(encode(text)).hexdigest()


def prompt_hash(instructions: str, text: str) -> str:
    """The hash by which a prompt as it was sent is known."""
    return sha256(f"{instructions}\n{text}")


def _commit_text(commit: HumanCommit, patch: Patch, shown: ShownPatch) -> str:
    message = commit.message.strip() or commit.subject
    notes = _notes(_missing("human commit", shown))
    return "\n".join([message, "", *_names(patch), *notes, "", shown.text])


def _names(patch: Patch) -> list[str]:
    return [f"Files changed ({len(patch.files)}):", *(f"- {file.path}" for file in patch.files)]


def _notes(missing: Iterable[str]) -> list[str]:
    return [f"NOT SHOWN: {what}" for what in missing]


def _missing(what: str, shown: ShownPatch) -> tuple[str, ...]:
    if not shown.left_out:
        return ()
    names = ", ".join(shown.left_out)
    return (f"{what}: {len(shown.left_out)} of {shown.files} files left out for size ({names})",)


def _pieces(patch: Patch) -> list[tuple[str, str]]:
    """Every file of a patch with its text; text between files goes with the file before it."""
    if not patch.files:
        return [("the patch", patch.text)]
    ends = [*(file.start for file in patch.files[1:]), len(patch.lines)]
    starts = [0, *ends[:-1]]
    return [
        (file.path, "\n".join(_numbered(patch, file, start, end)))
        for file, start, end in zip(patch.files, starts, ends, strict=True)
    ]


def _numbered(patch: Patch, file: FilePatch, start: int, end: int) -> Sequence[str]:
    numbers: dict[int, int] = {}
    for hunk in file.hunks:
        numbers.update((line.index, line.new) for line in diff_lines(patch, hunk) if line.new)
    return [f"{numbers.get(index, ''):>6} {patch.lines[index]}" for index in range(start, end)]


_FACT_FAMILIES = ("applies.", "syntax.", "files.", "names.")
_NOT_GIVEN = ("files.outside-targets", "files.given-away")  # they speak of the agent's prompt


def facts_text(report: CheckReport) -> str:
    """What the judge is given of a report: whether the patch applies and parses, files and names.

    Nothing of the run, the agent, its prompt or other attempts.
    """
    lines = [
        f"{finding.severity} {finding.rule} {finding.place} {finding.message}"
        for finding in report.findings
        if finding.rule.startswith(_FACT_FAMILIES) and finding.rule not in _NOT_GIVEN
    ]
    return "\n".join(lines) or "none"
