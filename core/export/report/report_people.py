"""What people wrote and decided: verdicts, disputes, analyses, and comments at their lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from core.assess.decisions import not_taken_back
from core.export.report.report_blocks import (
    Block,
    Fold,
    Line,
    Quote,
    Section,
    bullets,
    code,
    line,
    paragraph,
    strong,
)
from core.export.report.report_diff import Shown, excerpt
from core.export.report.report_words import codes, decision_word
from core.models import (
    HEADINGS,
    Analysis,
    AnalysisScope,
    Assessment,
    Flag,
    LineComment,
    Verdict,
)
from core.text import counted

_VIEWS = {
    None: "not recorded whether the judge's opinion was in view",
    True: "without the judge's opinion in view",
    False: "with the judge's opinion in view",
}

_FLAGS = {
    Flag.AGAINST_FACT: "against what is certain",
    Flag.AGAINST_OWN_CRITERIA: "against its own criteria",
}


def verdict_blocks(known: Assessment) -> Iterator[Block]:
    """The verdicts on one attempt: those that count or are disputed, then the others."""
    if not known.verdicts and known.verdict is None and not known.outdated:
        yield paragraph(strong("Verdict:"), " no person has decided.")
        return
    if known.disputed:
        told = " reviewers differ; undecided until adjudicated."
        yield paragraph(strong("In dispute:"), told)
    if known.verdict is not None and known.verdict.adjudicates:
        yield from _verdict("Adjudicated", known.verdict)
    for verdict in known.verdicts:
        yield from _verdict("Verdict", verdict)
    for verdict in known.outdated:
        yield from _verdict("Outdated, not counted", verdict)


def _verdict(title: str, verdict: Verdict) -> Iterator[Block]:
    yield paragraph(
        strong(f"{title}:"),
        f" {decision_word(verdict)}, by {verdict.reviewer} on "
        f"{verdict.created:%Y-%m-%d %H:%M %Z}, {', '.join(_qualities(verdict))}",
    )
    if verdict.tags:
        yield paragraph(strong("Tags:"), " ", codes(verdict.tags))
    if verdict.note:
        yield paragraph(strong("Note:"))
        yield Quote(verdict.note)


def _qualities(verdict: Verdict) -> Iterable[str]:
    yield _VIEWS[verdict.blind]
    if verdict.origin is not None:
        drawn = verdict.origin.inclusion
        chance = f", drawn with a chance of {drawn:.0%}" if drawn is not None else ""
        again = ", for the second time" if verdict.origin.again else ""
        yield f"from the queue {verdict.origin.queue}{chance}{again}"
    if verdict.seconds is not None:
        yield f"in {verdict.seconds:,.0f} s"
    if verdict.basis is None:
        yield "unbound (recorded without the hash of the patch)"
    if verdict.derived_from:
        yield "derived from another verdict"
    for flag in verdict.flags:
        yield _FLAGS[flag]


def history_blocks(history: Sequence[Verdict]) -> Iterator[Block]:
    """Every record on one attempt, one line each, withdrawn ones included."""
    standing = {verdict.id for verdict in not_taken_back(history)}
    items = [
        f"{verdict.created:%Y-%m-%d %H:%M %Z} {verdict.reviewer}: {_act(verdict)}"
        + ("" if verdict.undoes or verdict.id in standing else " (taken back)")
        for verdict in history
    ]
    yield Fold(line(strong("History:"), f" {counted(len(history), 'record')}"), (bullets(items),))


def _act(verdict: Verdict) -> str:
    if verdict.undoes:
        return "took a verdict back"
    return ("adjudicated: " if verdict.adjudicates else "") + decision_word(verdict)


def analyses_on(analyses: Iterable[Analysis], scope: AnalysisScope, about: str) -> Iterator[Block]:
    """What reviewers wrote on one subject, under its headings."""
    for analysis in analyses:
        if (analysis.scope, analysis.about) == (scope, about):
            for name in HEADINGS[scope]:
                yield from written(analysis, name)


def written(analysis: Analysis, name: str) -> Iterator[Block]:
    """What a reviewer wrote under one heading; nothing if nothing was written."""
    if text := analysis.texts.get(name, ""):
        yield paragraph(strong(HEADINGS[analysis.scope][name]), f" ({analysis.reviewer}):")
        yield Quote(text)


def comment_blocks(known: Assessment, patch: Shown, human: Shown) -> Iterator[Block]:
    """Every reviewer's line comments, each with the lines that it is about."""
    for verdict in known.verdicts:
        for comment in verdict.comments:
            yield from _comment(comment, verdict.reviewer, patch, human)


def _comment(comment: LineComment, who: str, patch: Shown, human: Shown) -> Iterator[Block]:
    found = excerpt(comment, patch, human)
    at = line(strong("Comment"), " at ", code(_place(comment)), f" ({comment.side})")
    told = f", {comment.kind} by {who}{', resolved' if comment.resolved else ''}"
    if found is None:
        yield paragraph(at, told, ", a line outside the hunks:", _kept_line(comment))
    else:
        yield paragraph(at, told, ":")
        yield found
    yield Quote(comment.text)


def _kept_line(comment: LineComment) -> Line:
    return line(" ", code(comment.line_text)) if comment.line_text else ()


def _place(comment: LineComment) -> str:
    last = f"-{comment.last_line}" if comment.last_line else ""
    return f"{comment.file}:{comment.line}{last}"


def stray_sections(strays: Mapping[str, Sequence[Verdict]]) -> Iterator[Section]:
    """The verdicts that belong to no attempt; nothing when there are none."""
    items = [
        line(code(key), f": {v.reviewer}, {_act(v)}, {v.created:%Y-%m-%d %H:%M %Z}")
        for key, history in strays.items()
        for v in not_taken_back(history)
    ]
    if items:
        told = paragraph(f"{len(items)} are not counted:")
        yield Section(
            2, line("Verdicts that belong to no attempt"), (told, bullets(items)), "strays"
        )
