"""The screen as it was left: saved while working, restored at the next start."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

from core.assess.queues import queue_named
from core.errors import PatchjuryError
from tui.last_visit import Visit, is_first_start, keep_visit, read_visit
from tui.screens.panes import Panes
from tui.screens.triage_frame import TriageFrame
from tui.widgets.tab_bar import TABS, TabBar
from tui.work.trouble import post

if TYPE_CHECKING:
    from tui.commands import Command

EVERY_S = 5.0
"""Seconds after which a change is saved: at most that much is lost if the app is killed."""

_FIVE = ("cursor-move-1", "next-undecided-1", "outcome-true-success", "next-pane-1", "open-help")
_SHOWN_S = 15.0


class Reopening:
    """Restores and saves the visit of a triage screen to its runs folder."""

    @dataclass
    class NotSaved(Message):
        """The state of the screen cannot be saved, nor anything else in the state folder."""

        trouble: str

    def __init__(self, frame: TriageFrame, panes: Panes) -> None:
        self._frame = frame
        self._panes = panes
        self._root = frame.triage.run_set.root
        self._kept = Visit()
        self._told = False
        self._is_back = False  # back at the attempt that was left

    def take_up(self) -> None:
        """Show what was shown when the folder was left; what is gone is skipped."""
        frame, visit = self._frame, read_visit(self._root)
        self._kept = visit
        lists, pane = frame.lists, frame.attempt_pane
        if visit.without_lists:
            self._panes.action_lists()
        if visit.lists_width or visit.evidence_height:
            self._panes.restore(visit.lists_width, visit.evidence_height)
        if visit.is_flat:
            lists.action_flat()
        if visit.tab in TABS:
            pane.query_one(TabBar).shown = visit.tab
        if frame.triage.is_settled:
            self.take_up_rest()

    def return_to_last_visit(self) -> None:
        """Select the attempt that was left as soon as it is there, unless the user has acted."""
        frame, visit = self._frame, self._kept
        if self._is_back or self._has_acted or not frame.triage.knows(visit.attempt):
            return
        self._is_back = True
        frame.attempt_pane.begin_at(visit.attempt, visit.tab, visit.row)
        frame.lists.select(visit.attempt)

    @property
    def _has_acted(self) -> bool:
        return self._frame.pressed_at > 0.0

    def take_up_rest(self) -> None:
        """What needs all runs: queue, order, filter. Nothing if the user has acted by now."""
        if self._has_acted:
            return
        visit, lists = self._kept, self._frame.lists
        try:
            self._list(visit)
        except PatchjuryError:  # a queue or column of another version
            lists.show_queue(None)
        self._is_back = False
        self.return_to_last_visit()

    def _list(self, visit: Visit) -> None:
        lists, triage = self._frame.lists, self._frame.triage
        if visit.queue not in ("", "all"):
            queue, known = queue_named(visit.queue), triage.assessments()
            drawn = {"seed": visit.seed, "sample": visit.sample} if visit.sample else {}
            context = triage.queue_context(**drawn)
            if keys := [one.attempt.key for one in queue.select(known, context)]:
                label, origins = queue.label.partition(" (")[0], queue.origins(known, context)
                lists.show_queue(keys, queue.name, label, origins)
        if visit.order:
            lists.sort(visit.order)
        if visit.filter:
            lists.attempt_list.filter_rows(visit.filter)

    def keep(self) -> None:
        """Save the state of the screen, if it changed."""
        if self._frame.triage.is_settled and (visit := self._visit()) != self._kept:
            self._kept = visit
            keep_visit(self._root, visit)

    def keep_soon(self) -> None:
        """The same without waiting for the disk."""
        if self._frame.triage.is_settled and (visit := self._visit()) != self._kept:
            self._kept = visit
            threading.Thread(target=self._keep, args=(visit,), name="patchjury-visit").start()

    def _keep(self, visit: Visit) -> None:
        """In a thread: save a visit; a failure is reported once."""
        if (trouble := keep_visit(self._root, visit)) and not self._told:
            self._told = True
            post(self._frame, self.NotSaved(trouble))

    def _visit(self) -> Visit:
        frame = self._frame
        lists, pane = frame.lists, frame.attempt_pane
        width, height = self._panes.moved
        return Visit(
            attempt=frame.attempt_key or "",
            queue=lists.origin.queue,
            seed=lists.origin.seed or 0,
            sample=lists.origin.sample or 0,
            filter=lists.attempt_list.search,
            order=lists.order,
            is_flat=lists.is_flat,
            tab=pane.query_one(TabBar).shown,
            row=pane.document_view.row,
            without_lists=frame.has_class("-no-lists"),
            lists_width=width,
            evidence_height=height,
        )

    def greet(self, commands: tuple[Command, ...]) -> None:
        """Name five keys at the very first start."""
        if is_first_start():
            named = {command.id: command for command in commands}
            lines = [f"{named[one].display:<6} {named[one].label}" for one in _FIVE]
            text = "\n".join(lines)
            self._frame.notify(text, title="Five keys to begin with", timeout=_SHOWN_S)
