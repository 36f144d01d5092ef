"""Merge everything from other stores and exports: verdicts, opinions, analyses, facts. OTHER is a
colleague's runs folder, a store (.patchjury), or an export (.json, .jsonl). Nothing is lost or
duplicated; merging the same again adds nothing. Exits with 1 if part of it could not be merged.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import InputError
from core.models import LoadProblem
from core.text import counted
from tui.cli.options import add_run_options, open_runs
from tui.cli.output import emit, emit_record, say

if TYPE_CHECKING:
    from core.export.command_documents import MergedFrom
    from core.session import Session


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of this command."""
    add_run_options(parser)
    parser.add_argument("others", type=Path, nargs="+", metavar="OTHER", help="what to merge")
    parser.add_argument("--json", action="store_true", help="print the counts as JSON")


def run(options: argparse.Namespace) -> int:
    """Merge every OTHER in order; 1 if part of one could not be used."""

    session = open_runs(options)
    entries: list[MergedFrom] = []
    for other in options.others:
        added, known, problems = _merge(session, other)
        for problem in problems:
            say(f"{problem.path}: {problem.reason}")
        entries.append(
            {"from": str(other), "added": added, "known": known, "problems": len(problems)}
        )
        if not options.json:
            from core.store.merging import table_counts

            here = f"{counted(known, 'record')} already here"
            emit(f"{other}: {table_counts(added)} new; {here}\n")
    if options.json:
        emit_record({"merged": entries})
    return 1 if any(entry["problems"] for entry in entries) else 0


def _merge(session: Session, other: Path) -> tuple[dict[str, int], int, Sequence[LoadProblem]]:
    """What one OTHER added, by table, what was known, and what has no place."""
    from core.store.location import find_store

    store = session.triage.store
    if not other.exists():
        raise InputError(f"{other} does not exist")
    if other.is_file() and other.suffix in (".json", ".jsonl"):
        return _import(session, other)
    folder = find_store(other)
    if folder is None:
        raise InputError(
            f"{other} contains no store", "Name a runs folder, its .patchjury, or an export."
        )
    merged = store.merge(folder)
    return dict(merged.added), merged.known, merged.problems


def _import(session: Session, file: Path) -> tuple[dict[str, int], int, Sequence[LoadProblem]]:
    from core.export.importing import apply_import, read_import

    run_set = session.triage.run_set
    imported = read_import(file, run_set)
    counts = apply_import(imported, run_set, session.triage.store)
    added = {
        "rubrics": counts.rubrics_added,
        "judgements": counts.judgements_added,
        "verdicts": counts.verdicts_added,
    }
    held = counts.rubrics + counts.judgements + counts.verdicts
    return (
        {name: n for name, n in added.items() if n},
        held - sum(added.values()),
        imported.problems,
    )
