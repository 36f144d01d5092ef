"""What went wrong with the attempts at a commit, in a line of the report."""

from __future__ import annotations

from core.assess.outcome import assess
from core.export.report.report_breakdown import breakdown
from core.models import (
    CheckReport,
    Criteria,
    Execution,
    Finding,
    PatchEvidence,
    PatchState,
    Severity,
)
from core.records import replace
from tests.core.stats.made_sets import attempt, decision

INFRASTRUCTURE = Finding("run.infrastructure", Severity.ERROR, "no interpreter")
NOTHING = Criteria(files_match=False, optimization_logic_match=False, is_complete=False)
PLACEHOLDER = Finding("template.placeholder-name", Severity.WARNING, "some_attribute")


def test_each_kind_is_counted_and_an_attempt_may_be_in_several() -> None:
    empty = replace(
        attempt("a0"), patch=PatchEvidence(PatchState.EMPTY), execution=Execution(returncode=1)
    )
    facts = CheckReport("a1", Criteria(syntax_correct=False), (PLACEHOLDER,), {"applies": False})
    known = [
        assess(empty, report=CheckReport("a0", NOTHING, (INFRASTRUCTURE,))),
        assess(attempt("a1"), [decision("a1", False)], [], facts),
        assess(attempt("a2"), [decision("a2", True)]),
    ]
    ((*_, told),) = breakdown(known)
    assert told.text.strip() == (
        "1 without a patch, 1 with an infrastructure failure, 1 with a return code other than 0, "
        "1 that do not apply, 1 with wrong syntax, 1 with signs of template code, "
        "1 with different logic"
    )
    assert not [*breakdown(known[2:])]
