"""Triage runs on the screen.

The left side lists human commits and the attempts at them; the right side shows one attempt beside
the human patch. Press ? for all keys. Verdicts are saved in RUNS/.patchjury as you go, under the
name in PATCHJURY_REVIEWER or else your user name. Exits with 1 if some could not be saved.
"""

from __future__ import annotations

import argparse
import gc
import os
import time
from typing import TYPE_CHECKING

from core.errors import InputError, PatchjuryError, StoreError
from core.garbage import freeze_loaded_objects, pause_collection
from core.text import counted
from tui.cli import FAULT, describe_fault
from tui.cli.options import add_run_options, open_runs
from tui.cli.output import say

if TYPE_CHECKING:
    from core.readers.found import Found
    from core.run_index.reading_along import ReadingAlong
    from core.session import Session
    from tui.app import PatchjuryApp

IN_A_MOMENT_S = 0.2
"""Runs that take longer than this to read are read while the screen shows what is loaded."""

MANY_FOLDERS = 2_000
"""So many that wait to be read take longer than a moment: there is no need to try."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of this command."""
    add_run_options(parser)
    parser.add_argument(
        "--no-checks", action="store_true", help="do not run checks in the background"
    )


def run(options: argparse.Namespace) -> int:
    """Open the screen on the runs."""
    require_terminal()
    with pause_collection():  # nothing imported or read is garbage
        session, reading = open_for_screen(options)
    return show(session, checks=not options.no_checks, reading=reading)


def open_for_screen(options: argparse.Namespace) -> tuple[Session, ReadingAlong | None]:
    """The session, and the reader of its runs if that takes longer than a moment.

    Raises the errors of `open_session`.
    """
    from core.run_index.asked import asked_by
    from core.run_index.index_file import find_index

    asked = asked_by(
        options.runs, options.commits, options.repo, options.measurements, options.follow_links
    )
    if options.follow_links or find_index(asked) is None:
        try:
            return open_runs(options, talk=False, watcher=Impatience().look), None
        except ReadingTakesLongError:
            gc.collect()
    from core.run_index.reading_along import ReadingAlong
    from core.session import begin_session
    from core.settings import load_settings

    reading = ReadingAlong(asked)
    settings = load_settings(options.runs)
    return begin_session(asked.top, settings, db=options.db), reading


class ReadingTakesLongError(PatchjuryError):
    """There is more to read than the first picture can wait for."""


class Impatience:
    """Ends a reading that takes longer than a moment of processor time, or is going to."""

    def __init__(self, seconds: float = IN_A_MOMENT_S, folders: int = MANY_FOLDERS) -> None:
        self._end = time.process_time() + seconds
        self._folders = folders

    def look(self, found: Found) -> None:
        """Raise `ReadingTakesLongError` if the moment is over, or too short for what is waiting."""
        if time.process_time() > self._end or found.waiting() > self._folders:
            raise ReadingTakesLongError("there is much to read")


def require_terminal() -> None:
    """Raise `InputError` if there is no terminal to draw on."""
    is_terminal = all(map(os.isatty, (0, 1, 2)))  # Textual draws on standard error
    if not is_terminal or os.environ.get("TERM") == "dumb":
        raise InputError(
            "the screen needs a terminal, and there is none",
            "Without one, use a command such as stats, list, check or export.",
        )


def show(session: Session, *, checks: bool = True, reading: ReadingAlong | None = None) -> int:
    """Run the app until it exits; 1 if it failed or verdicts could not be saved.

    `reading` reads the session's runs if they are not read yet. Raises its errors if there is
    nothing to show.
    """
    # Limits how often Textual paints; read at import. With it a key is answered sooner.
    os.environ.setdefault("TEXTUAL_FPS", "120")
    with pause_collection():
        from tui.app import PatchjuryApp
        from tui.terminal import VANISHED, forget_terminal

        app = PatchjuryApp(session, checks=checks, reading=reading)
    freeze_loaded_objects()
    app.run()
    if reading is not None:
        reading.stop()
    if app.nothing_opened is not None:
        raise app.nothing_opened
    if app.return_code == VANISHED:
        forget_terminal()
    return _ended(app, session)


def _ended(app: PatchjuryApp, session: Session) -> int:
    """The exit code, after saving what can still be saved."""
    if app.fault is not None:
        say(f"patchjury: {describe_fault(app.fault)}")
    triage = session.triage
    unsaved = triage.progress().unsaved
    if unsaved:
        try:
            triage.save()
        except StoreError as error:
            say(f"patchjury: {counted(unsaved, 'verdict')} not saved: {error}")
            return 1 if app.fault is None else FAULT
        say("verdicts that could not be saved earlier are saved now")
    return FAULT if app.fault is not None else app.return_code or 0
