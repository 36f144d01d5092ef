"""Everything patchjury needs from Textual and a terminal beyond Textual's public names.

A terminal may send invalid UTF-8, stop, come back, or vanish; a fault may end the app. Whatever
happens: the terminal is restored, the exit code says what happened, and no text is written that was
not made visible first.
"""

from __future__ import annotations

import asyncio
import logging
import os
import re
import selectors
import signal
import sys
from codecs import getincrementaldecoder
from collections.abc import Callable, Iterable, Iterator, Sequence
from io import TextIOWrapper
from typing import ClassVar, Protocol, cast, runtime_checkable

from rich.segment import Segment
from textual._xterm_parser import XTermParser
from textual.app import App, ReturnType
from textual.binding import Binding, BindingType
from textual.color import Color
from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver
from textual.events import Key, Resize
from textual.filter import LineFilter, Monochrome
from textual.message import Message
from textual.notifications import SeverityLevel

from core.errors import PatchjuryError
from core.text import visible
from tui.colours import Colourless, ReadableAnsi, in_one

_LOG = logging.getLogger(__name__)

VANISHED = 128 + signal.SIGHUP
"""The exit code when the terminal is no longer there: that of a hang-up."""

_OLD_MOUSE = re.compile(rb"\x1b\[M[\x20-\xff]{3}", re.DOTALL)
"""A mouse report of the oldest kind: three bytes that are not text, such as `#`, 0xC8, `0`."""

_BEGUN = re.compile(rb"\x1b(\[(M[\x20-\xff]{0,2})?)?\Z", re.DOTALL)
_READ_BYTES = 4096
_LONG_NUMBER = re.compile("[0-9]{5}")
_CELLS = 10_000  # no terminal is as wide or as high
_POLL_S = 0.1


class TerminalApp(App[ReturnType]):
    """An app that restores the terminal, says why it ended, and makes hostile text visible."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+z", "suspend_process", "suspend", show=False)
    ]

    fault: BaseException | None = None
    """What ended the app, if it was a fault."""

    def on_load(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self.end, 128 + number)

    def on_mount(self) -> None:
        self.app_resume_signal.subscribe(self, lambda _: self.refresh(layout=True))

    def end(self, return_code: int) -> None:
        """End now, from outside: nobody can be asked anything any more."""
        self._keep_drafts()
        self.exit(return_code=return_code)

    def _keep_drafts(self) -> None:
        for screen in self.screen_stack:
            if isinstance(screen, Drafting):
                try:
                    screen.keep_draft()
                except PatchjuryError as error:  # nobody can be asked any more
                    _LOG.error("what was being written is lost: %s", error)

    def get_driver_class(self) -> type[Driver]:
        usual = super().get_driver_class()
        return SturdyDriver if usual is LinuxDriver else usual

    def get_line_filters(self) -> Sequence[LineFilter]:
        """The filters that every line passes on its way to the terminal."""
        filters = [one for one in super().get_line_filters() if not isinstance(one, Monochrome)]
        if self.no_color:
            filters.append(COLOURLESS)
        elif self.native_ansi_color:
            filters.append(READABLE)
        return [in_one(VISIBLE, *filters)]

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = False,
    ) -> None:
        """Notify with plain text, never markup, hidden characters made visible."""
        shown, heading = visible(message, keep_newlines=True), visible(title)
        super().notify(shown, title=heading, severity=severity, timeout=timeout, markup=False)

    def _handle_exception(self, error: Exception) -> None:
        """End with the fault; Textual would print a traceback containing foreign text."""
        if self.fault is None:
            self.fault = error
            self._keep_drafts()
        self._return_code = 1
        if self._exception is None:  # the pilot of tests raises it
            self._exception = error
            self._exception_event.set()
        self._close_messages_no_wait()


@runtime_checkable
class Drafting(Protocol):
    """A screen with text being written that must not be lost when the app is ended."""

    def keep_draft(self) -> None:
        """Save what was typed so far; called when nobody can be asked any more."""


class VisibleText(LineFilter):
    """The last barrier: hidden and control characters in a line are made visible."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        if all(text.isascii() and text.isprintable() for text, _, _ in segments):
            return segments
        shown = [
            segment if segment.control else Segment(visible(segment.text), segment.style)
            for segment in segments
        ]
        if all(a.text == b.text for a, b in zip(segments, shown, strict=True)):
            return segments
        return Segment.adjust_line_length(shown, sum(one.cell_length for one in segments))


VISIBLE = VisibleText()
COLOURLESS = Colourless()
READABLE = ReadableAnsi()


class SturdyDriver(LinuxDriver):
    """Textual's driver for Linux and macOS, made to survive what a terminal does."""

    def __init__(
        self,
        app: App[object],
        *,
        debug: bool = False,
        mouse: bool = True,
        size: tuple[int, int] | None = None,
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        assert self._file is not None
        self._file = cast("TextIOWrapper", _Lasting(self._file, self._vanished))

    def _sigtstp_application(self, *_: object) -> None:
        self._soon(super()._sigtstp_application)

    def _sigcont_application(self, *_: object) -> None:
        self._soon(self._continue)

    def _continue(self) -> None:
        """Start again, even after a stop that could not be prepared for (SIGSTOP)."""
        if self._auto_restart and self._key_thread is not None and self._key_thread.is_alive():
            self.suspend_application_mode()
            self._must_signal_resume = True
        super()._sigcont_application()

    def _soon(self, job: Callable[[], object]) -> None:
        """Do what a signal asks for between two tasks.

        Whatever it interrupts may hold the lock of the writer's queue, which the job needs as well.
        """
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(job)

    def _run_input_thread(self) -> None:
        try:
            self.run_input_thread()
        except Exception as error:  # noqa: BLE001 - it must not go unseen in a thread
            self._loop.call_soon_threadsafe(self._app._handle_exception, error)

    def run_input_thread(self) -> None:
        """Read what the terminal sends until the app ends; invalid bytes do no harm."""
        parser = _SturdyParser(self._debug)
        decode = getincrementaldecoder("utf-8")("replace").decode
        reports = _OldReports()
        with selectors.DefaultSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                ready = selector.select(_POLL_S)
                data = reports.without(self._read()) if ready else reports.rest()
                if data is None:
                    self._vanished()
                    return
                for event in parser.events(decode(data) if data else ""):
                    self.process_message(event)

    def _read(self) -> bytes | None:
        """What came; None when nothing will ever come again."""
        try:
            return os.read(self.fileno, _READ_BYTES) or None
        except BlockingIOError:
            return b""
        except OSError:  # Linux reports EIO for a terminal that is gone
            return None

    def _vanished(self) -> None:
        app = self._app
        if isinstance(app, TerminalApp) and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(app.end, VANISHED)


class _SturdyParser:
    """Textual's parser of terminal input, which numbers that no terminal sends would break."""

    def __init__(self, debug: bool) -> None:
        self._debug = debug
        self._parser = XTermParser(debug)

    def events(self, text: str) -> Iterator[Message]:
        """What a text and the elapsed time stand for; impossible input is skipped."""
        for part in text if _LONG_NUMBER.search(text) else (text,) if text else ():
            yield from self._possible(self._parser.feed(part))
        yield from self._possible(self._parser.tick())

    def _possible(self, events: Iterable[Message]) -> Iterator[Message]:
        try:
            yield from filter(_can_be, events)
        except (ValueError, OverflowError) as error:  # a parser that raised cannot continue
            _LOG.warning("what the terminal sent cannot be read: %s", error)
            self._parser = XTermParser(self._debug)


def _can_be(event: Message) -> bool:
    if isinstance(event, Resize):
        return min(event.size) > 0 and max(event.size) < _CELLS
    return not (isinstance(event, Key) and "\ud800" <= (event.character or "") <= "\udfff")


class _OldReports:
    """Removes mouse reports of the oldest kind from bytes; they may come in pieces."""

    def __init__(self) -> None:
        self._begun = b""

    def without(self, data: bytes | None) -> bytes | None:
        """The bytes without reports; the beginning of one is held back. None stays None."""
        if data is None:
            return None
        data = _OLD_MOUSE.sub(b"", self._begun + data)
        begun = _BEGUN.search(data)
        self._begun = begun[0] if begun else b""
        return data[: len(data) - len(self._begun)]

    def rest(self) -> bytes:
        """What was held back and turned out to be something else, such as the escape key."""
        data, self._begun = self._begun, b""
        return data


class _Lasting:
    """Standard error as the writer thread uses it: a terminal that is gone ends no thread."""

    def __init__(self, file: TextIOWrapper, vanished: Callable[[], None]) -> None:
        self._out = file
        self._tell = vanished
        self._is_gone = False

    def write(self, text: str) -> int:
        self._try(lambda: self._out.write(text))
        return len(text)

    def flush(self) -> None:
        self._try(self._out.flush)

    def fileno(self) -> int:
        return self._out.fileno()

    def isatty(self) -> bool:
        return self._out.isatty()

    def _try(self, job: Callable[[], object]) -> None:
        if self._is_gone:
            return
        try:
            job()
        except (OSError, ValueError):
            self._is_gone = True
            self._tell()


def forget_terminal() -> None:
    """Keep Python from complaining at exit that output for a vanished terminal is lost."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.__stdout__, sys.__stderr__):
        if stream is not None:
            try:
                stream.flush()
            except (OSError, ValueError):
                os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
