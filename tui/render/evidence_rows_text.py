"""The rows of the evidence panel: criteria by voice, findings, the verdict."""

from __future__ import annotations

from textual.content import Content

from core.assess.opinions import Tally, tally
from core.assess.reasons import explain
from core.models import (
    CRITERIA,
    Assessment,
    Criteria,
    Finding,
    Flag,
    Judgement,
    JudgementState,
    Severity,
)
from core.text import counted, one_line
from tui.render.said import decision_words
from tui.render.signs import (
    CRITERION_KEYS,
    CRITERION_NAMES,
    OUTCOME_SIGNS,
    answer,
    outcome_name,
    standing_sign,
)


def judge_summary(judgements: tuple[Judgement, ...]) -> str:
    """How many judge calls there are and how they ended: "2 verdict, 1 error, 1 set aside"."""
    states = [judgement.state for judgement in judgements if not judgement.set_aside]
    counts = {state: states.count(state) for state in JudgementState if state in states}
    told = [f"{count} {state.value}" for state, count in counts.items()]
    aside = len(judgements) - len(states)
    told += [f"{aside} set aside"] if aside else []
    return ", ".join(told) or "not judged"


def criterion_row(known: Assessment, criterion: str) -> Content:
    """A row of the evidence panel: criterion, checks, judge (votes), person, first finding."""
    votes = tally(known.judgements)[criterion]
    check = getattr(known.report.criteria, criterion) if known.report else None
    person = getattr(known.record.criteria, criterion) if known.record else None
    judge = votes.decided
    sign, style = answer(criterion, judge)
    if votes.is_tied:  # or too few answers
        sign, style = "±", "$middling"
    row = Content.assemble(
        (f" {CRITERION_KEYS[criterion]} ", "$accent-text"),
        f"{CRITERION_NAMES[criterion]:<10}",
        _cell(*answer(criterion, check), 9),
        _cell(sign + vote_split(votes), style, 10),
        _cell(*answer(criterion, person), 4),
    )
    if criterion in known.conflicts:
        row = Content.assemble(row, ("conflict ", "$middling"))
    if votes.models_differ:
        row = Content.assemble(row, ("models differ ", "$middling"))
    first = _first_finding(known, criterion)
    return Content.assemble(row, (first, "$dim")) if first else row


def vote_split(votes: Tally) -> str:
    """How votes divide, such as " 2:1" for two yes and one no; "" for a single vote.

    Those without an answer follow a question mark: " 1:1 ?1".
    """
    if votes.votes < 2:
        return ""
    return f" {votes.yes}:{votes.no}" + (f" ?{votes.unknown}" if votes.unknown else "")


def finding_text(finding: Finding) -> str:
    """A finding in one line, with its file and line."""
    place = f"{one_line(finding.place, 200)}: " if finding.place else ""
    return place + one_line(finding.message, 500)


def _first_finding(known: Assessment, criterion: str) -> str:
    """The most severe finding about a criterion, the first of several; "" if there is none."""
    if known.report is None or not known.report.findings:
        return ""
    from core.checks import rules_about  # the screen opens without the checks

    rules = rules_about(criterion)
    of_them = [finding for finding in known.report.findings if finding.rule in rules]
    for severity in (Severity.ERROR, Severity.WARNING):
        for finding in of_them:
            if finding.severity is severity:
                return finding_text(finding)
    return ""


def _cell(text: str, style: str, width: int) -> Content:
    return Content.assemble((text, style), " " * (width - len(text)))


def criteria_line(criteria: Criteria) -> Content:
    """All five criteria in one line, for small screens."""
    parts: list[str | tuple[str, str]] = []
    for name in CRITERIA:
        parts += [f" {CRITERION_NAMES[name]} ", answer(name, getattr(criteria, name))]
    return Content.assemble(*parts)


def verdict_line(known: Assessment, unsaved: bool = False) -> Content:
    """What people decided, or what follows so far and why, with tags and the start of the note."""
    verdict = known.record
    parts: list[str | tuple[str, str] | Content] = [_standing(known)]
    if unsaved:
        parts.append(("  not saved: ^s tries again", "bold $bad"))
    if verdict and verdict.flags and not known.disputed:
        against = " and ".join(_AGAINST[flag] for flag in verdict.flags)
        parts.append((f"  against {against}", "$middling"))
    for old in known.outdated:
        said = f"  outdated: {one_line(old.reviewer, 40)} {decision_words(old)}, on another change"
        parts.append((said, "$middling"))
    if verdict and verdict.tags:
        parts.append(
            ("  " + " ".join(f"#{one_line(tag, 40)}" for tag in verdict.tags), "$accent-text")
        )
    if verdict and verdict.comments:
        parts.append((f"  {counted(len(verdict.comments), 'comment')}", "$dim"))
    if verdict and verdict.note:
        parts.append(f"  {one_line(verdict.note, 300)}")
    return Content.assemble(*parts)


_AGAINST = {Flag.AGAINST_FACT: "a certain fact", Flag.AGAINST_OWN_CRITERIA: "its own criteria"}


def _standing(known: Assessment) -> Content:
    """The outcome and whose it is; who says what if reviewers differ."""
    sign, style = standing_sign(known)
    if known.disputed:
        said = [
            f"{one_line(v.reviewer, 40)}: {decision_words(v)}"
            for v in known.verdicts
            if v.is_decision
        ]
        return Content.assemble(
            (f" {sign} in dispute", f"bold {style}"), f"  {' · '.join(said)}", ("  D", "$dim")
        )
    if known.verdict is not None:
        by = " (adjudicated)" if known.verdict.adjudicates else ""
        who = (f"  {one_line(known.verdict.reviewer, 40)}{by}", "$dim")
        if known.verdict.cannot_tell is not None:
            return Content.assemble((f" {decision_words(known.verdict)}", f"bold {style}"), who)
        return Content.assemble((f" {sign} {outcome_name(known)}", f"bold {style}"), who)
    style = OUTCOME_SIGNS[known.outcome][1]
    nothing_known = all(getattr(known.criteria, name) is None for name in CRITERIA)
    why = "" if nothing_known else explain(known).partition(": ")[2]
    return Content.assemble(
        (f" {sign} {outcome_name(known)}", f"bold {style}"),
        (f"  so far{f': {why}' if why else ''}", "$dim"),
    )
