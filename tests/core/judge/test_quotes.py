"""Quotes are looked up in what was shown; what nothing supports does not count."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from core.judge.audit import audit
from core.judge.fake_server import FakeOpenAI
from core.judge.question.quotes import ShownText
from core.judge.question.schema import JudgementReply, parse_judgement, read_issues
from core.judge.question.shown_places import ShownPlaces
from core.models import Criteria, Issue, Severity, Side
from core.patch.parse import parse_patch
from core.records import replace
from tests.support.judge_cases import (
    HUMAN_DIFF,
    WRONG_DIFF,
    attempt,
    judge,
    judgements,
    settings,
)
from tests.support.runs import unified

SECTIONS = {
    "attempt": "Files changed (1):\n- a.py\n\n    12 +    return  cache[key]\n       -    slow()",
    "human commit": "Use a cache\n\n     3 +    return lookup(key)",
    "rubric": "Must-haves:\nm1. a cache is used",
}


@pytest.mark.parametrize(
    ("criterion", "answer", "quotes", "is_supported"),
    [
        ("optimization_logic_match", "yes", ["return cache[key]"], True),
        ("optimization_logic_match", "yes", ["    12 +    return  cache[key]"], True),
        ("optimization_logic_match", "yes", ["+    return\tcache[key]\n-    slow()"], True),
        ("optimization_logic_match", "yes", ["return … cache[key]"], True),
        ("optimization_logic_match", "yes", ["return lookup(key)"], False),  # the human's
        ("optimization_logic_match", "yes", ["return cache[other]"], False),
        ("optimization_logic_match", "yes", ["return cache[key]\nreturn invented()"], False),
        ("optimization_logic_match", "yes", ["m1"], False),
        ("optimization_logic_match", "yes", [], False),
        ("optimization_logic_match", "yes", ["[", "()", " "], False),  # stands everywhere
        ("optimization_logic_match", "no", ["return lookup(key)"], True),
        ("optimization_logic_match", "no", ["must-have 1"], True),
        ("optimization_logic_match", "no", ["m2"], False),
        ("optimization_logic_match", "no", [], False),
        ("must-have 1", "no", ["m1"], True),
        ("files_match", "yes", ["- a.py"], True),
        ("is_template_code", "no", [], True),
        ("is_template_code", "yes", [], False),
        ("is_template_code", "yes", ["slow()"], True),
        ("syntax_correct", "cannot_assess", [], True),
    ],
)
def test_what_supports_an_answer(
    criterion: str, answer: str, quotes: list[str], is_supported: bool
) -> None:
    shown = ShownText(SECTIONS, must_haves=1)
    assert shown.supports(criterion, answer, quotes) is is_supported


def test_invented_quotes_settle_nothing_and_say_so(tmp_path: Path) -> None:
    with FakeOpenAI() as server:
        server.invents = True
        told = judge([attempt("a")], settings(server), tmp_path)
    judgement = judgements(told)["a"]
    assert replace(judgement.criteria, quality_score=None) == Criteria(is_template_code=False)
    marked = {a.criterion for a in judgement.answers if a.unsupported}
    assert "optimization_logic_match" in marked
    assert "must-have 1" in marked
    assert not [a for a in judgement.answers if a.unsupported and a.counted]
    found = {f.rule: f for f in audit([attempt("a")], [judgement])[0].findings}
    counted = found["audit.unsupported"]
    assert (counted.severity, counted.count, counted.attempts) == (Severity.ERROR, 1, ("a",))


def test_true_quotes_count(tmp_path: Path) -> None:
    with FakeOpenAI() as server:
        told = judge([attempt("a")], settings(server), tmp_path)
    judgement = judgements(told)["a"]
    assert judgement.criteria == Criteria(True, True, True, True, False, 1.0)
    assert not [a for a in judgement.answers if a.unsupported]


def test_unsupported_answers_can_be_asked_again(tmp_path: Path) -> None:
    with FakeOpenAI() as server:
        server.invents = True
        judge([attempt("a")], settings(server), tmp_path)
        paid = server.paid
        server.invents = False
        judge([attempt("a")], settings(server), tmp_path)
        assert server.paid == paid  # not by a plain run
        told = judge([attempt("a")], settings(server), tmp_path, again=True)
        assert server.paid == paid + 1
    assert judgements(told)["a"].criteria.optimization_logic_match is True


def test_an_answer_in_a_fence_is_read_and_noted(tmp_path: Path) -> None:
    with FakeOpenAI() as server:
        server.preface = "Here you are:\n"
        told = judge([attempt("a")], settings(server), tmp_path)
    judgement = judgements(told)["a"]
    assert judgement.criteria.optimization_logic_match is True
    assert judgement.notes == ("the reply held more than the JSON object that was asked for",)


def test_places_that_do_not_exist_are_said_to() -> None:
    """A line is looked up on the attempt's side first, then on the human's."""
    (name,) = {file.path for file in parse_patch(HUMAN_DIFF).files}
    extra = unified("", "one\ntwo\n", "new.py")
    shown = ShownPlaces(
        (parse_patch(WRONG_DIFF + extra), ["new.py"]), (parse_patch(HUMAN_DIFF), ())
    )
    attempt_line, human_line = 20, 10
    told = [
        (f"b/{name}", attempt_line, (name, attempt_line, Side.ATTEMPT, "")),
        (name, human_line, (name, human_line, Side.HUMAN, "")),
        (name, 40, (name, None, Side.ATTEMPT, f"{name}:40")),  # in the file, and not shown
        (name, 0, (name, None, Side.ATTEMPT, f"{name}:0")),
        (name, -3, (name, None, Side.ATTEMPT, f"{name}:-3")),
        ("new.py", None, ("new.py", None, Side.ATTEMPT, "")),  # named, and left out for size
        ("new.py", 1, ("new.py", None, Side.ATTEMPT, "new.py:1")),
        ("elsewhere.py", 4, (None, None, Side.ATTEMPT, "elsewhere.py:4")),
        (None, 3, (None, None, Side.ATTEMPT, "line 3")),
        (None, None, (None, None, Side.ATTEMPT, "")),
    ]
    issues: list[dict[str, Any]] = [
        {"severity": "error", "file": file, "line": line, "message": "m"} for file, line, _ in told
    ]
    read = [shown.placed(issue) for issue in read_issues(_reply(issues))]
    assert {(i.message, i.severity) for i in read} == {("m", Severity.ERROR)}
    found = [(i.file, i.line, i.side, i.misplaced) for i in read]
    assert found == [wanted for _, _, wanted in told]


def test_a_removed_line_is_a_place_of_the_base() -> None:
    gone = parse_patch(unified("a\nb\nc\n", "", "old.py"))
    shown = ShownPlaces((gone, ()), (parse_patch(""), ()))
    placed = shown.placed(Issue("m", file="old.py", line=2))
    assert (placed.line, placed.side, placed.misplaced) == (2, Side.BASE, "")


def _reply(issues: list[dict[str, Any]]) -> JudgementReply:
    from core import codec
    from core.judge.fake_server.made_up_opinions import make_opinion
    from core.judge.question.schema import judgement_schema

    return parse_judgement(codec.dumps({**make_opinion("", judgement_schema()), "issues": issues}))
