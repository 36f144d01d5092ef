"""The lists on the left: human commits, the attempts at the one under the cursor, and a search."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.reactive import reactive

from core.models import Attempt, Origin
from core.records import replace
from core.text import one_line
from core.triage import Triage
from core.triage.listed import ListedAttempts, undecided_from
from tui.render.columns import AttemptTable, next_order
from tui.render.lists import attempt_row, commit_row
from tui.widgets.covered import covered_lines
from tui.widgets.row_list import RowList, containing
from tui.widgets.search_field import SearchField
from tui.widgets.seen import Part, Seen

_NO_ORIGINS: Mapping[str, Origin] = {}


class AttemptLists(Vertical):
    """Which attempt is selected, and which could be.

    Whatever moves a cursor changes `selected` before it returns, so that no key can meet an
    outdated selection.
    """

    render_lines = covered_lines

    commit: reactive[str | None] = reactive(None, init=False, repaint=False)
    """The human commit whose attempts are listed."""

    selected: reactive[str | None] = reactive(None, init=False, repaint=False)
    """The key of the selected attempt, None when none is listed."""

    is_flat: reactive[bool] = reactive(False, init=False, repaint=False)
    """Are the attempts at all commits listed together?"""

    def __init__(self, triage: Triage, seen: Seen, id: str, columns: Sequence[str] = ()) -> None:
        super().__init__(id=id)
        self._triage = triage
        self._seen = seen
        self._listed = ListedAttempts(triage)
        self.table = AttemptTable(triage.assessment, triage.run_set.commits, columns)
        self._queue_name = "all"
        self._queue_label = ""
        self._origins: Mapping[str, Origin] = _NO_ORIGINS
        self._remembered: dict[str, str] = {}  # by commit, the attempt last selected

    def compose(self) -> ComposeResult:
        yield RowList[str](
            "commits",
            key_of=str,
            draw_row=self._commit_row,
            matching=containing(lambda sha: f"{sha} {self._triage.commit(sha).subject}"),
        )
        yield RowList[Attempt](
            "attempts",
            key_of=lambda attempt: attempt.key,
            draw_row=self._attempt_row,
            matching=self._listed.matching,
            filtered=self._list_commits,
            drawn=lambda key: self._seen.drawn(Part.ROW, key),
            head=lambda width: self.table.head(width) if self.table.is_table(width) else None,
            head_clicked=self._head_clicked,
        )
        yield SearchField(self._triage, id="search")

    def on_mount(self) -> None:
        self.watch(self.commit_list, "key", self._commit_moved, init=False)
        self.watch(self.attempt_list, "key", self._attempt_moved, init=False)
        self._list_commits()
        self.attempt_list.focus()

    @property
    def commit_list(self) -> RowList[str]:
        """The upper list."""
        return self.query_one("#commits", RowList)

    @property
    def attempt_list(self) -> RowList[Attempt]:
        """The lower list."""
        return self.query_one("#attempts", RowList)

    # Selecting

    def _commit_moved(self, sha: str | None) -> None:
        if sha is not None:  # if a search finds no commit, the attempts stay
            self.commit = sha

    def watch_commit(self, sha: str) -> None:
        if not self.is_flat:
            self._list_attempts(sha)

    def _attempt_moved(self, key: str | None) -> None:
        if key is not None:
            self._remembered[self._triage.attempt(key).reference_sha] = key
        self.selected = key

    def _list_attempts(self, sha: str) -> None:
        """List the attempts at a commit, with the cursor where it was last time."""
        self.attempt_list.show_rows(self._listed.at_commit(sha), self._remembered.get(sha, ""))

    def select(self, key: str) -> None:
        """Select an attempt; a queue or a search that hides it is cleared."""
        sha = self._triage.attempt(key).reference_sha
        if self.queue is not None and key not in self.queue:
            self.show_queue(None)
        if not self._listed.holds(key):
            self.attempt_list.filter_rows("")
        self._remembered[sha] = key
        if not self.is_flat and not self.commit_list.go_to_key(sha):
            self.commit_list.filter_rows("")
            self.commit_list.go_to_key(sha)
        self.attempt_list.go_to_key(key)

    def action_select_next(self, step: int) -> None:
        """Select the next (-1: previous) listed one, at the next commit after the last."""
        attempts, commits = self.attempt_list, self.commit_list
        at = attempts.cursor + step
        if 0 <= at < attempts.line_count():
            attempts.go_to(at)
            return
        at = commits.cursor + step
        if not self.is_flat and 0 <= at < commits.line_count():
            commits.go_to(at)
            attempts.action_cursor_edge(-step)

    # What is listed

    @property
    def queue(self) -> Mapping[str, None] | None:
        """The keys of the only attempts that are listed, in their order; None for all."""
        return self._listed.queue

    def show_queue(
        self,
        keys: Sequence[str] | None,
        name: str = "all",
        label: str = "",
        origins: Mapping[str, Origin] = _NO_ORIGINS,
    ) -> None:
        """List only these attempts, of which there is at least one, and their commits.

        `origins` says how attempts drawn at random were drawn: they are listed in the order of the
        drawing, so that stopping early leaves a sample too.
        """
        self._origins = origins
        if origins and not self.is_flat:
            self.is_flat = True
            self.set_class(True, "-flat")
        if origins:
            self._listed.order = self.table.order = ""
        self._listed.show_queue(keys)
        self._queue_name, self._queue_label = name, label
        self.commit_list.filter_rows("")
        self.attempt_list.filter_rows("")
        self._relist()
        if origins:
            self.attempt_list.go_to(0)

    def search(self, query: str) -> None:
        """List only the attempts, of all or of the queue, that match a filter."""
        self.commit_list.filter_rows("")
        self.attempt_list.filter_rows(query)
        self.attempt_list.focus()

    @property
    def order(self) -> str:
        """The columns that sort the attempts ("-size"); "" for the order of queue or runs."""
        return self._listed.order

    def sort(self, order: str) -> None:
        """Sort the attempts by columns, as they are now. Raises `FilterError`."""
        self._listed.sort(order)
        self.table.order = order
        self._relist()

    def show_columns(self, names: Sequence[str]) -> None:
        """Show these columns; none: depends on the width."""
        self.table.chosen = names
        self._relist()

    def look_again(self) -> None:
        """Order, filter and redraw: other attempts, or other things may be seen of them."""
        self.table.commits = self._triage.run_set.commits
        self._listed.look_again()
        query = self.attempt_list.search
        self.attempt_list.filter_rows("")
        self.attempt_list.filter_rows(query)
        self._relist()

    def _head_clicked(self, x: int, width: int) -> None:
        if (name := self.table.column_at(x, width)) is not None and name != "attempt":
            self.sort(next_order(self.order, name))

    def action_flat(self) -> None:
        """List the attempts at all commits together, or by commit."""
        self.is_flat = not self.is_flat
        self.set_class(self.is_flat, "-flat")
        self.attempt_list.focus()
        key = self.selected
        self._relist()
        if key is not None:
            self.select(key)

    def _list_commits(self) -> None:
        """List the commits that lead to listed attempts; all of them if there is none."""
        listed = self._listed.left_over(flat=self.is_flat)
        held = {attempt.reference_sha for attempt in listed}
        self.table.show(self._listed.keys(flat=self.is_flat), flat=self.is_flat)
        shas = [sha for sha in self._listed.shas if sha in held]
        order = f"by {self.order}" if self.order else ""
        said = (self._queue_label, self.attempt_list.search, order)
        label = "".join(f" · {one_line(words, 60)}" for words in said if words)
        self.commit_list.border_title = Content(f"Commits{label}")
        here = f"Attempts {order}".rstrip()
        self.attempt_list.border_title = Content(f"All attempts{label}" if self.is_flat else here)
        self.commit_list.show_rows(shas or self._listed.shas)

    def _relist(self) -> None:
        """Relist the attempts, the cursor on the selected one."""
        self._list_commits()
        if self.is_flat:
            self.attempt_list.show_rows(self._listed.everywhere(), self.selected)
        elif self.commit is not None:
            self._list_attempts(self.commit)

    def next_undecided(self, step: int) -> str | None:
        """The next (-1: previous) listed one that needs a decision, wrapping around."""
        return next(self._undecided_from(self.selected, step), None)

    def coming(self, count: int) -> list[str]:
        """The attempts that successive decisions would lead to, at most `count`."""
        return list(islice(self._undecided_from(self.selected, 1), count))

    def _undecided_from(self, key: str | None, step: int) -> Iterator[str]:
        """The listed ones that need a decision, starting after an attempt, wrapping around."""
        return undecided_from(self._triage, self.listed, key, step)

    @property
    def origin(self) -> Origin:
        """The way that led to the selected attempt."""
        drawn = self._origins.get(self.selected or "", Origin(self._queue_name))
        order = drawn.order or self.order
        return replace(drawn, filter=self.attempt_list.search, order=order)

    @property
    def listed(self) -> list[str]:
        """The keys of all attempts that the lists lead to now, in their order."""
        keys = self._listed.keys(flat=self.is_flat)
        if self.is_flat or not self.commit_list.search:
            return keys
        shown = set(self.commit_list.keys)
        return [k for k in keys if self._triage.attempt(k).reference_sha in shown]

    def refresh_rows(self, keys: Collection[str]) -> None:
        """Redraw the rows of these attempts and of their commits, if visible."""
        self.commit_list.refresh_keys({self._triage.attempt(k).reference_sha for k in keys})
        self.attempt_list.refresh_keys(keys)

    def _commit_row(self, sha: str, width: int) -> Content:
        return commit_row(self._triage.commit_progress(sha), width)

    def _attempt_row(self, attempt: Attempt, width: int) -> Content:
        known, unsaved = self._triage.view.look(attempt.key), self._triage.unsaved_attempts
        if self.table.is_table(width):
            return self.table.row(known, width, attempt.key in unsaved)
        return attempt_row(known, width, attempt.key in unsaved)
