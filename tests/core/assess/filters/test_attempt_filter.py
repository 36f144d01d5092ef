"""The filter language: what each term lets through, and how a wrong one is explained."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.assess.filters import FIELDS, FieldKind, FilterError, parse_filter
from core.assess.outcome import assess
from core.models import (
    Assessment,
    Attempt,
    Basis,
    CheckReport,
    Criteria,
    Execution,
    Finding,
    HumanCommit,
    Judgement,
    JudgementState,
    LineComment,
    Outcome,
    PatchEvidence,
    PatchState,
    Severity,
    Verdict,
)
from tests.core.assess.verdict_samples import GOOD, NOON

ONE, TWO = "8aa1485f" + "a" * 32, "0ec82edd" + "b" * 32
COMMITS = {ONE: HumanCommit(ONE, "[Perf] Faster chunked attention", files=("vllm/config.py",))}


def _findings(*rules: str) -> tuple[Finding, ...]:
    return tuple(Finding(rule, Severity.WARNING, "m", file="a/b[1].py") for rule in rules)


def samples() -> list[Assessment]:
    """Three attempts: all is known of the first, some of the second, nothing of the third."""
    rich = Attempt(
        "trae/gpt-5/one",
        ONE,
        base="feedbeef" * 5,
        agent="trae",
        model="gpt-5",
        run="r1",
        item="vllm_8aa1485f",
        task="vllm",
        started=datetime(2025, 11, 10, tzinfo=UTC),
        status="success",
        marked_success=True,
        patch=PatchEvidence(PatchState.WHOLE, held_bytes=12_000),
        execution=Execution(1, 90.0, 40, 1000, 500, "boom"),
    )
    plain = Attempt(
        "codex/two",
        TWO,
        agent="Codex",
        marked_success=False,
        patch=PatchEvidence(PatchState.CUT, held_bytes=500, recorded_bytes=800),
        execution=Execution(returncode=0, duration_s=7200.0),
    )
    verdict = Verdict(
        "v",
        rich.key,
        "ada",
        NOON,
        Outcome.PARTIAL_SUCCESS,
        Criteria(True),
        tags=("over-optimization", "wrong location"),
        note="Right idea, Wrong place",
        comments=(LineComment("a.py", 1, "why shout?"),),
    )
    failed = Judgement("j", rich.key, JudgementState.ERROR)
    report = CheckReport(
        rich.key, Criteria(files_match=False), _findings("syntax.parse-error", "base.other-task")
    )
    return [
        assess(rich, [verdict], [failed], report),
        assess(plain, report=CheckReport(plain.key, Criteria(), ())),
        assess(Attempt("three", "")),
    ]


def found(text: str) -> list[int]:
    """Which of the samples a filter lets through."""
    known = samples()
    chosen = parse_filter(text).select(known, COMMITS)
    keys = [one.attempt.key for one in chosen]
    return [place for place, one in enumerate(known) if one.attempt.key in keys]


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("", [0, 1, 2]),
        ("TRAE", [0]),
        ("chunked", [0]),  # the subject
        ("right place", [0]),  # both words, anywhere
        ("right nowhere", []),
        ('"idea, wrong"', [0]),
        ("-trae", [1, 2]),
        ("!trae codex", [1]),
        ("shout", [0]),
        ("agent:codex", [1]),
        ("agent:CODEX,trae", [0, 1]),
        ("agent:co*", [1]),
        ("agent:cod", []),
        ("agent:!codex", [0]),  # the third has no name, and so is not another's
        ("-agent:codex", [0]),
        ("agent!=codex", [0]),
        ("agent:unknown", []),
        ("model:gpt-5", [0]),
        ("model:gpt", []),
        ("run:r1 item:vllm_*", [0]),
        ("task:vllm", [0]),
        ("commit:8aa1485f", [0]),
        ("commit:0ec,8aa", [0, 1]),
        ("commit:8aa1485fx", []),
        ("commit:8*1485", [0]),
        ("commit:*1485", [0]),
        ("agent:t*e", [0]),
        ("agent:t*a", []),
        ("subject:ATTENTION", [0]),
        ("file:config.py", [0]),
        ("file:b[1]", [0]),
        ("file:vllm/*.py", [0]),
        ("outcome:partial_success", [0]),
        ("outcome:partial-success,failure", [0, 2]),
        ("outcome:undecided", [1]),
        ("marked:yes", [0]),
        ("marked:no", [1]),
        ("marked:!yes", [1]),
        ("patch:cut", [1]),
        ("patch:yes", [0, 1]),
        ("patch:no", [2]),
        ("rc:0", [1]),
        ("rc:!=0", [0]),
        ("rc!=0", [0]),
        ("rc:!0", [0]),
        ("rc:0,1", [0, 1]),
        ("rc:!0,!1", []),
        ("seconds>5m", [1]),
        ("seconds:90", [0]),
        ("seconds<=90", [0]),
        ("seconds:>1h", [1]),
        ("size>10k", [0]),
        ("size<1kB", [1]),
        ("size>=12k", [0]),
        ("size<800", []),
        ("size<=800", [1]),
        ("size>12k", []),
        ("size>800", [0]),
        ("size:>1k,<900", [0, 1]),
        ("steps>10", [0]),
        ("tokens:1500", [0]),
        ("rule:syntax*", [0]),
        ("rule:!syntax*", [1]),  # of the third nothing is known
        ("rule:syntax", []),
        ("tag:over-optimization", [0]),
        ('tag:"wrong location"', [0]),
        ("tag:over*", [0]),
        ('tag:"over*"', []),
        ("tag:!over*", [1, 2]),
        ('note:"right idea"', [0]),
        ("note:idea", [0]),
        ("comment:shout", [0]),
        ("reviewer:ada", [0]),
        ("reviewer:bo", []),
        ("decision:partial-success", [0]),
        ("judge:error", [0]),
        ("judge:never", [1, 2]),
        ("judge:verdict,split", []),
        ("state:reviewed", [0]),
        ("state:open", [1]),
        ("state:unbound", [0]),
        ("state:cannot-tell,cannot_tell", []),
        ("base:feedbeef", [0]),
        ("base:other-task", [0]),
        ("quadrant:lucky-win", []),
        ("syntax:yes files:no", [0]),
        ("logic:no", []),
        ("has:comment", [0]),
        ("has:report", [0, 1]),
        ("-has:report", [2]),
        ("has:rc", [0, 1]),
        ("!has:rc", [2]),
        ("has:!tag", [1, 2]),
        ("has:tag,journal", [0, 1, 2]),
        ("has:diff", []),
        ("has:error", [0]),
        ("started:2025-11", [0]),
        ("agent:trae outcome:undecided", []),
        ("agent:trae,codex size<1k rc:0", [1]),
    ],
)
def test_what_a_filter_lets_through(text: str, places: list[int]) -> None:
    assert found(text) == places


@pytest.mark.parametrize(
    ("text", "title", "hint", "span"),
    [
        ("agnt:codex", "there is no field `agnt`", "Did you mean `agent:`?", (0, 10)),
        ("x http://a", "there is no field `http`", "quote it", (2, 10)),
        ("agent:", "`agent:` has no value", "has:agent", (0, 6)),
        ("agent:,", "`agent:` has no value", "has:agent", (0, 7)),
        ("rc:two", "`two` is not a number for `rc`", "rc>10", (0, 6)),
        ("size>1parsec", "`1parsec` is not a number for `size`", "k, m, g", (0, 12)),
        ("agent>b", "`agent` cannot be compared: it is not a number", "agent:VALUE", (0, 7)),
        ("outcome:success", "`success` is not a value of `outcome`", "true_success", (0, 15)),
        ("has:luck", "`luck` is not a value of `has`", "name of a field", (0, 8)),
        ('a note:"b', "a quotation mark is not closed", 'Close it with "', (7, 9)),
    ],
)
def test_a_wrong_filter_says_where_and_what_would_do(
    text: str, title: str, hint: str, span: tuple[int, int]
) -> None:
    with pytest.raises(FilterError) as caught:
        parse_filter(text)
    error = caught.value
    assert error.title == title
    assert hint in error.hint
    assert (error.start, error.end) == span


@pytest.mark.parametrize("name", FIELDS)
def test_nothing_is_said_of_what_no_reader_gave(name: str) -> None:
    """A field is read of a bare attempt without an error, and an unknown value matches nothing."""
    field = FIELDS[name]
    bare = assess(Attempt("k", "", patch=PatchEvidence(PatchState.UNREADABLE)))
    value = field.read(bare, None)
    if value is None:
        wanted = "1" if field.kind is FieldKind.NUMBER else (field.choices or ("x",))[0]
        for text in (f"{name}:{wanted}", f"{name}:!{wanted}", f"-{name}:{wanted}"):
            assert not parse_filter(text).select([bare], {}), text


def test_a_verdict_that_is_outdated_is_still_one() -> None:
    old = Verdict("v", "k", "ada", NOON, Outcome.FAILURE, basis=Basis(patch="then"))
    attempt = Attempt("k", ONE, patch=PatchEvidence(PatchState.WHOLE))
    known = [assess(attempt, [old], basis=Basis(patch="now"))]
    for text in ("has:verdict", "has:decision", "state:outdated", "-state:reviewed", "state:open"):
        assert parse_filter(text).select(known, {}), text
    for text in ("reviewer:ada", "has:comment", "state:unbound"):
        assert not parse_filter(text).select(known, {}), text


def test_the_quadrant_needs_a_measurement_and_a_logic() -> None:
    attempt = Attempt("k", ONE, patch=PatchEvidence(PatchState.WHOLE))

    def place(criteria: Criteria, hard: str | None) -> list[str]:
        report = CheckReport("k", criteria, measures={"speed.hard": hard})
        known = [assess(attempt, report=report)]
        names = FIELDS["quadrant"].choices
        return [name for name in names if parse_filter(f"quadrant:{name}").select(known, {})]

    wrong = Criteria(optimization_logic_match=False)
    assert place(GOOD, "faster_or_equal") == ["true_success"]
    assert place(GOOD, "slower") == ["good_intent"]
    assert place(wrong, "faster_or_equal") == ["lucky_win"]
    assert place(wrong, "failed") == place(GOOD, "failed") == ["failure"]
    assert place(GOOD, None) == place(Criteria(), "faster_or_equal") == []


def test_the_page_on_filters_lists_every_field_and_its_values() -> None:
    page = (Path(__file__).parents[4] / "docs/filters.md").read_text(encoding="utf-8")
    rows = {
        name: (help_text, values)
        for name, help_text, values in re.findall(r"^\| `(\w+)` \| (.*?) \| (.*) \|$", page, re.M)
        if name in FIELDS
    }
    assert list(rows) == list(FIELDS)
    for name, field in FIELDS.items():
        assert rows[name][0] == field.help
        assert all(f"`{choice}`" in rows[name][1] for choice in field.choices), name
