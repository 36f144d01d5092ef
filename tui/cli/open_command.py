"""Triage runs on the screen.

The left side lists human commits and the attempts at them, the right side shows one attempt beside
the human patch. Press ? for all keys. Verdicts are written to RUNS/.patchjury as you go, in the
name of PATCHJURY_REVIEWER, else of the user. Exits with 1 when some could not be saved.
"""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING

from core.errors import InputError, StoreError
from core.garbage import no_collecting, spare_what_was_loaded
from tui.cli import FAULT, describe_fault
from tui.cli.options import add_run_options, open_runs
from tui.cli.output import say

if TYPE_CHECKING:
    from core.session import Session
    from tui.app import PatchjuryApp


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of this command."""
    add_run_options(parser)
    parser.add_argument(
        "--no-checks", action="store_true", help="do not run checks in the background"
    )


def run(options: argparse.Namespace) -> int:
    """Open the screen on the runs."""
    require_terminal()
    return show(open_runs(options, talk=False), checks=not options.no_checks)


def require_terminal() -> None:
    """Raise `InputError` where there is no terminal to draw on."""
    is_terminal = all(map(os.isatty, (0, 1, 2)))  # Textual draws on standard error
    if not is_terminal or os.environ.get("TERM") == "dumb":
        raise InputError(
            "the screen needs a terminal and there is none here",
            "Without one, use: patchjury stats, export, import or doctor.",
        )


def show(session: Session, *, checks: bool = True) -> int:
    """Run the app until it is left; 1 when it failed or verdicts could not be saved."""
    # Textual paints at most so often; read when it is imported. A key is answered sooner with it.
    os.environ.setdefault("TEXTUAL_FPS", "120")
    with no_collecting():  # nothing that is imported is garbage
        from tui.app import PatchjuryApp
        from tui.terminal import VANISHED, forget_terminal

        app = PatchjuryApp(session, checks=checks)
    spare_what_was_loaded()
    app.run()
    if app.return_code == VANISHED:
        forget_terminal()
    return _ended(app, session)


def _ended(app: PatchjuryApp, session: Session) -> int:
    """The exit code, once what can still be saved is saved."""
    if app.fault is not None:
        say(f"patchjury: {describe_fault(app.fault)}")
    triage = session.triage
    unsaved = triage.progress().unsaved
    if unsaved:
        try:
            triage.save()
        except StoreError as error:
            say(f"patchjury: {unsaved} verdicts are not saved: {error}")
            return 1 if app.fault is None else FAULT
        say("verdicts that could not be saved before are saved now")
    return FAULT if app.fault is not None else app.return_code or 0
