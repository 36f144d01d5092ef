"""One attempt in a report: what the pipeline recorded, what every voice says, and the patch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from core.assess.implied_criteria import settled_criterion
from core.assess.opinions import standing_votes
from core.assess.outcome import is_judged
from core.assess.reasons import explain
from core.export.criterion_voices import voices_on
from core.export.export_document import AttemptResult
from core.export.report.report_blocks import (
    Block,
    Bullets,
    Column,
    Fold,
    Line,
    Paragraph,
    Quote,
    Section,
    Span,
    Table,
    bullets,
    code,
    joined,
    line,
    paragraph,
    strong,
    table,
)
from core.export.report.report_diff import Shown, folded_patch, told_changes
from core.export.report.report_levels import Reached
from core.export.report.report_people import (
    analyses_on,
    comment_blocks,
    history_blocks,
    verdict_blocks,
)
from core.export.report.report_words import answer, outcome_span, people_line, severity, votes_line
from core.export.stats_text import words
from core.models import (
    CRITERIA,
    Analysis,
    AnalysisScope,
    Assessment,
    Attempt,
    CheckReport,
    Execution,
    Finding,
    Judgement,
    JudgementState,
    PatchState,
    by_rule,
)
from core.text import counted

FINDINGS_APART = 3
"""More findings of one rule than this are grouped."""


class AttemptAt(Struct, frozen=True):
    """An attempt to write about, with its number among those at its human commit."""

    result: AttemptResult
    place: int
    of: int
    anchor: str
    patch: Shown
    human: Shown
    analyses: Sequence[Analysis]
    with_patch: bool
    level: Reached


def attempt_sections(at: AttemptAt) -> Iterator[Section]:
    """The attempt's section, and one below it for each voice."""
    known, level = at.result.assessment, 5
    title = line(f"Attempt {at.place} of {at.of}: ", code(at.result.key))
    yield Section(4, title, tuple(_head(at)), at.anchor)
    parts: tuple[tuple[str, Iterable[Block]], ...] = (
        ("What checks found", _checks(known.report)),
        ("What the judge says", _judge(known)),
        ("What people decided", _people(at)),
        ("Analysis", analyses_on(at.analyses, AnalysisScope.ATTEMPT, at.result.key)),
        ("Comments at their lines", comment_blocks(known, at.patch, at.human)),
        ("Patch", _patch(at)),
    )
    for name, blocks in parts:
        if found := tuple(blocks):
            yield Section(level, line(name), found)


def _head(at: AttemptAt) -> Iterator[Block]:
    known, attempt = at.result.assessment, at.result.assessment.attempt
    by = f" (settled by {at.result.outcome_by})" if at.result.outcome_by else ""
    outcome = line(strong("Outcome:"), " ", outcome_span(known.outcome), by)
    why = explain(known)
    if why.startswith(words(known.outcome)):
        why = why[len(words(known.outcome)) :].removeprefix(": ")
    yield bullets(
        [
            line(outcome, f": {why}" if why else ""),
            line(strong("Level:"), f" {at.level}"),
            *_record(attempt),
            line(strong("Patch:"), " ", _patch_facts(at.result)),
        ]
    )
    yield _criteria(known)
    yield from _implied(known)


def _record(attempt: Attempt) -> Iterator[Line]:
    claims = {True: "success", False: "no success", None: "the pipeline claimed nothing"}
    status = line("status ", code(attempt.status)) if attempt.status else line("no status recorded")
    yield line(strong("Agent:"), f" {attempt.agent} · {attempt.model}")
    yield line(strong("Marked:"), f" {claims[attempt.marked_success]} (", status, ")")
    yield line(strong("Run:"), f" {_execution(attempt.execution)}")
    if attempt.execution.error is not None:
        yield line(strong("Error:"), " ", code(attempt.execution.error))


def _execution(run: Execution) -> str:
    known = {
        "return code {:d}": run.returncode,
        "{:,.1f} s": run.duration_s,
        "{:,d} steps": run.steps,
        "{:,d} tokens in": run.tokens_in,
        "{:,d} tokens out": run.tokens_out,
        "${:,.2f}": run.cost_usd,
    }
    said = [form.format(value) for form, value in known.items() if value is not None]
    if run.returncode is None:
        said.insert(0, "return code unknown")
    return ", ".join(said)


def _patch_facts(result: AttemptResult) -> Line:
    patch, fact = result.assessment.attempt.patch, result.fact
    facts: list[str | Span | Line] = [patch.state.value]
    if patch.state is PatchState.CUT:
        facts = [line(strong("cut"), ": the evidence is incomplete")]
    if patch.state is PatchState.UNREADABLE:
        facts = [line(strong("unreadable"), f": {fact.problem}")]
    if patch.held_bytes is not None:
        facts.append(f"{patch.held_bytes:,} bytes held")
    if patch.recorded_bytes is not None:
        facts.append(f"{patch.recorded_bytes:,} bytes recorded")
    if fact.sha256:
        facts.append(line("sha256 ", code(fact.sha256)))
    if fact.own_diff:
        facts.append(line("contains its own ", code("model_patch.diff")))
    return joined(facts, ", ")


def _criteria(known: Assessment) -> Table | Paragraph:
    """The criteria, each with what checks, judge and people say, and who settles it."""
    if not (known.report or known.judgements or known.verdicts):
        return paragraph("No check, judge or person has said anything yet.")
    rows = [
        (
            line(words(v.name), line(" (", strong("conflict"), ")") if v.contradicted else ""),
            line(answer(v.check, v.name)),
            votes_line(v.votes, v.name),
            people_line(v),
            v.settled_by or "nobody",
        )
        for v in voices_on(known)
    ]
    return table("Criteria", ("criterion", "checks", "judge", "person", "settled by"), rows)


def _implied(known: Assessment) -> Iterator[Block]:
    """What a person's outcome implies about criteria that nobody ticked: figures read it so."""
    said = {
        name: settled_criterion(known, name) for name in CRITERIA if not known.settled_by.get(name)
    }
    told = [line(f"{words(n)}: ", answer(v, n)) for n, v in said.items() if v is not None]
    if told:
        yield paragraph("Implied by a person's outcome: ", joined(told, ", "), ".")


def _checks(report: CheckReport | None) -> Iterator[Block]:
    if report is None:
        return
    applies = report.measures.get("applies")
    told = [line("applies: ", answer(applies if isinstance(applies, bool) else None))]
    told += _leak(report)
    yield bullets(told)
    items = [item for found in by_rule(report.findings).values() for item in _findings(found)]
    yield bullets(items) if items else paragraph("No rule found anything.")


def _leak(report: CheckReport) -> Iterator[Line]:
    shown, lines = report.measures.get("leak.shown"), report.measures.get("leak.lines")
    if isinstance(shown, int) and isinstance(lines, int):
        repeated = report.measures.get("leak.repeated")
        told = f", of the change it repeats {repeated:.0%}" if isinstance(repeated, float) else ""
        yield line(f"the prompt showed {shown} of {lines} lines of the human diff{told}")


def _findings(found: Sequence[Finding]) -> Iterator[Line]:
    """The findings of one rule: a few are listed; of many the first, then the others' places."""
    rest = found[1:] if len(found) > FINDINGS_APART else ()
    for finding in found[: len(found) - len(rest)]:
        more = f" (the first of {len(found)})" if rest else ""
        sure = "" if finding.certain else " (a sign)"
        yield line(
            severity(finding.severity), " ", code(finding.rule), _at(finding.place), sure,
            f": {finding.message}{more}",
        )  # fmt: skip
    if rest:
        places = list(dict.fromkeys(f.place for f in rest))
        named = [code(place) if place else "no place" for place in places]
        yield line(code(found[0].rule), " also at ", joined(named, ", "))


def _at(place: str) -> Line:
    return line(" at ", code(place)) if place else ()


def _judge(known: Assessment) -> Iterator[Block]:
    standing = standing_votes(known.judgements) if is_judged(known) else ()
    counted = {judgement.id for judgement in standing}
    for judgement in known.judgements:
        yield from _judgement(judgement, counts=judgement.id in counted)
    if known.criteria.quality_score is not None:
        yield paragraph(f"Quality score: {known.criteria.quality_score:g}")


def _judgement(judgement: Judgement, *, counts: bool) -> Iterator[Block]:
    vote = f"vote {judgement.vote}" if judgement.question else ""
    by = " · ".join(filter(None, (judgement.model, judgement.provenance, vote)))
    if judgement.state is not JudgementState.VERDICT:
        why = f": {judgement.error}" if judgement.error else ""
        ended = f" ({by}): no opinion, the call ended in state {judgement.state}{why}"
        yield paragraph(strong("Judge"), ended)
        return
    aside = f", set aside: {judgement.set_aside}" if judgement.set_aside else ""
    doubt = "" if counts else aside or ", not counted: a newer vote or question stands"
    yield paragraph(strong("Judge"), f" ({by}{doubt}):")
    if judgement.reasoning:
        yield Quote(judgement.reasoning)
    issues = [
        line(severity(i.severity), _at(i.place), f": {i.message}", _misplaced(i.misplaced))
        for i in judgement.issues
    ]
    if issues:
        yield Bullets(tuple(issues))
    if judgement.answers:
        yield _answers(judgement)


def _misplaced(place: str) -> str:
    return f" (it names {place}, which does not exist)" if place else ""


def _answers(judgement: Judgement) -> Fold:
    rows = [
        (
            words(a.criterion),
            a.answer.replace("_", " "),
            "yes" if a.counted else "no: nothing supports it" if a.unsupported else "no",
            a.why,
            joined([code(q) for q in a.quotes], " "),
        )
        for a in judgement.answers
    ]
    names = ("of", "answer", "counts")
    columns = (*map(Column, names), Column("why", wide=True), Column("quoted", wide=True))
    return Fold(
        line(f"{counted(len(rows), 'answer')} with what they quote"),
        (table("Answers of the judge", columns, rows),),
    )


def _people(at: AttemptAt) -> Iterator[Block]:
    known = at.result.assessment
    yield from verdict_blocks(known)
    if len(at.result.history) > 1:
        yield from history_blocks(at.result.history)


def _patch(at: AttemptAt) -> Iterator[Block]:
    if not at.result.assessment.attempt.patch.has_text:
        return
    if isinstance(at.patch, str):
        yield paragraph(strong("The patch cannot be read any more:"), f" {at.patch}.")
        return
    yield from told_changes(at.patch)
    if at.with_patch:
        yield folded_patch("The patch", at.patch)
