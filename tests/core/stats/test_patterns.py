"""Patterns: which rules speak, what the judge says, over-optimisation, prompts, missed files."""

from __future__ import annotations

from collections.abc import Mapping

from core.assess.outcome import assess
from core.models import (
    UNKNOWN,
    Assessment,
    CheckReport,
    Criteria,
    Finding,
    HumanCommit,
    Issue,
    Severity,
)
from core.records import replace
from core.stats.issue_kinds import OTHER
from core.stats.patterns import GIVES_AWAY, NAMES_NOTHING, NAMES_SOMETHING, NO_PROMPT, find_patterns
from tests.core.stats.made_sets import attempt, decision, opinion

NO_FILE = Finding("files.missed", Severity.ERROR, "missed", True, "engine/cache.py")
SUSPECT = Finding("syntax.suspect", Severity.WARNING, "odd")
NO_PROBLEM = Finding("prompt.no-problem", Severity.WARNING, "says nothing")
REVEALS = Finding("prompt.reveals-diff", Severity.WARNING, "says all", True)


def checked(
    number: int, *findings: Finding, measures: Mapping[str, int] | None = None
) -> Assessment:
    known = attempt(f"a{number}")
    criteria = Criteria(files_match=False) if NO_FILE in findings else UNKNOWN
    report = CheckReport(known.key, criteria, findings, measures or {})
    return assess(known, [decision(known.key, number == 0)], [], report)


def test_errors_by_rule_count_attempts_and_findings() -> None:
    known = [checked(0, SUSPECT, SUSPECT), checked(1, NO_FILE, SUSPECT), checked(2)]
    known.append(assess(attempt("a3")))
    found = find_patterns(known, {})
    assert (found.patches, found.checked) == (4, 3)
    rules = [(one.rule, one.attempts, one.findings, one.certain) for one in found.by_rule]
    assert rules == [("files.missed", 1, 1, True), ("syntax.suspect", 2, 3, False)]


def test_the_judges_issues_by_severity_and_wording() -> None:
    def judged(number: int, *issues: Issue) -> Assessment:
        known = attempt(f"a{number}")
        return assess(known, [], [replace(opinion(known.key, False), issues=issues)])

    same = Issue("No  guard for None", Severity.ERROR), Issue("no guard for none", Severity.ERROR)
    known = [judged(0, same[0], same[1]), judged(1, same[1], Issue("Slower")), judged(2)]
    found = find_patterns(known, {})
    assert (found.judged, found.issue_wordings) == (3, 2)
    assert found.issue_kinds == {"error": 2, "warning": 1, "info": 0}
    assert [(k.kind, k.attempts, k.issues, k.errors) for k in found.issues_by_kind] == [
        (OTHER, 2, 2, 2),
        ("gain that is doubtful", 1, 1, 0),
    ]
    assert [(one.message, one.attempts) for one in found.issues] == [
        ("No guard for None", 2),
        ("Slower", 1),
    ]


def test_tags_count_attempts() -> None:
    known = attempt("a0")
    both = [
        decision("a0", True, None, tags=("wrong location", "odd")),
        decision("a0", True, None, id="w", reviewer="bo", tags=("odd",)),
    ]
    tags = find_patterns([assess(known, both)], {}).tags
    assert [*tags.items()] == [("odd", 1), ("wrong location", 1)], "by name where none leads"


def test_over_optimisation_is_what_the_human_change_lacks() -> None:
    def excess(number: int, hunks: int, names: int) -> Assessment:
        measures = {"coverage.extra_hunks": hunks, "coverage.extra_identifiers": names}
        return checked(number, measures=measures)

    found = find_patterns([excess(0, 0, 4), excess(1, 2, 0), excess(2, 5, 9), checked(3)], {})
    excess_found = found.excess
    assert (excess_found.measured, excess_found.unknown) == (3, 1)
    assert (excess_found.hunks, excess_found.identifiers) == (2, 2)
    assert (excess_found.median_hunks, excess_found.median_identifiers) == (2, 4)


def test_how_specific_the_prompt_is_beside_the_outcome() -> None:
    told = {"prompt.revealed": 0}
    known = [
        checked(0, measures=told),
        checked(1, NO_PROBLEM, measures=told),
        checked(2, REVEALS, measures=told),
        checked(3, NO_PROBLEM, measures=told),
        checked(4),
    ]
    found = {one.prompt: one for one in find_patterns(known, {}).prompts}
    assert {name: one.attempts for name, one in found.items()} == {
        NAMES_NOTHING: 2,
        NAMES_SOMETHING: 1,
        GIVES_AWAY: 1,
        NO_PROMPT: 1,
    }
    assert found[NAMES_SOMETHING].true_success.yes == 1
    assert found[NAMES_NOTHING].true_success.no == 2


def test_files_most_missed_know_of_how_many() -> None:
    told = {"files.human": 2}
    known = [
        checked(0, measures=told),
        checked(1, NO_FILE, measures=told),
        checked(2, NO_FILE),
        checked(3, measures=told),
    ]
    commits = {
        known[3].attempt.reference_sha: HumanCommit(
            known[3].attempt.reference_sha, files=("engine/cache.py", "engine/ops.py")
        )
    }
    (missed,) = find_patterns(known, commits).missed_files
    assert (missed.path, missed.missed, missed.of, missed.commits) == ("engine/cache.py", 1, 3, 2)
