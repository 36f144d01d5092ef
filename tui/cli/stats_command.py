"""Print the figures of a run set: what the pipelines marked, what patches there are, what was
judged and decided. Every rate states its coverage; unknown is never counted as false. Given a table
(with item, judge and human columns) instead of RUNS: rates, agreement, and what to label next.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from tui.cli.options import add_run_options, open_runs, tell_unread
from tui.cli.output import emit, emit_record
from tui.cli.sheet_options import add_sheet_options, is_sheet, print_sheet

if TYPE_CHECKING:
    from core.readers import Looks


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of this command."""
    add_run_options(parser)
    parser.add_argument("--json", action="store_true", help="print JSON (see docs/export.md)")
    add_sheet_options(parser)


def run(options: argparse.Namespace) -> int:
    """Print the figures; 1 if part of what is stored could not be read."""
    from core import codec
    from core.garbage import pause_collection

    if is_sheet(options):
        return print_sheet(options)
    looks: Looks = {}
    session = open_runs(options, looks=looks)
    from core.session import counting
    from core.stats.patch_facts import read_patch_facts

    with pause_collection():  # it takes a tenth of the time, and all of it is over soon
        session.take_in_reports()
        patches = read_patch_facts(session.run_set.attempts, looks)
        statistics = counting(session)(patches)
    if options.json:
        from core.export.export_document import SCHEMA_VERSION

        emit_record(codec.to_data(statistics), SCHEMA_VERSION)
    else:
        from core.export.stats_page import format_statistics

        emit(format_statistics(statistics))
    return 1 if tell_unread(session) else 0
