"""The content of an export: one result, built once, that every format renders.

It holds no absolute path of the machine, so that an export can be shared.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from msgspec import Struct

from core import codec
from core.assess.made_up import without_made_up
from core.assess.outcome import outcome_settled_by
from core.errors import SourceError
from core.export.export_records import (
    NOTHING_GIVEN,
    ExportedAttempt,
    ExportedCommit,
    ExportedPatch,
    Given,
    StrayHistory,
)
from core.export.provenance import NOT_NOTED, Provenance
from core.judge.books.judge_records import NO_RECORDS, JudgeRecords
from core.models import (
    Analysis,
    AnalysisScope,
    Assessment,
    Assignment,
    Basis,
    FactCounts,
    HumanCommit,
    LoadProblem,
    RunSet,
    Verdict,
)
from core.records import replace
from core.sources import sha256
from core.stats.canary_bar import CANARY_BAR
from core.stats.figures import NO_FACTS, NO_STRAYS, Statistics, summarise
from core.stats.measured import hard_outcome, quadrant
from core.stats.patch_facts import PatchFact
from core.stats.reported_figures import ReportedBy

SCHEMA_VERSION = 2
"""Of the JSON and JSONL formats (`docs/export.md`); raised when an older reader would go wrong."""

_ABSOLUTE_PATH = re.compile(
    r"(?<![\w.~/\\-])(?:[A-Za-z]:)?[\\/](?:[^\s\\/:'\"]+[\\/])+(?P<name>[^\s\\/:'\"]*)"
)


class AttemptResult(Struct, frozen=True):
    """One attempt as exported: its assessment, every verdict ever given, and its patch's hash."""

    assessment: Assessment
    history: tuple[Verdict, ...]
    fact: PatchFact
    subject: str = ""  # of the human commit
    basis: Basis | None = None  # patch and human change as they are now, if a verdict depends on it

    @property
    def key(self) -> str:
        """The attempt's path below the runs root."""
        return self.assessment.attempt.key

    @property
    def outcome_by(self) -> str | None:
        """Who the outcome rests on; None while undecided."""
        return outcome_settled_by(self.assessment)


class CommitResult(Struct, frozen=True):
    """One human commit and the attempts at it, in run order."""

    commit: HumanCommit  # only its sha if it was not found
    found: bool
    attempts: tuple[AttemptResult, ...]


class Narrowing(Struct, frozen=True):
    """What selected the attempts of an export ("": nothing did), and out of how many.

    `text` is a filter, or on the screen the queue and the filter; `keys` are then the attempts.
    """

    text: str = ""
    keys: frozenset[str] = frozenset()
    total: int = 0


NO_BASES: Mapping[str, Basis] = {}

WHOLE = Narrowing()
"""An export of everything."""


class Document(Struct, frozen=True):
    """Everything an export holds. `folder` is where the runs are; it is never written."""

    folder: Path
    root: str
    store: str
    generator: str
    created: datetime
    commits: tuple[CommitResult, ...]
    attempts: tuple[AttemptResult, ...]
    records: JudgeRecords
    statistics: Statistics
    strays: Mapping[str, tuple[Verdict, ...]]  # histories that belong to no attempt, by its key
    filter: Narrowing
    analyses: tuple[Analysis, ...]  # the newest of each reviewer on each subject
    assignments: tuple[Assignment, ...]  # withdrawn ones and withdrawals too
    problems: tuple[LoadProblem, ...]
    method: Provenance = NOT_NOTED
    given: Given = NOTHING_GIVEN
    patches: bool = True  # do reports show patches and human diffs?


def build_document(
    run_set: RunSet,
    assessments: Sequence[Assessment],
    histories: Mapping[str, Sequence[Verdict]],
    facts: Mapping[str, PatchFact],
    *,
    store: Path,
    created: datetime,
    version: str,
    records: JudgeRecords = NO_RECORDS,
    strays: Mapping[str, Sequence[Verdict]] = NO_STRAYS,
    filter: Narrowing = WHOLE,
    analyses: Sequence[Analysis] = (),
    assignments: Sequence[Assignment] = (),
    check_reports: FactCounts = NO_FACTS,
    method: Provenance = NOT_NOTED,
    canary_bar: float = CANARY_BAR,
    patches: bool = True,
    bases: Mapping[str, Basis] = NO_BASES,
    reported: Sequence[ReportedBy] = (),
) -> Document:
    """The result of a run set as it is now; `facts` comes from `stats.read_patch_facts`."""
    folder = run_set.root.resolve()
    assessments = without_made_up(assessments)
    results = tuple(_attempt_result(one, histories, facts, bases, run_set) for one in assessments)
    keys = {result.key for result in results}
    given = tuple(a for a in assignments if a.attempt in keys)
    return Document(
        folder=folder,
        root=folder.name,
        store=portable(str(store.resolve()), folder) or store.name,
        generator=f"patchjury {version}",
        created=created,
        commits=_commits(run_set, results, folder),
        attempts=results,
        records=records,
        statistics=summarise(
            run_set,
            assessments,
            facts,
            records,
            strays,
            check_reports,
            histories,
            canary_bar,
            given,
            reported,
        ),
        strays={key: tuple(history) for key, history in strays.items()},
        filter=filter,
        analyses=_chosen(analyses, results),
        assignments=given,
        problems=_problems(run_set, folder),
        method=method,
        given=replace(
            _given(run_set, folder, records, check_reports, canary_bar), reported=tuple(reported)
        ),
        patches=patches,
    )


def _problems(run_set: RunSet, folder: Path) -> tuple[LoadProblem, ...]:
    return tuple(
        LoadProblem(portable(p.path, folder), portable(p.reason, folder)) for p in run_set.problems
    )


def _given(
    run_set: RunSet, folder: Path, records: JudgeRecords, check_reports: FactCounts, bar: float
) -> Given:
    return Given(
        bar,
        run_set.limits,
        records.totals,
        check_reports,
        tuple(replace(m, source=portable(m.source, folder)) for m in run_set.measurements),
        tuple(replace(c, source=portable(c.source, folder)) for c in run_set.claims),
    )


def portable(text: str, folder: Path) -> str:
    """Text without the machine's absolute paths: relative below `folder`, elsewhere the name."""
    if len(folder.parts) > 1:
        text = text.replace(f"{folder}/", "").replace(f"{folder}\\", "")
    return _ABSOLUTE_PATH.sub(lambda match: match["name"], text)


def attempt_data(result: AttemptResult) -> dict[str, Any]:
    """One attempt as plain JSON data, as `docs/export.md` describes it."""
    known, attempt = result.assessment, result.assessment.attempt
    record = ExportedAttempt(
        key=attempt.key,
        human=attempt.reference_sha,
        base=attempt.base,
        agent=attempt.agent,
        model=attempt.model,
        run=attempt.run,
        item=attempt.item,
        task=attempt.task,
        started=attempt.started,
        status=attempt.status,
        marked_success=attempt.marked_success,
        has_journal=attempt.has_journal,
        target_files=attempt.target_files,
        patch=_patch(result),
        execution=attempt.execution,
        outcome=known.outcome,
        outcome_by=result.outcome_by,
        hard_outcome=hard_outcome(known),
        quadrant=quadrant(known),
        criteria=known.criteria,
        settled_by=known.settled_by,
        conflicts=known.conflicts,
        contradictions=known.contradictions,
        disputed=known.disputed,
        basis=result.basis,
        verdict=known.verdict,
        verdicts=known.verdicts,
        outdated=known.outdated,
        history=result.history,
        judgements=known.judgements,
        check=known.report,
    )
    finite: dict[str, Any] = _finite(codec.to_data(record))
    return finite


def _patch(result: AttemptResult) -> ExportedPatch:
    patch, fact = result.assessment.attempt.patch, result.fact
    return ExportedPatch(
        patch.state,
        patch.held_bytes,
        patch.recorded_bytes,
        fact.sha256,
        fact.own_diff,
        fact.problem,
    )


def stray_data(key: str, history: Sequence[Verdict]) -> dict[str, Any]:
    """Verdicts that belong to no attempt, as plain JSON data under the key that they name."""
    record = StrayHistory(key, True, tuple(history))
    data: dict[str, Any] = _finite(codec.to_data(record))
    return data


def commit_data(result: CommitResult, folder: Path) -> dict[str, Any]:
    """One human commit as plain JSON data, with its diff, which is read now."""
    commit = result.commit
    diff, problem = None, ""
    if commit.diff is not None:
        try:
            diff = commit.diff.read()
        except SourceError as error:
            problem = portable(error.title, folder)
    record = ExportedCommit(
        sha=commit.sha,
        subject=commit.subject,
        message=commit.message,
        parent=commit.parent,
        date=commit.date,
        files=commit.files,
        source=commit.source,
        found=result.found,
        attempts=len(result.attempts),
        diff=diff,
        diff_sha256=None if diff is None else sha256(diff),
        problem=problem,
    )
    data: dict[str, Any] = codec.to_data(record)
    return data


def _attempt_result(
    assessment: Assessment,
    histories: Mapping[str, Sequence[Verdict]],
    facts: Mapping[str, PatchFact],
    bases: Mapping[str, Basis],
    run_set: RunSet,
) -> AttemptResult:
    key = assessment.attempt.key
    fact = facts.get(key, PatchFact())
    if fact.problem:
        fact = replace(fact, problem=portable(fact.problem, run_set.root.resolve()))
    commit = run_set.commits.get(assessment.attempt.reference_sha)
    history = tuple(histories.get(key, ()))
    subject = commit.subject if commit else ""
    return AttemptResult(assessment, history, fact, subject, bases.get(key))


def _chosen(analyses: Sequence[Analysis], results: Sequence[AttemptResult]) -> tuple[Analysis, ...]:
    """The analyses of what is exported: its attempts, their human commits, and the whole set."""
    subjects = {
        AnalysisScope.ATTEMPT: {result.key for result in results},
        AnalysisScope.COMMIT: {result.assessment.attempt.reference_sha for result in results},
        AnalysisScope.WHOLE: {""},
    }
    return tuple(analysis for analysis in analyses if analysis.about in subjects[analysis.scope])


def _commits(
    run_set: RunSet, results: Sequence[AttemptResult], folder: Path
) -> tuple[CommitResult, ...]:
    by_sha: dict[str, list[AttemptResult]] = {}
    for result in results:
        by_sha.setdefault(result.assessment.attempt.reference_sha, []).append(result)
    commits = []
    for sha, members in by_sha.items():
        commit = run_set.commits.get(sha)
        known = commit or HumanCommit(sha)
        known = replace(known, source=portable(known.source, folder))
        commits.append(CommitResult(known, _is_found(commit), tuple(members)))
    return tuple(commits)


def _is_found(commit: HumanCommit | None) -> bool:
    """Is the human change itself available, not just its name?"""
    return commit is not None and (commit.diff is not None or bool(commit.files))


def _finite(data: Any) -> Any:
    """The data with null for numbers that JSON cannot hold (they are unknown, not zero)."""
    if isinstance(data, float):
        return data if math.isfinite(data) else None
    if isinstance(data, dict):
        return {key: _finite(value) for key, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [_finite(value) for value in data]
    return data
