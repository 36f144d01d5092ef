"""Where a finding is, and findings by their rule."""

from __future__ import annotations

import pytest

from core.models import Finding, Severity, by_rule
from core.models.finding import place_of


@pytest.mark.parametrize(
    ("file", "line", "place"),
    [("a.py", 3, "a.py:3"), ("a.py", None, "a.py"), (None, None, ""), (None, 3, "")],
)
def test_a_place_is_written_as_people_write_it(
    file: str | None, line: int | None, place: str
) -> None:
    assert place_of(file, line) == place
    assert Finding("r.x", Severity.INFO, "m", file=file, line=line).place == place


def test_rules_with_severe_findings_come_first_and_their_findings_stay_in_order() -> None:
    found = [
        Finding("a.info", Severity.INFO, "1"),
        Finding("b.error", Severity.ERROR, "2"),
        Finding("a.info", Severity.INFO, "3"),
        Finding("c.warning", Severity.WARNING, "4"),
    ]
    grouped = by_rule(found)
    assert list(grouped) == ["b.error", "c.warning", "a.info"]
    assert [f.message for f in grouped["a.info"]] == ["1", "3"]
