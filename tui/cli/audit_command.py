"""Report how far the judgements of a run set, your own and imported ones, can be trusted: failed
calls recorded as verdicts, missing references, cut patches, verdicts contradicted by facts, lost
evidence. Also reports people's decisions that are outdated, disputed or contradict facts. With
--repo (or a repository among the runs) the checks run first, and the facts are theirs. Exits with 1
if a finding is an error, or if something could not be read, checked or stored.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from core import codec
from core.export.judge_card_text import bar_rows
from core.models import CheckReport
from core.stats.canary_bar import with_interval
from tui.cli.options import add_run_options, open_runs, tell_unread, usable_repository
from tui.cli.output import emit, emit_record, say
from tui.cli.table_audit import add_table_options, audit_foreign

if TYPE_CHECKING:
    from core.checks.troubles import Troubles
    from core.judge.audit import OriginAudit
    from core.session import Session


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of this command."""
    add_run_options(parser)
    add_table_options(parser)
    parser.add_argument(
        "--fail-on",
        choices=("error", "warning", "never"),
        default="error",
        help="exit with 1 on a finding of at least this severity (default: error)",
    )
    parser.add_argument("--json", action="store_true", help="print JSON, naming every attempt")


def run(options: argparse.Namespace) -> int:
    """Print what bears on trust, origin by origin; 1 if it is as severe as --fail-on says."""
    from core.checks.troubles import Troubles
    from core.export.calibration_text import calibration_lines
    from core.judge.audit import audit
    from core.stats.calibration import calibrate
    from core.stats.decision_audit import audit_decisions

    session, troubles = open_runs(options), Troubles()
    triage = session.triage
    if options.table is not None:
        return audit_foreign(options, triage.run_set.attempts)
    reports = {report.attempt: report for report in _reports(options, session, troubles)}
    rubrics = {human: triage.store.rubrics(human) for human in triage.commit_shas}
    rubrics = {human: found for human, found in rubrics.items() if found}
    bar = session.settings.judge.canary_bar
    audits = audit(triage.run_set.attempts, triage.judgements(), reports, rubrics, bar)
    for report in reports.values():
        triage.add_report(report)
    people = audit_decisions(triage.assessments(), triage.strays())
    audits += [people] if people else []
    found = calibrate(
        triage.assessments(),
        triage.histories(),
        triage.judgements(),
        session.settings.judge.alternative_epsilon,
    )
    if options.json:
        from core.export.audit_document import SCHEMA_VERSION

        data = {"origins": codec.to_data(audits), "calibration": codec.to_data(found)}
        emit_record(data, SCHEMA_VERSION)
    else:
        lines = [line for one in audits for line in _lines(one)]
        emit("\n".join([*lines, *calibration_lines(found)]) + "\n")
    troubled = tell_unread(session)
    for line in (*troubles.lines(), *_grave(audits, options.fail_on)):
        say(line)
        troubled = True
    return 1 if troubled else 0


def _grave(audits: Sequence[OriginAudit], fail_on: str) -> Iterator[str]:
    """The findings that are as severe as requested, one per line."""
    grave = {"error": ("error",), "warning": ("error", "warning"), "never": ()}[fail_on]
    for one in audits:
        for finding in one.findings:
            if finding.severity.value in grave:
                yield f"{one.origin}: {finding.rule}: {finding.message} ({finding.count})"


def _reports(
    options: argparse.Namespace, session: Session, troubles: Troubles
) -> Iterator[CheckReport]:
    """Facts: computed now if base files are known, else the stored ones that still hold."""
    from core.checks.holding import join
    from core.checks.pipeline import check_runs, stored_facts

    run_set, store = session.triage.run_set, session.triage.store
    repository = usable_repository(options, run_set)
    if repository is None:
        facts = stored_facts(run_set, store)
        yield from (join(key, held.reports.values()) for key, held in facts if held.reports)
        return
    chosen = session.settings.checks
    for one in check_runs(
        run_set,
        store,
        repository=repository,
        jobs=chosen.jobs,
        attempt_seconds=chosen.attempt_seconds,
    ):
        troubles.add(one)
        yield one.report


def _lines(one: OriginAudit) -> Sequence[str]:
    states = ", ".join(f"{count} {state}" for state, count in one.states.items())
    lines = [f"{one.origin}: {one.judgements} judgements ({states})"] if one.judgements else []
    lines = lines or [f"{one.origin}:"]
    for kind, score in one.canaries.items():
        lines.append(
            f"  canaries ({kind}): {score.right} right, {score.wrong} wrong, "
            f"{score.unanswered} unanswered, {score.not_asked} not asked"
        )
    bars = {name: with_interval(found) for name, found in one.canary_bars.items()}
    lines += [f"  {name}: {told}" for name, told in bar_rows(bars)]
    width = max((len(finding.rule) for finding in one.findings), default=0)
    for finding in one.findings:
        share = f"{finding.count} of {finding.total}"
        rule = finding.rule.ljust(width)
        lines.append(f"  {finding.severity.value:<8}{rule}  {share:>12}  {finding.message}")
    return [*lines, ""]
