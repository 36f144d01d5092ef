"""The attempt list as a table: its columns, their widths, and how a cell reads.

Columns are those of the filter language (`core.assess.filters.COLUMNS`); what is shown is what is
sorted by. If nobody chose columns, those with nothing to show are left out, and the less important
ones if there is no room.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct
from textual.content import Content

from core.assess.filters import COLUMNS, Column, FilterError, parse_order
from core.assess.filters.sorting import Cell
from core.models import Assessment, Attempt, HumanCommit
from core.text import one_line
from tui.render.amounts import duration, run_name, short_key, short_sha, size, thousands
from tui.render.lists import row_notes
from tui.render.signs import claim_sign, standing_sign

WIDE_FROM = 72
"""Cells that the attempt list needs to be a table when nobody chose columns."""

USUAL = ("agent", "model", "seconds", "rc", "steps", "size", "marked", "quadrant")
"""The columns of a list with room, in order."""

_LEAVE_FIRST = ("quadrant", "steps", "rc", "seconds", "model")
_MOST = 26
_MOST_OF_ATTEMPT = 48
_SAMPLE = 1_000
_GAP = "  "
_NAMES = {"seconds": "time", "marked": "claim", "rc": "code"}
_NUMBERS = {"seconds", "rc", "steps", "size", "tokens", "quality", "errors", "contradictions"}
_SUBJECT = "subject"

Commits = Mapping[str, HumanCommit]


def cell_text(name: str, cell: Cell) -> str:
    """A cell as people read it; "" if unknown."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return one_line(short_sha(cell).strip() if name in ("commit", "base") else cell, 60)
    if name == "seconds":
        return duration(float(cell))
    if name == "size":
        return size(int(cell))
    if name == "tokens":
        return thousands(int(cell))
    return f"{cell:g}"


class Placed(Struct, frozen=True):
    """A column with its place: the cells that it takes, and where it starts."""

    name: str
    width: int
    start: int


class AttemptTable:
    """Draws rows and head of one attempt list; the layout is computed once for rows and width."""

    def __init__(
        self, assess: Callable[[str], Assessment], commits: Commits, chosen: Sequence[str] = ()
    ) -> None:
        self.chosen = chosen  # by the user; none: depends on the width
        self._assess = assess
        self.commits = commits
        self._sampled: Sequence[str] = ()
        self._flat = False
        self._fits: dict[int, tuple[Placed, ...]] = {}
        self._chosen: tuple[str, ...] = ()  # the existing ones among them
        self.order = ""

    def show(self, keys: Sequence[str], *, flat: bool) -> None:
        """Set the listed attempts."""
        step = max(1, len(keys) // _SAMPLE)
        self._sampled = keys[::step]  # assessed once columns are laid out: a narrow list has none
        self._chosen = tuple(name for name in self.chosen if name in COLUMNS)
        self._flat = flat
        self._fits.clear()

    def is_table(self, width: int) -> bool:
        """Is the list drawn as a table at this width?"""
        return bool(self._chosen) or width >= WIDE_FROM

    def head(self, width: int) -> Content:
        """The names of the columns, the sorted ones with an arrow."""
        arrows = {c.name: "▼" if down else "▲" for c, down in _parsed(self.order)}
        parts: list[str | tuple[str, str]] = ["  "]
        for column in self.columns(width):
            title = _NAMES.get(column.name, column.name) + arrows.get(column.name, "")
            style = "bold $accent-text" if column.name in arrows else "$dim"
            parts += [(_aligned(column.name, title, column.width), style), _GAP]
        return Content.assemble(*parts).truncate(width)

    def column_at(self, x: int, width: int) -> str | None:
        """The name of the column at a cell of the head; None outside of all columns."""
        found = [c for c in self.columns(width) if c.start <= x < c.start + c.width + len(_GAP)]
        return found[0].name if found else None

    def row(self, known: Assessment, width: int, unsaved: bool) -> Content:
        """A row: how it was decided, the columns, and what is odd about it."""
        sign, style = standing_sign(known)
        commit = self.commits.get(known.attempt.reference_sha)
        parts: list[Content | str | tuple[str, str]] = [(sign + ("!" if unsaved else " "), style)]
        for column in self.columns(width):
            text = _text(column.name, known, commit)
            shown = _aligned(column.name, text, column.width)
            parts += [(shown, _style(column.name, known)), _GAP]
        return Content.assemble(*parts, row_notes(known)).truncate(width, pad=True, ellipsis=True)

    def columns(self, width: int) -> Sequence[Placed]:
        """The columns in a list of this width."""
        if width not in self._fits:
            self._fits[width] = tuple(self._fit(width))
        return self._fits[width]

    def _fit(self, width: int) -> Sequence[Placed]:
        names = ["attempt", *self._wanted()]
        samples = [self._assess(key) for key in self._sampled]
        widths = {name: self._needed(name, samples) for name in names}
        names = [n for n in names if widths[n]]
        notes = max((row_notes(known).cell_length for known in samples), default=0)
        room = width - 2 - min(notes, width // 4)
        leaving = [n for n in _LEAVE_FIRST if n in names] if not self._chosen else names[::-1]
        while len(names) > 1 and sum(widths[n] + len(_GAP) for n in names) > room:
            names.remove(leaving.pop(0) if leaving else names[-1])
        left = room - sum(widths[n] + len(_GAP) for n in names)
        if self._flat and not self._chosen and left > 2 * _MOST:
            names.append(_SUBJECT)
            widths[_SUBJECT] = left - len(_GAP)
        placed, at = [], 2
        for name in names:
            placed.append(Placed(name, widths[name], at))
            at += widths[name] + len(_GAP)
        return placed

    def _wanted(self) -> Sequence[str]:
        usual = ("commit", *USUAL) if self._flat else USUAL
        return self._chosen or usual

    def _needed(self, name: str, samples: Sequence[Assessment]) -> int:
        """The cells that a column needs; 0 for one that nobody chose and that is empty."""
        texts = [
            _text(name, known, self.commits.get(known.attempt.reference_sha)) for known in samples
        ]
        longest = max((Content(text).cell_length for text in texts), default=0)
        if not longest and not self._chosen:
            return 0
        most = _MOST_OF_ATTEMPT if name == "attempt" else _MOST
        return min(most, max(longest, len(_NAMES.get(name, name)) + 1))


def next_order(order: str, name: str) -> str:
    """The next order for a column: ascending, then descending, then none."""
    return {name: f"-{name}", f"-{name}": ""}.get(order, name)


def _parsed(order: str) -> Sequence[tuple[Column, bool]]:
    try:
        return parse_order(order)
    except FilterError:
        return ()


def _text(name: str, known: Assessment, commit: HumanCommit | None) -> str:
    if name == "attempt":
        return _attempt(known.attempt)
    if name == _SUBJECT:
        return one_line(commit.subject, 200) if commit else ""
    if name == "size" and not known.attempt.patch.has_text:
        return known.attempt.patch.state.value
    if name == "marked":
        return claim_sign(known.attempt).strip()
    return cell_text(name, COLUMNS[name].read(known, commit))


def _attempt(attempt: Attempt) -> str:
    """The short name of an attempt; for a task of a dataset with the run's."""
    run = run_name(attempt) if attempt.instance else ""
    is_told = not run or run in (attempt.agent, attempt.model)
    return short_key(attempt) if is_told else f"{short_key(attempt)} {run}"


def _style(name: str, known: Assessment) -> str:
    if name == "attempt":
        return ""
    bad = name == "rc" and known.attempt.execution.returncode
    return "$bad" if bad else "$dim"


def _aligned(name: str, text: str, width: int) -> str:
    content = Content(text).truncate(width, ellipsis=True)
    blank = " " * (width - content.cell_length)
    return blank + content.plain if name in _NUMBERS else content.plain + blank
