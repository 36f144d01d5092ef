"""Small things to judge: human commits and attempts that need no folder, and a run over them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from core.judge.batch.collect import Rebuild
from core.judge.fake_server.server import FakeOpenAI
from core.judge.question.replay import Replayers
from core.judge.run.events import Event, Finished, Judged, Summary
from core.judge.run.plan import make_plan
from core.judge.run.runner import JudgeRun
from core.models import (
    Attempt,
    CheckReport,
    HumanCommit,
    Judgement,
    PatchEvidence,
    PatchState,
    RunSet,
)
from core.records import replace
from core.settings import JudgeSettings, Secret
from core.store import Store
from tests.support.runs import unified

KEY = "sk-very-secret-0123456789"
BASE = "".join(f"value_{number} = {number}\n" for number in range(1, 41))
HUMAN = BASE.replace("value_10 = 10\n", "value_10 = 100\n").replace(
    "value_30 = 30\n", "value_30 = 300\n"
)
HUMAN_DIFF = unified(BASE, HUMAN)
WRONG_DIFF = unified(BASE, BASE.replace("value_20 = 20\n", "value_20 = 21\n"))
SHA = "a1" * 20
OTHER_SHA = "b2" * 20

_E = TypeVar("_E")


@dataclass(frozen=True, slots=True)
class Text:
    """A text in memory as a source."""

    text: str
    name: str = "text"

    def read(self) -> str:
        return self.text


def commit(sha: str = SHA, diff: str | None = HUMAN_DIFF) -> HumanCommit:
    """A human commit with a diff."""
    text = Text(diff) if diff is not None else None
    return HumanCommit(sha, "Make ten larger", "Make ten larger\n\nIt is faster.", diff=text)


def attempt(
    key: str,
    patch: str = HUMAN_DIFF,
    human: str = SHA,
    state: PatchState = PatchState.WHOLE,
) -> Attempt:
    """An attempt with a patch."""
    return Attempt(key, human, patch=PatchEvidence(state, Text(patch)), agent="trae", status="won")


def faulty(key: str, order: str, patch: str = HUMAN_DIFF, human: str = SHA) -> Attempt:
    """An attempt whose patch orders a fault of the fake server; no two patches are equal."""
    note = f"# {key} fault-order:{order}\n"
    return attempt(key, patch + unified("", note, "note.py"), human)


def settings(server: FakeOpenAI, **changes: object) -> JudgeSettings:
    """JudgeSettings that lead to a fake server."""
    plain = JudgeSettings(
        model="gpt-5",
        base_url=server.base_url,
        api="responses",
        api_key=Secret(KEY),
        canaries=0,
        max_retries=1,
        timeout_s=10.0,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def judge(
    attempts: Sequence[Attempt],
    chosen: JudgeSettings,
    folder: Path,
    *,
    commits: Mapping[str, HumanCommit] | None = None,
    reports: Mapping[str, CheckReport] | None = None,
    again: bool = False,
) -> list[Event]:
    """Judge attempts and return all that was told."""
    known = {SHA: commit()} if commits is None else commits
    plan = make_plan(attempts, known, chosen, again=again)
    return follow(JudgeRun(plan, chosen, Store(folder), reports))


def follow(run: JudgeRun, then: Callable[[Event], None] | None = None) -> list[Event]:
    """All that a run tells, in this thread's own loop; `then` is called at each event."""

    async def collect() -> list[Event]:
        told = []
        async for event in run.events():
            told.append(event)
            if then is not None:
                then(event)
        return told

    return asyncio.run(collect())


def rebuild(
    attempts: Sequence[Attempt], store: Store, commits: Mapping[str, HumanCommit] | None = None
) -> Rebuild:
    """What builds the questions of a batch over attempts again."""
    known = {SHA: commit()} if commits is None else commits
    return Replayers(RunSet(Path(), tuple(attempts), known), store.rubrics).question


def judgements(events: Sequence[Event]) -> dict[str, Judgement]:
    """The judgements that were told, by attempt (the last one of each)."""
    return {e.judgement.attempt: e.judgement for e in events if isinstance(e, Judged)}


def only(events: Sequence[Event], kind: type[_E]) -> list[_E]:
    """The events of one kind."""
    return [event for event in events if isinstance(event, kind)]


def summary(events: Sequence[Event]) -> Summary:
    """What the run came to."""
    last = events[-1]
    assert isinstance(last, Finished)
    return last.summary
