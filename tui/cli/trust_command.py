"""Decide whether opinions and rubrics count that were not written by your own patchjury in exactly
this form: those from other stores, imports, or files beside the runs. Until you decide, they are
listed but set aside: they settle nothing, and the judge asks again. Verdicts always name their
reviewer and are not affected. Your answer is remembered in your own state folder.
"""

from __future__ import annotations

import argparse

from core.store.trust import source_name
from tui.cli.options import add_run_options, open_runs
from tui.cli.output import emit


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of this command."""
    add_run_options(parser)
    parser.add_argument(
        "--no", action="store_true", help="set them aside for good and do not ask again"
    )


def run(options: argparse.Namespace) -> int:
    """Remember the answer, and print whom it concerns."""
    session = open_runs(options, talk=False)
    session.answer_trust(not options.no)
    if not session.foreign:
        emit("all opinions here were written by your own patchjury\n")
    word = "stay set aside" if options.no else "count from now on"
    for source, number in session.foreign.items():
        emit(f"{number} opinions and rubrics from {source_name(source)} {word}\n")
    return 0
