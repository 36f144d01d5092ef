"""The statistics screen: figures as tables with bars; each number opens its attempts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from core.errors import PatchjuryError
from core.export.openable_figures import FigureRow, figure_rows
from core.session import Session, counting
from core.stats.patch_facts import read_patch_facts
from core.text import counted
from tui.documents.text_document import error_lines
from tui.preparing import Preparation
from tui.render.figure_rows_text import figure_row
from tui.widgets.row_list import RowList, containing
from tui.work.latest import Latest

Numbered = tuple[int, FigureRow]

_SEALED = "blind: what is sealed counts as unknown"
_REMEMBERED = (
    "patches were read now, everything else is from the index (sizes and times of all files match)"
)


class StatisticsScreen(ModalScreen[FigureRow | None]):
    """Returns the figure whose attempts are wanted, or None. Counts off the UI thread."""

    CSS_PATH = "small.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,dollar_sign", "dismiss", "back", priority=True),
        Binding("enter", "choose", "open", priority=True),
        Binding("right_square_bracket", "section(1)", "next section", priority=True),
        Binding("left_square_bracket", "section(-1)", "previous section", priority=True),
    ]

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._counting = Latest(self)
        self._headings: list[int] = []
        self.preparation = Preparation(["escape", "q", "dollar_sign"])

    def compose(self) -> ComposeResult:
        root = self._session.triage.run_set.root.name
        notes = [_SEALED] if self._is_blind else []
        notes += [_REMEMBERED] if self._session.remembered is not None else []
        if troubles := self._session.triage.store_problems:
            notes.append(f"{counted(len(troubles), 'stored record')} cannot be read (!)")
        title = [f"Statistics of {root}", *(f"({note})" for note in notes)]
        with Vertical(id="window", classes="-whole"):
            yield Static(Content.styled("  ".join(title), "bold"), id="title")
            yield RowList[Numbered](
                "figures",
                key_of=lambda row: str(row[0]),
                draw_row=lambda row, width: figure_row(row[1], width),
                matching=containing(lambda row: row[1].label),
            )
            keys = "Enter lists the attempts behind a number (›); ] [ sections; esc back"
            yield Static(Content.styled(keys, "$dim"))

    @property
    def _is_blind(self) -> bool:
        return self._session.triage.view.blind

    def on_mount(self) -> None:
        self._show([FigureRow("counting … (keys wait, esc cancels)")])
        self.preparation.begin()
        self.query_one(RowList).focus()
        triage = self._session.triage
        known, count_all = triage.assessments(), counting(self._session)

        def count(cancelled: Callable[[], bool]) -> Iterator[list[FigureRow]]:
            facts = read_patch_facts(triage.run_set.attempts)
            yield figure_rows(count_all(facts), known, triage.run_set.commits, facts)

        self._counting.run(count, self._counted, self._failed)

    def _counted(self, rows: Sequence[FigureRow]) -> None:
        self._show(rows)
        self.preparation.end()

    def _show(self, rows: Sequence[FigureRow]) -> None:
        self._headings = [at for at, row in enumerate(rows) if row.is_heading]
        self.query_one(RowList).show_rows(list(enumerate(rows)), "0")

    def _failed(self, error: PatchjuryError) -> None:
        width = self.query_one(RowList).scrollable_content_region.width
        self._counted([FigureRow(line) for line in error_lines(error, width)])

    def action_section(self, step: int) -> None:
        """Go to the next (-1: previous) section."""
        figures = self.query_one(RowList)
        here = figures.cursor
        ahead = [at for at in self._headings if (at > here if step > 0 else at < here)]
        if ahead:
            figures.go_to(ahead[0] if step > 0 else ahead[-1])

    def action_choose(self) -> None:
        """Return the figure under the cursor, if its attempts can be listed."""
        figures = self.query_one(RowList)
        row: Numbered | None = figures.row
        if row is None or row[1].count is None:
            return
        if row[1].opens:
            self.dismiss(row[1])
        else:
            self.notify("There is no list of attempts behind this number.")
