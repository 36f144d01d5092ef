"""Triage runs on the screen.

The left side lists human commits and the attempts at them, the right side shows one attempt beside
the human patch. Press ? for all keys. Verdicts are written to RUNS/.patchjury as you go.
"""

from __future__ import annotations

import argparse
import sys

from core.errors import InputError
from core.session import Session
from tui.cli import say
from tui.cli.options import add_run_options, open_runs


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of this command."""
    add_run_options(parser)


def run(options: argparse.Namespace) -> int:
    """Open the screen on the runs."""
    require_terminal()
    return show(open_runs(options, talk=False))


def require_terminal() -> None:
    """Raise `InputError` where there is no terminal to draw on."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise InputError(
            "the screen needs a terminal and there is none here",
            "Without one, use: patchjury stats, export, import or doctor.",
        )


def show(session: Session) -> int:
    """Run the app until it is left; 1 when verdicts could not be saved."""
    from tui.app import PatchjuryApp

    PatchjuryApp(session).run()
    triage = session.triage
    if triage.progress().unsaved:
        triage.save()
        say("verdicts that could not be saved before are saved now")
    return 0
