"""Lines of which some head others that can be folded: nested JSON, an agent's steps."""

from __future__ import annotations

import json
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct
from textual.content import Content

from core.text import counted, one_line
from tui.documents.lines import line_from
from tui.documents.text_rows import TextRows

if TYPE_CHECKING:
    from core.readers.trajectories import Step, Trajectory

_OPEN_UP_TO = 12
"""A result of an agent's step with more lines is folded at first."""

_OPEN_DEPTH = 2
_FOLD_FROM = 20
"""A part of a JSON text below that depth with more lines is folded at first."""


class OutlineRow(Struct, frozen=True):
    """A line with its style; it heads `heads` lines that follow it."""

    text: str
    style: str = ""
    heads: int = 0


class OutlineDocument(TextRows):
    """Rows that are not folded; folding gives another document of the same rows."""

    def __init__(
        self,
        rows: Sequence[OutlineRow],
        closed: frozenset[int] = frozenset(),
        steps: Sequence[int] = (),
        failed: Sequence[int] = (),
    ) -> None:
        self._rows = rows
        self._closed = closed
        self._steps, self._failed = steps, failed
        self._visible = array("l", _visible(rows, closed))
        self.files: Sequence[int] = ()
        self.changes: Sequence[int] = [self._shown_at(row) for row in steps]
        self.marks: Sequence[int] = [self._shown_at(row) for row in failed]

    def __len__(self) -> int:
        return len(self._visible)

    def _shown_at(self, row: int) -> int:
        """The position of a row; if it is folded, of the row that heads it."""
        at = bisect_left(self._visible, row)
        return at if at < len(self._visible) and self._visible[at] == row else max(0, at - 1)

    def folded(self, row: int) -> OutlineDocument | None:
        """The document with what a visible row heads folded, or unfolded; None if it heads none."""
        at = self._visible[row]
        if not self._rows[at].heads:
            return None
        return OutlineDocument(self._rows, self._closed ^ {at}, self._steps, self._failed)

    def opened(self) -> OutlineDocument:
        """The document with nothing folded."""
        return OutlineDocument(self._rows, frozenset(), self._steps, self._failed)

    def row_in_opened(self, row: int) -> int:
        """The position of a visible row when nothing is folded."""
        return self._visible[row] if len(self._visible) else 0

    @property
    def has_folds(self) -> bool:
        """Is anything folded?"""
        return bool(self._closed)

    # As every document

    def draw(self, row: int, width: int, columns: int, continued: bool = False) -> Content:
        at = self._visible[row]
        line = self._rows[at]
        if at in self._closed:
            end = f"  ⋯ {counted(line.heads, 'more line')} (Enter)"
            told = line_from(line.text, columns, max(0, width - len(end))).rstrip()
            shown = Content.assemble(told.stylize(line.style or "$foreground"), (end, "$gutter"))
            return shown.truncate(width, pad=True)
        content = line_from(line.text, columns, width)
        return content.stylize(line.style) if line.style else content

    def text_of(self, row: int) -> str:
        return self._rows[self._visible[row]].text


def _visible(rows: Sequence[OutlineRow], closed: frozenset[int]) -> Iterator[int]:
    at = 0
    while at < len(rows):
        yield at
        at += 1 + (rows[at].heads if at in closed else 0)


def json_outline(data: object) -> OutlineDocument:
    """A JSON value with line breaks, each record and list foldable."""
    lines = json.dumps(data, indent=2, ensure_ascii=False).split("\n")
    heads = [0] * len(lines)
    open_at: list[int] = []
    for at, line in enumerate(lines):
        if line.lstrip()[:1] in ("}", "]") and open_at:
            head = open_at.pop()
            heads[head] = at - head - 1
        if line.endswith(("{", "[")):
            open_at.append(at)
    rows = [OutlineRow(line, "", count) for line, count in zip(lines, heads, strict=True)]
    deep = (len(line) - len(line.lstrip()) >= 2 * _OPEN_DEPTH for line in lines)
    closed = {at for at, is_deep in enumerate(deep) if is_deep and heads[at] >= _FOLD_FROM}
    return OutlineDocument(rows, frozenset(closed))


def steps_outline(found: Trajectory) -> OutlineDocument:
    """An agent's steps: what it thought, did and was told, the long results folded."""
    rows = [OutlineRow(f"{found.kind}: {counted(len(found.steps), 'step')}", "$dim")]
    if found.unread:
        rows.append(OutlineRow(f"{counted(found.unread, 'line')} could not be read", "$middling"))
    closed: set[int] = set()
    starts: list[int] = []
    failed: list[int] = []
    for number, step in enumerate(found.steps, 1):
        starts.append(len(rows))
        if step.failed:
            failed.append(len(rows))
        rows += _step_rows(number, step, len(rows), closed)
    return OutlineDocument(rows, frozenset(closed), starts, failed)


def _step_rows(number: int, step: Step, at: int, closed: set[int]) -> Iterator[OutlineRow]:
    """The rows of a step that begins at row `at`; adds to `closed` what is folded at first."""
    told = [f"{number}", one_line(step.who, 20), one_line(step.when, 40)]
    error = " · error" if step.failed else ""
    head = f"── {' · '.join(filter(None, told))}{error} ──"
    thought, action, result = (
        text.rstrip("\n").split("\n") if text.strip() else []
        for text in (step.thought, step.action, step.result)
    )
    count = len(thought) + len(action) + (len(result) + 1 if result else 0)
    yield OutlineRow(head, "bold $bad" if step.failed else "bold $accent-text", count)
    yield from (OutlineRow(line) for line in thought)
    yield from (OutlineRow(f"▸ {line}", "$accent-text") for line in action)
    if result:
        if len(result) > _OPEN_UP_TO and not step.failed:
            closed.add(at + 1 + len(thought) + len(action))
        yield OutlineRow(f"◂ {counted(len(result), 'line')}", "$dim", len(result))
        yield from (OutlineRow(f"  {line}", "$bad" if step.failed else "$dim") for line in result)
