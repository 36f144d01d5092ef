"""Does a JSON export agree with itself? Every figure is recomputed from the file alone.

No runs, repository, store or key is needed. Whatever follows from something else in the file is
computed and compared: criteria from raw replies, outcomes from what each voice said, figures from
the attempts, hashes from texts. What nothing in the file proves is listed, not passed over.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

from core import codec
from core.assess.outcome import assess, has_patch, outcome_settled_by
from core.errors import ExportError
from core.export.export_document import SCHEMA_VERSION
from core.export.export_records import (
    ExportedAttempt,
    ExportedCommit,
    ExportedPrompt,
    ExportedText,
    Given,
    StrayHistory,
)
from core.export.stated_differences import Disagreement, differences, known_to, leaves
from core.files import UnusableError, read_bytes
from core.judge.books.judge_records import JudgeRecords
from core.judge.derive import derive_again, derive_rubric, is_reply_made_up
from core.judge.question.fences import fenced
from core.judge.question.judge_prompt import prompt_hash
from core.judge.question.rubric import rubric_hash
from core.models import (
    Assessment,
    Assignment,
    Attempt,
    Call,
    HumanCommit,
    Judgement,
    LoadProblem,
    PatchEvidence,
    Rubric,
    RunSet,
)
from core.sources import decode, sha256
from core.stats.figures import Statistics, summarise
from core.stats.measured import quadrant
from core.stats.patch_facts import PatchFact

_MAX_EXPORT_BYTES = 2**31

NOT_PROVEN = (
    "what the checks found, and on how many attempts that still holds (run `patchjury check`)",
    "the hashes of patches, which are not in the file",
    "the ledger's lines, of which the file holds the totals",
)
"""What a file cannot prove by itself."""


class Replayed(Struct, frozen=True):
    """What was recomputed: counts of values compared, and where they disagree.

    `figures` counts the numbers and texts of the statistics, `replies` the raw replies read again.
    `agrees`: everything that can be computed agrees.
    """

    agrees: bool
    attempts: int
    figures: int
    replies: int
    texts: int
    prompts: int
    disagreements: tuple[Disagreement, ...]
    not_proven: tuple[str, ...] = NOT_PROVEN


class _Held(Struct, frozen=True):
    """The parts of an export that are read again: all but its figures, which are only compared.

    So a file from an earlier version, which had fewer figures, can be replayed as well.
    """

    given: Given
    commits: Sequence[ExportedCommit]
    attempts: Sequence[ExportedAttempt]
    stray_verdicts: Sequence[StrayHistory]
    assignments: Sequence[Assignment]
    rubrics: Sequence[Rubric]
    canaries: Sequence[Judgement]
    texts: Sequence[ExportedText]
    prompts: Sequence[ExportedPrompt]
    load_problems: Sequence[LoadProblem]


class _HeldText(Struct, frozen=True):
    """A text that the file itself holds."""

    text: str
    is_fixed: bool = True

    @property
    def name(self) -> str:
        return "the export"

    def read(self) -> str:
        return self.text


def replay(path: Path) -> Replayed:
    """Recompute everything in an export.

    Raises `ExportError` when the file cannot be read or is not a JSON export of this schema.
    """
    data = _read(path)
    try:
        export = codec.from_data(data, _Held)
    except ValueError as error:
        raise _no_export(path, f"{error}.") from error
    assessments = [_assess(one) for one in export.attempts]
    replies = [j for one in export.attempts for j in one.judgements if _has_reply(j)]
    replies += [j for j in export.canaries if _has_reply(j)]
    figures = known_to(data["statistics"], _statistics(export, assessments))
    found = [
        *_texts(export),
        *_prompts(export),
        *_rubrics(export.rubrics),
        *_replies(replies),
        *_attempts(export.attempts, assessments),
        *_commits(export.commits, assessments),
        *differences("statistics", data["statistics"], figures),
    ]
    return Replayed(
        not found,
        len(export.attempts),
        leaves(figures),
        len(replies) + sum(map(_was_written, export.rubrics)),
        len(export.texts) + sum(commit.diff is not None for commit in export.commits),
        sum(not prompt.problem for prompt in export.prompts),
        tuple(found),
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(decode(read_bytes(os.path.realpath(path), _MAX_EXPORT_BYTES)))
    except UnusableError as error:
        raise ExportError(error.of(path)) from error
    except (ValueError, RecursionError) as error:
        raise _no_export(path, "It is not complete JSON.") from error
    if not isinstance(data, dict) or "statistics" not in data or "attempts" not in data:
        raise _no_export(path, "It contains no statistics.")
    version = data.get("schema_version")
    if version != SCHEMA_VERSION:
        reason = f"It has schema {version!r:.40}, while this patchjury computes {SCHEMA_VERSION}."
        raise _no_export(path, reason)
    return data


def _no_export(path: Path, reason: str) -> ExportError:
    hint = f"{reason} `patchjury export RUNS --to FILE.json` writes one."
    return ExportError(f"{path.name} cannot be replayed", hint)


# What follows from each attempt


def _assess(one: ExportedAttempt) -> Assessment:
    patch = PatchEvidence(one.patch.state, None, one.patch.held_bytes, one.patch.recorded_bytes)
    attempt = Attempt(
        one.key,
        one.human,
        one.base,
        one.agent,
        one.model,
        one.run,
        one.item,
        one.task,
        one.started,
        one.status,
        one.marked_success,
        patch,
        one.execution,
        one.target_files,
        has_journal=one.has_journal,
    )
    return assess(attempt, one.history, one.judgements, one.check, one.basis)


def _attempts(
    stated: Sequence[ExportedAttempt], assessments: Sequence[Assessment]
) -> Iterator[Disagreement]:
    for one, known in zip(stated, assessments, strict=True):
        computed = {
            "outcome": known.outcome,
            "outcome_by": outcome_settled_by(known),
            "quadrant": quadrant(known),
            "criteria": known.criteria,
            "settled_by": known.settled_by,
            "conflicts": known.conflicts,
            "contradictions": known.contradictions,
            "disputed": known.disputed,
            "verdict": known.verdict,
            "verdicts": known.verdicts,
            "outdated": known.outdated,
        }
        for name, value in computed.items():
            said = codec.to_data(getattr(one, name))
            yield from differences(f"{one.key}: {name}", said, codec.to_data(value))


def _statistics(export: _Held, assessments: Sequence[Assessment]) -> Statistics:
    given = export.given
    commits = {commit.sha: _commit(commit) for commit in export.commits}
    run_set = RunSet(
        Path(),
        tuple(known.attempt for known in assessments),
        commits,
        problems=tuple(export.load_problems),
        measurements=given.measurements,
        claims=given.claims,
        limits=given.limits,
    )
    rubrics: dict[str, tuple[Rubric, ...]] = {}
    for rubric in export.rubrics:
        rubrics[rubric.human] = (*rubrics.get(rubric.human, ()), rubric)
    facts = {
        one.key: PatchFact(one.patch.sha256, one.patch.own_diff, one.patch.problem)
        for one, known in zip(export.attempts, assessments, strict=True)
        if has_patch(known.attempt) is not False
    }
    strays = {one.key: one.history for one in export.stray_verdicts}
    histories = {**strays, **{one.key: one.history for one in export.attempts}}
    return summarise(
        run_set,
        assessments,
        facts,
        JudgeRecords(rubrics, tuple(export.canaries), given.ledger),
        strays,
        given.check_reports,
        histories,
        given.canary_bar,
        export.assignments,
        given.reported,
    )


def _commit(stated: ExportedCommit) -> HumanCommit:
    is_held = stated.diff is not None or (stated.found and not stated.files)
    return HumanCommit(
        stated.sha,
        stated.subject,
        stated.message,
        stated.parent,
        stated.date,
        stated.files,
        _HeldText(stated.diff or "") if is_held else None,
        stated.source,
    )


def _commits(
    stated: Iterable[ExportedCommit], assessments: Sequence[Assessment]
) -> Iterator[Disagreement]:
    counts: dict[str, int] = {}
    for known in assessments:
        sha = known.attempt.reference_sha
        counts[sha] = counts.get(sha, 0) + 1
    for commit in stated:
        where = f"commit {commit.sha[:12]}: attempts"
        yield from differences(where, commit.attempts, counts.get(commit.sha, 0))


# What follows from texts


def _texts(export: _Held) -> Iterator[Disagreement]:
    for text in export.texts:
        yield from differences(f"text {text.sha256[:12]}", text.sha256, sha256(text.text))
    for commit in export.commits:
        if commit.diff is not None:
            where = f"commit {commit.sha[:12]}: diff_sha256"
            yield from differences(where, commit.diff_sha256, sha256(commit.diff))


def _rubrics(rubrics: Iterable[Rubric]) -> Iterator[Disagreement]:
    for rubric in rubrics:
        if rubric.hash:
            yield from differences(f"rubric {rubric.id}: hash", rubric.hash, rubric_hash(rubric))
        if _was_written(rubric):
            said, read = codec.to_data(rubric), codec.to_data(derive_rubric(rubric))
            yield from differences(f"rubric {rubric.id}", said, read)


def _prompts(export: _Held) -> Iterator[Disagreement]:
    """The prompt that was sent, rebuilt, against the hash that its call kept."""
    texts = {text.sha256: text.text for text in export.texts}
    calls = {call.id: call for call in _calls(export)}
    for prompt in export.prompts:
        if prompt.problem:
            continue
        where, call = f"prompt of call {prompt.call}", calls.get(prompt.call)
        stated = call.prompt_hash if call is not None else "no such call"
        yield from differences(where, stated, _prompt_hash(prompt, texts))


def _calls(export: _Held) -> Iterator[Call]:
    for one in export.attempts:
        for judgement in one.judgements:
            yield from judgement.calls
    for judgement in export.canaries:
        yield from judgement.calls
    for rubric in export.rubrics:
        yield from rubric.calls


def _prompt_hash(prompt: ExportedPrompt, texts: Mapping[str, str]) -> str:
    try:
        parts = [fenced(s.name, texts[s.text], s.fence) for s in prompt.sections or ()]
        instructions = texts[prompt.instructions or ""]
    except KeyError:
        return "one of its texts is not in the file"
    return prompt_hash(instructions, "\n\n".join([*parts, prompt.afterword or ""]))


def _has_reply(judgement: Judgement) -> bool:
    return any(call.raw for call in judgement.calls[-1:])


def _was_written(rubric: Rubric) -> bool:
    """Did a model write it, and is its reply here? A person's edit rests on nothing else."""
    return not rubric.edited and any(call.raw for call in rubric.calls[-1:])


def _replies(judgements: Iterable[Judgement]) -> Iterator[Disagreement]:
    for one in judgements:
        again = derive_again(one)
        where = f"judgement {one.id} of {one.attempt}"
        made_up = is_reply_made_up(one)
        yield from differences(f"{where}: made up by a test server", one.is_made_up, made_up)
        yield from differences(f"{where}: state", one.state.value, again.state.value)
        said, read = codec.to_data(one.criteria), codec.to_data(again.criteria)
        yield from differences(f"{where}: criteria", said, read)
