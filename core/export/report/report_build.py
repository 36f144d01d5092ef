"""The report of an export's document: its sections, in order."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from operator import attrgetter

from core.export.design_text import KIND_WORDS
from core.export.export_document import Document
from core.export.report.report_blocks import (
    Block,
    CellValue,
    Column,
    CommitPart,
    Fold,
    Quote,
    Report,
    Section,
    Span,
    bullets,
    code,
    joined,
    line,
    numbers,
    paragraph,
    strong,
    table,
)
from core.export.report.report_commit import CommitAt, commit_sections, commit_title
from core.export.report.report_figures import figure_sections
from core.export.report.report_levels import Reached, best_of, reached_by_key
from core.export.report.report_method import method_section
from core.export.report.report_people import stray_sections
from core.export.report.report_words import outcome_bar, written_by
from core.export.stats_text import format_rate, percent_range
from core.judge.question.rubric import current_rubric
from core.models import HEADINGS, Analysis, AnalysisScope, HumanCommit, Outcome
from core.stats.bounds import Bounds
from core.stats.figures import Statistics
from core.stats.rates import ALL

KEY_FINDING = "key_finding"
"""What comes first; the rest of what was written about the whole comes last."""

_HEX = re.compile(r"[0-9a-f]{7,64}")


def build_report(document: Document, *, paged: bool = False) -> Report:
    """The report. `paged`: what each commit's page already has is left out of the rest."""
    analyses: dict[tuple[AnalysisScope, str], list[Analysis]] = {}
    for analysis in document.analyses:
        analyses.setdefault((analysis.scope, analysis.about), []).append(analysis)
    reached = reached_by_key(document.statistics.levels)
    nowhere = Reached(0, 0, [level.name for level in document.statistics.levels])
    commits = [
        CommitAt(
            result,
            number,
            document.folder,
            document.records.rubrics.get(result.commit.sha, ()),
            analyses,
            document.patches,
            [reached.get(found.key, nowhere) for found in result.attempts],
        )
        for number, result in enumerate(document.commits, start=1)
    ]
    whole = analyses.get((AnalysisScope.WHOLE, ""), [])
    return Report(
        f"Assessed attempts: {document.root}",
        (
            _head(document),
            _key_finding(document.statistics, whole),
            method_section(document),
            *figure_sections(document.statistics),
            Section(2, line("Human commits"), tuple(_overview(commits)), "commits"),
        ),
        map(_part, commits),
        (*_conclusions(whole), *stray_sections(document.strays), _appendix(document, paged)),
    )


def _head(document: Document) -> Section:
    written = f"Written {document.created:%Y-%m-%d %H:%M %Z} by {document.generator}."
    return Section(1, line(f"Assessed attempts: {document.root}"), (paragraph(written),), "top")


def _key_finding(stats: Statistics, whole: Sequence[Analysis]) -> Section:
    blocks = [block for analysis in whole for block in _written(analysis, KEY_FINDING)]
    blocks += [paragraph(strong("What the figures say:")), bullets(_computed(stats))]
    return Section(2, line("Key finding"), tuple(blocks), "key-finding")


def _written(analysis: Analysis, name: str) -> Iterator[Block]:
    if text := analysis.texts.get(name, ""):
        yield Quote(text)
        yield paragraph(f"({written_by(analysis)})")


def _computed(stats: Statistics) -> Iterator[str]:
    marked = stats.levels[0]
    yield (
        f"The pipelines marked {_of(marked.attempts)} attempts as success, at "
        f"{_of(marked.commits)} human commits."
    )
    yield (
        f"Return code other than 0: {stats.marked_success_nonzero_return} of the "
        f"{stats.marked_success} that were marked, {stats.marked_success_unknown_return} without "
        f"one; no patch that can be read: {stats.attempts - stats.patches} of all {stats.attempts}."
    )
    yield from _successes(stats)
    yield (
        f"Decided by people: {stats.reviewed} of {stats.attempts} attempts; with an opinion of a "
        f"judge: {stats.judged}; checks, judge or people differ on {stats.conflicts}."
    )


def _successes(stats: Statistics) -> Iterator[str]:
    """True successes by people and facts, and how many of the marked ones are left."""
    for rate in stats.design.corrected[:2]:
        if rate.this_set is not None:
            told = f"{percent_range(rate.this_set)} of {rate.counts.total} {rate.universe}"
            known = f"{rate.counts.yes} of {rate.counts.known} known"
            yield f"{rate.label.capitalize()}: {told} ({KIND_WORDS[rate.kind]}; {known})."
    marked = stats.design.corrected[1]
    if marked.this_set is not None:
        low, high = marked.this_set
        yield f"Not a true success, of marked: {percent_range((1 - high, 1 - low))}."
    for settled in stats.rates:
        if settled.voice == ALL and settled.of:
            yield f"{settled.label.capitalize()}, all voices included: {format_rate(settled)}."


def _of(found: Bounds) -> str:
    """Such as "92 of 96 (95.8 %)"; with the bounds that unknown ones leave, if there are any."""
    if found.low is None or found.high is None or not found.known:
        return f"{found.yes} of {found.total} (none is known)"
    if found.unknown:
        share = f"{percent_range((found.low, found.high))}, {found.unknown} unknown"
    else:
        share = f"{100 * found.low:.1f} %"
    return f"{found.yes} of {found.total} ({share})"


def _overview(commits: Sequence[CommitAt]) -> Iterator[Block]:
    names = [outcome.value.replace("_", " ") for outcome in Outcome]
    columns = (
        Column("commit"), Column("subject", wide=True),
        *numbers("attempts", "marked", "best level", *names), Column("", drawn=True),
    )  # fmt: skip
    rows: list[tuple[CellValue, ...]] = []
    for at in commits:
        known = [result.assessment for result in at.result.attempts]
        counts = {o.value: sum(k.outcome is o for k in known) for o in Outcome}
        name = _short_name(at.result.commit)
        rows.append(
            (
                line(Span(f"{at.number}", to=at.anchor), " ", code(name) if name else ""),
                at.result.commit.subject or "unknown",
                len(known),
                sum(k.attempt.marked_success is True for k in known),
                best_of(at.levels).certain,
                *counts.values(),
                outcome_bar(counts),
            )
        )
    yield table("Human commits", columns, rows)


def _short_name(commit: HumanCommit) -> str:
    """The task's id in full; for a commit without one the first 8 digits of its sha."""
    sha = commit.sha
    return commit.instance or (sha[:8] if _HEX.fullmatch(sha) else sha)


def _part(at: CommitAt) -> CommitPart:
    sha = at.result.commit.sha
    name = f"{at.number:05d}" + (f"-{sha[:12]}" if _HEX.fullmatch(sha) else "")
    return CommitPart(at.anchor, name, commit_title(at), commit_sections(at))


def _conclusions(whole: Sequence[Analysis]) -> Iterator[Section]:
    """What analysts wrote about the whole, under its headings."""
    for name, heading in HEADINGS[AnalysisScope.WHOLE].items():
        blocks = tuple(block for analysis in whole for block in _written(analysis, name))
        if blocks and name != KEY_FINDING:
            yield Section(2, line(heading), blocks, name.replace("_", "-"))


def _appendix(document: Document, paged: bool) -> Section:
    """What each figure rests on, by its hash; the JSON export holds the rest."""
    hashes = [paragraph("The hash of each patch is given with its attempt.")]
    blocks = (*(hashes if paged else _hashes(document)), *_rubrics(document), *_problems(document))
    return Section(2, line("Data appendix"), blocks, "appendix")


def _hashes(document: Document) -> Iterator[Block]:
    rows = [
        (
            code(result.key),
            result.assessment.attempt.patch.state.value,
            code(result.fact.sha256) if result.fact.sha256 else "none",
            len(result.assessment.judgements),
            len(result.history),
        )
        for result in document.attempts
    ]
    names = ("attempt", "patch", "sha256 of its bytes")
    columns = (*map(Column, names), *numbers("judge calls", "verdicts"))
    told = line(f"{len(rows)} attempts: the hash of each patch")
    yield Fold(told, (table("Attempts and their patches", columns, rows),))


def _rubrics(document: Document) -> Iterator[Block]:
    rubrics = _rubric_hashes(document)
    if rubrics:
        found = table("Rubrics", ("human commit", "hash of the rubric"), rubrics.items())
        yield Fold(line(f"{len(rubrics)} rubrics"), (found,))


def _rubric_hashes(document: Document) -> Mapping[str, str]:
    holding = {sha: current_rubric(found) for sha, found in document.records.rubrics.items()}
    return {sha: rubric.hash for sha, rubric in holding.items() if rubric is not None}


def _problems(document: Document) -> Iterator[Block]:
    if not document.problems:
        return
    items = []
    for path, problems in groupby(document.problems, key=attrgetter("path")):
        items.append(line(code(path), ": ", joined([p.reason for p in problems], "; ")))
    told = paragraph(strong("Load problems:"), f" {len(document.problems)} could not be loaded:")
    yield told
    yield bullets(items)
