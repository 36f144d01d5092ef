"""The rows below the criteria in the evidence panel: findings and opinions of the judge."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct
from textual.content import Content

from core.assess.opinions import newest_votes
from core.models import Answer, Assessment, Finding, Judgement, by_rule
from core.text import one_line
from tui.documents.document import Place
from tui.documents.marks import SEVERITY_SIGNS
from tui.render.evidence_rows_text import finding_text, judge_summary
from tui.render.signs import CRITERION_NAMES, JUDGEMENT_SIGNS, answer

QUOTES_SHOWN = 3
"""Lines of evidence that are shown of one answer."""

FOLDED_FROM = 4
"""More findings of one rule than this share one line until they are opened."""

_ANSWERS: dict[str, bool | None] = {"yes": True, "no": False}


SHOWN_OF_RULE = 10
"""How many findings of one rule are shown at a time."""


class EvidenceRow(Struct, frozen=True):
    """One line of the panel, the line of code it is about, the rule whose findings it folds."""

    content: Content
    place: Place | None = None
    group: str = ""


def finding_rows(known: Assessment, turned: Mapping[str, int]) -> Iterator[EvidenceRow]:
    """What the checks found, rule by rule, most severe first; many of one rule are folded.

    `turned` says how often a rule was paged: to its first findings, the next ones, ..., and folded
    again. So no rule, however much it found, pushes the others and the judge far down.
    """
    findings = known.report.findings if known.report else ()
    for rule, found in by_rule(findings).items():
        if len(found) < FOLDED_FROM:
            yield from map(_finding, found)
            continue
        pages = [found[at : at + SHOWN_OF_RULE] for at in range(0, len(found), SHOWN_OF_RULE)]
        page = turned.get(rule, 0) % (len(pages) + 1)
        shown = pages[page - 1] if page else []
        sign, style = SEVERITY_SIGNS[found[0].severity]
        first = (page - 1) * SHOWN_OF_RULE + 1
        more = "the next" if page < len(pages) else "folds them"
        hint = f"first: {finding_text(found[0])}  (Enter: all)"
        if page:
            hint = f"{first} to {first + len(shown) - 1}  (Enter: {more})"
        yield EvidenceRow(
            Content.assemble(
                (f" {sign} ", style), (rule, "$dim"), f"  {len(found)} findings  ", (hint, "$dim")
            ),
            group=rule,
        )
        yield from map(_finding, shown)


def _finding(finding: Finding) -> EvidenceRow:
    sign, style = SEVERITY_SIGNS[finding.severity]
    place = Place.of(finding)
    message = finding_text(finding)
    return EvidenceRow(
        Content.assemble((f" {sign} ", style), (f"{finding.rule}  ", "$dim"), message), place
    )


def judge_rows(known: Assessment) -> Iterator[EvidenceRow]:
    """What the judge said: the standing votes in full, earlier ones in a line each."""
    yield EvidenceRow(Content.styled(f" judge: {judge_summary(known.judgements)}", "$dim"))
    shown = newest_votes(known.judgements)
    for judgement in shown:
        yield from _opinion(judgement, len(shown))
    others = [judgement for judgement in known.judgements if judgement not in shown]
    yield from _earlier([judgement for judgement in others if not judgement.set_aside])
    yield from _set_aside([judgement for judgement in others if judgement.set_aside])


def _earlier(judgements: Sequence[Judgement]) -> Iterator[EvidenceRow]:
    if judgements:
        yield EvidenceRow(Content.styled(" before that:", "$dim"))
    for judgement in reversed(judgements):
        yield EvidenceRow(_heading(judgement, 1))


def _set_aside(judgements: Sequence[Judgement]) -> Iterator[EvidenceRow]:
    """Opinions that settle nothing, under the reason for it."""
    for reason in dict.fromkeys(judgement.set_aside for judgement in judgements):
        text = f" set aside: {one_line(reason, 300)}"
        yield EvidenceRow(Content.styled(text, "$middling"))
        for judgement in reversed(judgements):
            if judgement.set_aside == reason:
                yield EvidenceRow(_heading(judgement, 1))


def _opinion(judgement: Judgement, votes: int) -> Iterator[EvidenceRow]:
    yield EvidenceRow(_heading(judgement, votes))
    for warning in _warnings(judgement):
        yield EvidenceRow(Content.styled(f"   {warning}", "$middling"))
    for finding in judgement.tripwires:
        place = Place.of(finding)
        text = f"   aimed at the judge: {finding_text(finding)}"
        yield EvidenceRow(Content.styled(text, "$middling"), place)
    for issue in judgement.issues:
        place = Place.of(issue)
        where = f"{one_line(place.file, 200)}:{place.line}: " if place else ""
        sign = (f"   {SEVERITY_SIGNS[issue.severity][0]} ", SEVERITY_SIGNS[issue.severity][1])
        yield EvidenceRow(Content.assemble(sign, where, one_line(issue.message, 500)), place)
    for given in judgement.answers:
        yield from _answer(given)


def _heading(judgement: Judgement, votes: int) -> Content:
    sign, style = JUDGEMENT_SIGNS[judgement.state]
    code = f" ({one_line(judgement.code, 60)})" if judgement.code else ""
    said = judgement.error or judgement.reasoning or "no reasons given"
    by = [one_line(judgement.model, 60)] if judgement.model else []
    by += [f"vote {judgement.vote}"] if votes > 1 else []
    by += ["cached"] if judgement.cached else []
    by += ["made up by a test server"] if judgement.is_made_up else []
    return Content.assemble(
        (f" {sign} {judgement.state.value}{code}  ", style),
        (f"{', '.join(by)}  " if by else "", "$dim"),
        one_line(said, 500),
    )


def _warnings(judgement: Judgement) -> Iterator[str]:
    """Irregularities of the judge's call."""
    if judgement.without_reference:
        yield "judged without a reference: no human commit to compare with, logic unknown"
    for missing in judgement.missing_evidence:
        if not judgement.without_reference or "human commit" not in missing:
            yield f"evidence incomplete: {one_line(missing, 300)}"
    for note in judgement.notes:
        yield one_line(note, 300)
    if judgement.facts_given:
        yield "the judge was given what the checks found"


def _answer(given: Answer) -> Iterator[EvidenceRow]:
    value = _ANSWERS.get(given.answer) if given.counted else None
    sign, style = answer(given.criterion, value)
    name = CRITERION_NAMES.get(given.criterion, given.criterion)
    said = given.answer.replace("_", " ")
    why = "no quote supports it" if given.unsupported else "evidence is missing"
    note = "" if given.counted else f" (does not count: {why})"
    yield EvidenceRow(
        Content.assemble(
            (f"   {sign} ", style), f"{name} {said}{note}  ", (one_line(given.why, 500), "$dim")
        )
    )
    for quote in given.quotes[:QUOTES_SHOWN]:
        yield EvidenceRow(Content.styled(f"       │ {one_line(quote, 300)}", "$dim"))
