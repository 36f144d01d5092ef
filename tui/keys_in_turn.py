"""When a key is answered: once everything the previous key led to is there.

Textual looks up some bindings as soon as a key arrives, hands other keys to the queue of whatever
has the focus then, and moves the focus later. Of keys that arrive in one burst, such as `c`, a text
and Enter, those after the first would go to the previous focus. Here each waits for its turn: the
widgets on the previous key's way have handled it, the screen that it opened or the widgets that it
mounted are there, and the focus is where it was moved to.

Text typed into a field, and keys that move a cursor, lead nowhere else: they need not wait for one
another, so that a held key is painted once for many.

A window that is still computing what its keys act on (`tui.preparing`) is waited for, too: keys
typed meanwhile are answered by it, and reported as not answered if it is left before that.

No wait is for ever, and none depends on the clock: a widget handles its queue or ends, and a widget
that itself waits for a key is recognised by the screen it has opened. A mouse button ends a wait,
and so does a key that leaves a computing window.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Collection
from contextlib import suppress
from typing import TYPE_CHECKING

from textual import events
from textual.app import ScreenStackError
from textual.command import CommandPalette
from textual.widget import Widget
from textual.worker import WorkerCancelled, WorkerFailed

from core.text import counted
from tui.preparing import Preparing

if TYPE_CHECKING:
    from textual.app import App
    from textual.dom import DOMNode
    from textual.message_pump import MessagePump
    from textual.screen import Screen

IN_TURN = "keys in turn"
"""The name of the task that runs while keys wait."""

_ROUNDS = 8
"""How often a key may open something that opens something else; then the next key is answered."""

BURST_S = 0.02
"""Keys closer together than this were typed in one burst: nobody is that fast."""

Typed = events.Key | events.Paste


class KeysInTurn:
    """Decides for each key whether its turn has come; others are posted again in theirs.

    `moving` are the keys that move a cursor on the lowest screen.
    """

    def __init__(self, app: App[None], moving: Collection[str]) -> None:
        self._app = app
        self._moving = frozenset(moving)
        self._waiting: deque[Typed] = deque()
        self._due: deque[Typed] = deque()  # posted again, to be answered as they come
        self._last: Typed | None = None  # the newest whose turn has come
        self._was_steady = False  # it leaves the focus where it is
        self._came_back = False  # the last one went all the way up to the app
        self._target: DOMNode = app  # what had the focus when it was answered
        self._screen: Screen[object] | None = None  # ... and the screen that was on top
        self._dropped_at: float | None = None  # when the newest key came that is not answered
        self._was_clicked = False
        self._task: asyncio.Task[None] | None = None
        self._awaited: asyncio.Future[None] | None = None

    def must_wait(self, event: Typed) -> bool:
        """Is something before it unfinished? Then it is posted again when its turn has come."""
        if self._is_dropped(event) or not self._app.screen_stack:  # the app ends
            return True
        is_steady = self._is_steady(event)
        if self._due and event is self._due[0]:
            self._due.popleft()
        elif self._waiting or self._due or not (is_steady and self._was_steady):
            self._wait(event)
            return True
        self._last, self._was_steady, self._came_back = event, is_steady, False
        self._screen = self._app.screen
        self._target = self._app.focused or self._screen
        return False

    def came_back(self, event: Typed) -> None:
        """A key was answered as far as it will be: at once, or by nothing up to the app."""
        if event is self._last:
            self._came_back = True
            self.stop_waiting()

    def drop_burst(self) -> None:
        """The last key was refused: keys typed in one burst with it were meant for what it opens.

        It would do something else here.
        """
        if self._last is not None:
            self._dropped_at = self._last.time

    def drops(self, time: float) -> bool:
        """Would a key at that time belong to a burst that is dropped?"""
        return self._dropped_at is not None and time - self._dropped_at < BURST_S

    def _is_dropped(self, event: Typed) -> bool:
        if self._dropped_at is None or event is self._last:
            return False
        if not self.drops(event.time):
            self._dropped_at = None
            return False
        self._dropped_at = event.time
        if self._due and event is self._due[0]:
            self._due.popleft()
        return True

    def clicked(self) -> None:
        """A mouse button was pressed: stop waiting."""
        self._was_clicked = True
        self.stop_waiting()

    def stop_waiting(self) -> None:
        """Stop waiting: somebody clicked, or a screen was opened."""
        if self._awaited is not None and not self._awaited.done():
            self._awaited.set_result(None)

    def stop(self) -> None:
        """The app ends: no key is answered any more."""
        if self._task is not None:
            self._task.cancel()

    def _is_steady(self, event: Typed) -> bool:
        """Does it leave focus and windows as they are?"""
        if isinstance(event, events.Paste):
            return False
        focused = self._app.focused
        if focused is not None and focused.check_consume_key(event.key, event.character):
            return True
        return len(self._app.screen_stack) == 1 and event.key in self._moving

    def _wait(self, event: Typed) -> None:
        self._waiting.append(event)
        if self._leaving():
            self.stop_waiting()
        if self._task is None:
            self._task = asyncio.create_task(self._answer_waiting(), name=IN_TURN)

    async def _answer_waiting(self) -> None:
        try:
            while self._waiting:
                await self._settled()
                while self._waiting and self._is_dropped(self._waiting[0]):
                    self._waiting.popleft()
                self._post()
        except ScreenStackError:  # the app ends
            return
        finally:
            self._task = None

    def _post(self) -> None:
        """Post the next key again, and with it those that need not wait for it."""
        is_steady = True
        while self._waiting and is_steady:
            is_steady = self._is_steady(self._waiting[0])
            if is_steady or not self._due:
                self._due.append(self._waiting.popleft())
                self._app.post_message(self._due[-1])

    async def _settled(self) -> None:
        """Wait until the last key was answered, and for what it led to."""
        while self._due and await self._handled(self._app):
            pass
        for node in self._target.ancestors_with_self:
            if self._came_back or self._app.screen is not self._screen:
                break
            await self._handled(node)
        for _ in range(_ROUNDS):
            if not await self._more_is_there() and not await self._prepared():
                break
        if isinstance(screen := self._app.screen, CommandPalette):
            await self._found_in(screen)

    async def _prepared(self) -> bool:
        """Wait until a window has what its keys act on; False: it already has."""
        screen, self._was_clicked = self._app.screen, False
        if not isinstance(screen, Preparing) or not screen.preparation.is_under_way:
            return False
        preparation = screen.preparation
        while preparation.is_under_way and screen is self._app.screen and not self._leaving():
            if self._was_clicked:
                return False
            done = self._awaited = asyncio.get_running_loop().create_future()
            preparation.then(self.stop_waiting)
            await done
        if preparation.is_under_way:
            self._leave_out(self._leaving())
        return screen is not self._app.screen or not preparation.is_under_way

    def _leaving(self) -> int:
        """Which of the waiting keys (from 1) leaves a computing window; 0: none does.

        Keys typed in one burst are answered in turn, whatever they are: a later key leaves.
        """
        screen = self._app.screen
        if not isinstance(screen, Preparing) or not screen.preparation.is_under_way:
            return 0
        before = self._last
        for number, event in enumerate(self._waiting, 1):
            is_alone = before is None or event.time - before.time >= BURST_S
            if (
                isinstance(event, events.Key)
                and event.key in screen.preparation.leaves
                and is_alone
            ):
                return number
            before = event
        return 0

    def _leave_out(self, before: int) -> None:
        """Drop what was typed for a window that is left before it could answer.

        That is everything waiting before a key (from 1), else everything.
        """
        number = before - 1 if before else len(self._waiting)
        for _ in range(number):
            self._waiting.popleft()
        if number:
            told = f"{counted(number, 'key')} typed too early: not answered"
            self._app.notify(told, severity="warning")

    async def _found_in(self, palette: CommandPalette) -> None:
        """Wait until the palette lists what was typed into it, for Enter takes the first entry."""
        for worker in [one for one in self._app.workers if one.node is palette]:
            with suppress(WorkerCancelled, WorkerFailed):
                await worker.wait()

    async def _more_is_there(self) -> bool:
        """Wait for what is on its way now; True if something came, which may bring more."""
        await self._handled(self._app)
        before, self._screen = self._screen, self._app.screen
        parts = self._screen.walk_children(Widget)
        new: list[Widget] = [part for part in parts if not part.is_mounted]
        if self._screen is not before:
            new.append(self._screen)
        for part in new:
            await self._handled(part)
        return bool(new)

    async def _handled(self, pump: MessagePump) -> bool:
        """Wait until a part of the screen has done what was asked of it; False: it ends."""
        done = self._awaited = asyncio.get_running_loop().create_future()

        def finish(*_: object) -> None:
            if not done.done():
                done.set_result(None)

        task = _task_of(pump)
        if not pump.call_later(finish):
            return False
        if task is not None:
            task.add_done_callback(finish)
        await done
        if task is not None:
            task.remove_done_callback(finish)
        return True


def _task_of(pump: MessagePump) -> asyncio.Task[None] | None:
    """What runs a part of the screen; None for the app, and if it has ended."""
    try:
        return pump.task
    except AssertionError:
        return None
