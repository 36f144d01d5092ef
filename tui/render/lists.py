"""The rows of the commit list and the attempt list, and what a search in them looks in."""

from __future__ import annotations

from textual.content import Content

from core.assess.queues import judge_states
from core.models import Assessment, Attempt, JudgementState, PatchState, Severity
from core.text import one_line
from core.triage import CommitProgress
from tui.render.amounts import (
    UNKNOWN,
    commit_name,
    patch_label,
    run_name,
    short_key,
    size,
)
from tui.render.signs import JUDGEMENT_SIGNS, claim_sign, standing_sign

_LEAST_OF_KEY, _LEAST_OF_RUN = 4, 8


def commit_row(progress: CommitProgress, width: int) -> Content:
    """A row of the commit list: sha, subject, how many of those that need a decision have one."""
    done = not progress.open and not progress.disputed
    whole = max(progress.with_patch, progress.reviewed)
    reviewed = f" {progress.reviewed}/{whole} {'done' if done else '    '}"
    name = commit_name(progress.commit)
    room = width - 1 - len(name) - len(reviewed)
    return Content.assemble(
        (name, "$accent-text"),
        " ",
        _fit(one_line(progress.commit.subject, 200) or "(subject unknown)", room),
        (reviewed, "$good" if done else "$dim" if not progress.reviewed else "$middling"),
    )


def attempt_row(known: Assessment, width: int, unsaved: bool = False) -> Content:
    """A row of the attempt list: verdict, agent, short key, marked, patch size, flags."""
    attempt = known.attempt
    sign, style = standing_sign(known)
    claim = claim_sign(attempt)
    patch = attempt.patch
    held = size(patch.held_bytes) if patch.has_text else patch.state.value
    style_of_patch = "" if patch.has_text else patch_label(attempt)[1]
    tail = Content.assemble(f" {claim} ", (held.rjust(7), style_of_patch))
    notes = row_notes(known)
    room = max(0, width - 2 - tail.cell_length)
    name = _fit(_name_that_fits(attempt, room - notes.cell_length), room - notes.cell_length)
    row = Content.assemble((sign + ("!" if unsaved else " "), style), name, notes)
    return Content.assemble(row.truncate(width - tail.cell_length, pad=True), tail)


def row_notes(known: Assessment) -> Content:
    """What is odd about an attempt, what checks found, and how the judge's calls ended."""
    return Content.assemble(
        *((f" {word}", "$middling") for word in flags(known.attempt)),
        (" outdated", "$middling") if known.outdated else "",
        _finding_count(known),
        *_judge_signs(known),
    )


def _finding_count(known: Assessment) -> tuple[str, str]:
    """How many errors the checks found, as a sign and a number."""
    findings = known.report.findings if known.report else ()
    errors = sum(finding.severity is Severity.ERROR for finding in findings)
    return (f" ●{errors}", "$bad") if errors else ("", "")


def _judge_signs(known: Assessment) -> list[str | tuple[str, str]]:
    """How the judge's calls ended, one sign for each way."""
    states = judge_states(known)
    signs = [JUDGEMENT_SIGNS[state] for state in JudgementState if state in states]
    return [" ", *signs] if signs else []


def _name_that_fits(attempt: Attempt, room: int) -> str:
    """Agent and short key, with less of the agent if there is little room.

    Attempts at one task share a key: who made them is what distinguishes them.
    """
    key = short_key(attempt)
    if attempt.instance:
        return _task_that_fits(attempt, key, room)
    agent = "" if attempt.agent == UNKNOWN else one_line(attempt.agent, 12)
    names = [f"{agent} {key}", f"{agent[:2]} {key}", key] if agent else [key]
    return next((name for name in names if len(name) <= room), key)


def _task_that_fits(attempt: Attempt, key: str, room: int) -> str:
    """Who made it, the task and the run; only the ends of what does not fit."""
    who = attempt.agent if attempt.model == UNKNOWN else attempt.model.rsplit("/")[-1]
    who = "" if who == UNKNOWN else f"{one_line(who, 16)} "
    run = run_name(attempt)
    run = "" if run in (attempt.model, attempt.agent) else run
    left = max(0, room - len(who) - (1 if run else 0))
    if len(key) + len(run) > left:
        run = _end(run, max(_LEAST_OF_RUN, left - len(key)))
        key = _end(key, left - len(run))
    return f"{who}{key} {run}".rstrip()


def _end(text: str, room: int) -> str:
    """The end of a text in `room` cells; nothing if that would be meaningless."""
    if len(text) <= room:
        return text
    return f"…{text[1 - room :]}" if room > _LEAST_OF_KEY else ""


def flags(attempt: Attempt) -> list[str]:
    """What is odd about an attempt at first sight, one word each."""
    found = []
    if attempt.patch.state is PatchState.CUT:
        found.append("cut")
    if attempt.execution.returncode:
        found.append(f"rc{attempt.execution.returncode}")
    if attempt.execution.error:
        found.append("error")
    if not attempt.has_journal and not attempt.instance:
        found.append("no journal")
    return found


def _fit(text: str, width: int) -> str:
    """Text in exactly `width` cells."""
    content = Content(text).truncate(max(0, width), ellipsis=True)
    return content.plain + " " * (width - content.cell_length)
