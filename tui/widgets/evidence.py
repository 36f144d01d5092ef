"""The evidence on one attempt: criteria as checks, judge and person see them, and the verdict."""

from __future__ import annotations

from textual.content import Content

from core.models import CRITERIA, Assessment
from core.text import one_line
from tui.render import (
    criteria_line,
    criterion_row,
    judge_summary,
    verdict_line,
)
from tui.widgets.line_view import LineView


class Evidence(LineView):
    """A table of the criteria, then the verdict and what the judge said; two lines when small."""

    def __init__(self, id: str) -> None:
        super().__init__(id=id)
        self._rows: list[Content] = []
        self._known: Assessment | None = None
        self._unsaved = False

    def show(self, known: Assessment, unsaved: bool) -> None:
        """Show what is known of one attempt; `unsaved` when its verdict is not on disk yet."""
        self._known, self._unsaved = known, unsaved
        self._build()

    def on_resize(self) -> None:  # type: ignore[override]
        self._build()

    def line_count(self) -> int:
        return len(self._rows)

    def draw(self, index: int, width: int) -> Content:
        return self._rows[index].truncate(width, ellipsis=True)

    def _build(self) -> None:
        known = self._known
        if known is None:
            return
        width = max(20, self.size.width)
        verdict = verdict_line(known, self._unsaved)
        if self.size.height < 5:
            self._rows = [verdict, criteria_line(known.criteria)]
        else:
            head = Content.styled("   criterion checks   judge           you", "$dim")
            table = [criterion_row(known, name, width) for name in CRITERIA]
            self._rows = [verdict, head, *table, *_judge_rows(known)]
        self.lines_changed()


def _judge_rows(known: Assessment) -> list[Content]:
    rows = [Content.styled(f" judge: {judge_summary(known.judgements)}", "$dim")]
    for judgement in known.judgements:
        lines = [judgement.reasoning] if not judgement.error else [judgement.error]
        lines += [issue.message for issue in judgement.issues]
        rows += [Content(f"   {one_line(line, 500)}") for line in lines if line]
    return rows
