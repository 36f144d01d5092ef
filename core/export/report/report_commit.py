"""One human commit in a report: what it changed and why, what was requested, and its attempts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from core.export.export_document import CommitResult
from core.export.report.report_attempt import AttemptAt, attempt_sections
from core.export.report.report_blocks import (
    Block,
    Column,
    Quote,
    Section,
    Span,
    bullets,
    code,
    line,
    paragraph,
    strong,
    table,
)
from core.export.report.report_breakdown import breakdown
from core.export.report.report_diff import Shown, folded_patch, read_shown, told_changes
from core.export.report.report_levels import Reached
from core.export.report.report_people import analyses_on
from core.export.report.report_prompts import prompt_blocks
from core.export.report.report_words import answer, codes, outcome_span
from core.export.stats_text import words
from core.judge.question.rubric import current_rubric
from core.models import Analysis, AnalysisScope, Outcome, Rubric
from core.patch.parse import Patch
from core.text import counted


class CommitAt(Struct, frozen=True):
    """A human commit to write about. `rubrics` are all that were ever written for it."""

    result: CommitResult
    number: int
    folder: Path
    rubrics: Sequence[Rubric]
    analyses: Mapping[tuple[AnalysisScope, str], Sequence[Analysis]]
    with_patches: bool
    levels: Sequence[Reached]  # of the attempts

    @property
    def anchor(self) -> str:
        """The anchor of its section."""
        return f"commit-{self.number}"

    def attempt_anchor(self, place: int) -> str:
        """The anchor of an attempt's section; attempts are counted from 1."""
        return f"attempt-{self.number}-{place}"


def commit_title(at: CommitAt) -> tuple[Span, ...]:
    """How a report names the commit."""
    commit = at.result.commit
    task = (code(commit.instance), " ") if commit.instance not in ("", commit.sha) else ()
    sha = code(commit.sha) if commit.sha else "none named"
    return line(f"Commit {at.number}: ", *task, sha)


def commit_sections(at: CommitAt) -> Iterator[Section]:
    """The commit's section, then those of its attempts, with one patch in memory at a time."""
    human = read_shown(at.result.commit.diff, at.folder, human=True)
    yield Section(3, commit_title(at), tuple(_head(at, human)), at.anchor)
    for place, result in enumerate(at.result.attempts, start=1):
        yield from attempt_sections(
            AttemptAt(
                result,
                place,
                len(at.result.attempts),
                at.attempt_anchor(place),
                read_shown(result.assessment.attempt.patch.source, at.folder),
                human,
                at.analyses.get((AnalysisScope.ATTEMPT, result.key), ()),
                at.with_patches,
                at.levels[place - 1],
            )
        )


def _head(at: CommitAt, human: Shown) -> Iterator[Block]:
    commit, attempts = at.result.commit, at.result.attempts
    marked = sum(r.assessment.attempt.marked_success is True for r in attempts)
    counts = Counter(r.assessment.outcome for r in attempts)
    outcomes = ", ".join(f"{counts[o]} {words(o)}" for o in Outcome if counts[o])
    facts = [
        line(strong("Human subject:"), f" {commit.subject or 'unknown'}"),
        line(
            strong("Attempts:"), f" {len(attempts)} · ",
            strong("Marked success:"), f" {marked} · ",
            strong("Outcomes:"), f" {outcomes}",
        ),
    ]  # fmt: skip
    facts += breakdown([result.assessment for result in attempts])
    if commit.date is not None:
        facts.append(line(strong("Date:"), f" {commit.date:%Y-%m-%d}"))
    facts += _leak(at)
    yield bullets(facts)
    yield from _human_change(at, human)
    yield from analyses_on(
        at.analyses.get((AnalysisScope.COMMIT, commit.sha), ()), AnalysisScope.COMMIT, commit.sha
    )
    yield from _rubric(at.rubrics)
    if at.with_patches:  # they may show the human diff
        yield from prompt_blocks(at.result.attempts, at.folder)
    yield _attempts(at)


def _leak(at: CommitAt) -> Iterator[tuple[Span, ...]]:
    """How much of the human diff the prompts showed, equal answers grouped."""
    shown: Counter[tuple[object, object]] = Counter()
    for result in at.result.attempts:
        measures = result.assessment.report.measures if result.assessment.report else {}
        if measures.get("leak.lines"):
            shown[measures.get("leak.shown"), measures["leak.lines"]] += 1
    if shown:
        told = "; ".join(
            f"{some} of {lines} lines of the human diff ({counted(count, 'attempt')})"
            for (some, lines), count in shown.items()
        )
        yield line(strong("The prompt showed:"), f" {told}")


def _human_change(at: CommitAt, human: Shown) -> Iterator[Block]:
    commit = at.result.commit
    yield paragraph(strong("Human change"))
    if not at.result.found:
        yield paragraph("The human commit was not found; there is nothing to compare with.")
        return
    if body := commit.message.removeprefix(commit.subject).strip():
        yield Quote(body)
    if isinstance(human, Patch):
        yield from told_changes(human)
        if at.with_patches:
            yield folded_patch("The human diff", human)
    else:
        yield paragraph(f"The human diff cannot be shown: {human}.")
    if commit.files and not (isinstance(human, Patch) and human.files):
        yield paragraph("Files changed: ", codes(commit.files))


def _rubric(rubrics: Sequence[Rubric]) -> Iterator[Block]:
    """What a right patch has to do, if anybody wrote it down."""
    rubric = current_rubric(rubrics)
    if rubric is None:
        return
    by = f", edited by {rubric.author}" if rubric.edited else ""
    yield paragraph(strong("Rubric"), " ", code(rubric.hash[:12]), f"{by}:")
    told = [
        line(strong(name), f" {text}")
        for name, text in (
            ("Bottleneck:", rubric.bottleneck),
            ("Essential change:", rubric.essential_change),
            *((f"Must have {n}:", text) for n, text in enumerate(rubric.must_haves, start=1)),
            *(("Also right:", text) for text in rubric.alternatives),
        )
        if text
    ]
    yield bullets(told)


def _attempts(at: CommitAt) -> Block:
    columns = (
        "attempt",
        "agent",
        "model",
        "marked",
        Column("level", number=True),
        Column("return code", number=True),
        "outcome",
        "settled by",
    )
    rows = []
    for place, result in enumerate(at.result.attempts, start=1):
        attempt, outcome = result.assessment.attempt, result.assessment.outcome
        rc = attempt.execution.returncode
        rows.append(
            (
                line(Span(f"{place}", to=at.attempt_anchor(place)), " ", code(result.key)),
                attempt.agent,
                attempt.model,
                answer(attempt.marked_success).text,
                str(at.levels[place - 1].certain),
                "unknown" if rc is None else str(rc),
                outcome_span(outcome),
                result.outcome_by or "nobody",
            )
        )
    return table("Attempts at this commit", columns, rows)
