"""List attempts of a queue, narrowed by a filter (docs/filters.md) and sorted by columns.

patchjury list RUNS --queue disputes
patchjury list RUNS --filter 'agent:codex rc:!=0 size>10k' --sort=-size --json
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from tui.cli.options import add_filter_option, add_run_options, open_runs, positive
from tui.cli.output import emit, emit_json, say

if TYPE_CHECKING:
    from core.export.attempt_table import Listing
    from core.triage import Triage

DEFAULT_COLUMNS = "key,agent,outcome,marked,patch,size,rc,state"


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of this command."""
    add_run_options(parser)
    add_filter_option(parser)
    parser.add_argument(
        "--queue", default="all", metavar="NAME", help="a queue of docs/queues.md (default: all)"
    )
    parser.add_argument(
        "--sort", default="", metavar="COLUMNS", help="such as size,agent; --sort=-size: descending"
    )
    parser.add_argument(
        "--columns", default=DEFAULT_COLUMNS, metavar="NAMES", help=f"default: {DEFAULT_COLUMNS}"
    )
    parser.add_argument(
        "--sample",
        type=positive,
        default=30,
        metavar="N",
        help="size of the queues `random` and `label-next`",
    )
    parser.add_argument(
        "--seed", type=int, default=0, metavar="S", help="random seed of those queues"
    )
    parser.add_argument(
        "--strays", action="store_true", help="list the verdicts that belong to no attempt here"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(options: argparse.Namespace) -> int:
    """Print the attempts; filter errors are reported before anything is read."""
    from core.assess.filters import parse_filter, parse_order
    from core.assess.queues import queue_named
    from core.export.attempt_table import list_attempts, parse_columns

    asked = parse_filter(options.filter)
    queue, columns = queue_named(options.queue), parse_columns(options.columns)
    parse_order(options.sort)
    session = open_runs(options)
    triage = session.triage
    triage.view.keeps_apart = True
    if session.settings.review.blind:
        triage.view.blind = True
        say(f"blind: what {triage.reviewer} has not decided on yet is sealed")
    if options.strays:
        from core.export.attempt_table import (
            SCHEMA_VERSION,
            StrayListing,
            format_strays,
            stray_rows,
        )

        rows = stray_rows(triage.strays())
        if options.json:
            emit_json(_json(StrayListing(SCHEMA_VERSION, tuple(rows))))
        else:
            emit(format_strays(rows))
        return 0
    session.take_in_reports()
    listing = list_attempts(
        triage.assessments(),
        triage.run_set.commits,
        queue,
        triage.queue_context(seed=options.seed, sample=options.sample),
        asked,
        options.sort,
        columns,
    )
    if options.json:
        emit_json(_json(listing))
    else:
        emit(_text(listing))
        if queue.name == "label-next":
            _tell_plan(triage, options)
    return 0


def _tell_plan(triage: Triage, options: argparse.Namespace) -> None:
    """Print how much these are expected to narrow the interval."""
    from core.export.design_text import label_lines
    from core.stats.label_plan import plan_labels

    plan = plan_labels(
        triage.assessments(),
        triage.queue_context(seed=options.seed, sample=options.sample),
        triage.view.all_assignments(),
        triage.run_set.commits,
    )
    emit("".join(f"{line}\n" for line in label_lines(plan)))


def _json(data: object) -> str:
    from core import codec

    return codec.dumps(codec.to_data(data), indent=1) + "\n"


def _text(listing: Listing) -> str:
    from core.export.attempt_table import format_listing

    return format_listing(listing)
