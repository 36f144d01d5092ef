"""State for every attempt what can be known for certain without a model: does the patch apply and
parse, does it change the right files, is it template code, a copy, cut, ... Everything else is
"unknown". Reports are stored and recomputed only when something they depend on has changed.
The rules are explained in docs/rules.md, the JSON in docs/check-report.md.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from core import codec
from core.errors import MachinesError
from core.models import CRITERIA, Attempt, CheckReport, LoadProblem, Severity
from core.writing import refuse, write_whole
from tui.cli.options import add_run_options, open_runs, positive, tell_unread, usable_repository
from tui.cli.output import closing_progress, emit, emit_json, say, say_progress

if TYPE_CHECKING:
    from core.checks.machines.dask_machines import Machines
    from core.checks.troubles import Troubles
    from core.session import Session

_SEVERITIES = tuple(severity.value for severity in Severity)


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of this command."""
    from core.checks.registry import FAMILIES

    add_run_options(parser)
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        "--jobs", type=positive, metavar="N", help="processes (default: one per core)"
    )
    where.add_argument(
        "--scheduler",
        type=_scheduler,
        metavar="ADDRESS",
        help="check on the workers of this Dask scheduler, such as tcp://host:8786 (docs/scale.md)",
    )
    parser.add_argument(
        "--json", metavar="FILE", help="write every report as JSON; - for standard output"
    )
    parser.add_argument("--force", action="store_true", help="replace the --json file if it exists")
    parser.add_argument(
        "--only",
        nargs="+",
        choices=FAMILIES,
        metavar="FAMILY",
        default=list(FAMILIES),
        help=f"run only these families of rules and store nothing: {', '.join(FAMILIES)}",
    )
    parser.add_argument(
        "--fail-on",
        choices=_SEVERITIES,
        metavar="SEVERITY",
        help="exit with 1 on a finding of at least this severity: info, warning, error",
    )


def run(options: argparse.Namespace) -> int:
    """Check, print a summary or JSON; 1 when something failed or --fail-on finds something."""
    from core.checks.troubles import Troubles

    if options.json not in (None, "-"):
        refuse(Path(options.json), overwrite=options.force)  # before the work, not after it
    session = open_runs(options)
    if offered := session.offered_repository:
        say(f"without base files; these runs were opened with --repo {offered} before")
    summary, troubles = _Summary(), Troubles()
    entries: dict[str, str] = {}  # as text: a fraction of the reports' memory
    attempts = {attempt.key: attempt for attempt in session.triage.run_set.attempts}
    stopped, lost = False, False
    try:
        for report in _reports(options, session, troubles):
            summary.add(report)
            if options.json:
                entries[report.attempt] = _entry(attempts[report.attempt], report)
    except KeyboardInterrupt:
        stopped = True
        say(f"interrupted: {summary.attempts} of {len(attempts)} attempts are checked and stored")
    except MachinesError as error:
        if not summary.attempts:
            raise
        lost = True
        say(f"stopped after {summary.attempts} of {len(attempts)} attempts: {error}")
    if options.json:
        ordered = [entries[key] for key in attempts if key in entries]
        text = _document(ordered, session.triage.problems)
        _write(options.json, text, overwrite=options.force)
    if options.json != "-":
        emit(summary.text())
    lines = list(troubles.lines())
    for line in lines:
        say(line)
    troubled = tell_unread(session) or bool(lines)
    if stopped:
        return 130
    found = options.fail_on and summary.worst_is_at_least(options.fail_on)
    return 1 if troubled or found or lost else 0


def _reports(
    options: argparse.Namespace, session: Session, troubles: Troubles
) -> Iterator[CheckReport]:
    """Every report as it is done, with a progress bar on a terminal."""
    from core.checks.pipeline import check_runs

    run_set, chosen = session.triage.run_set, session.settings.checks
    repository = usable_repository(options, run_set)
    repository = repository.absolute() if repository else None  # for workers elsewhere
    with closing_progress(), _machines(options, session, repository) as machines:
        if machines and not machines.are_there:
            say("waiting for workers: the scheduler has none yet")
        for one in check_runs(
            run_set,
            session.triage.store,
            repository=repository,
            executor=machines,
            slots=machines.slots if machines else None,
            jobs=options.jobs or chosen.jobs,
            attempt_seconds=chosen.attempt_seconds,
            families=options.only,
        ):
            share = 30 * one.done // one.total
            say_progress(f"checked [{'█' * share:<30}] {one.done}/{one.total} ")
            troubles.add(one)
            yield one.report


def _machines(
    options: argparse.Namespace, session: Session, repository: Path | None
) -> AbstractContextManager[Machines | None]:
    """The machines of --scheduler; None without it."""
    if options.scheduler is None:
        return nullcontext()
    from core.checks.machines.dask_machines import open_machines

    places = (session.triage.run_set.root, repository)
    return open_machines(
        options.scheduler,
        [str(place) for place in places if place is not None],
        session.settings.checks.attempt_seconds,
    )


def _scheduler(word: str) -> str:
    if not re.fullmatch(r"(tcp|tls)://\S+:\d+", word):
        raise argparse.ArgumentTypeError(f"{word!r} is not an address such as tcp://host:8786")
    return word


class _Summary:
    """Counts of what was found, for people."""

    def __init__(self) -> None:
        self.attempts = 0
        self._answers: dict[str, Counter[bool | None]] = {
            name: Counter() for name in ("applies", *CRITERIA)
        }
        self._rules: Counter[tuple[str, str]] = Counter()
        self._severities: set[Severity] = set()

    def add(self, report: CheckReport) -> None:
        self.attempts += 1
        applies = report.measures.get("applies")
        self._answers["applies"][applies if isinstance(applies, bool) else None] += 1
        for name in CRITERIA:
            self._answers[name][getattr(report.criteria, name)] += 1
        self._severities.update(finding.severity for finding in report.findings)
        for rule, severity in {(f.rule, f.severity.value) for f in report.findings}:
            self._rules[rule, severity] += 1

    def worst_is_at_least(self, severity: str) -> bool:
        """Was something found that is at least this severe?"""
        order = list(Severity)
        least = order.index(Severity(severity))
        return any(order.index(found) >= least for found in self._severities)

    def text(self) -> str:
        lines = [
            f"{self.attempts} attempts",
            "",
            f"{'criterion':<26}{'true':>7}{'false':>7}{'?':>7}",
        ]
        for name, counts in self._answers.items():
            cells = "".join(f"{counts[value]:>7}" for value in (True, False, None))
            lines.append(f"{name:<26}{cells}")
        lines += ["", f"{'rule':<26}{'attempts':>9}  severity"]
        for (rule, severity), count in sorted(
            self._rules.items(), key=lambda item: (-item[1], item[0])
        ):
            lines.append(f"{rule:<26}{count:>9}  {severity}")
        return "\n".join(lines) + "\n"


def _entry(attempt: Attempt, report: CheckReport) -> str:
    from core.checks.check_document import attempt_entry

    return codec.dumps(attempt_entry(attempt, report))


def _document(entries: Sequence[str], problems: Sequence[LoadProblem]) -> str:
    """The whole JSON, one line per attempt."""
    from core.checks.check_document import check_frame

    frame = codec.dumps(check_frame(tuple(problems)))
    return (
        frame.replace('"attempts": []', '"attempts": [\n' + ",\n".join(entries) + "\n]", 1) + "\n"
    )


def _write(target: str, text: str, *, overwrite: bool) -> None:
    if target == "-":
        emit_json(text)
        return
    write_whole(Path(target), [text], overwrite=overwrite)
    say(f"reports written to {target}")
