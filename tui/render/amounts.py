"""Sizes, times, counts and names for people."""

from __future__ import annotations

import re
from collections.abc import Sequence

from textual.content import Content

from core.models import Attempt, HumanCommit, PatchState
from core.text import one_line

UNKNOWN = "unknown"
"""What readers write for an unnamed agent or model."""


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


def thousands(count: int) -> str:
    """A count for people: 812, 10.2k, 1.4M."""
    if count < 1000:
        return str(count)
    return f"{count / 1e3:.1f}k" if count < 1e6 else f"{count / 1e6:.1f}M"


_GENERIC_NAMES = frozenset(
    {"", "preds", "all_preds", "predictions", "output", "patches", "results"}
)
_SUFFIX = re.compile(r"\.(jsonl?|ndjson|eval|parquet|arrow|traj|pred|patch)$")
_HEX = re.compile("[0-9a-f]+")
_TIMESTAMP = re.compile(r"^\d{4}-(\d\d-\d\d)_(\d\d)-(\d\d)(?:-\d\d)?(?:_(.+))?$")


def short_key(attempt: Attempt) -> str:
    """What distinguishes attempts at one commit: the task's id, or end of the run, end of the item.

    Several attempts of one model at a task have an ordinal or an epoch after its id.
    """
    if attempt.instance:
        return one_line(f"{attempt.instance}{_ordinal(attempt)}", 80)
    run = attempt.run.rstrip("/").rsplit("/", 1)[-1]
    if match := _TIMESTAMP.match(run):
        day, hour, minute, more = match.groups()
        run = f"{day} {hour}:{minute}" + (f" {more}" if more else "")
    else:
        run = run.rsplit("-", 1)[-1]
    item = attempt.item.rsplit("-", 1)[-1].rsplit("_", 1)[-1]
    return one_line(f"{run}/{item}" if run and item else run or item or attempt.key, 60)


def _ordinal(attempt: Attempt) -> str:
    """The rest of a key after the task's id: an epoch, the name of a trial, a number."""
    last = attempt.key.rpartition("/")[2]
    if last.startswith("epoch_"):
        return f" {last.replace('_', ' ')}"
    rest = last.removeprefix(attempt.instance)
    return f" {rest.lstrip('_')}" if rest and rest != last else ""


def run_name(attempt: Attempt) -> str:
    """The run's name of an attempt at a task, without the part common to all runs."""
    parts = [_SUFFIX.sub("", part) for part in attempt.run.split("/")]
    telling = [part for part in parts if part.lower() not in _GENERIC_NAMES]
    return one_line(telling[-1], 40) if telling else ""


def within_task(attempt: Attempt) -> str:
    """What distinguishes attempts at one task when their models are shown: run and ordinal."""
    if not attempt.instance:
        return short_key(attempt)
    return f"{run_name(attempt)}{_ordinal(attempt)}".strip() or attempt.instance


def commit_name(commit: HumanCommit) -> str:
    """The name of a human commit: its task's id, or the first 8 characters of its own."""
    return one_line(commit.instance, 40) if commit.instance else short_sha(commit.sha)


def short_sha(sha: str) -> str:
    """The first 8 characters of a commit's id, in 8 cells; a task's id in full."""
    if sha and not _HEX.fullmatch(sha):
        return one_line(sha, 40)
    return sha[:8].ljust(8) if sha else "no sha  "


def patch_label(attempt: Attempt) -> tuple[str, str]:
    """The size of a patch, or why there is none, and its style."""
    patch = attempt.patch
    if patch.state is PatchState.WHOLE:
        return size(patch.held_bytes), ""
    if patch.state is PatchState.CUT:
        return f"{size(patch.held_bytes)} cut from {size(patch.recorded_bytes)}", "$middling"
    return f"{patch.state.value}", "$bad" if attempt.marked_success else "$dim"


def joined(parts: Sequence[tuple[str, str, int]], between: str, width: int) -> Content:
    """Styled texts in one line; what does not fit is dropped by rank, highest first.

    Texts of rank 0 are never dropped.
    """
    kept = [part for part in parts if part[0]]
    while True:
        styled = [piece for text, style, _ in kept for piece in ((between, "$dim"), (text, style))]
        line = Content.assemble(*styled[1:])
        least = max(kept, key=lambda part: part[2], default=("", "", 0))
        if line.cell_length <= width or not least[2]:
            return line
        kept.remove(least)
