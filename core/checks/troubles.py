"""What went wrong while many attempts were checked: counted, one line per kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from core.checks import FAILED, faulty_rules
from core.checks.pipeline import Checked
from core.text import counted


class Troubles:
    """Collects every event of a pass; without any trouble `lines` is empty."""

    def __init__(self) -> None:
        self._unstored: Counter[str] = Counter()
        self._rules: dict[str, list[str]] = {}
        self._given_up: list[tuple[str, str]] = []

    def add(self, checked: Checked) -> None:
        """Count what went wrong with one attempt."""
        report = checked.report
        if checked.problem:
            self._unstored[checked.problem] += 1
        faulty = faulty_rules(report)
        for rule, reason in faulty.items():
            self._rules.setdefault(rule, []).append(reason)
        failures = [finding for finding in report.findings if finding.rule == FAILED]
        given_up = failures[len(faulty) :]  # each faulty rule has one of its own, before these
        self._given_up += [(report.attempt, finding.message) for finding in given_up]

    def lines(self) -> Iterator[str]:
        """Each kind of trouble, with how many attempts it cost and the first reason."""
        for problem, count in self._unstored.items():
            yield f"the reports on {counted(count, 'attempt')} could not be stored: {problem}"
        for rule, reasons in self._rules.items():
            yield f"the rule {rule} failed on {counted(len(reasons), 'attempt')}: {reasons[0]}"
        if self._given_up:
            key, message = self._given_up[0]
            attempts = counted(len(self._given_up), "attempt")
            yield f"{attempts} could not be checked: {key}: {message}"
