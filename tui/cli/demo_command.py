"""Open the sample runs that come with patchjury: an invented inference engine, agents' attempts at
optimising it, and every oddity that real runs have. Verdicts go to your own data folder.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from core.errors import InputError
from tui.cli.open_command import require_terminal, show
from tui.cli.options import add_db_option, reviewer


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of this command."""
    add_db_option(parser, "keep verdicts in this folder")


def run(options: argparse.Namespace) -> int:
    """Open the screen on the sample runs."""
    require_terminal()
    from platformdirs import user_data_path

    from core.session import open_session

    db = options.db or user_data_path("patchjury", appauthor=False) / "demo"
    return show(open_session(sample_runs(), db=db, reviewer=reviewer()))


def sample_runs() -> Path:
    """The folder of the sample runs, inside the installed package or in a checkout."""
    import core

    package = Path(core.__file__).parent
    for folder in (package / "sample_runs", package.parent / "sample_runs"):
        if folder.is_dir():
            return folder
    raise InputError("the sample runs are not installed", "Install patchjury from its wheel.")
