"""Any judge on the command line: `patchjury audit RUNS FILE`."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from core import codec
from core.errors import InputError
from core.export.command_documents import MeasuredOpinions, TableAudit
from core.readers.tables.opinion_tables import OpinionTable, read_opinions
from core.stats.agreement import Agreement
from core.stats.foreign_judges import audit_table, beside_measurement, two_judges
from tui.cli.output import emit, emit_record

if TYPE_CHECKING:
    from core.models import Attempt


def add_table_options(parser: argparse.ArgumentParser) -> None:
    """The options of a table of somebody's opinions."""
    parser.add_argument(
        "table",
        type=Path,
        nargs="?",
        metavar="FILE",
        help="audit somebody's opinions instead: a table with a row for each attempt",
    )
    table = parser.add_argument_group("with FILE")
    table.add_argument(
        "--key", metavar="COLUMN", help="the column that names the attempts (default: detected)"
    )
    table.add_argument(
        "--opinion",
        action="append",
        default=[],
        metavar="COLUMN",
        help="a column of opinions (default: columns with few distinct values; repeatable)",
    )
    table.add_argument(
        "--against",
        type=Path,
        metavar="FILE",
        help="opinions of another judge, or of the same one asked again",
    )
    table.add_argument("--measured", type=Path, metavar="FILE", help="measurements of the attempts")
    table.add_argument(
        "--measure",
        action="append",
        default=[],
        metavar="COLUMN:LIMIT",
        help="for each opinion, count the attempts not above LIMIT (repeatable)",
    )


def audit_foreign(options: argparse.Namespace, attempts: Sequence[Attempt]) -> int:
    """Print what to know about a table of opinions; 1 if it has opinions on no patch.

    Raises `InputError`.
    """
    table = _read(options.table, options.key, attempts)
    columns = [table.require(name) for name in options.opinion] or list(table.mapping.opinions)
    found = audit_table(table, columns, attempts)
    against: dict[str, Agreement] = {}
    if options.against:
        other = _read(options.against, options.key, attempts)
        against = dict(_against(table, columns, other))
    measured = _measured(table, columns, options, attempts) if options.measured else ()
    report = TableAudit(", ".join(table.mapping.naming), found, against, tuple(measured))
    if options.json:
        emit_record(codec.to_data(report))
    else:
        emit("\n".join(_lines(report)) + "\n")
    is_grave = found.judged_empty or found.unknown or found.doubled or found.bad
    return 1 if is_grave and options.fail_on != "never" else 0


def _read(path: Path, key: str | None, attempts: Sequence[Attempt]) -> OpinionTable:
    return read_opinions(path).named_by(key) if key else read_opinions(path, attempts)


def _against(
    table: OpinionTable, columns: Sequence[str], other: OpinionTable
) -> Iterator[tuple[str, Agreement]]:
    for name in columns:
        if name in other.columns:
            yield name, two_judges(table.column(name), other.column(name))


def _measured(
    table: OpinionTable,
    columns: Sequence[str],
    options: argparse.Namespace,
    attempts: Sequence[Attempt],
) -> Iterator[MeasuredOpinions]:
    measured = _read(options.measured, options.key, attempts)
    for word in options.measure:
        column, _, limit = word.rpartition(":")
        try:
            least = float(limit)
        except ValueError:
            raise InputError(
                f"--measure {word}: write COLUMN:LIMIT, such as speedup:0.05"
            ) from None
        values = measured.column(measured.require(column))
        for name in columns:
            rows = beside_measurement(table.column(name), values, least)
            yield MeasuredOpinions(name, column, least, tuple(rows))


def _lines(report: TableAudit) -> Iterator[str]:
    found = report.table
    yield f"{found.rows} rows named by {report.key}, {found.matched} attempts matched"
    yield f"  opinions on {found.judged_empty} of {found.empty} attempts without a patch"
    yield f"  {found.missing} attempts without a row, {found.unknown} rows of no attempt here"
    yield f"  {found.doubled} rows named twice, {found.bad} that could not be read"
    for column, counts in found.opinions.items():
        told = ", ".join(f"{value} {n}" for value, n in sorted(counts.items(), key=_by_count))
        yield f"{column}: {told}"
    for column, same in report.against.items():
        yield f"{column}, both judges: {_agreement(same)}"
    for one in report.measured:
        for row in one.rows:
            yield (
                f"{one.opinion} = {row.opinion}: {one.measure} is not above "
                f"{one.limit:g} for {row.not_above} of {row.both}"
            )


def _agreement(same: Agreement) -> str:
    kappa = "unknown" if same.kappa is None else f"{same.kappa:.3f}"
    equal = round((same.percent or 0.0) * same.items)
    return f"the same for {equal} of {same.items}, kappa {kappa}"


def _by_count(entry: tuple[str, int]) -> tuple[int, str]:
    return -entry[1], entry[0]
