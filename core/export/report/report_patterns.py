"""The patterns of a report: errors by rule and by the judge, over-optimisation, prompts, files."""

from __future__ import annotations

from collections.abc import Iterator

from core.export.patterns_text import excess_line, issue_severities
from core.export.report.report_blocks import (
    Bar,
    Block,
    Column,
    Tone,
    code,
    numbers,
    paragraph,
    table,
)
from core.export.report.report_words import outcome_bar, severity
from core.export.stats_text import bounds_range
from core.models import Severity
from core.stats.patterns import Patterns

_BAR = Column("", drawn=True)


def pattern_blocks(found: Patterns) -> Iterator[Block]:
    """Each kind of pattern as a table; what nobody looked at is stated."""
    yield from _rules(found)
    yield from _issues(found)
    if found.tags:
        rows = [(tag, count) for tag, count in found.tags.items()]
        yield table("Tags that people gave", (Column("tag"), *numbers("attempts")), rows)
    told = excess_line(found.excess)
    yield paragraph(told[:1].upper() + told[1:], ".")
    yield from _prompts(found)
    yield from _files(found)


def _rules(found: Patterns) -> Iterator[Block]:
    yield paragraph(f"Checks covered {found.checked} of {found.patches} patches.")
    if not found.by_rule:
        return
    rows = [
        (
            code(one.rule),
            severity(one.severity),
            "certain" if one.certain else "a sign",
            one.attempts,
            f"{100 * one.attempts / found.checked:.0f} %",
            one.findings,
            _bar(one.attempts, found.checked, one.severity),
        )
        for one in found.by_rule
    ]
    names = (Column("rule"), Column("severity"), Column("says"))
    columns = (*names, *numbers("patches", "share of checked", "findings"), _BAR)
    yield table("What rules found", columns, rows)


def _bar(count: int, of: int, level: Severity) -> Bar:
    return Bar(((level.value, count, severity(level).tone), ("without", of - count, Tone.NONE)))


def _issues(found: Patterns) -> Iterator[Block]:
    if not found.judged:
        return
    kinds = issue_severities(found)
    yield paragraph(
        f"The judge's issues, of {found.judged} judged patches: {kinds}; "
        f"{found.issue_wordings} wordings. They are grouped by the words of their messages; the "
        "grouping is patchjury's, the judge names no kinds, and an issue has one kind."
    )
    if found.issues_by_kind:
        kind_rows = [
            (one.kind, one.attempts, one.issues, one.errors, one.example)
            for one in found.issues_by_kind
        ]
        columns = (Column("kind, by words"), *numbers("attempts", "issues", "errors"))
        yield table("Issues of the judge", (*columns, Column("for example", wide=True)), kind_rows)
    rows = [
        (one.message, one.severity.value, one.attempts) for one in found.issues if one.attempts > 1
    ]
    if rows:
        wordings = (Column("issue", wide=True), Column("severity"), *numbers("attempts"))
        yield table("The same issue of several attempts", wordings, rows)


def _prompts(found: Patterns) -> Iterator[Block]:
    if found.prompts:
        rows = [
            (p.prompt, p.attempts, p.patches, bounds_range(p.true_success), outcome_bar(p.outcomes))
            for p in found.prompts
        ]
        columns = (Column("prompt"), *numbers("attempts", "patches", "true success"), _BAR)
        yield table("How specific prompts are, against outcomes", columns, rows)


def _files(found: Patterns) -> Iterator[Block]:
    if found.missed_files:
        more = found.files_missed - len(found.missed_files)
        rows = [(code(f.path), f.missed, f.of, f.commits) for f in found.missed_files]
        columns = (Column("file"), *numbers("missed by", "of patches", "at commits"))
        yield table("Files of the human change that were missed most", columns, rows)
        if more:
            yield paragraph(f"and {more} more files")
