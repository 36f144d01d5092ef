"""Whom the judge believes: foreign stores are set aside, and read from their raw replies."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from core.assess.outcome import assess, is_judged
from core.judge.fake_server import FakeOpenAI
from core.judge.question.judge_prompt import facts_text
from core.judge.run.derive import ORPHAN, derive_again, derive_foreign
from core.models import CheckReport, Criteria, Finding, Judgement, JudgementState, Severity
from core.places import state_folder
from core.store import Store
from core.store.trust import FOREIGN, answer_trust, awaits_trust
from tests.support.judge_cases import SHA, attempt, judge, judgements, settings, summary


def forget_who_made_it() -> None:
    """What another user's state folder says of a store: nothing."""
    (state_folder() / "stores.json").unlink()


def rewrite(folder: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """Change every stored judgement by hand."""
    path = folder / "commits" / f"{SHA}.jsonl"
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    for line in lines:
        if line["table"] == "judgements":
            change(line["record"])
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")


def only_judgement(folder: Path) -> Judgement:
    """The one judgement of a store, as a session sees it."""
    ((judgement,),) = derive_foreign(Store(folder).load()).judgements.values()
    return judgement


def test_what_one_made_oneself_counts(tmp_path: Path) -> None:
    with FakeOpenAI() as server:
        judge([attempt("a")], settings(server), tmp_path)
    assert only_judgement(tmp_path).set_aside == ""


def test_a_store_that_somebody_else_made_is_set_aside_until_it_is_accepted(tmp_path: Path) -> None:
    with FakeOpenAI() as server:
        judge([attempt("a")], settings(server), tmp_path)
        forget_who_made_it()
        foreign = only_judgement(tmp_path)
        assert foreign.set_aside == FOREIGN
        known = assess(attempt("a"), judgements=[foreign])
        assert not is_judged(known)
        assert known.criteria == Criteria()
        assert Store(tmp_path).rubrics(SHA)[0].set_aside == FOREIGN
        (store_id,) = answer_trust(Store(tmp_path), True)
        assert store_id in Store(tmp_path).load().ids
        assert only_judgement(tmp_path).set_aside == ""
        answer_trust(Store(tmp_path), False)
        assert only_judgement(tmp_path).set_aside == FOREIGN


def test_a_foreign_answer_and_a_foreign_rubric_are_asked_for_anew(tmp_path: Path) -> None:
    with FakeOpenAI() as server:
        judge([attempt("a")], settings(server), tmp_path)
        forget_who_made_it()
        paid = server.paid
        told = judge([attempt("a")], settings(server), tmp_path)
        assert server.paid == paid + 2
    assert summary(told).cached == 0
    assert judgements(told)["a"].set_aside == ""


def test_a_store_of_schema_1_is_asked_about_like_any_other(tmp_path: Path) -> None:
    with FakeOpenAI() as server:
        judge([attempt("a")], settings(server), tmp_path / "new")
    made = Store(tmp_path / "new").judgements(SHA)[0]
    record = {"schema_version": 1, **_data(made)}
    tables = {
        "meta": {"store": {"schema_version": 1, "human": SHA}},
        "judgements": {made.id: record},
    }
    old = tmp_path / "old/commits"
    old.mkdir(parents=True)
    (old / f"{SHA}.json").write_text(json.dumps(tables), "utf-8")
    assert only_judgement(tmp_path / "old").set_aside == FOREIGN
    answer_trust(Store(tmp_path / "old"), True)
    assert only_judgement(tmp_path / "old").set_aside == ""


def test_criteria_of_others_follow_from_their_raw_reply(tmp_path: Path) -> None:
    with FakeOpenAI() as server:
        judge([attempt("a")], settings(server), tmp_path)
    honest = only_judgement(tmp_path)
    forget_who_made_it()

    def lie(record: dict[str, Any]) -> None:
        record["criteria"] = {"optimization_logic_match": False, "is_template_code": True}
        record["reasoning"] = "it is all wrong"
        record["set_aside"] = ""

    rewrite(tmp_path, lie)
    answer_trust(Store(tmp_path), True)
    read = only_judgement(tmp_path)
    assert (read.criteria, read.reasoning) == (honest.criteria, honest.reasoning)


def test_an_opinion_without_its_reply_is_none(tmp_path: Path) -> None:
    with FakeOpenAI() as server:
        told = judge([attempt("a")], settings(server), tmp_path)
    honest = judgements(told)["a"]
    for raw, state in (("", "unparseable"), ("{}", "unparseable"), ("<html>", "unparseable")):
        bare = replace(honest, calls=(replace(honest.calls[0], raw=raw),))
        assert derive_again(bare).state == state
        assert derive_again(bare).criteria == Criteria()
    silent = replace(honest, calls=(replace(honest.calls[0], raw="", status=None),))
    assert derive_again(silent).state is JudgementState.ERROR


def test_a_copy_of_an_answer_that_is_not_here_is_set_aside(tmp_path: Path) -> None:
    with FakeOpenAI() as server:
        judge([attempt("a"), attempt("b")], settings(server), tmp_path)
    forget_who_made_it()

    def drop(record: dict[str, Any]) -> None:
        if record["cached"]:
            record["cached"] = "f" * 64

    rewrite(tmp_path, drop)
    answer_trust(Store(tmp_path), True)
    found = derive_foreign(Store(tmp_path).load()).judgements
    asides = {j.set_aside for held in found.values() for j in held}
    assert asides == {"", ORPHAN}


def test_facts_are_of_the_patch_alone() -> None:
    rules = ("applies.no", "syntax.parse-error", "files.extra", "names.undefined")
    withheld = ["run.nonzero-return", "prompt.leak", "copies.same", "files.given-away"]
    withheld += ["files.outside-targets", "injection.patch", "template.stub"]
    findings = [Finding(rule, Severity.ERROR, f"says {rule}") for rule in (*rules, *withheld)]
    text = facts_text(CheckReport("state/runs/trae/gpt-5/item", Criteria(), tuple(findings)))
    assert text is not None
    assert [line.split()[1] for line in text.splitlines()] == list(rules)
    assert "trae" not in text


def _data(judgement: Judgement) -> dict[str, Any]:
    from core import codec

    data: dict[str, Any] = codec.to_data(judgement)
    return data


def test_a_store_is_asked_about_once(tmp_path: Path) -> None:
    with FakeOpenAI() as server:
        judge([attempt("a")], settings(server), tmp_path)
        assert not awaits_trust(Store(tmp_path))
        forget_who_made_it()
        assert awaits_trust(Store(tmp_path))
        answer_trust(Store(tmp_path), False)
        assert not awaits_trust(Store(tmp_path))
    assert only_judgement(tmp_path).set_aside == FOREIGN
