"""Write down what the columns of a table seem to mean, as a file to edit: measurements, labels, or
another judge's opinions. `--measurements TABLE` then reads the table by it.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from tui.cli.output import emit


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of this command."""
    parser.add_argument("table", type=Path, metavar="TABLE", help="CSV, JSON Lines or Parquet")
    parser.add_argument(
        "--to", type=Path, metavar="FILE", help="write it here instead of TABLE.map.toml"
    )
    parser.add_argument("--force", action="store_true", help="replace a mapping that exists")


def run(options: argparse.Namespace) -> int:
    """Write the mapping; says what it found."""
    from core.errors import InputError
    from core.readers.problems import Problems
    from core.readers.tables.table_mapping import ENDING, propose, to_toml
    from core.readers.tables.table_rows import read_rows
    from core.readers.walk import File
    from core.writing import write_whole

    table: Path = options.table
    problems = Problems(table.parent)
    first = next(read_rows(File(str(table.resolve())), problems), None)
    if first is None:
        reasons = "; ".join(problem.reason for problem in problems.all())
        raise InputError(f"{table} holds no rows", reasons or "Name a table with a head.")
    mapping = propose(list(first))
    target = options.to or table.with_name(table.name + ENDING)
    write_whole(target, [to_toml(mapping, table.name)], overwrite=options.force)
    named = "names attempts" if mapping.names_attempts else "no column names attempts: fill one in"
    counts = f"{len(mapping.values)} measurements, {len(mapping.claims or {})} claims"
    emit(f"{target}: {counts}, {named}\n")
    return 0
