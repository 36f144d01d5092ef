"""Open the sample runs that come with patchjury: an invented inference engine, agents' attempts at
optimising it, and every oddity found in real runs. Verdicts are stored in your data folder.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import core
from core.errors import InputError
from core.places import data_folder
from tui.cli.open_command import require_terminal, show
from tui.cli.options import add_db_option


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of this command."""
    add_db_option(parser, "store verdicts in this folder")


def run(options: argparse.Namespace) -> int:
    """Open the screen on the sample runs."""
    require_terminal()
    from core.session import open_session

    db = options.db or data_folder() / "demo"
    return show(open_session(sample_runs(), db=db))


def sample_runs() -> Path:
    """The folder of the sample runs, inside the installed package or in a checkout."""
    package = Path(core.__file__).parent
    for folder in (package / "sample_runs", package.parent / "sample_runs"):
        if folder.is_dir():
            return folder
    raise InputError("the sample runs are not installed", "Install patchjury from its wheel.")
