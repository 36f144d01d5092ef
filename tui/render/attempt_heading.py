"""The top line of the screen, and the two lines above an attempt."""

from __future__ import annotations

from textual.content import Content

from core.assess.blind import has_sealed_claim
from core.models import Attempt, FactCounts, HumanCommit
from core.text import counted, one_line
from core.triage import Progress
from tui.render.amounts import UNKNOWN, commit_name, duration, joined, patch_label, thousands


def header_line(
    root: str, progress: Progress, width: int, place: str, work: str, reviewer: str, facts: str = ""
) -> Content:
    """The top line of the screen: what is open, progress, the work in progress, and alerts.

    A short line drops the counts that change least before anything is cut.
    """
    whole = max(progress.with_patch, progress.reviewed)  # decisions are possible without a patch
    unsaved = f"{progress.unsaved} not saved (^s)" if progress.unsaved else ""
    problems = f"{counted(progress.problems, 'load problem')} (!)" if progress.problems else ""
    parts = [
        (f"{counted(progress.commits, 'commit')}  {counted(progress.attempts, 'attempt')}", "", 4),
        (f"judged {progress.judged}/{progress.with_patch}", "", 3),
        (f"reviewed {progress.reviewed}/{whole}", "", 0),
        (_pace(progress.pace_s), "$dim", 1),
        (f"{progress.disputed} in dispute" if progress.disputed else "", "$middling", 2),
        (f"{progress.outdated} outdated" if progress.outdated else "", "$middling", 2),
        (one_line(reviewer, 28), "$dim", 1),
        (work, "$accent-text", 0),
        (facts, "$middling", 3),
        (unsaved, "bold $bad", 0),
        (problems, "$middling", 1),
        (one_line(place, 200), "$middling", 2),
    ]
    name = Content.assemble((" patchjury ", "bold $accent-text"), one_line(root, 40))
    room = width - name.cell_length - 2
    return Content.assemble(name, "  ", joined(parts, "  ", room)).truncate(width, ellipsis=True)


def _pace(seconds: float | None) -> str:
    """How long an attempt takes a reviewer, such as "1.4 min each"."""
    if seconds is None or seconds < 1:
        return ""
    return f"{seconds:.0f} s each" if seconds < 60 else f"{seconds / 60:.1f} min each"


def facts_text(counts: FactCounts) -> str:
    """On how many attempts the facts hold; nothing if they hold on all."""
    if not counts.stale and not counts.none:
        return ""
    return f"check reports: {counts.hold} hold, {counts.stale} stale, {counts.none} none"


def attempt_title(commit: HumanCommit, position: int, count: int, width: int) -> Content:
    """The first line above the diff: the human commit, and which of its attempts this is."""
    place = f"   attempt {position} of {count}"
    subject = Content(one_line(commit.subject, 200) or "(subject unknown)")
    return Content.assemble(
        (commit_name(commit), "$accent-text"),
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
    unmarked = "claim sealed" if has_sealed_claim(attempt) else "not marked"
    claim = {True: "marked success", False: f"marked {attempt.status}", None: unmarked}
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
    facts = joined(parts, " · ", width - min(error.cell_length, _ERROR_ROOM))
    return Content.assemble(facts, error)
