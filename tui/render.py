"""Records to styled text: pure functions, so that what the screen says can be tested without one.

Every text from outside passes through `core.text`; styles are names of theme variables.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from textual.content import Content

from core.models import (
    CRITERIA,
    Assessment,
    Attempt,
    Criteria,
    Finding,
    HumanCommit,
    Judgement,
    JudgementState,
    Outcome,
    PatchState,
    Severity,
)
from core.outcome import is_decided, majority, standing_votes
from core.text import one_line, visible
from core.triage import CommitProgress, Progress

UNKNOWN = "unknown"
"""What readers put for an agent or model that nothing names."""

OUTCOME_SIGNS: dict[Outcome, tuple[str, str]] = {
    Outcome.TRUE_SUCCESS: ("✔", "$good"),
    Outcome.PARTIAL_SUCCESS: ("◐", "$middling"),
    Outcome.FALSE_POSITIVE: ("✘", "$bad"),
    Outcome.FAILURE: ("–", "$bad"),
    Outcome.UNDECIDED: ("·", "$dim"),
}
OUTCOME_NAMES: dict[Outcome, str] = {
    outcome: outcome.value.replace("_", " ") for outcome in Outcome
}
CRITERION_NAMES: dict[str, str] = {
    "syntax_correct": "syntax",
    "files_match": "files",
    "optimization_logic_match": "logic",
    "is_complete": "complete",
    "is_template_code": "template",
}
CRITERION_KEYS: dict[str, str] = dict(zip(CRITERIA, "sflmt", strict=True))


def answer(criterion: str, value: bool | None) -> tuple[str, str]:
    """The sign and style of one criterion's value: good, bad or unknown."""
    if value is None:
        return "·", "$dim"
    good = value is not (criterion == "is_template_code")
    return ("✔", "$good") if good else ("✘", "$bad")


def size(count: int | None) -> str:
    """Bytes for people: 812 B, 8.4 kB, 15 MB (powers of 1,000)."""
    if count is None:
        return "?"
    if count < 1000:
        return f"{count} B"
    for unit, factor in (("kB", 1e3), ("MB", 1e6)):
        if count < 1000 * factor or unit == "MB":
            value = count / factor
            return f"{value:.0f} {unit}" if value >= 100 else f"{value:.1f} {unit}"
    raise AssertionError


def duration(seconds: float | None) -> str:
    """Seconds for people: 1.5s, 24m45s, 2h03m."""
    if seconds is None:
        return "no time"
    if seconds < 60:
        return f"{seconds:.1f}s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes}m{rest:02d}s"
    return f"{minutes // 60}h{minutes % 60:02d}m"


def plural(count: int, what: str) -> str:
    """A count of things: 1 file, 2 files."""
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def thousands(count: int) -> str:
    """A count for people: 812, 10.2k, 1.4M."""
    if count < 1000:
        return str(count)
    return f"{count / 1e3:.1f}k" if count < 1e6 else f"{count / 1e6:.1f}M"


_TIMESTAMP = re.compile(r"^\d{4}-(\d\d-\d\d)_(\d\d)-(\d\d)(?:-\d\d)?(?:_(.+))?$")


def short_key(attempt: Attempt) -> str:
    """A few characters that tell attempts at one commit apart: end of the run, end of the item."""
    run = attempt.run.rstrip("/").rsplit("/", 1)[-1]
    if match := _TIMESTAMP.match(run):
        day, hour, minute, more = match.groups()
        run = f"{day} {hour}:{minute}" + (f" {more}" if more else "")
    else:
        run = run.rsplit("-", 1)[-1]
    item = attempt.item.rsplit("-", 1)[-1].rsplit("_", 1)[-1]
    return one_line(f"{run}/{item}" if run and item else run or item or attempt.key, 60)


def short_sha(sha: str) -> str:
    """The first 8 characters of a commit's name, in 8 cells."""
    return visible(sha[:8])[:8].ljust(8) if sha else "no sha  "


def patch_label(attempt: Attempt) -> tuple[str, str]:
    """The size of a patch, or why there is none, and its style."""
    patch = attempt.patch
    if patch.state is PatchState.WHOLE:
        return size(patch.held_bytes), ""
    if patch.state is PatchState.CUT:
        return f"{size(patch.held_bytes)} cut from {size(patch.recorded_bytes)}", "$middling"
    return f"{patch.state.value}", "$bad" if attempt.marked_success else "$dim"


def flags(attempt: Attempt) -> list[str]:
    """What is odd about an attempt at first sight, in a word each."""
    found = []
    if attempt.patch.state is PatchState.CUT:
        found.append("cut")
    if attempt.execution.returncode:
        found.append(f"rc{attempt.execution.returncode}")
    if attempt.execution.error:
        found.append("error")
    if not attempt.has_journal:
        found.append("no journal")
    return found


def _fit(text: str, width: int) -> str:
    """Text in exactly `width` cells."""
    content = Content(text).truncate(max(0, width), ellipsis=True)
    return content.plain + " " * (width - content.cell_length)


def searched_text(known: Assessment) -> str:
    """What a search in the attempt list looks in."""
    attempt = known.attempt
    words = [attempt.key, attempt.agent, attempt.model, attempt.status or "", known.outcome.value]
    words += [attempt.patch.state.value, "reviewed" if is_decided(known) else "undecided"]
    words += [finding.rule for finding in known.report.findings] if known.report else []
    words += [f"judge:{judgement.state.value}" for judgement in known.judgements]
    return " ".join(words)


def commit_row(progress: CommitProgress, width: int) -> Content:
    """A row of the commit list: sha, subject, marked/attempts, reviewed."""
    counts = f" {progress.marked}/{progress.attempts}"
    done = progress.reviewed == progress.attempts
    reviewed = f" {progress.reviewed}✔"
    room = width - 9 - len(counts) - len(reviewed)
    return Content.assemble(
        (short_sha(progress.commit.sha), "$accent-text"),
        " ",
        _fit(one_line(progress.commit.subject, 200) or "(subject unknown)", room),
        (counts, "$dim"),
        (reviewed, "$good" if done else "$dim" if not progress.reviewed else "$middling"),
    )


def attempt_row(known: Assessment, width: int, unsaved: bool = False) -> Content:
    """A row of the attempt list: verdict, agent, short key, marked, patch size, flags."""
    attempt = known.attempt
    sign, style = OUTCOME_SIGNS[known.outcome]
    style = style if is_decided(known) else "$dim"
    claim = {True: "✓", False: " ", None: "?"}[attempt.marked_success]
    patch = attempt.patch
    held = size(patch.held_bytes) if patch.has_text else patch.state.value
    style_of_patch = "" if patch.has_text else patch_label(attempt)[1]
    tail = Content.assemble(f" {claim} ", (held.rjust(7), style_of_patch))
    notes = Content.assemble(
        *((f" {word}", "$middling") for word in flags(attempt)), _finding_count(known)
    )
    room = max(0, width - 2 - tail.cell_length)
    name = _fit(_name_that_fits(attempt, room - notes.cell_length), room - notes.cell_length)
    row = Content.assemble((sign + ("!" if unsaved else " "), style), name, notes)
    return Content.assemble(row.truncate(width - tail.cell_length, pad=True), tail)


def _finding_count(known: Assessment) -> tuple[str, str]:
    """How many errors the checks found, as a sign and a number."""
    findings = known.report.findings if known.report else ()
    errors = sum(finding.severity is Severity.ERROR for finding in findings)
    return (f" ●{errors}", "$bad") if errors else ("", "")


def _name_that_fits(attempt: Attempt, room: int) -> str:
    """Agent and short key, with less of the agent where there is little room."""
    key = short_key(attempt)
    agent = "" if attempt.agent == UNKNOWN else one_line(attempt.agent, 12)
    names = [f"{agent} {key}", f"{agent[:2]} {key}", key] if agent else [key]
    return next((name for name in names if len(name) <= room), key)


def header_line(root: str, progress: Progress, width: int, place: str, work: str) -> Content:
    """The top line of the screen: what is open, how far it is, the work under way, and alerts.

    A short line leaves out the counts that change least before anything is cut.
    """
    unsaved = f"{progress.unsaved} not saved (^s)" if progress.unsaved else ""
    problems = f"{plural(progress.problems, 'load problem')} (!)" if progress.problems else ""
    parts = [
        (f"{plural(progress.commits, 'commit')}  {plural(progress.attempts, 'attempt')}", "", 4),
        (f"judged {progress.judged}/{progress.with_patch}", "", 3),
        (f"reviewed {progress.reviewed}/{progress.attempts}", "", 0),
        (work, "$accent-text", 2),
        (unsaved, "bold $bad", 0),
        (problems, "$middling", 0),
        (one_line(place, 200), "$middling", 0),
    ]
    name = Content.assemble((" patchjury ", "bold $accent-text"), one_line(root, 40))
    room = width - name.cell_length - 2
    return Content.assemble(name, "  ", _joined(parts, "  ", room)).truncate(width, ellipsis=True)


def _joined(parts: Sequence[tuple[str, str, int]], between: str, width: int) -> Content:
    """Texts with their styles in one line; what does not fit leaves by rank, the highest first.

    Texts of rank 0 never leave.
    """
    kept = [part for part in parts if part[0]]
    while True:
        styled = [piece for text, style, _ in kept for piece in ((between, "$dim"), (text, style))]
        line = Content.assemble(*styled[1:])
        least = max(kept, key=lambda part: part[2], default=("", "", 0))
        if line.cell_length <= width or not least[2]:
            return line
        kept.remove(least)


def attempt_title(commit: HumanCommit, position: int, count: int, width: int) -> Content:
    """The first line above the diff: the human commit, and which of its attempts this is."""
    place = f"   attempt {position} of {count}"
    subject = Content(one_line(commit.subject, 200) or "(subject unknown)")
    return Content.assemble(
        (short_sha(commit.sha), "$accent-text"),
        " ",
        subject.truncate(max(0, width - 9 - len(place)), ellipsis=True).stylize("bold"),
        (place, "$dim"),
    )


_ERROR_ROOM = 30


def attempt_facts(attempt: Attempt, width: int) -> Content:
    """The second line above the diff: who ran, how it went, how large, what was claimed."""
    run = attempt.execution
    agent, model = (
        "" if name == UNKNOWN else one_line(name, 60) for name in (attempt.agent, attempt.model)
    )
    code = run.returncode
    returned = "no return code" if code is None else f"return {code}"
    tokens = ""
    if run.tokens_in is not None or run.tokens_out is not None:
        tokens = f"{thousands(run.tokens_in or 0)}+{thousands(run.tokens_out or 0)} tokens"
    label, style = patch_label(attempt)
    patch = f"{label} patch" if attempt.patch.has_text else f"patch: {label}"
    claim = {True: "marked success", False: f"marked {attempt.status}", None: "not marked"}
    parts = [
        (agent, "", 1),
        (model, "", 4),
        (duration(run.duration_s), "", 3),
        (returned, "$bad" if code else "", 0),
        (f"{run.steps} steps" if run.steps is not None else "", "", 6),
        (tokens, "", 5),
        (patch, style, 0),
        (one_line(claim[attempt.marked_success], 60), "", 0),
    ]
    error = Content.styled(f" · {one_line(run.error, 200)}" if run.error else "", "$bad")
    facts = _joined(parts, " · ", width - min(error.cell_length, _ERROR_ROOM))
    return Content.assemble(facts, error)


JUDGEMENT_SIGNS: dict[JudgementState, tuple[str, str]] = {
    JudgementState.VERDICT: ("◆", "$accent-text"),
    JudgementState.INCOMPLETE: ("◇", "$middling"),
    JudgementState.REFUSED: ("⊘", "$middling"),
    JudgementState.UNPARSEABLE: ("≈", "$middling"),
    JudgementState.ERROR: ("⚠", "$bad"),
}


def judge_summary(judgements: tuple[Judgement, ...]) -> str:
    """How many judge calls there are and how they ended: "2 verdicts", "1 error"."""
    states = [judgement.state for judgement in judgements]
    counts = {state: states.count(state) for state in JudgementState if state in states}
    return ", ".join(f"{count} {state.value}" for state, count in counts.items()) or "not judged"


_RULES: dict[str, tuple[str, ...]] = {
    "syntax_correct": ("syntax.", "names."),
    "files_match": ("files.missed", "files.extra"),
    "optimization_logic_match": ("copies.human", "coverage."),
    "is_complete": ("coverage.", "files.missed", "patch.empty", "patch.missing", "patch.cut"),
    "is_template_code": ("template.",),
}
"""By criterion, the beginnings of the ids of the rules that speak of it."""


def criterion_row(known: Assessment, criterion: str) -> Content:
    """A row of the evidence panel: criterion, checks, judge (votes), person, first finding."""
    votes: list[bool | None] = [
        getattr(judgement.criteria, criterion) for judgement in standing_votes(known.judgements)
    ]
    check = getattr(known.report.criteria, criterion) if known.report else None
    person = getattr(known.verdict.criteria, criterion) if known.verdict else None
    judge = majority(votes)
    sign, style = answer(criterion, judge)
    tally = f" {sum(vote is judge for vote in votes)}/{len(votes)}" if judge is not None else ""
    if judge is None and any(vote is not None for vote in votes):  # a tie, or too few answers
        sign, style = "±", "$middling"
        tally = f" {votes.count(True)}:{votes.count(False)}"
    row = Content.assemble(
        (f" {CRITERION_KEYS[criterion]} ", "$accent-text"),
        f"{CRITERION_NAMES[criterion]:<10}",
        _cell(*answer(criterion, check), 9),
        _cell(sign + tally, style, 8),
        _cell(*answer(criterion, person), 4),
    )
    if criterion in known.conflicts:
        row = Content.assemble(row, ("conflict ", "$middling"))
    first = _first_finding(known, _RULES[criterion])
    return Content.assemble(row, (first, "$dim")) if first else row


def finding_text(finding: Finding) -> str:
    """A finding in one line, with the file and line that it speaks of."""
    line = f":{finding.line}" if finding.line is not None else ""
    place = f"{one_line(finding.file, 200)}{line}: " if finding.file is not None else ""
    return place + one_line(finding.message, 500)


def _first_finding(known: Assessment, rules: tuple[str, ...]) -> str:
    """The most severe finding of some rules, the first of them; "" when there is none."""
    findings = known.report.findings if known.report else ()
    of_them = [finding for finding in findings if finding.rule.startswith(rules)]
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
    """What the person decided, or what follows so far, with tags and the start of the note."""
    sign, style = OUTCOME_SIGNS[known.outcome]
    verdict = known.verdict
    who = one_line(verdict.reviewer, 40) if verdict and is_decided(known) else "so far"
    parts: list[str | tuple[str, str]] = [
        (f" {sign} {OUTCOME_NAMES[known.outcome]}", f"bold {style}"),
        (f"  {who}", "$dim"),
    ]
    if unsaved:
        parts.append(("  not saved: ^s tries again", "bold $bad"))
    if verdict and verdict.tags:
        parts.append(
            ("  " + " ".join(f"#{one_line(tag, 40)}" for tag in verdict.tags), "$accent-text")
        )
    if verdict and verdict.comments:
        parts.append((f"  {plural(len(verdict.comments), 'comment')}", "$dim"))
    if verdict and verdict.note:
        parts.append(f"  {one_line(verdict.note, 300)}")
    return Content.assemble(*parts)
