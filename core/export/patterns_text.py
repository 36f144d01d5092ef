"""Patterns as text: errors by rule and by the judge, tags, over-optimisation, prompts, files."""

from __future__ import annotations

from collections.abc import Iterator

from core.export.stats_text import percent_range, words
from core.stats.patterns import (
    Excess,
    IssueFigure,
    IssueKind,
    MissedFile,
    Patterns,
    PromptFigure,
    RuleFigure,
)
from core.text import counted, one_line

_WIDTH = 90


def pattern_lines(found: Patterns) -> list[str]:
    """One line per rule, kind of issue, tag, kind of prompt and missed file."""
    lines = [f"errors by rule, of {found.checked} patches checked ({found.patches} in all):"]
    lines += [_rule(one, found.checked) for one in found.by_rule] or ["  none"]
    lines += _issues(found)
    if found.tags:
        tags = ", ".join(f"{one_line(tag, 40)} {count}" for tag, count in found.tags.items())
        lines.append(f"tags, in attempts: {tags}")
    lines.append(excess_line(found.excess))
    lines += _prompts(found.prompts)
    lines += _files(found)
    return lines


def _rule(one: RuleFigure, checked: int) -> str:
    kind = "certain" if one.certain else "a sign"
    share = f"{100 * one.attempts / checked:.0f} %"
    return (
        f"  {one.rule}: {one.attempts} patches, {share}, {one.findings} findings "
        f"({one.severity}, {kind})"
    )


def _issues(found: Patterns) -> Iterator[str]:
    if not found.judged:
        return
    kinds = issue_severities(found)
    yield (
        f"the judge's issues, of {found.judged} judged: {kinds}; {found.issue_wordings} wordings. "
        "By the words of their messages (patchjury's grouping, not the judge's):"
    )
    yield from (_issue_kind(one) for one in found.issues_by_kind)
    yield from (_issue(one) for one in found.issues if one.attempts > 1)


def issue_severities(found: Patterns) -> str:
    """How many patches have an issue of each severity, zeros left out."""
    kinds = [f"{n} with issues of severity {name}" for name, n in found.issue_kinds.items() if n]
    return ", ".join(kinds) or "no issues"


def _issue_kind(one: IssueKind) -> str:
    issues = counted(one.issues, "issue")
    return f"  {one.kind}: {one.attempts} attempts, {issues}, {one.errors} of them errors"


def _issue(one: IssueFigure) -> str:
    return f"  the same words in {one.attempts} ({one.severity}): {one_line(one.message, _WIDTH)}"


def excess_line(found: Excess) -> str:
    """What attempts change that the human change lacks, in a line."""
    title = "over-optimisation (what the human change lacks)"
    if found.median_hunks is None or found.median_identifiers is None:
        return f"{title}: unknown, nothing was checked"
    return (
        f"{title}: of {found.measured} patches measured ({found.unknown} unknown) {found.hunks} "
        f"with hunks elsewhere (median {found.median_hunks:g}), {found.identifiers} with names of "
        f"their own (median {found.median_identifiers:g})"
    )


def _prompts(figures: tuple[PromptFigure, ...]) -> Iterator[str]:
    for one in figures:
        bounds = one.true_success
        share = "unknown"
        if bounds.low is not None and bounds.high is not None:
            share = percent_range((bounds.low, bounds.high))
        counts = ", ".join(f"{n} {words(name)}" for name, n in one.outcomes.items() if n)
        yield (
            f"prompt {one.prompt}: {one.attempts} attempts, {one.patches} with a patch, true "
            f"success {share} of this set ({counts})"
        )


def _files(found: Patterns) -> Iterator[str]:
    if found.files_missed:
        yield f"files of the human change that were missed: {found.files_missed}"
        yield from (_file(one) for one in found.missed_files)


def _file(one: MissedFile) -> str:
    commits = counted(one.commits, "commit")
    return f"  {one_line(one.path, _WIDTH)}: {one.missed} of {one.of} patches, at {commits}"
