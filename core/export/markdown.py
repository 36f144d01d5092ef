"""The result as an analyst would write it: a summary, then commit by commit every attempt.

Patches are read one at a time, while their attempt is written; one that cannot be read any more
is named in its place.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from pathlib import Path

from core.assess.opinions import standing_votes
from core.assess.outcome import is_judged
from core.errors import SourceError
from core.export.export_document import AttemptResult, CommitResult, Document, portable
from core.export.judge_card_text import card_rows
from core.export.markdown_text import bullets, clip, code, escape, fence, quote, table
from core.export.markdown_verdicts import analyses_part, history_part, strays_part, verdict_parts
from core.export.stats_text import (
    agreement_lines,
    commit_lines,
    figures,
    format_rate,
    format_split,
    level_rows,
    rate_label,
    words,
)
from core.models import (
    CRITERIA,
    AnalysisScope,
    Assessment,
    Attempt,
    Criteria,
    Execution,
    Finding,
    Judgement,
    JudgementState,
    LineComment,
    Outcome,
    PatchState,
    Side,
    by_rule,
)
from core.patch.parse import Patch, diff_lines, parse_patch
from core.patch.parse.repair import parse_reference
from core.sources import TextSource
from core.stats.figures import DECIDERS, Statistics

FILES_SHOWN = 50
"""Longer lists of changed files end in a line that says how many more there are."""

FINDINGS_APART = 3
"""More findings of one rule stand together."""

CONTEXT = 3
"""Lines of the patch shown above and below a commented line."""


def render(document: Document) -> Iterator[str]:
    """The Markdown in pieces: the head, then each commit's, then each attempt's."""
    yield _head(document)
    yield analyses_part(document.analyses, AnalysisScope.WHOLE, "")
    for number, commit in enumerate(document.commits, start=1):
        human = _read_patch(commit.commit.diff, document.folder, parse_reference)
        yield _commit(number, commit, human)
        yield analyses_part(document.analyses, AnalysisScope.COMMIT, commit.commit.sha)
        for place, result in enumerate(commit.attempts, start=1):
            patch = _read_patch(result.assessment.attempt.patch.source, document.folder)
            yield f"#### Attempt {place} of {len(commit.attempts)}: {code(result.key)}\n\n"
            yield _attempt(result, patch, human)
            yield analyses_part(document.analyses, AnalysisScope.ATTEMPT, result.key)
    yield strays_part(document.strays)
    yield _problems(document)


def _read_patch(
    source: TextSource | None, folder: Path, parse: Callable[[str], Patch] = parse_patch
) -> Patch | str:
    """The patch, or why there is none to show."""
    if source is None:
        return "there is none to read"
    try:
        return parse(source.read())
    except SourceError as error:
        return portable(error.title, folder)


def _narrowing(document: Document) -> str:
    chosen = document.filter
    if not chosen.text:
        return ""
    counts = f"{len(document.attempts)} of {chosen.total} attempts"
    return f"Only what the filter {code(chosen.text)} lets through: {counts}.\n"


def _head(document: Document) -> str:
    stats = document.statistics
    levels = level_rows(stats.levels)
    return "\n".join(
        [
            f"# Assessed attempts: {escape(document.root)}\n",
            f"Written {document.created:%Y-%m-%d %H:%M %Z} by {escape(document.generator)}, "
            f"with the verdicts of {code(document.store)}.\n",
            _narrowing(document),
            "## Summary\n",
            table(
                ("figure", "count", "coverage"),
                [(label, str(count), escape(note)) for label, count, note in figures(stats)],
            ),
            "How far attempts and human commits get, each level with all before it:\n",
            table(levels[0], levels[1:]),
            "Rates, each over what is known, with the bounds of this set and a 95 % interval for "
            "attempts like these:\n",
            bullets(f"**{rate_label(rate)}**: {format_rate(rate)}" for rate in stats.rates),
            "Human commits and agents:\n",
            bullets(map(escape, commit_lines(stats.commit_figures))),
            "How far people and judge agree:\n",
            bullets(map(escape, agreement_lines(stats.agreement) or ["nobody to compare"])),
            "How the attempts divide:\n",
            bullets(map(format_split, stats.funnel)),
            _outcomes(stats),
            _agents(stats),
            _judge(stats),
            "## Commits\n\n",
        ]
    )


def _judge(stats: Statistics) -> str:
    """The judge's card; nothing where no judge gave an opinion."""
    if stats.judge_card is None:
        return ""
    rows = [(label, escape(text)) for label, text in card_rows(stats.judge_card)]
    return "## The judge\n\n" + table(("what", "of the judge"), rows)


def _outcomes(stats: Statistics) -> str:
    rows = [
        (words(name), *(str(by.get(who, 0)) for who in DECIDERS), str(sum(by.values())))
        for name, by in stats.outcomes.items()
    ]
    return table(("outcome", *(f"settled by {who}" for who in DECIDERS), "all"), rows)


def _agents(stats: Statistics) -> str:
    outcomes = [outcome.value for outcome in Outcome]
    header = ("agent", "model", "attempts", "patches", "marked", "reviewed", *map(words, outcomes))
    rows = [
        (
            escape(group.name),
            escape(group.detail),
            *map(str, (group.attempts, group.patches, group.marked_success, group.reviewed)),
            *(str(group.outcomes[outcome]) for outcome in outcomes),
        )
        for group in stats.by_agent
    ]
    return table(header, rows)


def _commit(number: int, result: CommitResult, human: Patch | str) -> str:
    commit = result.commit
    marked = sum(r.assessment.attempt.marked_success is True for r in result.attempts)
    counts = Counter(r.assessment.outcome for r in result.attempts)
    outcomes = ", ".join(f"{counts[o]} {words(o)}" for o in Outcome if counts[o])
    lines = [
        f"### Commit {number}: {code(commit.sha) if commit.sha else 'none named'}\n",
        f"**Human subject:** {escape(commit.subject) or 'unknown'}  ",
        f"**Attempts:** {len(result.attempts)} · **Marked success:** {marked} · "
        f"**Outcomes:** {outcomes}\n",
        "**Human change**\n",
    ]
    if not result.found:
        lines.append("The human commit was not found; there is nothing to compare with.\n")
        return "\n".join(lines) + "\n"
    body = commit.message.removeprefix(commit.subject).strip()
    if body:
        lines.append(quote(body))
    files = human.files if isinstance(human, Patch) else ()
    if isinstance(human, Patch):
        lines.append(_changes(human))
    else:
        lines.append(f"The human diff cannot be shown: {escape(human)}.\n")
    if not files and commit.files:
        lines.append("Files changed:\n\n" + bullets(map(code, commit.files)))
    return "\n".join(lines) + "\n"


def _changes(patch: Patch) -> str:
    """What a patch changes, file by file, and what of it could not be parsed."""
    if not patch.files:
        return "The patch names no file.\n"
    items = [
        f"{code(file.path)}: {file.status}{', binary' if file.binary else ''}, "
        f"+{file.added} -{file.removed}"
        for file in patch.files[:FILES_SHOWN]
    ]
    if len(patch.files) > FILES_SHOWN:
        items.append(f"and {len(patch.files) - FILES_SHOWN} more files")
    problems = [*patch.problems, *(problem for file in patch.files for problem in file.problems)]
    items += [f"line {p.line} is not valid: {escape(p.reason)}" for p in problems[:FILES_SHOWN]]
    added, removed = (sum(getattr(f, side) for f in patch.files) for side in ("added", "removed"))
    total = f"{len(patch.files)} files changed, +{added} -{removed}:\n\n"
    return total + bullets(items)


def _attempt(result: AttemptResult, patch: Patch | str, human: Patch | str) -> str:
    known = result.assessment
    by = f" (settled by {result.outcome_by})" if result.outcome_by else ""
    outcome = f"**Outcome:** {words(known.outcome)}{by}"
    patch_line = f"**Patch:** {_patch_facts(result)}"
    parts = [bullets([outcome, *_facts(known.attempt), patch_line])]
    if known.attempt.patch.has_text:
        parts.append(
            f"**The patch cannot be read any more:** {escape(patch)}.\n"
            if isinstance(patch, str)
            else _changes(patch)
        )
    parts += [_evidence(result), *map(_judgement, known.judgements)]
    parts += verdict_parts(known)
    for verdict in known.verdicts:
        parts += [_comment(comment, patch, human) for comment in verdict.comments]
    if len(result.history) > 1:
        parts.append(history_part(result.history))
    return "\n".join(parts) + "\n"


def _facts(attempt: Attempt) -> list[str]:
    claims = {True: "success", False: "no success", None: "the pipeline claimed nothing"}
    status = f"status {code(attempt.status)}" if attempt.status else "no status recorded"
    facts = [
        f"**Agent:** {escape(attempt.agent)} · {escape(attempt.model)}",
        f"**Marked:** {claims[attempt.marked_success]} ({status})",
        f"**Run:** {_execution(attempt.execution)}",
    ]
    if attempt.execution.error is not None:
        facts.append(f"**Error:** {code(clip(attempt.execution.error))}")
    return facts


def _execution(run: Execution) -> str:
    known = {
        "return code {:d}": run.returncode,
        "{:,.1f} s": run.duration_s,
        "{:,d} steps": run.steps,
        "{:,d} tokens in": run.tokens_in,
        "{:,d} tokens out": run.tokens_out,
    }
    said = [form.format(value) for form, value in known.items() if value is not None]
    if run.returncode is None:
        said.insert(0, "return code unknown")
    return ", ".join(said)


def _patch_facts(result: AttemptResult) -> str:
    patch, fact = result.assessment.attempt.patch, result.fact
    facts = [patch.state.value]
    if patch.state is PatchState.CUT:
        facts = ["**cut**: the evidence is incomplete"]
    if patch.state is PatchState.UNREADABLE:
        facts = [f"**unreadable**: {escape(fact.problem)}"]
    if patch.held_bytes is not None:
        facts.append(f"{patch.held_bytes:,} bytes held")
    if patch.recorded_bytes is not None:
        facts.append(f"{patch.recorded_bytes:,} bytes recorded")
    if fact.sha256:
        facts.append(f"sha256 `{fact.sha256}`")
    if fact.own_diff:
        facts.append("contains its own `model_patch.diff`")
    return ", ".join(facts)


def _evidence(result: AttemptResult) -> str:
    """The criteria, each with what checks, judge and person say, and who settles it."""
    known = result.assessment
    if not (known.report or known.judgements or known.verdicts):
        return "No check, judge or person has said anything yet.\n"
    standing = standing_votes(known.judgements) if is_judged(known) else ()
    opinions = [judgement.criteria for judgement in standing]
    check = known.report.criteria if known.report else Criteria()
    rows = [
        (
            words(name) + (" (**conflict**)" if name in known.conflicts else ""),
            _answer(getattr(check, name)),
            _votes([getattr(opinion, name) for opinion in opinions]),
            _people(known, name),
            known.settled_by.get(name, "nobody"),
        )
        for name in CRITERIA
    ]
    parts = [table(("criterion", "checks", "judge", "person", "settled by"), rows)]
    if known.criteria.quality_score is not None:
        parts.append(f"Quality score: {known.criteria.quality_score:g}\n")
    findings = known.report.findings if known.report else ()
    items = [item for found in by_rule(findings).values() for item in _findings(found)]
    if items:
        parts.append(bullets(items))
    return "\n".join(parts)


def _findings(found: Sequence[Finding]) -> Iterator[str]:
    """The findings of one rule: a few each for itself; of many the first, then their places."""
    rest = found[1:] if len(found) > FINDINGS_APART else ()
    for finding in found[: len(found) - len(rest)]:
        more = f" (the first of {len(found)})" if rest else ""
        rule = code(finding.rule)
        yield f"{finding.severity} {rule}{_at(finding.place)}: {escape(finding.message)}{more}"
    if rest:
        places = list(dict.fromkeys(code(f.place) if f.place else "no place" for f in rest))
        yield f"{code(found[0].rule)} also at {', '.join(places)}"


def _people(known: Assessment, name: str) -> str:
    """What each reviewer says of a criterion; with the names where they differ."""
    said = [(v.reviewer, getattr(v.criteria, name)) for v in known.verdicts]
    said = [(who, value) for who, value in said if value is not None]
    if len({value for _, value in said}) > 1:
        return ", ".join(f"{_answer(value)} ({escape(who)})" for who, value in said)
    return _answer(said[0][1] if said else None)


def _answer(value: bool | None) -> str:
    return {True: "yes", False: "no", None: "unknown"}[value]


def _votes(votes: list[bool | None]) -> str:
    if not votes:
        return "unknown"
    return ", ".join(
        f"{_answer(answer)} {votes.count(answer)}/{len(votes)}"
        for answer in (True, False, None)
        if answer in votes
    )


def _at(place: str) -> str:
    return f" at {code(place)}" if place else ""


def _judgement(judgement: Judgement) -> str:
    by = escape(" · ".join(filter(None, (judgement.model, judgement.origin)))) or "unknown"
    if judgement.state is not JudgementState.VERDICT:
        why = f": {escape(judgement.error)}" if judgement.error else ""
        return f"**Judge** ({by}): no opinion, the call ended in state {judgement.state}{why}\n"
    parts = [f"**Judge** ({by}):\n"]
    if judgement.reasoning:
        parts.append(quote(judgement.reasoning))
    issues = [f"{i.severity}{_at(i.place)}: {escape(i.message)}" for i in judgement.issues]
    return "\n".join([*parts, bullets(issues)])


def _comment(comment: LineComment, patch: Patch | str, human: Patch | str) -> str:
    place = f"{code(f'{comment.file}:{comment.line}')} ({comment.side})"
    candidates = {
        Side.ATTEMPT: [patch],
        Side.HUMAN: [human],
        Side.BASE: [patch, human],
    }[comment.side]
    for candidate in candidates:
        excerpt = _excerpt(comment, candidate) if isinstance(candidate, Patch) else None
        if excerpt is not None:
            line, context = excerpt
            quoted = f"**Comment** at {place}: {code(clip(line))}\n"
            return "\n".join([quoted, fence(context, "diff"), quote(comment.text)])
    return f"**Comment** at {place}, a line that no hunk shows:\n\n{quote(comment.text)}"


def _excerpt(comment: LineComment, patch: Patch) -> tuple[str, list[str]] | None:
    """The commented line and the patch around it; None where no hunk holds it."""
    base = comment.side is Side.BASE
    for file in patch.files:
        if comment.file not in (file.old_path if base else file.new_path, file.path):
            continue
        for hunk in file.hunks:
            lines = list(diff_lines(patch, hunk))
            for at, line in enumerate(lines):
                if (line.old if base else line.new) == comment.line:
                    around = lines[max(0, at - CONTEXT) : at + CONTEXT + 1]
                    return line.text, [f"{each.kind}{each.text}" for each in around]
    return None


def _problems(document: Document) -> str:
    if not document.problems:
        return ""
    grouped = groupby(document.problems, key=attrgetter("path"))
    items = [
        f"{code(path)}: {'; '.join(escape(problem.reason) for problem in problems)}"
        for path, problems in grouped
    ]
    return f"## Load problems\n\n{len(document.problems)} could not be loaded:\n\n{bullets(items)}"
