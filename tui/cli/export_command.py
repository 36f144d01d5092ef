"""Write verdicts and evidence to a file. Its ending decides the format: .json (everything, can be
imported again), .jsonl (an attempt a line), .csv (an attempt a row), .md (a report to read);
a name that ends in preds.jsonl or predictions.jsonl: SWE-bench predictions; in score_edits.jsonl:
score edits for the logs of Inspect.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from core.writing import refuse
from tui.cli.options import add_filter_option, add_run_options, open_runs, tell_unread
from tui.cli.output import say


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of this command."""
    add_run_options(parser)
    add_filter_option(parser)
    parser.add_argument("--to", type=Path, required=True, metavar="FILE", help="where to write")
    parser.add_argument("--force", action="store_true", help="replace FILE when it exists")


def run(options: argparse.Namespace) -> int:
    """Write the file; 1 when some of what is stored could not be read, and so is not in it."""
    from core.assess.filters import parse_filter

    refuse(options.to, overwrite=options.force)  # before the work, not after it
    asked = parse_filter(options.filter)
    session = open_runs(options)
    session.take_in_reports()
    count = session.export(options.to, asked, overwrite=options.force)
    say(f"{count} attempts written to {options.to}")
    return 1 if tell_unread(session) else 0
