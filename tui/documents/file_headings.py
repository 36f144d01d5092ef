"""What is said about a file as a whole above its rows: who changed it, how much, what is odd."""

from __future__ import annotations

from collections.abc import Iterator

from textual.content import Content

from core.patch.align import FileAlignment, Presence
from core.patch.parse import FilePatch, FileStatus
from core.text import one_line

Sides = tuple[str, str]
"""The names of the left and the right side."""

HUMAN_AND_ATTEMPT: Sides = ("human", "attempt")


def _presence(presence: Presence, sides: Sides) -> tuple[str, str]:
    left, right = sides
    return {
        Presence.BOTH: ("both", "$dim"),
        Presence.MISSED: (f"missed: only the {left} changes this file", "$bad"),
        Presence.EXTRA: (f"extra: only the {right} changes this file", "$middling"),
        Presence.AGAIN: ("again: another part of a file shown above", "$middling"),
    }[presence]


def heading(
    file: FileAlignment, remarks: int, width: int, sides: Sides = HUMAN_AND_ATTEMPT, seen: str = ""
) -> Content:
    """The heading of a file: path, which sides change it, rows by lane, remarks, what was seen."""
    presence, style = _presence(file.presence, sides)
    counts = file.counts
    said = (
        (counts.matched, "alike"),
        (counts.human_only, f"only {sides[0]}"),
        (counts.attempt_only, f"only {sides[1]}"),
        (counts.different, "differ"),
        (remarks, "remarked"),
    )
    counted = (f"{count} {what}" for count, what in said if count)
    figures = " · ".join(filter(None, (*counted, seen)))
    names = " ← ".join(one_line(path, 200) for path in paths_of(file))
    return Content.assemble(
        (f"━ {names} ", "bold $foreground"),
        (f" {presence} ", style),
        (f" {figures}", "$dim"),
    ).truncate(width, ellipsis=True, pad=True)


def paths_of(file: FileAlignment) -> list[str]:
    """Every path that a file has in the two patches, the displayed one first."""
    names = [file.path]
    names += [p.path for p in (file.human, file.attempt) if p is not None]
    names += [p.old_path for p in (file.human, file.attempt) if p is not None and p.old_path]
    return list(dict.fromkeys(names))


def notes_on(file: FileAlignment, sides: Sides = HUMAN_AND_ATTEMPT) -> Iterator[str]:
    """Sentences about a file that its rows do not tell."""
    if file.base_conflict is not None:
        yield (
            f"not aligned: the patches disagree about line {file.base_conflict} of the base; "
            f"the {sides[0]}'s rows first, then the {sides[1]}'s"
        )
    for who, patch_file in ((sides[0], file.human), (sides[1], file.attempt)):
        if patch_file is None:
            continue
        if patch_file.binary:
            yield f"{who}: binary file"
        if patch_file.status is not FileStatus.MODIFIED or _mode_changes(patch_file):
            yield f"{who}: {_status(patch_file)}"
        if moved := [hunk.offset for hunk in patch_file.hunks if hunk.offset]:
            yield f"{who}: {_moved(moved)}"
        for problem in patch_file.problems:
            yield f"{who} patch, line {problem.line}: {one_line(problem.reason, 300)}"


def _moved(offsets: list[int]) -> str:
    """How far hunks are from where their headers put them."""
    least, most = min(map(abs, offsets)), max(map(abs, offsets))
    lines = f"{most}" if least == most else f"{least} to {most}"
    if len(offsets) == 1:
        return f"1 hunk is shown where git applies it, {lines} lines off its header"
    return f"{len(offsets)} hunks are shown where git applies them, {lines} lines off their headers"


def _status(file: FilePatch) -> str:
    if file.status in (FileStatus.RENAMED, FileStatus.COPIED):
        return f"{file.status.value} from {one_line(file.old_path or '', 200)}"
    if file.status.value == "mode" or (file.old_mode != file.new_mode and file.old_mode):
        return f"mode {file.old_mode} becomes {file.new_mode}"
    return f"file {file.status.value}"


def _mode_changes(file: FilePatch) -> bool:
    return None not in (file.old_mode, file.new_mode) and file.old_mode != file.new_mode
