"""What the evidence proposes for an analysis, and that nothing sealed is in it."""

from __future__ import annotations

from core.assess.blind import sealed
from core.assess.outcome import assess
from core.assess.prefilling import prefilled
from core.models import HEADINGS, AnalysisScope, CheckReport, Criteria, Execution, Finding, Severity
from tests.core.assess.verdict_samples import GOOD, attempt, judged

ERROR, INFO = Severity.ERROR, Severity.INFO


def test_each_heading_takes_what_belongs_to_it() -> None:
    findings = (
        *(Finding("syntax.parse-error", ERROR, "bad", file="a.py", line=n) for n in range(1, 6)),
        Finding("template.stub", Severity.WARNING, "a stub"),
        Finding("files.missed", ERROR, "kernel.cu is missed"),
        Finding("files.given-away", INFO, "the prompt names the files"),
        Finding("run.infrastructure", ERROR, "no interpreter"),
    )
    facts = CheckReport("r/a", Criteria(files_match=True, syntax_correct=False), findings)
    run = Execution(error="No such file: bin/python\x1b[2J", returncode=1)
    known = assess(attempt(execution=run), (), (), facts)
    assert prefilled(known, "right") == (
        "- It changes the same files as the human commit. (certain)"
    )
    errors = prefilled(known, "errors").split("\n")
    assert errors[0] == "- a.py:1: bad (syntax.parse-error)"
    assert errors[3:] == ["- and 2 more by syntax.parse-error"], "79 lines of one rule say no more"
    assert prefilled(known, "over_optimization") == "- a stub (template.stub)"
    assert prefilled(known, "logic") == "- kernel.cu is missed (files.missed)"
    story = prefilled(known, "story")
    assert "No such file: bin/python␛[2J" in story and "no interpreter" in story


def test_while_sealed_no_opinion_and_no_claim_is_proposed() -> None:
    claim = Finding("run.no-patch-marked", ERROR, "marked success")
    known = assess(attempt(), (), [judged(GOOD)], CheckReport("r/a", Criteria(), (claim,)))
    names = HEADINGS[AnalysisScope.ATTEMPT]
    assert "the judge" in prefilled(known, "right") and "marked" in prefilled(known, "story")
    assert [prefilled(sealed(known, "ada"), name) for name in names] == [""] * len(names)
