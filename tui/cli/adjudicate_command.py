"""Settle what reviewers disagree on. Without --attempt, list the disputes with the reviewers'
decisions side by side. With it, record the outcome you name as a separate verdict under your name;
the reviewers' own verdicts stay as they are.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from core.errors import InputError
from core.text import one_line
from tui.cli.options import add_run_options, open_runs
from tui.cli.output import emit, say

if TYPE_CHECKING:
    from core.models import Assessment, Verdict
    from core.triage import Triage

_OUTCOMES = ("true_success", "partial_success", "not_a_success")


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of this command."""
    add_run_options(parser)
    parser.add_argument("--attempt", metavar="ATTEMPT", help="key of the attempt to settle")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--outcome", choices=_OUTCOMES, help="the outcome you decide on")
    what.add_argument(
        "--cannot-tell", metavar="REASON", help="decide that nobody can tell, and say why"
    )
    what.add_argument("--side-with", metavar="REVIEWER", help="decide as this reviewer did")
    parser.add_argument("--note", default="", metavar="TEXT", help="a note on your decision")


def run(options: argparse.Namespace) -> int:
    """List the disputes, or settle one; 1 when disputes are listed, since they are open."""
    session = open_runs(options)
    session.take_in_reports()
    triage = session.triage
    decided = [options.outcome, options.cannot_tell, options.side_with]
    if options.attempt is None:
        if any(word is not None for word in decided):
            raise InputError("no attempt was named", "Name one with --attempt.")
        return _list(triage)
    if options.attempt not in {attempt.key for attempt in triage.run_set.attempts}:
        hint = "`patchjury adjudicate RUNS` lists the disputes."
        raise InputError(f"there is no attempt {options.attempt!r:.80}", hint)
    changes = {**_changes(options, triage.assessment(options.attempt)), "note": options.note}
    triage.adjudicate(options.attempt, **changes)
    triage.save()
    known = triage.assessment(options.attempt)
    say(f"{options.attempt}: {known.outcome.value}, settled by {triage.reviewer}")
    return 0


def _changes(options: argparse.Namespace, known: Assessment) -> dict[str, Any]:
    from core.models import Outcome

    if options.side_with is not None:
        sided = [v for v in known.verdicts if v.reviewer == options.side_with and v.is_decision]
        if not sided:
            who = ", ".join(v.reviewer for v in known.verdicts if v.is_decision)
            raise InputError(
                f"{options.side_with!r:.40} has not decided on this attempt", f"Who did: {who}."
            )
        return {"derived_from": sided[0].id}
    if options.cannot_tell is not None:
        return {"cannot_tell": options.cannot_tell}
    if options.outcome is None:
        raise InputError("no decision was given", "Use --outcome, --cannot-tell or --side-with.")
    outcome = "failure" if options.outcome == "not_a_success" else options.outcome
    return {"outcome": Outcome(outcome)}


def _list(triage: Triage) -> int:
    from core.assess.queues import queue_named

    disputes = queue_named("disputes").select(triage.assessments(), triage.queue_context())
    for known in disputes:
        emit(f"{known.attempt.key}\n" + "".join(f"  {_said(v)}\n" for v in known.verdicts))
    say(f"{len(disputes)} in dispute")
    return 1 if disputes else 0


def _said(verdict: Verdict) -> str:
    from core.assess.decisions import decision_of

    decision = decision_of(verdict)
    note = f": {one_line(verdict.note)}" if verdict.note else ""
    return f"{one_line(verdict.reviewer, 40)}: {decision or 'no decision'}{note}"
