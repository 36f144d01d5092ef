"""Say whether the opinions and rubrics in a store that you did not make count. Until you say so
they are listed and set aside: they settle nothing, and the judge asks anew. Verdicts always carry
their reviewer and are not concerned. The answer is remembered in your own state folder.
"""

from __future__ import annotations

import argparse

from tui.cli.options import add_run_options, open_runs
from tui.cli.output import emit


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of this command."""
    add_run_options(parser)
    parser.add_argument("--no", action="store_true", help="set them aside for good, unasked")


def run(options: argparse.Namespace) -> int:
    """Remember the answer, and say whom it is about."""
    from core.store.trust import answer_trust

    store = open_runs(options, talk=False).triage.store
    foreign = answer_trust(store, not options.no)
    if not foreign:
        emit("what is stored here was made by your own patchjury\n")
        return 0
    stores = "1 store" if len(foreign) == 1 else f"{len(foreign)} stores"
    word = "stay set aside" if options.no else "count from now on"
    emit(f"opinions and rubrics of {stores} {word}\n")
    return 0
