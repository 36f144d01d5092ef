"""The options that several commands share, and opening a session with them."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import RepositoryError
from tui.cli.output import say

if TYPE_CHECKING:  # imported late, so that --help is quick
    from core.models import RunSet
    from core.readers import Looks, Watcher
    from core.session import Session


def add_run_options(parser: argparse.ArgumentParser, *, required: bool = True) -> None:
    """RUNS, --commits, --repo and --db."""
    parser.add_argument(
        "runs",
        type=Path,
        nargs=None if required else "?",
        metavar="RUNS",
        help="folder of runs, or a file of attempts",
    )
    parser.add_argument(
        "--commits",
        type=Path,
        action="append",
        default=[],
        metavar="PATH",
        help="folder of <sha>.json human commits, or a reference dataset (may be repeated); "
        "default: those found beside the runs",
    )
    parser.add_argument(
        "--repo",
        type=Path,
        metavar="REPO",
        help="git repository of the human commits: work tree, bare, or a bundle file; it is never "
        "written to",
    )
    parser.add_argument(
        "--measurements",
        type=Path,
        action="append",
        default=[],
        metavar="TABLE",
        help="CSV, JSON Lines or Parquet with measured values or claims; `patchjury map TABLE` "
        "shows how it is read (may be repeated)",
    )
    parser.add_argument(
        "--follow-links",
        action="store_true",
        help="follow symbolic links that lead out of RUNS; nothing read through one is ever sent "
        "to a judge",
    )
    add_db_option(parser, "store verdicts here instead of in RUNS/.patchjury")


def add_filter_option(parser: argparse._ActionsContainer) -> None:
    """--filter."""
    parser.add_argument(
        "--filter",
        default="",
        metavar="FILTER",
        help="only matching attempts, such as 'agent:codex rc:!=0 size>10k' (docs/filters.md)",
    )


def add_db_option(parser: argparse.ArgumentParser, help_text: str) -> None:
    """--db."""
    parser.add_argument("--db", type=_store_folder, metavar="FOLDER", help=help_text)


def _store_folder(word: str) -> Path:
    path = Path(word)
    if path.exists() and not path.is_dir():
        raise argparse.ArgumentTypeError(f"{path} is not a folder")
    return path


def tell_unread(session: Session) -> bool:
    """Report what is stored and could not be read, one line each; was there any?

    A command about what is stored has then not done everything requested.
    """
    problems = session.triage.store_problems
    for problem in problems:
        say(f"could not be read: {problem.path}: {problem.reason}")
    return bool(problems)


def positive(word: str) -> int:
    """A whole number of at least 1, for an option."""
    if not word.isascii() or not word.isdigit() or int(word) < 1:
        raise argparse.ArgumentTypeError(f"{word!r} is not a whole number of at least 1")
    return int(word)


def open_runs(
    options: argparse.Namespace,
    *,
    talk: bool = True,
    watcher: Watcher | None = None,
    looks: Looks | None = None,
) -> Session:
    """Open what the options name, and report on standard error what could not be loaded.

    `looks` collects what patches are that are read in passing.
    """
    from core.garbage import freeze_loaded_objects, pause_collection

    with pause_collection():  # nothing imported or read is garbage
        from core.session import open_session

        session = open_session(
            options.runs,
            commits=options.commits,
            repository=options.repo,
            db=options.db,
            follow_links=options.follow_links,
            measurements=options.measurements,
            watcher=watcher,
            looks=looks,
        )
    freeze_loaded_objects()
    problems = session.triage.problems
    if talk and problems:
        count = "1 load problem" if len(problems) == 1 else f"{len(problems)} load problems, first"
        say(f"{count}: {problems[0].path}: {problems[0].reason}")
    if talk and session.foreign and (awaiting := session.awaiting_trust):
        say(
            f"{sum(awaiting.values())} opinions and rubrics from elsewhere are set aside. "
            "`patchjury trust RUNS` accepts them, `patchjury trust RUNS --no` rejects them for good"
        )
    if talk and session.location.note and options.db is None:
        say(session.location.note)
    return session


def usable_repository(options: argparse.Namespace, run_set: RunSet) -> Path | None:
    """The repository to take base files from; None without one.

    One that was merely found beside the runs and cannot be read is reported and ignored. Raises
    `RepositoryError` for one that was named.
    """
    from core.git.repository import Repository

    if run_set.repository is None:
        return None
    try:
        Repository.open(run_set.repository).close()
    except RepositoryError as error:
        if options.repo is not None:
            raise
        say(f"without base files: {error}")
        return None
    return run_set.repository
