"""Report what works here and what is missing: Python, packages, git, terminal, key, and, with RUNS,
what would be loaded and where verdicts would be stored. Makes no network calls and changes nothing
except, with --repair, the store's files, each of which is backed up. Exits with 1 if something that
patchjury needs is missing.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import shutil
import subprocess
import sys
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, requires, version

from core.diagnosis import Diagnosis
from core.errors import InputError, PatchjuryError
from core.text import visible
from core.version import installed_version
from tui.cli.options import add_run_options
from tui.cli.output import emit, emit_json


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of this command."""
    add_run_options(parser, required=False)
    parser.add_argument(
        "--repair",
        action="store_true",
        help="repair the store of RUNS as far as possible; every file is backed up",
    )
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(options: argparse.Namespace) -> int:
    """Print every diagnosis; 1 if something that is needed is missing."""
    found = [_python(), *_packages(), _git(), _terminal(), _key(), *_own_files()]
    if options.repair:
        found += _repaired(options)
    if options.runs is not None:
        found += _runs(options)
    if options.json:  # not with core.codec: its package may be what is missing
        diagnoses = [asdict(diagnosis) for diagnosis in found]
        emit_json(json.dumps({"schema_version": 1, "diagnoses": diagnoses}, indent=1) + "\n")
    else:
        width = max(len(diagnosis.subject) for diagnosis in found)
        emit("".join(_line(diagnosis, width) for diagnosis in found))
    return 1 if any(diagnosis.ok is False for diagnosis in found) else 0


def _repaired(options: argparse.Namespace) -> list[Diagnosis]:
    """Repair the store. Raises `InputError` without RUNS, `StoreError`."""
    from core.store import Store
    from core.store.location import locate_store

    if options.runs is None:
        raise InputError("--repair needs RUNS", "Name the runs whose store to repair.")
    repairs = Store(locate_store(options.runs, options.db).path).repair()
    done = [Diagnosis("repaired", True, f"{one.path}: {one.what}") for one in repairs]
    return done or [Diagnosis("repaired", True, "nothing in the store needs repair")]


def _line(diagnosis: Diagnosis, width: int) -> str:
    sign = {True: "ok", False: "MISSING", None: "-"}[diagnosis.ok]
    return f"{sign:<8} {diagnosis.subject:<{width}}  {visible(diagnosis.detail)}\n"


def _python() -> Diagnosis:
    detail = f"Python {platform.python_version()}, patchjury {installed_version()}"
    return Diagnosis("python", sys.version_info >= (3, 11), detail)


def _packages() -> list[Diagnosis]:
    """Every package that patchjury declares as a dependency."""
    try:
        requirements = requires("patchjury") or []
    except PackageNotFoundError:
        return [Diagnosis("packages", None, "patchjury is not installed, only unpacked")]
    needed = [line for line in requirements if "extra ==" not in line]
    return [_package(re.split(r"[^\w.-]", line)[0]) for line in needed]


def _package(name: str) -> Diagnosis:
    try:
        return Diagnosis(name, True, version(name))
    except PackageNotFoundError:
        return Diagnosis(name, False, "not installed: install patchjury again")


def _git() -> Diagnosis:
    path = shutil.which("git")
    if path is None:
        return Diagnosis("git", None, "not found: --repo and git bundles cannot be read")
    shown = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)
    return Diagnosis("git", shown.returncode == 0, shown.stdout.strip())


def _terminal() -> Diagnosis:
    if not all(map(os.isatty, (0, 1, 2))):
        return Diagnosis("terminal", None, "none: only headless commands work")
    columns, lines = shutil.get_terminal_size()
    colours = os.environ.get("COLORTERM") or os.environ.get("TERM", "unknown")
    enough = columns >= 80 and lines >= 24
    detail = f"{columns}x{lines}, {colours}, {sys.stdout.encoding}"
    return Diagnosis("terminal", enough, detail if enough else f"{detail}; needs 80x24")


def _key() -> Diagnosis:
    there = bool(os.environ.get("OPENAI_API_KEY"))
    detail = "OPENAI_API_KEY is set" if there else "OPENAI_API_KEY is not set: the judge cannot run"
    return Diagnosis("judge's key", True if there else None, detail)


def _own_files() -> list[Diagnosis]:
    """The log and the settings; both may be among what does not work here."""
    try:
        from core.logs import log_file
        from core.settings import load_settings, settings_file

        log, settings = log_file(), settings_file()
        size = f"{log.stat().st_size} bytes" if log.exists() else "nothing logged yet"
        found = [Diagnosis("log", True, f"{log} ({size})")]
        load_settings()
    except ImportError as error:
        return [Diagnosis("settings", False, f"cannot be read: {error}")]
    except PatchjuryError as error:
        return [*found, Diagnosis("settings", False, str(error))]
    there = "" if settings.exists() else " (does not exist: defaults apply)"
    return [*found, Diagnosis("settings", True, f"{settings}{there}")]


def _runs(options: argparse.Namespace) -> list[Diagnosis]:
    from core.readers import read_runs
    from core.store import Store
    from core.store.location import locate_store

    try:
        run_set = read_runs(
            options.runs,
            commits=options.commits,
            repository=options.repo,
            follow_links=options.follow_links,
        )
    except PatchjuryError as error:
        return [Diagnosis("runs", False, str(error))]
    location = locate_store(run_set.root, options.db)
    contents = Store(location.path).load()
    problems = run_set.problems + contents.problems
    known = sum(commit.diff is not None for commit in run_set.commits.values())
    return [
        Diagnosis("runs", True, f"{len(run_set.attempts)} attempts"),
        Diagnosis("human commits", known > 0 or None, f"{known} of {len(run_set.commits)} found"),
        Diagnosis("store", True, location.note or str(location.path)),
        Diagnosis("load problems", None if problems else True, str(len(problems))),
        *(Diagnosis("", None, f"{problem.path}: {problem.reason}") for problem in problems),
    ]
