"""The lists on the left: human commits, the attempts at the one under the cursor, and a search."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.reactive import reactive

from core.models import Attempt, Origin
from core.triage import Triage
from tui.render.lists import attempt_row, commit_row, searched_text
from tui.widgets.row_list import RowList
from tui.widgets.search_field import SearchField
from tui.widgets.seen import Part, Seen


class AttemptLists(Vertical):
    """Which attempt is selected, and which could be.

    Whatever moves a cursor changes `selected` before it returns, so that no key can meet a
    selection that is still on its way.
    """

    commit: reactive[str | None] = reactive(None, init=False)
    """The human commit whose attempts are listed."""

    selected: reactive[str | None] = reactive(None, init=False)
    """The key of the selected attempt, None when none is listed."""

    queue: reactive[frozenset[str] | None] = reactive(None, init=False)
    """The keys of the only attempts that are listed; None for all."""

    def __init__(self, triage: Triage, seen: Seen, id: str) -> None:
        super().__init__(id=id)
        self._triage = triage
        self._seen = seen
        self._queue_name = "all"
        self._remembered: dict[str, str] = {}  # by commit, the attempt that was selected

    def compose(self) -> ComposeResult:
        yield RowList[str](
            "commits",
            key_of=str,
            draw_row=self._commit_row,
            searched=lambda sha: f"{sha} {self._triage.commit(sha).subject}",
        )
        yield RowList[Attempt](
            "attempts",
            key_of=lambda attempt: attempt.key,
            draw_row=self._attempt_row,
            searched=lambda attempt: searched_text(self._triage.assessment(attempt.key)),
            drawn=lambda key: self._seen.drawn(Part.ROW, key),
        )
        yield SearchField(id="search")

    def on_mount(self) -> None:
        self.commit_list.border_title = "Commits"
        self.attempt_list.border_title = "Attempts"
        self.watch(self.commit_list, "key", self._commit_moved, init=False)
        self.watch(self.attempt_list, "key", self._attempt_moved, init=False)
        self.commit_list.show_rows(self._triage.commit_shas)
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
        if sha is not None:  # where a search finds no commit, the attempts stay
            self.commit = sha

    def watch_commit(self, sha: str) -> None:
        self._list_attempts(sha)

    def _attempt_moved(self, key: str | None) -> None:
        if key is not None:
            self._remembered[self._triage.attempt(key).reference_sha] = key
        self.selected = key

    def _list_attempts(self, sha: str) -> None:
        """List the attempts at a commit, the cursor where it was the last time."""
        attempts = self._members(sha)
        self.attempt_list.show_rows(attempts, self._remembered.get(sha) or attempts[0].key)

    def select(self, key: str) -> None:
        """Select an attempt; a queue or a search that hides it is cleared."""
        sha = self._triage.attempt(key).reference_sha
        if self.queue is not None and key not in self.queue:
            self.show_queue(None)
        self._remembered[sha] = key
        if not self.commit_list.go_to_key(sha):
            self.commit_list.filter_rows("")
            self.commit_list.go_to_key(sha)
        if not self.attempt_list.go_to_key(key):
            self.attempt_list.filter_rows("")
            self.attempt_list.go_to_key(key)

    def action_select_next(self, step: int) -> None:
        """Select the next (-1: previous) of those listed, at the next commit after the last."""
        attempts, commits = self.attempt_list, self.commit_list
        at = attempts.cursor + step
        if 0 <= at < attempts.line_count():
            attempts.go_to(at)
            return
        at = commits.cursor + step
        if 0 <= at < commits.line_count():
            commits.go_to(at)
            attempts.action_cursor_edge(-step)

    # What is listed

    def show_queue(self, keys: frozenset[str] | None, label: str = "") -> None:
        """List only these attempts, of which there is at least one, and their commits."""
        self.commit_list.border_title = f"Commits · {label}" if label else "Commits"
        self.queue, self._queue_name = keys, label or "all"
        self.commit_list.filter_rows("")
        self.attempt_list.filter_rows("")
        self.commit_list.show_rows([s for s in self._triage.commit_shas if self._members(s)])
        if self.commit is not None:
            self._list_attempts(self.commit)

    @property
    def origin(self) -> Origin:
        """The way that leads to what is listed."""
        return Origin(self._queue_name, self.attempt_list.search)

    @property
    def listed(self) -> list[str]:
        """The keys of all attempts that the lists lead to now, commit by commit."""
        return [
            attempt.key
            for sha in self.commit_list.keys
            for attempt in self._members(sha)
            if self.attempt_list.matches(attempt)
        ]

    def refresh_rows(self) -> None:
        """Draw the visible rows of both lists anew."""
        self.commit_list.refresh()
        self.attempt_list.refresh()

    def _members(self, sha: str) -> Sequence[Attempt]:
        attempts = self._triage.attempts_of(sha)
        if self.queue is None:
            return attempts
        return [attempt for attempt in attempts if attempt.key in self.queue]

    def _commit_row(self, sha: str, width: int) -> Content:
        return commit_row(self._triage.commit_progress(sha), width)

    def _attempt_row(self, attempt: Attempt, width: int) -> Content:
        known = self._triage.assessment(attempt.key)
        return attempt_row(known, width, self._triage.is_unsaved(attempt.key))
