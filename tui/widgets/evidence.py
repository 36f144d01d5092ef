"""The evidence on one attempt: criteria as checks, judge and person see them; every finding."""

from __future__ import annotations

from textual.content import Content

from core.models import CRITERIA, Assessment
from core.text import counted
from tui.documents.document import Place
from tui.render.evidence_rows_text import criteria_line, criterion_row, verdict_line
from tui.widgets.evidence_rows import EvidenceRow, finding_rows, judge_rows
from tui.widgets.line_view import LineView

_INDENT = 4

TABLE_FROM = 7
"""Lines that the panel needs to show the criteria as a table instead of in one line."""


class Evidence(LineView):
    """The verdict, the criteria, the findings of the checks, and what the judge said."""

    def __init__(self, id: str) -> None:
        super().__init__(id=id)
        self._rows: list[EvidenceRow] = []
        self._known: Assessment | None = None
        self._unsaved = False
        self._turned: dict[str, int] = {}  # by rule, how often its findings were paged

    @property
    def place(self) -> Place | None:
        """The line of code that the row under the cursor is about."""
        return self._rows[self.cursor].place if self._rows else None

    @property
    def known(self) -> Assessment | None:
        """What is shown."""
        return self._known

    def show(self, known: Assessment, unsaved: bool) -> None:
        """Show what is known of one attempt; `unsaved` if its verdict is not on disk yet."""
        if self._known is None or self._known.attempt.key != known.attempt.key:
            self._turned.clear()
            self.set_reactive(LineView.cursor, 0)
            self.scroll_to(y=0, animate=False, force=True)
        if known is self._known and unsaved == self._unsaved:
            return
        self._known, self._unsaved = known, unsaved
        self._build()

    def toggle_group(self) -> bool:
        """Page through the findings of the rule under the cursor, or fold them; False: none."""
        rule = self._rows[self.cursor].group if self._rows else ""
        if rule:
            self._turned[rule] = self._turned.get(rule, 0) + 1
            self._build()
        return bool(rule)

    def clear(self) -> None:
        """Show that no attempt is selected."""
        self._known, self._rows = None, []
        self.border_subtitle = ""
        self.lines_changed()

    def on_resize(self) -> None:  # type: ignore[override]
        self._build()

    def line_count(self) -> int:
        return len(self._rows)

    def draw(self, index: int, width: int) -> Content:
        return self._rows[index].content.truncate(width, ellipsis=True)

    def _build(self) -> None:
        if (known := self._known) is None:
            return
        width = max(20, self.scrollable_content_region.width)
        rows = _wrapped(EvidenceRow(verdict_line(known, self._unsaved)), width)
        if self.size.height < TABLE_FROM:  # they are visible however long the rest is
            rows.insert(0, EvidenceRow(criteria_line(known.criteria)))
        else:
            rows.append(EvidenceRow(Content.styled("   criterion checks   judge     you", "$dim")))
            rows += [EvidenceRow(criterion_row(known, name)) for name in CRITERIA]
        said = (*finding_rows(known, self._turned), *judge_rows(known))
        self._rows = rows + [line for row in said for line in _wrapped(row, width)]
        findings = known.report.findings if known.report else ()
        self.border_subtitle = counted(len(findings), "finding") if findings else ""
        self.lines_changed()


def _wrapped(row: EvidenceRow, width: int) -> list[EvidenceRow]:
    """A row in lines, continuation lines indented."""
    if row.content.cell_length <= width:
        return [row]
    first, *rest = row.content.wrap(width - _INDENT)
    lines = [first, *(Content.assemble(" " * _INDENT, line) for line in rest)]
    return [EvidenceRow(line, row.place, row.group) for line in lines]
