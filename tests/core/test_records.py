"""Records are changed and looked into in one way, whatever they are made of."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from core.models import CheckReport, Criteria, Finding, Severity
from core.records import field_names, replace


@dataclass(frozen=True)
class Place:
    """A record that is a dataclass."""

    file: str
    line: int = 1


def test_a_record_is_copied_with_changes() -> None:
    assert replace(Place("a.py"), line=2) == Place("a.py", 2)
    finding = Finding("syntax.parse-error", Severity.ERROR, "is wrong")
    changed = replace(finding, message="is wrong here")
    assert (changed.rule, changed.message, finding.message) == (
        "syntax.parse-error",
        "is wrong here",
        "is wrong",
    )


@pytest.mark.parametrize("record", [Place("a.py"), Criteria()])
def test_a_field_that_a_record_lacks_is_refused(record: object) -> None:
    with pytest.raises(TypeError, match="colour"):
        replace(record, colour="red")  # type: ignore[type-var]


def test_the_fields_of_a_record_or_a_kind_are_named_in_order() -> None:
    assert field_names(Place("a.py")) == field_names(Place) == ("file", "line")
    assert field_names(CheckReport)[0] == "attempt"
    assert field_names({"file": 1}) == field_names("text") == ()
