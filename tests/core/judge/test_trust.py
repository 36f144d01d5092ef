"""Whom the judge believes: foreign stores are set aside, and read from their raw replies."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from core.assess.outcome import assess, is_judged
from core.export.importing import apply_import, read_import
from core.judge.audit import audit
from core.judge.derive import ORPHAN, derive_again, derive_foreign, derive_rubric
from core.judge.fake_server import FakeOpenAI
from core.judge.question.judge_prompt import facts_text
from core.models import (
    CheckReport,
    Criteria,
    Finding,
    Judgement,
    JudgementState,
    PatchState,
    Severity,
)
from core.places import state_folder
from core.records import replace
from core.session import open_session
from core.store import Store
from core.store.trust import CHANGED, FOREIGN, FOUND, IMPORTED, answer_trust, unanswered
from tests.core.samples import SAMPLE
from tests.support.judge_cases import (
    SHA,
    WRONG_DIFF,
    attempt,
    judge,
    judgements,
    settings,
    summary,
)
from tests.support.runs import build_runs


def forget_who_made_it() -> None:
    """What another user's state folder says of a store: nothing, and it seals otherwise."""
    for name in ("stores.json", "seal.key"):
        (state_folder() / name).unlink(missing_ok=True)


def answer(folder: Path, trusted: bool) -> list[str]:
    """Say whether the opinions in a store count that were not written here; returns whose."""
    store = Store(folder)
    if "" in store.load().foreign:
        store.make_id()
    sources = list(store.load().foreign)
    answer_trust(sources, trusted)
    return sources


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
        (store_id,) = answer(tmp_path, True)
        assert store_id in Store(tmp_path).load().ids
        assert only_judgement(tmp_path).set_aside == ""
        answer(tmp_path, False)
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
        # What one paid for oneself counts in somebody else's folder too, and is asked for once.
        asides = {j.id: j.set_aside for j in Store(tmp_path).judgements(SHA)}
        assert asides.pop(judgements(told)["a"].id) == ""
        assert [*asides.values()] == [FOREIGN]
        assert summary(judge([attempt("a")], settings(server), tmp_path)).cached == 1
        assert server.paid == paid + 2


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
    answer(tmp_path / "old", True)
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
    answer(tmp_path, True)
    read = only_judgement(tmp_path)
    assert (read.criteria, read.reasoning) == (honest.criteria, honest.reasoning)


def test_what_was_written_here_is_read_the_same_from_its_raw_reply(tmp_path: Path) -> None:
    """Also for a cut patch, whose quality is unknown, and if quotes are not found."""
    stranger = attempt("stranger", human="c3" * 20)
    given = [attempt("whole"), attempt("cut", WRONG_DIFF, state=PatchState.CUT), stranger]
    with FakeOpenAI() as server:
        told = judge(given, settings(server), tmp_path / "honest")
        server.invents = True
        invented = judge([attempt("invented")], settings(server), tmp_path / "invents")
    found = {**judgements(told), **judgements(invented)}
    assert {"whole", "cut", "invented"} <= found.keys()
    assert found["cut"].criteria.quality_score is None
    assert found["whole"].criteria.quality_score is not None
    assert any(answer.unsupported for answer in found["invented"].answers)
    for one in found.values():
        again = derive_again(one)
        assert (again.criteria, again.answers, again.state) == (
            one.criteria,
            one.answers,
            one.state,
        )
    (rubric,) = Store(tmp_path / "honest").rubrics(SHA)
    assert derive_rubric(rubric) == rubric and rubric.must_haves
    forged = replace(rubric, must_haves=(), hash="")
    assert derive_rubric(forged) == rubric


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
    answer(tmp_path, True)
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
        assert not unanswered(Store(tmp_path).load().foreign)
        forget_who_made_it()
        assert sum(unanswered(Store(tmp_path).load().foreign).values()) == 2  # and the rubric
        answer(tmp_path, False)
        assert not unanswered(Store(tmp_path).load().foreign)
    assert only_judgement(tmp_path).set_aside == FOREIGN


def test_a_hand_edited_opinion_is_no_longer_ones_own(tmp_path: Path) -> None:
    with FakeOpenAI() as server:
        judge([attempt("a")], settings(server), tmp_path)
    rewrite(tmp_path, lambda record: record.update(reasoning="as I would have it"))
    edited = only_judgement(tmp_path)
    assert edited.set_aside == CHANGED
    assert edited.reasoning != "as I would have it"  # read again from the raw reply


def test_what_others_write_under_the_id_of_ones_own_store_is_theirs(tmp_path: Path) -> None:
    """As a git merge or a copied file may cause: the id is there for anyone to copy."""
    with FakeOpenAI() as server:
        judge([attempt("a")], settings(server), tmp_path)
    (own,) = Store(tmp_path).judgements(SHA)
    (rubric,) = Store(tmp_path).rubrics(SHA)
    (store_id,) = Store(tmp_path).ids()
    path = tmp_path / "commits" / f"{SHA}.jsonl"
    genuine = path.read_bytes()
    seal = json.loads(genuine.splitlines()[-1])["seal"]
    forged = [
        _line("judgements", replace(own, id="f" * 64), store_id),
        _line("judgements", replace(own, id="e" * 64), store_id, seal=seal),  # of another line
        _line("judgements", replace(own, reasoning="mine is his"), store_id),  # under one's own id
        _line("rubrics", replace(rubric, id="d" * 64, edited=True, author="me"), store_id),
    ]
    for content in (genuine + b"".join(forged), b"".join(forged) + genuine):
        path.write_bytes(content)
        found = only_held(tmp_path)
        assert len(found) == 4
        assert [j for j in found if not j.set_aside] == [replace(own, id=own_id(found))]
        assert {j.set_aside for j in found} == {"", CHANGED}
        assert [r.set_aside for r in Store(tmp_path).rubrics(SHA) if r.edited] == [CHANGED]
    for name in ("aa", "zz"):  # in a file of its own, read before and after the genuine one
        path.write_bytes(genuine)
        (tmp_path / "commits" / f"{name}.jsonl").write_bytes(b"".join(forged))
        found = only_held(tmp_path)
        assert [j.id.partition("~")[0] for j in found if not j.set_aside] == [own.id]
        assert len([j for j in found if j.set_aside]) == 3
        (tmp_path / "commits" / f"{name}.jsonl").unlink()


def test_a_copy_and_a_merge_of_ones_own_store_stay_ones_own(tmp_path: Path) -> None:
    with FakeOpenAI() as server:
        judge([attempt("a")], settings(server), tmp_path / "one")
    shutil.copytree(tmp_path / "one", tmp_path / "copy")
    Store(tmp_path / "merged").merge(tmp_path / "one")
    for name in ("copy", "merged"):
        assert only_judgement(tmp_path / name).set_aside == ""
        assert Store(tmp_path / name).rubrics(SHA)[0].set_aside == ""


def test_the_opinions_of_a_merged_store_are_set_aside(tmp_path: Path) -> None:
    with FakeOpenAI() as server:
        judge([attempt("a")], settings(server), tmp_path / "hers")
        forget_who_made_it()
        judge([attempt("a")], settings(server, model="gpt-5-mini"), tmp_path / "mine")
    (her_id,) = Store(tmp_path / "hers").ids()
    Store(tmp_path / "mine").merge(tmp_path / "hers")
    found = {j.calls[0].model: j for j in only_held(tmp_path / "mine")}
    assert (found["gpt-5"].set_aside, found["gpt-5-mini"].set_aside) == (FOREIGN, "")
    assert found["gpt-5"].provenance.endswith(f"reported by store {her_id[:7]}…")
    assert answer(tmp_path / "mine", True) == [her_id]
    assert not any(j.set_aside for j in only_held(tmp_path / "mine"))
    audits = audit([attempt("a")], only_held(tmp_path / "mine"))
    assert [a.judgements for a in audits] == [1, 1, 0]  # accepted, and still another origin


def test_the_opinions_of_an_import_are_set_aside_until_they_are_accepted(tmp_path: Path) -> None:
    runs = build_runs(tmp_path / "runs")
    first = open_session(runs).triage.run_set.attempts[0]
    human = first.reference_sha
    with FakeOpenAI() as server:
        run_set = open_session(runs).triage.run_set
        judge([first], settings(server), tmp_path / "hers", commits=run_set.commits)
    hers = open_session(runs, db=tmp_path / "hers")
    hers.export(tmp_path / "hers.json")
    mine = open_session(runs, db=tmp_path / "mine")
    imported = read_import(tmp_path / "hers.json", run_set)
    assert apply_import(imported, run_set, mine.triage.store).judgements_added == 1
    mine = open_session(runs, db=tmp_path / "mine")  # though the very same user wrote it
    (opinion,) = mine.triage.judgements()
    assert (opinion.set_aside, opinion.reported_by[:7]) == (IMPORTED, "import ")
    assert mine.triage.assessment(first.key).settled_by == {}
    assert {r.set_aside for r in mine.triage.store.rubrics(human)} == {IMPORTED}
    assert sum(mine.awaiting_trust.values()) == 2
    mine.take_in_stored(mine.answer_trust(True))
    (opinion,) = mine.triage.judgements()
    assert (opinion.set_aside, opinion.reported_by[:7]) == ("", "import ")
    assert mine.triage.assessment(first.key).settled_by
    assert {r.set_aside for r in mine.triage.store.rubrics(human)} == {""}
    assert not mine.awaiting_trust


def test_opinions_beside_the_runs_are_set_aside_until_they_are_accepted(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    shutil.copytree(SAMPLE, runs)
    session = open_session(runs)
    found = session.triage.judgements()
    assert {j.set_aside for j in found} == {FOUND}
    assert {j.provenance for j in found} == {"gpt5_evaluations.json"}
    settled = [k.settled_by for k in session.triage.assessments()]
    assert not any("judge" in by.values() for by in settled)
    session.answer_trust(True)
    again = open_session(runs)
    assert {j.set_aside for j in again.triage.judgements()} == {""}
    assert not again.awaiting_trust


def test_a_seal_needs_a_place_for_its_key(tmp_path: Path) -> None:
    state = state_folder()
    state.parent.mkdir(parents=True, exist_ok=True)
    state.write_text("no folder")
    with FakeOpenAI() as server:
        judge([attempt("a")], settings(server), tmp_path)
    assert only_judgement(tmp_path).set_aside == FOREIGN


def only_held(folder: Path) -> list[Judgement]:
    """Every judgement of a store, as a session sees them."""
    found = derive_foreign(Store(folder).load()).judgements
    return [judgement for held in found.values() for judgement in held]


def own_id(found: list[Judgement]) -> str:
    """The id of what counts: one's own, with a mark where another took it first."""
    return next(j.id for j in found if not j.set_aside)


def _line(table: str, record: object, store: str, seal: str = "") -> bytes:
    from core import codec

    data = codec.to_data(record)
    line = {"table": table, "id": data["id"], "schema_version": 2, "store": store, "record": data}
    return json.dumps(line | ({"seal": seal} if seal else {})).encode() + b"\n"
