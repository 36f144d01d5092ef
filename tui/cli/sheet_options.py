"""Figures of a bare table on the command line: `patchjury stats labels.csv`."""

from __future__ import annotations

import argparse
from pathlib import Path

from tui.cli.options import positive
from tui.cli.output import emit, emit_record, say

_ENDINGS = (".csv", ".tsv", ".parquet", ".arrow")


def add_sheet_options(parser: argparse.ArgumentParser) -> None:
    """The options for a bare table."""
    table = parser.add_argument_group(
        "with a table instead of RUNS (one row per item; columns are recognised by name)"
    )
    table.add_argument(
        "--item", default="", metavar="COLUMN", help="the column that names the item"
    )
    table.add_argument("--judge", default="", metavar="COLUMN", help="the judge's labels")
    table.add_argument(
        "--human",
        action="append",
        default=[],
        metavar="COLUMN",
        help="a person's labels (repeatable)",
    )
    table.add_argument(
        "--cluster",
        default="",
        metavar="COLUMN",
        help="groups of similar items, such as commit or task",
    )
    table.add_argument("--positive", metavar="LABEL", help="the one label that means success")
    table.add_argument(
        "--drawn",
        action="store_true",
        help="people labelled a random sample (within each label of the judge)",
    )
    table.add_argument(
        "--sample",
        type=positive,
        default=30,
        metavar="N",
        help="how many items to propose for labelling next",
    )
    table.add_argument(
        "--seed", type=int, default=0, metavar="S", help="random seed of that proposal"
    )


def is_sheet(options: argparse.Namespace) -> bool:
    """Is it about a table, rather than runs?"""
    path: Path = options.runs
    asked = options.item or options.judge or options.human or options.cluster
    return path.is_file() and (bool(asked) or path.name.lower().endswith(_ENDINGS))


def print_sheet(options: argparse.Namespace) -> int:
    """Print the figures; 1 if rows could not be read. Raises `InputError`."""
    from core import codec
    from core.export.label_sheet_text import format_sheet
    from core.readers.tables.label_roles import LabelRoles, find_roles, read_rows_of
    from core.readers.tables.opinion_tables import read_opinions
    from core.stats.label_sheet import count_labels

    table = read_opinions(options.runs)
    asked = LabelRoles(options.item, options.judge, tuple(options.human), options.cluster)
    roles = find_roles(table, asked)
    rows = read_rows_of(table, roles, options.positive)
    sheet = count_labels(
        rows,
        roles,
        drawn=options.drawn,
        seed=options.seed,
        sample=options.sample,
        bad_rows=table.bad,
    )
    if options.json:
        emit_record(codec.to_data(sheet))
    else:
        emit(format_sheet(sheet))
    if table.bad:
        say(f"{table.bad} rows could not be read")
    return 1 if table.bad else 0
