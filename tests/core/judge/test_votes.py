"""Votes, the cache key, rubrics, selection and the throttle: the rules without a server."""

from __future__ import annotations

import asyncio
import itertools
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from core.assess.opinions import has_failed, standing_votes, tally
from core.assess.outcome import assess
from core.errors import InputError
from core.judge.question.instructions import Instructions
from core.judge.question.judge_prompt import Question, Section
from core.judge.question.keys import find_answer, is_loopback, question_key, vote_key
from core.judge.question.rubric import current_rubric, edit_rubric, rubric_hash
from core.judge.run.plan import Selection, make_plan, select_attempts
from core.judge.wire.http_requests import HttpRequest, Wire
from core.judge.wire.reply import is_other_model
from core.judge.wire.throttle import Throttle, parse_duration, pause_seconds
from core.models import (
    Call,
    Criteria,
    Judgement,
    JudgementState,
    Outcome,
    Rubric,
)
from core.records import replace
from core.settings import JudgeSettings, Price, Secret
from core.store import Store
from tests.support.judge_cases import OTHER_SHA, SHA, WRONG_DIFF, attempt, commit

NOW = datetime(2026, 5, 1, tzinfo=UTC)
VERDICT, ERROR = JudgementState.VERDICT, JudgementState.ERROR
_ids = itertools.count()


def vote(
    answer: bool | None,
    number: int = 1,
    question: str = "q",
    hour: int = 0,
    state: JudgementState = VERDICT,
    **fields: Any,
) -> Judgement:
    """One vote on the logic."""
    criteria = Criteria(optimization_logic_match=answer) if state is VERDICT else Criteria()
    return Judgement(
        f"j{next(_ids)}",
        "a",
        state,
        criteria,
        created=NOW + timedelta(hours=hour),
        question=question,
        vote=number,
        **fields,
    )


# Votes


@pytest.mark.parametrize(
    ("answers", "decided", "split", "tied"),
    [
        ([True, True, False], True, True, False),
        ([True, False, None], None, True, True),
        ([True, None, None], None, False, True),
        ([None, None, None], None, False, False),
        ([False, False, None], False, False, False),
        ([True], True, False, False),
    ],
)
def test_a_majority_is_more_than_half_of_all_votes(
    answers: list[bool | None], decided: bool | None, split: bool, tied: bool
) -> None:
    votes = [vote(answer, number) for number, answer in enumerate(answers, 1)]
    counted = tally(votes)["optimization_logic_match"]
    assert (counted.decided, counted.is_split, counted.is_tied) == (decided, split, tied)
    assert counted.votes == len(answers)
    assert assess(attempt("a"), judgements=votes).criteria.optimization_logic_match is decided


def test_a_vote_that_failed_counts_among_those_asked_for() -> None:
    votes = [vote(True, 1), vote(None, 2, state=ERROR), vote(None, 3, state=ERROR)]
    assert tally(votes)["optimization_logic_match"].decided is None
    assert has_failed(votes)
    retried = [*votes, vote(True, 2, hour=1)]
    assert tally(retried)["optimization_logic_match"].decided is True


def test_only_the_newest_question_counts_and_failures_do_not_push_it_out() -> None:
    old = [vote(True, number) for number in (1, 2, 3)]
    new = [vote(False, 1, "edited rubric", hour=1)]
    assert standing_votes([*old, *new]) == tuple(new)
    failed = vote(None, 1, "newest", 2, ERROR)
    assert standing_votes([*old, *new, failed]) == tuple(new)
    assert has_failed([*old, *new, failed])
    assert not has_failed([*old, *new])


def test_an_opinion_outlasts_a_later_failure_of_the_same_vote() -> None:
    opinion = vote(True)
    assert standing_votes([opinion, vote(None, hour=1, state=ERROR)]) == (opinion,)


def test_opinions_from_elsewhere_count_until_there_is_one_of_ours() -> None:
    foreign = [vote(True, question=""), vote(False, question="", hour=9)]
    assert standing_votes(foreign) == tuple(foreign)
    ours = vote(True, hour=1)
    assert standing_votes([*foreign, ours]) == (ours,)


def test_canaries_never_vote() -> None:
    assert standing_votes([vote(True, canary="human")]) == ()


# The cache


QUESTION = Question(
    name="judgement",
    told=Instructions("judgement", 1, "judge"),
    input_limit=1_000,
    sections=(Section("rubric", "r", True), Section("attempt", "patch", False)),
    schema={"type": "object", "properties": {}},
    rubric="hash",
    patches=("one", "two"),
)
CHOSEN = JudgeSettings(model="gpt-5", api_key=Secret("k"))


@pytest.mark.parametrize(
    ("question", "settings", "number"),
    [
        (replace(QUESTION, told=Instructions("judgement", 1, "judge well")), CHOSEN, 1),
        (replace(QUESTION, told=Instructions("judgement", 2, "judge")), CHOSEN, 1),
        (replace(QUESTION, missing=("a file",)), CHOSEN, 1),
        (replace(QUESTION, sections=(Section("rubric", "other", True),)), CHOSEN, 1),
        (replace(QUESTION, schema={"type": "array"}), CHOSEN, 1),
        (replace(QUESTION, rubric="edited"), CHOSEN, 1),
        (replace(QUESTION, patches=("other", "two")), CHOSEN, 1),
        (replace(QUESTION, patches=("one", "other")), CHOSEN, 1),
        (replace(QUESTION, patches=("onet", "wo")), CHOSEN, 1),
        (QUESTION, replace(CHOSEN, model="gpt-6"), 1),
        (QUESTION, replace(CHOSEN, effort="high"), 1),
        (QUESTION, CHOSEN, 2),
    ],
)
def test_every_part_of_the_key_matters(
    question: Question, settings: JudgeSettings, number: int
) -> None:
    plain = vote_key(question_key(QUESTION, CHOSEN), 1)
    assert vote_key(question_key(question, settings), number) != plain


def test_nothing_else_matters_for_the_key() -> None:
    other = replace(
        CHOSEN,
        votes=5,
        base_url="http://localhost/v1",
        api="chat",
        concurrency=1,
        service_tier="flex",
        max_output_tokens=99_000,
        input_limit=9_999,
        facts=True,
        canaries=9,
        timeout_s=1.0,
        max_retries=0,
        max_cost=1.0,
        prices={"gpt-5": Price(1, 1)},
        api_key=Secret("other"),
    )
    changed = {
        name for name in JudgeSettings.__slots__ if getattr(other, name) != getattr(CHOSEN, name)
    }
    waiting = {"ask_above", "canary_bar", "context", "alternative_epsilon"}  # nothing reads them
    assert changed | waiting | {"model", "models", "effort", "api_key"} == set(
        JudgeSettings.__slots__
    )
    turned = dict(reversed(list(QUESTION.schema.items())))
    quiet = replace(QUESTION, facts="z", without_reference=True, input_limit=5, schema=turned)
    assert question_key(quiet, other) == question_key(QUESTION, CHOSEN)


def test_an_error_is_no_answer_and_a_fake_none_to_a_real_question() -> None:
    def stored(state: JudgementState, *, fake: bool = False) -> Judgement:
        call = Call("c", "gpt-5", NOW, 1.0, "hash", fake=fake)
        return vote(True, state=state, key="k", calls=(call,))

    refused, verdict = stored(JudgementState.REFUSED), stored(VERDICT)
    assert find_answer([stored(ERROR)], "k", "a", again=False, real=True) is None
    assert find_answer([refused], "k", "a", again=False, real=True) is refused
    assert find_answer([refused], "k", "a", again=True, real=True) is None
    assert find_answer([verdict, refused], "k", "a", again=False, real=True) is verdict
    assert find_answer([verdict], "other", "a", again=False, real=True) is None
    made_up = stored(VERDICT, fake=True)
    assert find_answer([made_up], "k", "a", again=False, real=False) is made_up
    assert find_answer([made_up], "k", "a", again=False, real=True) is None
    for here in ("127.0.0.1", "localhost", "LocalHost", "[::1]"):
        assert is_loopback(f"http://{here}:1/v1")
    assert not is_loopback("https://api.openai.com/v1")


# Rubrics


def test_an_edited_rubric_holds_whatever_is_written_after_it(tmp_path: Path) -> None:
    def written(hour: int, diff: str = "d") -> Rubric:
        rubric = Rubric(f"r{hour}", SHA, "", NOW + timedelta(hours=hour), essential_change="x")
        return replace(rubric, hash=rubric_hash(rubric), key=diff)

    first, second = written(0), written(1)
    failed = replace(written(2), state=JudgementState.REFUSED, hash="")
    store = Store(tmp_path)
    store.add_rubrics(SHA, [first, second, failed])
    assert store.rubrics(SHA) == [first, second, failed]
    assert current_rubric(store.rubrics(SHA)) == second
    assert current_rubric(store.rubrics(SHA), "another diff") is None
    mine = edit_rubric(SHA, "ada", bottleneck="b", essential_change="y", must_haves=["one"])
    store.add_rubrics(SHA, [mine])
    assert current_rubric([*store.rubrics(SHA), written(9)], "another diff") == mine
    assert mine.hash == rubric_hash(mine) != second.hash
    assert Store(tmp_path).load().problems == ()
    with pytest.raises(InputError):
        edit_rubric(SHA, "ada", bottleneck="b", essential_change=" ", must_haves=[])


# Selection and plan


def test_attempts_are_selected_by_what_is_known_of_them() -> None:
    right = replace(vote(True), criteria=Criteria(True, True, True, True, False))
    known = [
        assess(attempt("a"), judgements=[right]),
        assess(attempt("b"), judgements=[vote(None, state=ERROR)]),
        assess(attempt("c", human=OTHER_SHA)),
    ]
    assert known[0].outcome is Outcome.TRUE_SUCCESS

    def keys(selection: Selection) -> list[str]:
        return [chosen.key for chosen in select_attempts(known, selection)]

    assert keys(Selection()) == ["a", "b", "c"]
    assert keys(Selection(attempts=["c", "a"])) == ["a", "c"]
    assert keys(Selection(commits=[OTHER_SHA[:8]])) == ["c"]
    assert keys(Selection(undecided=True)) == ["b", "c"]
    assert keys(Selection(failed=True)) == ["b"]
    chosen = select_attempts(known, Selection(failed=True), [OTHER_SHA])
    assert [found.key for found in chosen] == ["b", "c"]  # c waits for a rubric that failed
    assert keys(Selection(sample=2, seed=1)) == keys(Selection(sample=2, seed=1))
    assert len(keys(Selection(sample=2, seed=1))) == 2
    assert {tuple(keys(Selection(sample=1, seed=seed))) for seed in range(20)} == {
        ("a",),
        ("b",),
        ("c",),
    }
    for wrong in (Selection(attempts=["z"]), Selection(commits=["ffff"]), Selection(commits=[""])):
        with pytest.raises(InputError):
            keys(wrong)


def test_canaries_are_on_for_twenty_attempts_and_always_the_same() -> None:
    commits = {SHA: commit(), OTHER_SHA: commit(OTHER_SHA, WRONG_DIFF)}
    few = [attempt(f"{n}") for n in range(19)]
    many = [*few, attempt("x", human=OTHER_SHA)]

    def canaries(number: list[Any], settings: JudgeSettings) -> list[tuple[str, str]]:
        groups = make_plan(number, commits, settings).groups
        return [(j.canary, j.attempt.key) for g in groups for j in g.jobs if j.canary]

    assert canaries(few, CHOSEN) == []
    assert [kind for kind, _ in canaries(many, CHOSEN)].count("human") == 2  # of each rubric
    assert len(canaries(many, CHOSEN)) == 2 + 3
    assert canaries(many, CHOSEN) == canaries(many, CHOSEN)
    assert canaries(many, replace(CHOSEN, canaries=0)) == []
    alone = {kind for kind, _ in canaries(few, replace(CHOSEN, canaries=9))}
    assert alone == {"human", "partial", "reverse", "comments", "refactoring"}
    twice = {SHA: commit(), OTHER_SHA: commit(OTHER_SHA)}  # the same change: no other's patch
    plan = make_plan(many, twice, replace(CHOSEN, canaries=9))
    kinds = {j.canary for g in plan.groups for j in g.jobs if j.canary}
    assert not kinds & {"other", "planted"}


@pytest.mark.parametrize(
    ("asked", "reported", "other"),
    [
        ("gpt-5", "gpt-5", False),
        ("gpt-5", "gpt-5-2025-08-07", False),
        ("gpt-5", "gpt-5-20250807", False),
        ("gpt-5", "gpt-5-latest", False),
        ("gpt-5", None, False),
        ("gpt-5", "gpt-5-mini", True),
        ("gpt-5", "gpt-5-mini-2025-08-07", True),
        ("gpt-5-mini", "gpt-5", True),
        ("gpt-5", "gpt-5.1", True),
    ],
)
def test_another_model_is_one_whose_name_is_not_that_one_with_a_date(
    asked: str, reported: str | None, other: bool
) -> None:
    call = Call("c", asked, NOW, 1.0, "hash", reported_model=reported)
    assert is_other_model(call) is other


# The throttle


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("6m0s", 360.0), ("20ms", 0.02), ("1s", 1.0), ("1h2m", 3720.0), ("", 0.0), ("soon", 0.0)],
)
def test_durations_of_headers_are_read(text: str, seconds: float) -> None:
    assert parse_duration(text) == seconds


def test_the_longest_wait_that_the_headers_ask_for_holds() -> None:
    headers = {
        "retry-after-ms": "1500",
        "x-ratelimit-remaining-tokens": "0",
        "x-ratelimit-reset-tokens": "3s",
        "x-ratelimit-remaining-requests": "9",
        "x-ratelimit-reset-requests": "1h0m0s",
    }
    assert pause_seconds(headers) == 3.0
    assert pause_seconds({"retry-after": "99999"}) == 120.0
    assert pause_seconds({"retry-after": "Wed, 21 Oct 2026 07:28:00 GMT"}) == 0.0


def test_the_limit_is_halved_once_a_round_and_grows_again() -> None:
    async def run() -> None:
        throttle = Throttle(16)
        now = asyncio.get_running_loop().time()
        limited = Wire([HttpRequest(NOW, 429), HttpRequest(NOW, 200)], {"retry-after-ms": "9000"})
        assert throttle.learn(limited, now)
        assert not throttle.learn(limited, now - 1)  # it was under way when the limit fell
        assert throttle.limit == 8
        assert not throttle.is_open(asyncio.get_running_loop().time())
        for _ in range(8):
            throttle.learn(Wire([HttpRequest(NOW, 200)]), now)
        assert throttle.limit == 9

    asyncio.run(run())
