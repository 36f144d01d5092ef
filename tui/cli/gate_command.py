"""Decide whether a run set is good enough, by the bounds of its figures: a condition that unknown
attempts leave open is not met.

Exit codes: 0 met; 1 not met, or unknown; 2 wrong usage; 3 internal error.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import InputError
from tui.cli.options import add_filter_option, add_run_options, open_runs, tell_unread
from tui.cli.output import emit, emit_record, say

if TYPE_CHECKING:  # imported late, so that --help is quick
    from core.stats.conditions import Condition, Told


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of this command."""
    add_run_options(parser)
    add_filter_option(parser)
    parser.add_argument(
        "--min-true-success",
        type=_share,
        metavar="SHARE",
        help="least share of all attempts, 0 to 1",
    )
    parser.add_argument(
        "--max-false-positive",
        type=_share,
        metavar="SHARE",
        help="largest share of the attempts marked success",
    )
    parser.add_argument(
        "--min-decided", type=_share, metavar="SHARE", help="least share of all attempts"
    )
    parser.add_argument(
        "--baseline",
        type=Path,
        metavar="EXPORT.json",
        help="an earlier JSON export: at least as many true successes as it may have had, "
        "and at most as many false positives as it had for certain",
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument(
        "--comment", type=Path, metavar="FILE", help="write a Markdown comment for a pull request"
    )
    parser.add_argument("--force", action="store_true", help="replace FILE if it exists")


def run(options: argparse.Namespace) -> int:
    """Print each condition and what the set shows."""
    from core.assess.filters import parse_filter
    from core.assess.made_up import without_made_up
    from core.stats.conditions import is_met, told_of
    from core.writing import refuse, write_whole

    if options.comment:
        refuse(options.comment, overwrite=options.force)
    asked = parse_filter(options.filter)
    session = open_runs(options)
    session.take_in_reports()
    triage = session.triage
    known = without_made_up(asked.select(triage.assessments(), triage.run_set.commits))
    conditions = _conditions(options, told_of(known))
    if not conditions:
        raise InputError("no condition was given", "Try `patchjury gate --help`.")
    if options.json:
        from core import codec
        from core.export.command_documents import gate_document

        emit_record(codec.to_data(gate_document(conditions)))
    else:
        emit("".join(f"{_line(condition)}\n" for condition in conditions))
    if options.comment:
        write_whole(options.comment, [_markdown(conditions)], overwrite=options.force)
        say(f"written to {options.comment}")
    return 1 if tell_unread(session) or not is_met(conditions) else 0


def _conditions(options: argparse.Namespace, outcomes: list[Told]) -> list[Condition]:
    from core.export.export_outcomes import read_outcomes
    from core.stats.conditions import Condition, decided, false_positive, true_success

    true, false = true_success(outcomes), false_positive(outcomes)
    found = []
    if options.min_true_success is not None:
        found.append(Condition("true success", true, options.min_true_success, True))
    if options.max_false_positive is not None:
        found.append(
            Condition("false positive of marked", false, options.max_false_positive, False)
        )
    if options.min_decided is not None:
        found.append(Condition("decided", decided(outcomes), options.min_decided, True))
    if options.baseline:
        before = read_outcomes(options.baseline)
        name = options.baseline.name
        earlier, errors = true_success(before), false_positive(before)
        if earlier.high is not None:
            found.append(Condition("true success", true, earlier.high, True, name))
        if errors.low is not None:
            found.append(Condition("false positive of marked", false, errors.low, False, name))
    return found


def _line(condition: Condition) -> str:
    from core.export.stats_text import percent_range

    bounds = condition.bounds
    if bounds.low is None or bounds.high is None:
        said = "no attempts"
    else:
        said = f"{percent_range((bounds.low, bounds.high))} of {bounds.total}"
        said += f" ({bounds.unknown} unknown)" if bounds.unknown else ""
    word = "at least" if condition.at_least else "at most"
    source = f" as in {condition.source}" if condition.source else ""
    asked = f"{word} {100 * condition.bound:.4g} %{source}"
    return f"{condition.met.value}: {condition.name} {said}, asked {asked}"


def _markdown(conditions: list[Condition]) -> str:
    from core.export.markdown_text import bullets, escape
    from core.stats.conditions import is_met

    title = "met" if is_met(conditions) else "not met"
    return f"### patchjury gate: {title}\n\n" + bullets(escape(_line(c)) for c in conditions)


def _share(text: str) -> float:
    value = float(text)
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"{text} is not a share from 0 to 1")
    return value
