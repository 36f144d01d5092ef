"""Opinions from other people's stores, derived again from the raw replies stored with them.

Such a record's own account of its reply is not trusted: criteria, answers and issues follow from
the reply itself. An answer that did not count still does not, since the shown evidence is
unavailable.
"""

from __future__ import annotations

from collections.abc import Mapping

from core.assess.opinions import criteria_of, read_answers
from core.judge.question.rubric import fill_rubric
from core.judge.question.schema import (
    JudgementReply,
    parse_judgement,
    parse_rubric,
    read_issues,
)
from core.judge.run.asking import check_text
from core.judge.wire.reply import Reading, Reply, read_reply
from core.models import UNKNOWN, Call, Issue, Judgement, JudgementState, Rubric
from core.records import replace
from core.store import StoreContents

ORPHAN = "it repeats an answer that is not in the store"


def derive_foreign(contents: StoreContents) -> StoreContents:
    """A store's contents with every opinion derived again that was not written here."""

    def is_own(judgement: Judgement) -> bool:
        return judgement.id in contents.own

    if all(is_own(j) for found in contents.judgements.values() for j in found):
        return contents
    derived = {
        j.id: derive_again(j)
        for found in contents.judgements.values()
        for j in found
        if j.calls and not is_own(j)
    }
    own = {j.id: j for found in contents.judgements.values() for j in found if is_own(j)}
    known = {**own, **derived}
    judgements = {
        key: tuple(known.get(j.id) or _repeated(j, known) for j in found)
        for key, found in contents.judgements.items()
    }
    return replace(contents, judgements=judgements)


def derive_again(judgement: Judgement) -> Judgement:
    """A judgement as the raw reply of its last call gives it."""
    call = judgement.calls[-1]
    if call.status is None and not call.raw:
        return replace(judgement, criteria=UNKNOWN, answers=(), issues=(), state=_failed(judgement))
    reading = _read(call, judgement.code, "judgement")
    if reading.state is not JudgementState.VERDICT:
        return replace(
            judgement, criteria=UNKNOWN, answers=(), issues=(), reasoning="", state=reading.state
        )
    reply = parse_judgement(reading.text)
    held = {a.criterion: a for a in judgement.answers}
    unsupported = {name for name, answer in held.items() if answer.unsupported}
    blocked = [name for name, a in held.items() if not (a.counted or a.unsupported)]

    def is_supported(name: str, *_: object) -> bool:
        return name not in unsupported

    answers = read_answers(reply.by_criterion, blocked, reply.must_haves, is_supported)
    return replace(
        judgement,
        state=JudgementState.VERDICT,
        answers=answers,
        # A criterion that could not be assessed blocks the quality too, and counts as answered so.
        criteria=criteria_of(answers, reply.quality_score, judgement.missing_evidence or blocked),
        issues=_issues(judgement, reply),
        reasoning=reply.reasoning,
    )


def is_reply_made_up(judgement: Judgement) -> bool:
    """Does a raw reply itself say that a test server made it up?"""
    return any(_read(call, judgement.code, "judgement").fake for call in judgement.calls)


def derive_rubric(rubric: Rubric) -> Rubric:
    """A model-written rubric, as the raw reply of its last call gives it."""
    reading = _read(rubric.calls[-1], rubric.code, "rubric")
    if reading.state is not JudgementState.VERDICT:
        return replace(rubric, state=reading.state)
    return fill_rubric(replace(rubric, state=JudgementState.VERDICT), parse_rubric(reading.text))


def _read(call: Call, code: str, schema: str) -> Reading:
    api = "chat" if '"choices"' in call.raw[:2_000] else "responses"
    status = 200 if call.status is None and call.api == "batch" else call.status
    return check_text(read_reply(Reply(call.raw, status, code, api=api)), schema)


def _issues(judgement: Judgement, reply: JudgementReply) -> tuple[Issue, ...]:
    """The issues as the reply has them; a place counts if the record says that it was found."""
    held = {(i.message, i.file, i.line): i for i in judgement.issues}
    return tuple(
        replace(told, side=found.side)
        if (found := held.get((told.message, told.file, told.line))) is not None
        else replace(told, file=None, line=None, misplaced=told.place)
        for told in read_issues(reply)
    )


def _failed(judgement: Judgement) -> JudgementState:
    is_verdict = judgement.state is JudgementState.VERDICT
    return JudgementState.ERROR if is_verdict else judgement.state


def _repeated(judgement: Judgement, known: Mapping[str, Judgement]) -> Judgement:
    """A copy says what its original says; an imported record speaks for itself."""
    if not judgement.cached:
        return judgement
    original = known.get(judgement.cached)
    if original is None:
        return replace(judgement, set_aside=judgement.set_aside or ORPHAN)
    return replace(
        judgement,
        state=original.state,
        answers=original.answers,
        criteria=original.criteria,
        issues=original.issues,
        reasoning=original.reasoning,
    )
