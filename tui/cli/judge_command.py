"""Ask a model what it thinks of attempts, each against a rubric written from the human commit.
Opinions never overwrite facts or decisions. An estimate comes first; every call is in the ledger;
a killed run goes on where it was when it is started again. See docs/judge.md.

The key is read from OPENAI_API_KEY or your own patchjury.toml, never from the runs folder.
"""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from core import codec
from core.models import CheckReport
from tui.cli import emit, emit_json, say
from tui.cli.options import add_run_options, open_runs
from tui.judge_text import estimate_text, progress_text, summary_text

if TYPE_CHECKING:
    from core.judge.events import Summary
    from core.judge.plan import Plan
    from core.judge.runner import JudgeRun
    from core.session import Session
    from core.settings import Settings

_SETTINGS = (
    ("--model", str, "model to ask"),
    ("--effort", str, "reasoning effort: none, minimal, low, medium, high, xhigh"),
    ("--votes", int, "votes per attempt, an odd number"),
    ("--base-url", str, "server that speaks OpenAI's API"),
    ("--api", str, "responses, chat, or auto"),
    ("--concurrency", int, "calls at once"),
    ("--service-tier", str, "auto, default, flex, priority"),
    ("--max-output-tokens", int, "output limit of a call, reasoning included"),
    ("--canaries", int, "questions with known answers to mix in"),
    ("--max-cost", float, "stop before this many US dollars are spent"),
)


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of this command."""
    add_run_options(parser)
    which = parser.add_argument_group("which attempts (all that have a patch by default)")
    which.add_argument("--attempt", action="append", default=[], metavar="KEY", help="this one")
    which.add_argument(
        "--commit", action="append", default=[], metavar="SHA", help="at this commit"
    )
    which.add_argument("--undecided", action="store_true", help="without an outcome so far")
    which.add_argument("--failed", action="store_true", help="whose judgement failed: ask again")
    which.add_argument("--sample", type=int, metavar="N", help="this many, drawn at random")
    which.add_argument("--seed", type=int, default=0, metavar="S", help="of the random sample")
    how = parser.add_argument_group("how (settings of patchjury.toml, for this run)")
    for name, kind, text in _SETTINGS:
        how.add_argument(name, type=kind, metavar=kind.__name__.upper(), help=text)
    how.add_argument(
        "--facts", action="store_true", default=None, help="give the judge what the checks found"
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="say what it would cost; send nothing"
    )
    parser.add_argument(
        "--batch",
        action="store_true",
        help="use the Batch API: half the price, within a day",
    )
    parser.add_argument(
        "--collect", action="store_true", help="collect what submitted batches have to give"
    )
    parser.add_argument("--json", action="store_true", help="print the summary as JSON")


def run(options: argparse.Namespace) -> int:
    """Judge; 1 when a vote ended without an opinion or was not run."""
    from core.judge.plan import Selection, estimate, make_plan, select_attempts
    from core.judge.runner import JudgeRun
    from core.settings import load_settings

    session = open_runs(options)
    triage = session.triage
    names = [name[2:].replace("-", "_") for name, _, _ in _SETTINGS] + ["facts"]
    overrides = {name: getattr(options, name) for name in names}
    settings = load_settings(triage.run_set.root, overrides=overrides)
    for problem in settings.problems:
        say(f"{problem.path}: {problem.reason}")
    if options.collect:
        return _collect(settings, session)
    selection = Selection(
        options.attempt,
        options.commit,
        options.undecided,
        options.failed,
        options.sample,
        options.seed,
    )
    chosen = select_attempts(triage.assessments(), selection)
    plan = make_plan(chosen, triage.run_set.commits, settings, again=options.failed)
    reports = _reports(session, plan) if settings.facts else {}
    figures = estimate(plan, settings, triage.store, reports)
    for line in estimate_text(figures, settings):
        say(line)
    if options.dry_run:
        if options.json:
            emit_json(codec.dumps(codec.to_data(figures)) + "\n")
        return 0
    if options.batch:
        return _submit(plan, settings, session, reports)
    summary = _follow(JudgeRun(plan, settings, triage.store, reports))
    if options.json:
        emit_json(codec.dumps(codec.to_data(summary)) + "\n")
    else:
        emit(summary_text(summary))
    return 1 if summary.failed else 0


def _reports(session: Session, plan: Plan) -> Mapping[str, CheckReport]:
    """The stored check reports of the attempts that will be judged."""
    reports: dict[str, CheckReport] = {}
    for group in plan.groups:
        reports.update(session.triage.store.checks(group.human))
    return reports


def _submit(
    plan: Plan, settings: Settings, session: Session, reports: Mapping[str, CheckReport]
) -> int:
    """Have the rubrics written now, then send the votes off; 1 when some cannot be had."""
    from core.judge.batch import submit_batches
    from core.judge.runner import JudgeRun

    store = session.triage.store
    rubrics = replace(plan, groups=tuple(replace(group, jobs=()) for group in plan.groups))
    written = _follow(JudgeRun(rubrics, settings, store, reports))
    sent = submit_batches(plan, settings, store, reports)
    for record in sent.batches:
        emit(f"batch {record.id}: {record.votes} votes\n")
    say(f"{sent.cached} answered already, {sent.waiting} in a batch already")
    unasked = [entry for entry in sent.skipped if entry not in plan.skipped]
    for key, reason in unasked:
        say(f"left out: {key}: {reason}")
    say("Collect them later with: patchjury judge RUNS --collect")
    return 1 if written.failed_rubrics or unasked else 0


def _collect(settings: Settings, session: Session) -> int:
    """Collect every open batch; 1 when one is not finished or gave less than was asked."""
    from core.judge.harvest import collect_batches

    collected = collect_batches(settings, session.triage.store)
    for one in collected:
        states = ", ".join(f"{count} {state}" for state, count in one.judged.items()) or "nothing"
        emit(f"batch {one.batch}: {one.status}: {states} new, {one.not_run} not run\n")
        for problem in one.problems:
            say(problem)
    if not collected:
        say("no batch is open")
    failed = any(one.not_run or one.problems or set(one.judged) - {"verdict"} for one in collected)
    return 1 if failed else 0


def _follow(run: JudgeRun) -> Summary:
    """Show what happens until the run is over; Ctrl-C stops it after the calls in flight."""
    from core.judge.events import Finished, Halted, Notice, Summary

    summary = Summary()
    previous = signal.signal(signal.SIGINT, lambda *_: run.stop())
    try:
        for event in run.iterate():
            if isinstance(event, Finished):
                summary = event.summary
            elif isinstance(event, Notice):
                say(event.text)
            elif isinstance(event, Halted):
                say(f"no further calls: {event.reason}")
            elif sys.stderr.isatty():
                sys.stderr.write(f"\r\x1b[K{progress_text(event.progress)}")
    finally:
        signal.signal(signal.SIGINT, previous)
        if sys.stderr.isatty():
            sys.stderr.write("\r\x1b[K")
    return summary
