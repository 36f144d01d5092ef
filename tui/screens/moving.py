"""How the keys move about: panes, attempts, changes, searches."""

from __future__ import annotations

from textual import on
from textual.widget import Widget
from textual.widgets import Input

from tui.screens.checking import BackgroundChecks
from tui.widgets.document_view import DocumentView
from tui.widgets.evidence import Evidence
from tui.widgets.row_list import RowList


class MovingActions(BackgroundChecks):
    """Moves the selection and the focus; what is selected is shown by the panes."""

    _searched: Widget | None = None

    def action_next_pane(self, step: int) -> None:
        evidence = self.query_one(Evidence)
        panes: list[Widget] = [self.commit_list, self.attempt_list, self.document_view, evidence]
        here = panes.index(self.focused) if self.focused in panes else -step
        panes[(here + step) % len(panes)].focus()

    def action_next_undecided(self, step: int) -> None:
        key = self.triage.next_undecided(self.attempt_key, step, self.queue)
        if key is None:
            here = "" if self.queue is None else " that is listed (Q)"
            self.notify(f"Every attempt{here} is decided.")
        else:
            self.select_attempt(key)

    def action_next_attempt(self, step: int) -> None:
        """The next of those listed, at the next commit after the last one."""
        attempts, commits = self.attempt_list, self.commit_list
        at = attempts.cursor + step
        if 0 <= at < attempts.line_count():
            attempts.go_to(at)
            return
        at = commits.cursor + step
        if 0 <= at < commits.line_count():
            commits.go_to(at)
            self.list_attempts(commits.keys[at])
            attempts.action_cursor_edge(-step)

    def select_attempt(self, key: str) -> None:
        """Select an attempt in both lists; a queue or a search that hides it is cleared."""
        human = self.triage.attempt(key).reference_sha
        if self.queue is not None and key not in self.queue:
            self.show_queue(None)
        self.remember_attempt(human, key)
        if not self.commit_list.go_to_key(human):
            self.commit_list.filter_rows("")
            self.commit_list.go_to_key(human)
        self.list_attempts(human)
        if not self.attempt_list.go_to_key(key):
            self.attempt_list.filter_rows("")
            self.attempt_list.go_to_key(key)

    def action_diff(self, command: str) -> None:
        view = self.document_view
        moves = {
            "next_hunk": (view.next_change, 1),
            "previous_hunk": (view.next_change, -1),
            "next_file": (view.next_file, 1),
            "previous_file": (view.next_file, -1),
            "next_mark": (view.next_mark, 1),
            "previous_mark": (view.next_mark, -1),
            "next_match": (view.next_match, 1),
            "previous_match": (view.next_match, -1),
        }
        move, step = moves[command]
        move(step)

    def action_queue(self) -> None:
        """Choose which attempts the lists show."""
        from tui.screens.queue import QueueScreen  # here: the first picture comes first

        def chosen(found: tuple[frozenset[str], str] | None) -> None:
            if found is not None:
                keys, label = found
                whole = len(keys) == len(self.triage.run_set.attempts)
                self.show_queue(None if whole else keys, "" if whole else label.partition(" (")[0])
                self.attempt_list.focus()

        self.app.push_screen(QueueScreen(self.triage.assessments()), chosen)

    # Search

    def action_search(self) -> None:
        focused = self.focused
        searched = focused if isinstance(focused, RowList | DocumentView) else self.attempt_list
        self._searched = searched
        field = self.query_one("#search", Input)
        is_list = isinstance(searched, RowList)
        field.value = searched.search if isinstance(searched, RowList) else ""
        field.placeholder = f"search {searched.border_title}" if is_list else "search in the text"
        field.add_class("-open")
        field.focus()

    @on(Input.Changed, "#search")
    def _search_changed(self, event: Input.Changed) -> None:
        if isinstance(self._searched, RowList):
            self._searched.filter_rows(event.value)

    @on(Input.Submitted, "#search")
    def _search_submitted(self, event: Input.Submitted) -> None:
        searched = self._searched
        self._close_search()
        if isinstance(searched, DocumentView):
            searched.search(event.value)

    def action_leave(self) -> None:
        self.leave()

    def leave(self) -> bool:
        """End a search, else go back to the list; was there anything to leave?"""
        field, focused = self.query_one("#search", Input), self.focused
        if field.has_class("-open"):
            self._clear(self._searched)
            self._close_search()
        elif isinstance(focused, DocumentView | Evidence) and not self._is_searched(focused):
            self.attempt_list.focus()
        elif self._is_searched(focused):
            self._clear(focused)
        else:
            return False
        return True

    def _is_searched(self, pane: Widget | None) -> bool:
        if isinstance(pane, RowList):
            return bool(pane.search)
        return isinstance(pane, DocumentView) and bool(pane.found)

    def _clear(self, searched: Widget | None) -> None:
        if isinstance(searched, RowList):
            searched.filter_rows("")
        elif isinstance(searched, DocumentView):
            searched.search("")

    def _close_search(self) -> None:
        self.query_one("#search", Input).remove_class("-open")
        if self._searched is not None:
            self._searched.focus()
        self._searched = None
