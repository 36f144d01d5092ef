"""The options that several commands share, and opening a session with them."""

from __future__ import annotations

import argparse
import getpass
import os
from pathlib import Path

from core.session import Session, open_session
from tui.cli import say


def add_run_options(parser: argparse.ArgumentParser) -> None:
    """RUNS, --commits, --repo and --db."""
    parser.add_argument("runs", type=Path, metavar="RUNS", help="folder of runs, or attempts file")
    parser.add_argument(
        "--commits",
        type=Path,
        action="append",
        default=[],
        metavar="PATH",
        help="folder of <sha>.json human commits, or a reference dataset (may be repeated); "
        "without it they are looked for beside the runs",
    )
    parser.add_argument(
        "--repo",
        type=Path,
        metavar="REPO",
        help="git repository of the human commits: work tree, bare, or a bundle file; only read",
    )
    parser.add_argument(
        "--db",
        type=Path,
        metavar="FOLDER",
        help="keep verdicts here instead of RUNS/.patchjury",
    )


def open_runs(options: argparse.Namespace, *, talk: bool = True) -> Session:
    """Open what the options name, and say on standard error what could not be loaded."""
    session = open_session(
        options.runs,
        commits=options.commits,
        repository=options.repo,
        db=options.db,
        reviewer=reviewer(),
    )
    problems = session.triage.problems
    if talk and problems:
        say(f"{len(problems)} load problems; the first: {problems[0].path}: {problems[0].reason}")
    if talk and session.location.note:
        say(session.location.note)
    return session


def reviewer() -> str:
    """Who decides here: PATCHJURY_REVIEWER, else the name of the user."""
    named = os.environ.get("PATCHJURY_REVIEWER", "").strip()
    if named:
        return named
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"
