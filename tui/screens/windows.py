"""The windows that a key of the triage screen opens, each imported on first use."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from core.assess.filters import COLUMNS, SavedView, parse_view
from core.errors import PatchjuryError
from core.settings import remember
from core.text import counted
from tui.render.said import attempt_name, history_lines
from tui.screens.triage_frame import TriageFrame
from tui.widgets.attempt_pane import NOT_READ

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from core.assess.queues import Queue
    from tui.commands import Command


def open_window(frame: TriageFrame, name: str) -> None:
    """Open a window by its name in the command table."""
    opened: dict[str, Callable[[TriageFrame], None]] = {
        "problems": _problems,
        "export": _export,
        "help": _help,
        "files": _files,
        "queue": _queue,
        "history": _history,
        "columns": _columns,
        "views": _views,
        "statistics": _statistics,
        "table": partial(_table, meant="open"),
        "beside": partial(_table, meant="beside"),
    }
    opened[name](frame)


def _problems(frame: TriageFrame) -> None:
    from tui.screens.listing import ListingScreen

    problems = frame.triage.problems
    lines = [line for p in problems for line in (p.path, f"    {p.reason}")]
    loaded = f"{counted(len(problems), 'load problem')}; everything else was loaded"
    title = loaded if problems else "No load problems"
    frame.app.push_screen(ListingScreen(title, lines, range(0, len(lines), 2)))


def _export(frame: TriageFrame) -> None:
    from core.export.export_document import Narrowing
    from tui.screens.export import ExportScreen

    origin, keys = frame.lists.origin, frozenset(frame.lists.listed)
    narrowed = None
    if len(keys) < len(frame.triage.run_set.attempts):
        queue = f"queue {origin.queue}" if origin.queue != "all" else ""
        told = ", ".join(filter(None, (queue, origin.filter))) or "a part of the list"
        narrowed = Narrowing(told, keys, len(frame.triage.run_set.attempts))
    frame.app.push_screen(ExportScreen(frame.session, narrowed))


def _help(frame: TriageFrame) -> None:
    from tui.keymap import read_keys
    from tui.screens.help import HelpScreen

    def chosen(command: Command | None) -> None:
        if command is not None:
            frame.call_later(frame.run_action, command.screen_action)

    frame.app.push_screen(HelpScreen(read_keys(frame.session.settings.keys)), chosen)


def _files(frame: TriageFrame) -> None:
    from tui.screens.file_picker import FilesScreen

    view = frame.attempt_pane.document_view
    if not frame.attempt_pane.is_read:
        frame.refuse(NOT_READ)
        return

    def chosen(row: int | None) -> None:
        if row is not None:
            view.focus()
            view.go_to_row(row)

    frame.app.push_screen(FilesScreen(view.document, view.row), chosen)


def _queue(frame: TriageFrame) -> None:
    from tui.screens.queue import QueueScreen

    def chosen(found: tuple[Queue, tuple[str, ...]] | None) -> None:
        if found is None:
            return
        queue, keys = found
        if queue.name == "all":
            frame.lists.show_queue(None)
        else:
            origins = queue.origins(triage.assessments(), triage.queue_context())
            label = queue.label.partition(" (")[0]
            frame.lists.show_queue(keys, queue.name, label, origins)
        frame.lists.attempt_list.focus()

    triage = frame.triage
    frame.app.push_screen(QueueScreen(triage.assessments(), triage.queue_context()), chosen)


def _history(frame: TriageFrame) -> None:
    from core.triage.sheets import Sheets
    from tui.screens.listing import ListingScreen

    if (key := frame.attempt_key) is not None:
        triage = frame.triage
        lines = history_lines(triage.history(key), Sheets(triage).history(key))
        title = f"Recorded on {attempt_name(triage.attempt(key))}, newest last"
        frame.app.push_screen(ListingScreen(title, lines or ["Nobody has decided on it."]))


def _columns(frame: TriageFrame) -> None:
    from tui.screens.column_choice import ColumnsScreen

    lists = frame.lists

    def chosen(found: tuple[Sequence[str], str] | None) -> None:
        if found is not None:
            columns, order = found
            lists.show_columns(columns)
            lists.sort(order)
            remember(columns=columns)

    width = lists.attempt_list.scrollable_content_region.width
    usual = [c.name for c in lists.table.columns(width) if c.name in COLUMNS]
    frame.app.push_screen(ColumnsScreen(lists.table.chosen, lists.order, usual), chosen)


def _views(frame: TriageFrame) -> None:
    from tui.screens.view_choice import ViewsScreen

    lists = frame.lists

    def chosen(text: str | None) -> None:
        if text is None:
            return
        try:
            view = parse_view(text)
        except PatchjuryError as error:  # a runs folder or a settings file may say anything
            frame.notify(str(error), title="View", severity="error", markup=False)
            return
        lists.sort(view.order)
        lists.search(view.filter)

    now = SavedView(lists.attempt_list.search, lists.order)
    frame.app.push_screen(ViewsScreen(frame.triage.run_set.root, now), chosen)


def _table(frame: TriageFrame, meant: str) -> None:
    from tui.screens.beside import BesideScreen
    from tui.screens.commit_table import CommitTableScreen

    key, triage = frame.attempt_key, frame.triage
    if key is None:
        return

    def chosen(found: tuple[str, str] | None) -> None:
        if found is None:
            return
        wanted, other = found
        if wanted == "open":
            frame.lists.select(other)
        elif other == key:
            frame.refuse("that is the attempt on screen; choose another one")
        else:
            beside = BesideScreen(frame.session, triage.attempt(key), triage.attempt(other))
            frame.app.push_screen(beside)

    frame.app.push_screen(CommitTableScreen(triage, key, meant), chosen)


def _statistics(frame: TriageFrame) -> None:
    from core.export.openable_figures import FigureRow
    from tui.screens.statistics import StatisticsScreen

    def chosen(row: FigureRow | None) -> None:
        if row is not None:
            frame.lists.show_queue(row.opens, "statistics", f"statistics: {row.label.strip()}")
            frame.lists.attempt_list.focus()

    frame.app.push_screen(StatisticsScreen(frame.session), chosen)
