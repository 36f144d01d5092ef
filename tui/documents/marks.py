"""Remarks at a line: findings of checks, issues of the judge, comments of people."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from core.assess.opinions import standing_votes
from core.models import Assessment, CommentKind, LineComment, Severity
from core.text import one_line
from tui.documents.document import Place

SEVERITY_SIGNS: dict[Severity, tuple[str, str]] = {
    Severity.INFO: ("○", "$dim"),
    Severity.WARNING: ("◍", "$middling"),
    Severity.ERROR: ("●", "$bad"),
}
"""Sign and style of a finding, from the least to the most severe."""

PEN = "✎"
"""The sign of a person's comment."""


class Mark(Struct, frozen=True):
    """One remark at a line; its `sign` tells whose it is: ● ◍ ○ check, ◆ judge, ✎ person."""

    place: Place
    sign: str
    style: str
    text: str
    comment: LineComment | None = None  # if it is one: it is found again where its text moved


def marks_of(known: Assessment) -> tuple[Mark, ...]:
    """Every remark on an attempt that names a file and a line."""
    return (*_findings(known), *_issues(known), *_comments(known))


def _findings(known: Assessment) -> Iterator[Mark]:
    for finding in known.report.findings if known.report else ():
        if place := Place.of(finding):
            text = f"{finding.rule}: {one_line(finding.message, 300)}"
            yield Mark(place, *SEVERITY_SIGNS[finding.severity], text)


def _issues(known: Assessment) -> Iterator[Mark]:
    """The objections of the standing votes to lines; a repeated one is listed once."""
    seen: set[Mark] = set()
    for judgement in standing_votes(known.judgements):
        for issue in judgement.issues:
            if place := Place.of(issue):
                style = SEVERITY_SIGNS[issue.severity][1]
                mark = Mark(place, "◆", style, one_line(issue.message, 300))
                if mark not in seen:
                    seen.add(mark)
                    yield mark


def _comments(known: Assessment) -> Iterator[Mark]:
    """Everybody's comments that may be seen, those on another patch included."""
    for verdict in (*known.verdicts, *known.outdated):
        for comment in verdict.comments:
            place = Place(comment.file, comment.line, comment.side)
            style = "$dim" if comment.resolved else "$accent-text"
            yield Mark(place, PEN, style, comment_words(verdict.reviewer, comment), comment)


def comment_words(reviewer: str, comment: LineComment) -> str:
    """A comment in one line: whose it is, what for, whether it is resolved, and its text."""
    kind = "" if comment.kind is CommentKind.NOTE else f" ({comment.kind.value})"
    state = " resolved" if comment.resolved else ""
    return f"{one_line(reviewer, 30)}{kind}{state}: {one_line(comment.text, 300)}"
