"""Ask a model for opinions on attempts, each against a rubric written from the human commit.
Opinions never overwrite facts or decisions. An estimate comes first; every call is recorded in the
ledger; a run that was killed resumes where it stopped. See docs/judge.md.

The key is read from OPENAI_API_KEY or your own patchjury.toml, never from the runs folder.
"""

from __future__ import annotations

import argparse
import os
import signal
from contextlib import suppress
from typing import TYPE_CHECKING

from core import codec
from core.errors import InputError, SettingsError
from core.settings import DEFAULT_BASE_URL, load_settings, remember
from core.settings.remembered import read_remembered
from core.text import counted
from tui.cli.options import add_filter_option, add_run_options, open_runs, positive
from tui.cli.output import ask, can_ask, emit, emit_record, say, say_progress
from tui.judge_text import estimate_text, progress_bar, summary_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.assess.filters import AttemptFilter
    from core.judge import events, process, proposals
    from core.session import Session
    from core.settings import JudgeSettings
    from core.triage import Triage


def names(word: str) -> list[str]:
    """Comma-separated names, for an option."""
    return [name.strip() for name in word.split(",") if name.strip()]


REMEMBERED_PATH = "judge.model"
_SETTINGS = (
    ("--model", str, "model to ask"),
    ("--models", names, "several models that vote, as a,b"),
    ("--effort", str, "reasoning effort: none, minimal, low, medium, high, xhigh"),
    ("--votes", int, "votes per attempt, an odd number"),
    ("--base-url", str, "server that speaks OpenAI's API"),
    ("--api", str, "responses, chat, or auto"),
    ("--concurrency", int, "concurrent calls"),
    ("--service-tier", str, "auto, default, flex, priority"),
    ("--max-output-tokens", int, "output limit of a call, reasoning included"),
    ("--canaries", int, "questions with known answers to mix in"),
    ("--max-cost", float, "stop before this many US dollars are spent"),
)


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of this command."""
    add_run_options(parser)
    which = parser.add_argument_group("which attempts (default: all that have a patch)")
    which.add_argument("--attempt", action="append", default=[], metavar="KEY", help="this one")
    which.add_argument(
        "--commit", action="append", default=[], metavar="SHA", help="those at this commit"
    )
    add_filter_option(which)
    which.add_argument("--undecided", action="store_true", help="those without an outcome")
    which.add_argument(
        "--failed", action="store_true", help="those that failed or lack support: ask again"
    )
    which.add_argument(
        "--sample", type=positive, metavar="N", help="this many with a patch, drawn at random"
    )
    which.add_argument("--seed", type=int, default=0, metavar="S", help="random seed of --sample")
    how = parser.add_argument_group("settings for this run (instead of those in patchjury.toml)")
    for name, kind, text in _SETTINGS:
        how.add_argument(name, type=kind, metavar=kind.__name__.upper(), help=text)
    how.add_argument(
        "--facts", action="store_true", default=None, help="give the judge what the checks found"
    )
    which.add_argument(
        "--again",
        type=positive,
        metavar="N",
        help="ask the same question again for N answered attempts: self-consistency",
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="print what it would cost; send nothing"
    )
    parser.add_argument(
        "--batch",
        action="store_true",
        help="use the Batch API: half the price, results within a day",
    )
    parser.add_argument(
        "--collect", action="store_true", help="collect the results of submitted batches"
    )
    parser.add_argument(
        "--yes",
        action="store_true",
        help="start without asking, whatever the cost (see the setting ask_above)",
    )
    parser.add_argument(
        "--show-prompt",
        metavar="KEY",
        help="print what would be sent about this attempt, then exit",
    )
    parser.add_argument("--json", action="store_true", help="print the summary as JSON")


def run(options: argparse.Namespace) -> int:
    """Judge; 1 if a vote ended without an opinion or was not run, 130 after Ctrl-C."""
    from core.assess.filters import parse_filter
    from core.judge import proposals

    asked = parse_filter(options.filter)
    session = open_runs(options)
    triage = session.triage
    fields = [name[2:].replace("-", "_") for name, _, _ in _SETTINGS] + ["facts"]
    overrides = {name: getattr(options, name) for name in fields}
    if options.model and options.models is None:
        overrides["models"] = []  # only that one
    settings = load_settings(triage.run_set.root, overrides=overrides).judge
    if options.collect:
        return _collect(settings, session, as_json=options.json)
    if settings.facts or options.undecided or asked.text:
        session.take_in_reports()
    if options.show_prompt:
        session.take_in_reports()
        options.attempt = [options.show_prompt]
    selection = proposals.Selection(
        _attempts(options.attempt, asked, triage),
        options.commit,
        options.undecided,
        options.failed,
        options.again or options.sample,
        options.seed,
        answered=options.again is not None,
    )
    if not settings.model and not options.collect:
        raise proposals.NoModelError("no model has been chosen yet", _model_hint(settings))
    proposal = proposals.propose(
        triage.assessments(),
        triage.run_set.commits,
        triage.store,
        settings,
        selection,
        batch=options.batch,
        repository=triage.run_set.repository,
    )
    if options.show_prompt:
        return _show_prompt(proposal, session)
    for line in estimate_text(proposal.figures, settings):
        say(line)
    if options.dry_run:
        if options.json:
            emit_record(codec.to_data(proposal.figures))
        return 0
    if not options.yes and not _is_agreed(proposal):
        say("nothing was sent")
        return 1
    if options.model and REMEMBERED_PATH not in read_remembered():
        remember(model=options.model)
        say(f"{options.model} is remembered as the judge's model")
    if options.batch:
        return _submit(proposal, session, as_json=options.json)
    summary, interrupted = _follow(_judge_run(proposal.plan, proposal, session))
    _report(summary, as_json=options.json)
    return 130 if interrupted else 0 if summary.is_good else 1


def _attempts(named: Sequence[str], asked: AttemptFilter, triage: Triage) -> Sequence[str]:
    """The keys that are named, or that match the filter. Raises `InputError` for none."""
    if not asked.text:
        return named
    found = asked.select(triage.assessments(), triage.run_set.commits)
    keys = [known.attempt.key for known in found if not named or known.attempt.key in named]
    if not keys:
        raise InputError("no attempt matches the filter", "`patchjury list` shows which do.")
    return keys


def _show_prompt(proposal: proposals.Proposal, session: Session) -> int:
    """Print the prompts about one attempt; 1 when there is none to send."""
    from core.judge import showing

    shown = showing.show_prompts(proposal, session.triage.store)
    for prompt in shown.prompts:
        emit(f"{prompt}\n")
    for reason in shown.reasons:
        say(reason)
    return 0 if shown.prompts else 1


def _model_hint(settings: JudgeSettings) -> str:
    """The models to choose from."""
    from core.judge import model_choice

    try:
        offer = model_choice.offer_models(settings).text
    except SettingsError as error:
        offer = str(error)
        offer = offer[:1].upper() + offer[1:]
    return f"Name one with --model; it is remembered. {offer}"


def _is_agreed(proposal: proposals.Proposal) -> bool:
    """May the run start? An expensive one is confirmed. Raises `InputError` if nobody can be asked.

    The cost of a self-hosted server may be unknown; OpenAI's is never taken for cheap.
    """
    settings, cost = proposal.settings, proposal.figures.expected_cost
    if cost is not None and settings.max_cost is not None:
        cost = min(cost, settings.max_cost)  # more is never spent
    if cost is None and settings.base_url != DEFAULT_BASE_URL:
        return True
    if cost is not None and cost <= settings.ask_above:
        return True
    what = "unknown cost" if cost is None else f"about ${cost:.2f}"
    if not can_ask():
        hint = "Start with --yes, choose fewer attempts, or raise the setting ask_above."
        raise InputError(f"the run would cost {what}, which needs your consent", hint)
    return ask(f"The run would cost {what}. Start it?")


def _judge_run(
    plan: proposals.Plan, proposal: proposals.Proposal, session: Session
) -> process.JudgeProcess:
    from core.judge import process

    store, reports = session.triage.store, proposal.reports
    return process.JudgeProcess(plan, proposal.settings, store, reports)


def _report(summary: events.Summary, *, as_json: bool) -> None:
    if as_json:
        emit_record(codec.to_data(summary))
    else:
        emit(summary_text(summary))


def _submit(proposal: proposals.Proposal, session: Session, *, as_json: bool) -> int:
    """Have the rubrics written now, then submit the votes; 1 if some cannot be submitted."""
    from core.judge import batch

    plan = proposal.plan
    written, interrupted = _follow(_judge_run(plan.rubrics_only(), proposal, session))
    if interrupted:
        return 130
    if written.halted:
        _report(written, as_json=as_json)
        return 1
    store = session.triage.store
    settings, spent = proposal.settings, written.committed
    sent = batch.submit_batches(plan, settings, store, proposal.reports, already=spent)
    unasked = [entry for entry in sent.skipped if entry not in plan.skipped]
    if as_json:
        batches = tuple(batch.SentBatch(record.id, record.votes) for record in sent.batches)
        left = tuple(unasked)
        document = batch.BatchesSent(batches, sent.cached, sent.waiting, sent.over_cap, left)
        emit_record(codec.to_data(document))
    else:
        for record in sent.batches:
            emit(f"batch {record.id}: {record.votes} votes\n")
    say(f"{sent.cached} answered already, {sent.waiting} in a batch already")
    for key, reason in unasked:
        say(f"left out: {key}: {reason}")
    if sent.over_cap:
        say(
            f"{counted(sent.over_cap, 'vote')} not sent: together they may pass the limit of "
            f"${settings.max_cost:g}. Send them when these are collected."
        )
    say("Collect them later with: patchjury judge RUNS --collect")
    return 1 if written.failed_rubrics or unasked or sent.over_cap else 0


def _collect(settings: JudgeSettings, session: Session, *, as_json: bool) -> int:
    """Collect every open batch; 1 if one is not finished or gave less than was asked."""
    from core.judge import batch, replay

    triage = session.triage
    replayers = replay.Replayers(triage.run_set, triage.store.rubrics)
    collected = batch.collect_batches(settings, triage.store, replayers.question)
    if as_json:
        emit_record(codec.to_data(batch.BatchesCollected(tuple(collected))))
    for one in collected:
        states = ", ".join(f"{count} {state}" for state, count in one.judged.items()) or "nothing"
        if not as_json:
            emit(f"batch {one.batch}: {one.status}: {states} new, {one.not_run} not run\n")
        for problem in one.problems:
            say(problem)
    if not collected:
        say("no batch is open")
    failed = any(one.not_run or one.problems or set(one.judged) - {"verdict"} for one in collected)
    return 1 if failed else 0


def _follow(run: process.JudgeProcess) -> tuple[events.Summary, bool]:
    """Show what happens until the run is over; was it interrupted?

    Ctrl-C stops it after the calls in flight; a second one no longer waits for them.
    """
    from core.judge import events

    summary, presses = events.Summary(), 0

    def interrupt(*_: object) -> None:
        nonlocal presses
        presses += 1
        if presses > 1:  # the judge's process ends by itself
            said = "stopped; the calls in flight finish in the background, and their results"
            with suppress(RuntimeError):  # the line before is being written at this very moment
                say(f"{said} are kept")
            os._exit(130)
        say("waiting for the calls in flight; Ctrl-C again leaves them in the background")
        run.stop()

    previous = signal.signal(signal.SIGINT, interrupt)
    try:
        for event in run.iterate():
            if isinstance(event, events.Finished):
                summary = event.summary
            elif isinstance(event, events.Notice):
                say(event.text)
            elif isinstance(event, events.Halted):
                say(f"no further calls: {event.reason}")
            else:
                if isinstance(event, events.Slowed):
                    say(f"the server asks for fewer calls at once: {event.limit} from now on")
                if isinstance(event, events.RubricWritten) and event.rubric.error:
                    say(f"no rubric for {event.rubric.human[:8]}: {event.rubric.error}")
                say_progress(progress_bar(event.progress))
    finally:
        signal.signal(signal.SIGINT, previous)
        say_progress("")
    return summary, presses > 0
