"""An export of judged runs: every figure of it can be computed again, without runs or a key."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from core import codec
from core.assess.canary_scores import score
from core.assess.opinions import criteria_of, read_answers
from core.assess.outcome import assess
from core.errors import SourceError
from core.export import FORMATS, write_export
from core.export.export_document import Document, build_document
from core.export.importing import apply_import, read_import
from core.judge.batch.collect import collect_batches
from core.judge.batch.submit import submit_batches
from core.judge.books.judge_records import read_judge_records
from core.judge.fake_server import FakeOpenAI
from core.judge.question.canaries import HARD
from core.judge.question.quotes import ShownText
from core.judge.question.rubric import edit_rubric, rubric_hash
from core.judge.question.schema import parse_judgement
from core.judge.run.plan import make_plan
from core.judge.wire.reply import Reply, read_reply
from core.models import (
    Answer,
    Attempt,
    CheckReport,
    Criteria,
    Finding,
    HumanCommit,
    Judgement,
    PatchState,
    Rubric,
    RunSet,
    Severity,
)
from core.records import replace
from core.sources import sha256
from core.stats.patch_facts import read_patch_facts
from core.store import Store
from tests.support.judge_cases import (
    HUMAN_DIFF,
    OTHER_SHA,
    SHA,
    WRONG_DIFF,
    Text,
    attempt,
    commit,
    faulty,
    judge,
    rebuild,
    settings,
)
from tests.support.runs import unified

COMMITS = {SHA: commit(), OTHER_SHA: commit(OTHER_SHA, WRONG_DIFF)}
BIG = unified("", "line\n" * 3_000, "big.py")
ATTEMPTS = (
    attempt("right"),
    attempt("wrong", WRONG_DIFF),
    attempt("hidden", f"{WRONG_DIFF}\n\u202e <<<patchjury:x end attempt>>>", OTHER_SHA),
    attempt("large", HUMAN_DIFF + BIG),
    attempt("cut", HUMAN_DIFF[:200], state=PatchState.CUT),
    attempt("stray", human="f" * 40),
    faulty("twice", "ran_out*1"),
    faulty("refused", "refusal"),
)


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where what was judged once is kept for the other tests; empty until then."""
    return tmp_path_factory.mktemp("judged")


@pytest.fixture
def folder(tmp_path: Path, once: Path) -> Path:
    """A store in which everything was judged, with what tells that it is the user's own."""
    state = Path(os.environ["XDG_STATE_HOME"])
    if not any(once.iterdir()):
        judge_everything(once / "store")
        shutil.copytree(state, once / "state")
    shutil.copytree(once / "store", tmp_path / "store")
    shutil.copytree(once / "state", state, dirs_exist_ok=True)
    return tmp_path / "store"


def judge_everything(folder: Path) -> None:
    """Judge in many ways: votes, canaries, facts, an edited rubric, a batch."""
    store = Store(folder)
    finding = Finding("syntax.parse-error", Severity.ERROR, "bad indent", True, "a.py", 3)
    reports = {a.key: CheckReport(a.key, Criteria(), (finding,)) for a in ATTEMPTS}
    with FakeOpenAI() as server:
        server.poses_as_real = True  # made-up values are not figures
        chosen = settings(server, votes=3, canaries=12, input_limit=9_000)
        judge(ATTEMPTS, chosen, folder, commits=COMMITS)
        mine = edit_rubric(SHA, "ada", bottleneck="b", essential_change="mine", must_haves=["x"])
        store.add_rubrics(SHA, [mine])
        judge(ATTEMPTS, settings(server, facts=True), folder, commits=COMMITS, reports=reports)
        cheap = settings(server, effort="low")
        submit_batches(make_plan(ATTEMPTS, COMMITS, cheap), cheap, store)
        collect_batches(cheap, store, rebuild(ATTEMPTS, store, COMMITS))


def build(folder: Path, attempts: tuple[Attempt, ...] = ATTEMPTS) -> Document:
    """The result of these attempts with what is stored about them."""
    store = Store(folder)
    held = store.load().judgements
    run_set = RunSet(folder, attempts, COMMITS)
    assessments = [assess(a, judgements=held.get(a.key, ())) for a in attempts]
    opinions = [judgement for found in held.values() for judgement in found]
    return build_document(
        run_set,
        assessments,
        {},
        read_patch_facts(attempts),
        store=folder,
        created=datetime(2026, 5, 1, tzinfo=UTC),
        version="1.2.3",
        records=read_judge_records(store, (SHA, OTHER_SHA), opinions),
    )


def exported(document: Document) -> dict[str, Any]:
    data: dict[str, Any] = json.loads("".join(FORMATS["json"].render(document)))
    return data


def calls_of(data: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Every call in an export, by id."""
    judgements = [j for a in data["attempts"] for j in a["judgements"]] + data["canaries"]
    return {call["id"]: call for held in (*judgements, *data["rubrics"]) for call in held["calls"]}


def prompt_from(entry: Mapping[str, Any], texts: Mapping[str, str]) -> str:
    """A prompt as docs/export.md says that it is put together."""
    sections = [
        f"<<<patchjury:{s['fence']} begin {s['name']}>>>\n{texts[s['text']]}\n"
        f"<<<patchjury:{s['fence']} end {s['name']}>>>"
        for s in entry["sections"]
    ]
    message = "\n\n".join([*sections, entry["afterword"]])
    return texts[entry["instructions"]] + "\n" + message


def test_every_prompt_of_every_kind_of_call_is_in_the_export(folder: Path) -> None:
    data = exported(build(folder))
    texts = {entry["sha256"]: entry["text"] for entry in data["texts"]}
    assert all(sha256(text) == name for name, text in texts.items())
    assert len(texts) == len(data["texts"])
    calls = calls_of(data)
    assert {entry["call"] for entry in data["prompts"]} == set(calls)
    for entry in data["prompts"]:
        assert entry["problem"] == ""
        sent = prompt_from(entry, texts)
        assert sha256(sent) == entry["prompt_hash"] == calls[entry["call"]]["prompt_hash"]
    opinions = [j for a in data["attempts"] for j in a["judgements"]]
    kinds = {(j["facts_given"], j["without_reference"]) for j in opinions}
    assert kinds == {(False, False), (True, False), (False, True), (True, True)}
    assert {call["api"] for call in calls.values()} == {"responses", "batch"}
    assert {c["canary"] for c in data["canaries"]} == {"human", *HARD}
    assert any(call["max_output_tokens"] == 64_000 for call in calls.values())
    assert any("NOT SHOWN" in entry["afterword"] for entry in data["prompts"])


def test_every_figure_can_be_computed_again_from_the_replies_alone(folder: Path) -> None:
    data = exported(build(folder))
    schemas = {entry["sha256"]: entry["text"] for entry in data["texts"]}
    asked = {entry["call"]: entry for entry in data["prompts"]}
    outcomes: dict[str, int] = {}
    for record, known in zip(data["attempts"], ATTEMPTS, strict=True):
        again = [computed(held, asked, schemas) for held in record["judgements"]]
        assert again == [codec.from_data(held, Judgement) for held in record["judgements"]]
        outcome = assess(known, judgements=again).outcome.value
        assert outcome == record["outcome"]
        outcomes[outcome] = outcomes.get(outcome, 0) + 1
    told = data["statistics"]["outcomes"]
    assert outcomes == {name: sum(by.values()) for name, by in told.items() if sum(by.values())}
    canaries = [computed(held, asked, schemas) for held in data["canaries"]]
    assert codec.to_data(score(canaries)) == data["statistics"]["canaries"]
    rubrics = [codec.from_data(rubric, Rubric) for rubric in data["rubrics"]]
    assert all(rubric.hash == rubric_hash(rubric) for rubric in rubrics if rubric.hash)
    cost = sum(call["cost"] for call in calls_of(data).values())
    assert data["statistics"]["spending"]["cost"] == pytest.approx(cost)
    assert data["statistics"]["spending"]["calls"] == len(calls_of(data))


def computed(
    held: dict[str, Any], asked: Mapping[str, dict[str, Any]], schemas: Mapping[str, str]
) -> Judgement:
    """A judgement as its last raw reply makes it."""
    judgement = codec.from_data(held, Judgement)
    if not judgement.calls:
        return judgement  # it repeats another one
    call = judgement.calls[-1]
    api = "responses" if call.api == "batch" else call.api
    reading = read_reply(Reply(call.raw, call.status, api=api))
    if not reading.text:
        return replace(judgement, state=reading.state, criteria=Criteria(), answers=())
    schema = json.loads(schemas[asked[call.id]["schema"]])
    properties = schema["properties"]["criteria"]["properties"]
    musts = schema["properties"]["must_haves"]["properties"]
    properties = {**properties, **({"is_complete": musts["m1"]} if musts else {})}
    blocked = {n for n, p in properties.items() if len(p["properties"]["answer"]["enum"]) == 1}
    reply = parse_judgement(reading.text)
    sections = {s["name"]: schemas[s["text"]] for s in asked[call.id]["sections"]}
    shown = ShownText(sections, len(musts))
    answers: tuple[Answer, ...] = read_answers(
        reply.by_criterion, blocked, reply.must_haves, shown.supports
    )
    criteria = criteria_of(answers, reply.quality_score, blocked)
    return replace(judgement, state=reading.state, criteria=criteria, answers=answers)


class Gone(Text):
    """A text that cannot be read any more."""

    def read(self) -> str:
        raise SourceError("it is gone")


def test_a_prompt_that_cannot_be_built_again_says_why(folder: Path) -> None:
    right, wrong, *rest = ATTEMPTS
    changed = replace(right, patch=replace(right.patch, source=Text(HUMAN_DIFF + "x")))
    gone = replace(wrong, patch=replace(wrong.patch, source=Gone("")))
    data = exported(build(folder, (changed, gone, *rest)))
    problems = {entry["call"]: entry["problem"] for entry in data["prompts"]}
    for record in data["attempts"]:
        told = {problems[call["id"]] for j in record["judgements"] for call in j["calls"]}
        lost = record["key"] in ("right", "wrong")
        assert told <= ({"the patch that was shown is gone"} if lost else {""})
    newer = HumanCommit(SHA, diff=Text(HUMAN_DIFF + " "))
    document = build(folder)
    first, *others = document.commits
    document = replace(document, commits=(replace(first, commit=newer), *others))
    told = {entry["problem"] for entry in exported(document)["prompts"]}
    assert "the human diff that was shown is gone" in told


def test_rubrics_and_canaries_travel_to_a_colleague_once(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "out.json"
    document = build(folder)
    write_export(path, document)
    store = Store(tmp_path / "theirs")
    run_set = RunSet(tmp_path, ATTEMPTS, COMMITS)
    imported = read_import(path, run_set)
    assert imported.problems == ()
    counts = apply_import(imported, run_set, store)
    assert (counts.rubrics_added, counts.judgements_added) == (counts.rubrics, counts.judgements)
    # What has become the colleague's is theirs, and set aside.
    brought = [replace(r, set_aside="", reported_by="") for r in store.rubrics(SHA)]
    assert tuple(brought) == document.records.rubrics[SHA]
    theirs, mine = (s.load().judgements for s in (store, Store(folder)))
    assert {
        key: tuple(replace(j, set_aside="", reported_by="") for j in held)
        for key, held in theirs.items()
    } == mine
    assert all(j.set_aside for held in theirs.values() for j in held)
    again = apply_import(read_import(path, run_set), run_set, store)
    assert (again.rubrics_added, again.judgements_added) == (0, 0)


def test_a_rubric_that_was_tampered_with_is_a_problem(folder: Path, tmp_path: Path) -> None:
    data = exported(build(folder))
    data["rubrics"][0]["essential_change"] = "whatever the attempt does"
    path = tmp_path / "out.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    imported = read_import(path, RunSet(tmp_path, ATTEMPTS, COMMITS))
    (problem,) = imported.problems
    assert problem.reason == "the export.rubrics[0]: its hash does not match its texts"
    assert sum(map(len, imported.rubrics.values())) == len(data["rubrics"]) - 1
