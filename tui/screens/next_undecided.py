"""On to the next attempt that needs a decision."""

from __future__ import annotations

from tui.screens.triage_frame import TriageFrame


def select_next_undecided(frame: TriageFrame, step: int = 1) -> None:
    """Select the next (-1: previous) attempt that needs a decision, or report that none does."""
    key = frame.lists.next_undecided(step)
    if key is None:
        whole = len(frame.lists.listed) == len(frame.triage.run_set.attempts)
        here = "" if whole else " that is listed"
        frame.notify(f"Every attempt{here} is decided.")
    else:
        frame.lists.select(key)
