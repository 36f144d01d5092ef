"""Import what others said about these runs: a colleague's patchjury export (.json, .jsonl) or an
earlier gpt5_evaluations.json. Importing the same file twice adds nothing. Exits with 1 if part of
the file could not be used.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from core.text import counted
from tui.cli.options import add_run_options, open_runs
from tui.cli.output import emit, emit_record, say

if TYPE_CHECKING:
    from core.export.importing import ImportCounts


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of this command."""
    add_run_options(parser)
    parser.add_argument("file", type=Path, metavar="FILE", help="what to import")
    parser.add_argument("--json", action="store_true", help="print the counts as JSON")


def run(options: argparse.Namespace) -> int:
    """Import the file; 1 if part of it could not be used."""
    from core import codec
    from core.export.importing import apply_import, read_import

    session = open_runs(options)
    run_set = session.triage.run_set
    imported = read_import(options.file, run_set)
    counts = apply_import(imported, run_set, session.triage.store)
    for problem in imported.problems:
        say(f"{problem.path}: {problem.reason}")
    if options.json:
        emit_record(codec.to_data(counts))
    else:
        emit(
            f"{counted(counts.verdicts, 'verdict')} ({counts.verdicts_added} new), "
            f"{counted(counts.judgements, 'judgement')} ({counts.judgements_added} new), "
            f"{counted(counts.rubrics, 'rubric')} ({counts.rubrics_added} new){_writings(counts)}\n"
        )
    return 1 if imported.problems else 0


def _writings(counts: ImportCounts) -> str:
    parts = ""
    if counts.writings:
        parts = f", {counts.writings} analyses and assignments ({counts.writings_added} new)"
    if counts.reported:
        parts += f"; {counts.reported} check reports and ledgers kept as reported, not counted"
    return parts
