"""Reports' measurements of attempts, and test results, as a table would give them.

Several reports that measured one attempt alike count once; where they differ, none counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from core.models import Attempt, Claim, Measurement, Subject
from core.readers.found import Measured, Report
from core.readers.join.claims import Marked
from core.readers.problems import Problems


def measured_by_reports(
    marked: Iterable[Marked], attempts: Sequence[Attempt], problems: Problems
) -> tuple[list[Measurement], list[Claim]]:
    """The measurements and claims; `attempts` are those of `marked`, in their final form."""
    measurements: list[Measurement] = []
    claims: list[Claim] = []
    for mark, attempt in zip(marked, attempts, strict=True):
        name = mark.attempt.item
        found = [(r.measured[name], r) for r in mark.reports if name in r.measured]
        kinds = {values for values, _ in found}
        if len(kinds) == 1:
            values, report = found[0]
            source = problems.below_root(report.path)
            measurements += _measurements(values, attempt, source)
        elif kinds:
            beside = problems.below_root(found[-1][1].path)
            said = f"and {beside} measured {name} differently: both are ignored"
            problems.add(found[0][1].path, said)
        claims += _tests(mark.reports, name, attempt, problems)
    return measurements, claims


def _measurements(
    values: Iterable[Measured], attempt: Attempt, source: str
) -> Iterator[Measurement]:
    for value in values:
        for subject in Subject:
            number = getattr(value, subject.value)
            if number is not None:
                yield Measurement(
                    attempt.key,
                    value.name,
                    number,
                    subject,
                    attempt.reference_sha,
                    value.unit,
                    value.better,
                    f"{source}, {attempt.key}",  # a row of its own
                    agent=author_of(attempt),
                )


def author_of(attempt: Attempt) -> str:
    """Whose values are compared with each other: the agent's, else the model's."""
    return attempt.model if attempt.agent == "unknown" else attempt.agent


def _tests(
    reports: Iterable[Report], name: str, attempt: Attempt, problems: Problems
) -> Iterator[Claim]:
    said = {r.tests[name]: r for r in reports if name in r.tests}
    if len(said) == 1:
        passed, report = next(iter(said.items()))
        yield Claim(attempt.key, "tests_passed", passed, problems.below_root(report.path))
