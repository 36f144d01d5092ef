"""What the store keeps for the judge: rubrics, one commit's judgements, lines and texts."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core import codec
from core.errors import StoreError
from core.judge.books.judge_records import read_judge_records
from core.models import (
    Answer,
    Call,
    Criteria,
    Finding,
    Judgement,
    JudgementState,
    Rubric,
    Severity,
    Usage,
)
from core.store import Store

SHA = "8aa1485fcff7be3e42300c0615ee0f3f3cbce9a8"
NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
CALL = Call(
    id="c",
    model="gpt-5",
    started=NOW,
    seconds=1.5,
    prompt_hash="hash",
    fences=("a", "b"),
    reported_model="gpt-5-2025-08-07",
    status=200,
    usage=Usage(10, 2, 3, None),
    cost=None,
    raw='{"text": "\udc80 \u202e"}',
)


def full_judgement() -> Judgement:
    """A judgement with every field set."""
    return Judgement(
        "j",
        "run/0",
        JudgementState.VERDICT,
        Criteria(True),
        created=NOW,
        code="x",
        claimed=Criteria(False),
        vote=3,
        question="q",
        key="k",
        rubric="r",
        answers=(Answer("is_complete", "yes", "why", ("+line",), False),),
        calls=(CALL, CALL),
        cached="other",
        facts_given=True,
        missing_evidence=("cut",),
        without_reference=True,
        tripwires=(Finding("judge.injection", Severity.WARNING, "m", file="a.py", line=3),),
        canary="planted",
    )


def test_every_field_comes_back(tmp_path: Path) -> None:
    rubric = Rubric("r", SHA, "h", NOW, must_haves=("a", "b"), edited=True, calls=(CALL,))
    store = Store(tmp_path / "store")
    assert (store.judgements(SHA), store.rubrics(SHA)) == ([], [])
    assert store.add_judgements(SHA, [full_judgement()]) == 1
    assert store.add_rubrics(SHA, [rubric]) == 1
    assert store.add_rubrics(SHA, [rubric]) == 0
    assert store.judgements(SHA) == [full_judgement()]
    assert store.rubrics(SHA) == [rubric]
    assert store.load().judgements == {"run/0": (full_judgement(),)}
    assert store.load().problems == ()


def test_a_store_without_a_ledger_has_no_totals(tmp_path: Path) -> None:
    """The judge was never called from here, which is not the same as calls that cost nothing."""
    store = Store(tmp_path / "store")
    assert read_judge_records(store, [], []).totals is None
    store.append_lines("ledger.jsonl", ["torn {"])
    totals = read_judge_records(store, [], []).totals
    assert totals is not None and (totals.calls, totals.bad_lines) == (0, 1)


def test_a_record_from_before_these_fields_still_decodes() -> None:
    old: dict[str, object] = {
        "id": "j",
        "attempt": "run/0",
        "state": "verdict",
        "criteria": {"syntax_correct": True},
        "issues": [],
        "reasoning": "because",
        "model": "gpt-5",
        "origin": "gpt5_evaluations.json",
        "error": "",
        "created": None,
    }
    judgement = codec.from_data(old, Judgement)
    assert (judgement.criteria.syntax_correct, judgement.calls, judgement.cost) == (True, (), None)


def test_lines_are_appended_whole_after_a_torn_one(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    store.append_lines("ledger.jsonl", ['{"a": 1}', '{"a": 2}'])
    path = store.folder / "ledger.jsonl"
    path.write_bytes(path.read_bytes() + b'{"torn": ')
    store.append_lines("ledger.jsonl", ['{"a": 3}'])
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines == ['{"a": 1}', '{"a": 2}', '{"torn": ', '{"a": 3}']


def test_a_text_is_replaced_whole(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    store.put_text("batches/one.json", "1")
    store.put_text("batches/one.json", json.dumps([2]))
    assert (store.folder / "batches/one.json").read_text(encoding="utf-8") == "[2]"
    assert [path.name for path in (store.folder / "batches").iterdir()] == ["one.json"]


def test_what_cannot_be_written_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    store = Store(tmp_path / "file")
    for write in (
        lambda: store.append_lines("ledger.jsonl", ["x"]),
        lambda: store.put_text("a", "x"),
        lambda: store.add_rubrics(SHA, [Rubric("r", SHA, "h", NOW)]),
    ):
        with pytest.raises(StoreError, match="cannot be written"):
            write()


def test_opinions_on_several_commits_are_written_together_and_a_broken_file_is_named(
    tmp_path: Path,
) -> None:
    store = Store(tmp_path / "store")
    shas = [f"{number:040x}" for number in range(3)]
    broken = store.folder / "commits" / f"{shas[1]}.jsonl"
    store.make_id()  # before there are files that somebody else may have made
    broken.mkdir(parents=True)
    rubric = Rubric("r", SHA, "h", NOW)
    additions = {sha: ([rubric], [full_judgement()]) for sha in shas}
    for _ in range(2):  # the second time adds nothing
        errors = store.add_opinions(additions)
        assert list(errors) == [shas[1]]
        assert str(broken) in str(errors[shas[1]])
    for sha in (shas[0], shas[2]):
        assert (store.rubrics(sha), store.judgements(sha)) == ([rubric], [full_judgement()])
    names = {path.name for path in broken.parent.iterdir()}
    assert names == {".lock", *(f"{sha}.jsonl" for sha in shas)}
