"""Which lines a judge was shown, to tell whether the place named by an issue exists.

A number counts in the attempt's version if that shows it, else in the human's, else in the base
file, of which removed lines and the lines around changes are shown.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property

from core.models import Issue, Side
from core.patch.parse import Patch, diff_lines, parse_patch

Numbers = Mapping[str, frozenset[int]]
"""Line numbers by file."""


Shown = tuple[Patch, Collection[str]]
"""A patch, and those of its files that were left out."""


@dataclass(frozen=True)
class ShownPlaces:
    """What is shown of both patches and of base files; searched when a place is requested."""

    attempt: Shown
    human: Shown
    base: tuple[str, ...] = ()  # as `core.judge.question.base_lines` shows it

    @cached_property
    def files(self) -> frozenset[str]:
        """The files that are named, whatever is left out."""
        patches = (self.attempt[0], self.human[0])
        return frozenset(file.path for patch in patches for file in patch.files)

    @cached_property
    def lines(self) -> Mapping[Side, Numbers]:
        """The lines that are shown, by the side they count on."""
        old = (_lines(*self.attempt, old=True), _lines(*self.human, old=True))
        return {
            Side.ATTEMPT: _lines(*self.attempt, old=False),
            Side.HUMAN: _lines(*self.human, old=False),
            Side.BASE: _joined(*old, *map(_around, self.base)),
        }

    def placed(self, issue: Issue) -> Issue:
        """The issue at its place, with its side; a missing place is noted and removed."""
        file, line = issue.file, issue.line
        if file is None:
            return issue if line is None else _misplaced(issue, None, f"line {line}")
        if file not in self.files:
            named = file.removeprefix("a/").removeprefix("b/")
            if named not in self.files:
                return _misplaced(issue, None, issue.place)
            file = named
        if line is None:
            return Issue(issue.message, issue.severity, file)
        for side, shown in self.lines.items():
            if line in shown.get(file, ()):
                return Issue(issue.message, issue.severity, file, line, side=side)
        return _misplaced(issue, file, issue.place)


NO_PLACES = ShownPlaces((parse_patch(""), ()), (parse_patch(""), ()))
"""Nothing was shown, or it is unknown what."""


def _lines(patch: Patch, left_out: Collection[str], *, old: bool) -> dict[str, frozenset[int]]:
    found: dict[str, set[int]] = {}
    for file in patch.files:
        if file.path in left_out:
            continue
        for hunk in file.hunks:
            numbers = (line.old if old else line.new for line in diff_lines(patch, hunk))
            found.setdefault(file.path, set()).update(n for n in numbers if n is not None)
    return {path: frozenset(numbers) for path, numbers in found.items()}


def _around(text: str) -> dict[str, frozenset[int]]:
    """The lines of the base files in the output of `core.judge.question.base_lines`."""
    found: dict[str, set[int]] = {}
    for region in text.split("\n\n"):
        head, _, rest = region.partition("\n")
        path = head.rpartition(", lines ")[0]
        numbers = (line[:6].strip() for line in rest.split("\n"))
        found.setdefault(path, set()).update(int(n) for n in numbers if n.isdecimal())
    return {path: frozenset(numbers) for path, numbers in found.items()}


def _joined(*parts: Numbers) -> Numbers:
    files = {path for part in parts for path in part}
    return {path: frozenset().union(*(p.get(path, ()) for p in parts)) for path in files}


def _misplaced(issue: Issue, file: str | None, place: str) -> Issue:
    return Issue(issue.message, issue.severity, file, misplaced=place)
