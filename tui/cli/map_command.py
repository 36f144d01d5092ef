"""Write down what the columns of a table seem to mean, as a file to edit: measurements, labels, or
another judge's opinions. `--measurements TABLE` and `audit RUNS TABLE` then read the table with it.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from tui.cli.output import emit


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of this command."""
    parser.add_argument(
        "table", type=Path, metavar="TABLE", help="a table: CSV, JSON, JSON Lines or Parquet"
    )
    parser.add_argument(
        "--runs",
        type=Path,
        metavar="RUNS",
        help="runs, to find the column that names their attempts",
    )
    parser.add_argument(
        "--to", type=Path, metavar="FILE", help="write it here instead of TABLE.map.toml"
    )
    parser.add_argument("--force", action="store_true", help="replace an existing mapping")


def run(options: argparse.Namespace) -> int:
    """Write the mapping; prints what it found."""
    from core.readers import read_runs
    from core.readers.tables.opinion_tables import propose_for
    from core.readers.tables.table_mapping import ENDING, to_toml
    from core.writing import write_whole

    table: Path = options.table
    attempts = read_runs(options.runs).attempts if options.runs else None
    mapping = propose_for(table, attempts).mapping
    target = options.to or table.with_name(table.name + ENDING)
    write_whole(target, [to_toml(mapping, table.name)], overwrite=options.force)
    named = (
        "names attempts"
        if mapping.names_attempts
        else "no column was found that names attempts: fill it in"
    )
    opinions = len(mapping.opinions)
    claims = len(mapping.claims or {}) - opinions
    counts = f"{len(mapping.values)} measurements, {claims} claims, {opinions} opinions"
    emit(f"{target}: {counts}, {named}\n")
    return 0
