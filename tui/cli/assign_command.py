"""Assign attempts to reviewers, at random but reproducibly. Reviewers find theirs in the queue
`assigned`. Without --reviewers, print everybody's progress.

    patchjury assign RUNS --reviewers ada,bo,cy --each 2 --seed 7 --again 0.1
"""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from core.errors import InputError
from core.text import one_line
from tui.cli.options import add_filter_option, add_run_options, open_runs, positive
from tui.cli.output import emit, emit_record, say

if TYPE_CHECKING:
    from core.assess.assigning import AssignmentPlan, ReviewerLoad
    from core.models import Assessment
    from core.triage import Triage


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of this command."""
    add_run_options(parser)
    add_filter_option(parser)
    parser.add_argument("--reviewers", default="", metavar="NAMES", help="comma-separated")
    parser.add_argument(
        "--each", type=positive, default=1, metavar="N", help="reviewers per attempt"
    )
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="random seed")
    parser.add_argument(
        "--sample", type=positive, metavar="N", help="only this many attempts, drawn at random"
    )
    parser.add_argument(
        "--again",
        type=float,
        default=0.0,
        metavar="SHARE",
        help="share of each reviewer's attempts to show them a second time, from 0 to 1",
    )
    parser.add_argument(
        "--withdraw", metavar="PLAN", help="withdraw the open assignments of a plan"
    )
    parser.add_argument("--dry-run", action="store_true", help="print the plan without storing it")
    parser.add_argument("--json", action="store_true", help="print everybody's progress as JSON")


def run(options: argparse.Namespace) -> int:
    """Draw and store a plan, or withdraw one; then print everybody's progress."""
    from core.assess.filters import parse_filter

    asked = parse_filter(options.filter)
    session = open_runs(options)
    session.take_in_reports()
    triage = session.triage
    if options.withdraw is not None:
        _withdraw(triage, options.withdraw)
    elif options.reviewers:
        from core.assess.outcome import has_patch

        found = asked.select(triage.assessments(), triage.run_set.commits)
        candidates = [known for known in found if has_patch(known.attempt) is not False]
        _assign(triage, _plan(options), candidates, dry_run=options.dry_run)
        if options.dry_run:
            return 0
    _print(triage, as_json=options.json)
    return 0


def _plan(options: argparse.Namespace) -> AssignmentPlan:
    from core.assess.assigning import AssignmentPlan

    names = tuple(name.strip() for name in options.reviewers.split(","))
    return AssignmentPlan(
        names, options.each, options.seed, options.filter.strip(), options.sample, options.again
    )


def _assign(
    triage: Triage, plan: AssignmentPlan, candidates: list[Assessment], *, dry_run: bool
) -> None:
    from core.assess.assigning import draw_plan

    records = draw_plan(plan, candidates, triage.reviewer, datetime.now(UTC))
    attempts = len({record.attempt for record in records})
    told = f"plan {plan.id}: {attempts} of {len(candidates)} attempts, {len(records)} assignments"
    if dry_run:
        say(f"{told}; nothing was stored")
        return
    say(f"{told}, {triage.assign(records)} new")


def _withdraw(triage: Triage, plan: str) -> None:
    from core.assess.assigning import withdrawals

    records = withdrawals(
        triage.view.assignments(),
        {known.attempt.key: known for known in triage.assessments()},
        triage.histories(),
        plan,
        datetime.now(UTC),
    )
    if not records:
        plans = sorted({a.plan for given in triage.view.assignments().values() for a in given})
        hint = f"Plans: {', '.join(plans)}." if plans else "Nothing is assigned."
        raise InputError(f"plan {plan!r:.40} has no open assignments", hint)
    say(f"{triage.assign(records)} assignments withdrawn")


def _print(triage: Triage, *, as_json: bool) -> None:
    from core.assess.assigning import loads

    known = {one.attempt.key: one for one in triage.assessments()}
    found = loads(triage.view.assignments(), known, triage.histories())
    if as_json:
        from core import codec
        from core.export.command_documents import Assigned

        emit_record(codec.to_data(Assigned(tuple(found))))
        return
    emit("".join(f"{line}\n" for line in _lines(found)) or "nothing is assigned\n")


def _lines(found: list[ReviewerLoad]) -> list[str]:
    from core.export.stats_text import align

    if not found:
        return []
    rows = [("reviewer", "assigned", "open")]
    rows += [(one_line(one.reviewer, 40), str(one.assigned), str(one.open)) for one in found]
    return align(rows, right=(1, 2))
