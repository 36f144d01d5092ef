"""One vote until it is on disk: its commit's rubric first, then a stored answer or a call."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping

from core.errors import SourceError, StoreError
from core.judge.books.ledger import Subject
from core.judge.books.recorder import Recorder
from core.judge.question.fences import new_fence
from core.judge.question.judge_prompt import Question
from core.judge.question.keys import Keys
from core.judge.run.asking import (
    Asker,
    Ending,
    build_rubric,
    fill_judgement,
    frame_judgement,
    repeat_judgement,
    why_halt,
)
from core.judge.run.commit_evidence import (
    WAITING,
    CommitEvidence,
    shorter_limit,
    why_unjudgeable,
)
from core.judge.run.events import Event, Judged, RubricWritten, Skipped
from core.judge.run.gate import Gate
from core.judge.run.plan import Group, Job, Plan
from core.judge.run.scoreboard import Scoreboard
from core.judge.wire.reply import is_too_long
from core.models import CheckReport, Judgement, JudgementState, Rubric
from core.records import replace
from core.settings import JudgeSettings
from core.store import Store


class Work:
    """One human commit while its votes are collected."""

    def __init__(self, group: Group) -> None:
        self.group = group
        self.evidence: CommitEvidence | None = None
        self.shared_fence = new_fence()
        self.rubric: asyncio.Future[Rubric | None] = asyncio.get_running_loop().create_future()
        self.failure = ""  # why the call for the rubric failed
        self.asked: dict[str, asyncio.Future[Judgement | None]] = {}
        self.left = len(group.jobs)


class Votes:
    """Collects votes in one event loop; what it needs is shared by all workers of a run."""

    def __init__(
        self,
        asker: Asker,
        gate: Gate,
        board: Scoreboard,
        recorder: Recorder,
        tell: Callable[[Event], None],
        *,
        settings: JudgeSettings,
        store: Store,
        reports: Mapping[str, CheckReport] | None,
        plan: Plan,
        real: bool | None,
        listed: Collection[str] = (),
    ) -> None:
        self._asker = asker
        self._gate = gate
        self._board = board
        self._recorder = recorder
        self._tell = tell
        self._settings = settings
        self._store = store
        self._reports = reports
        self._plan = plan
        self._real = real
        self._listed = listed  # the server's models

    # Rubrics

    async def prepare(self, work: Work) -> None:
        """Read what is stored about a commit and make sure that there is a rubric."""
        rubric: Rubric | None = None
        try:
            evidence = CommitEvidence(
                work.group,
                self._plan,
                self._store,
                self._settings,
                self._reports,
                real=self._real,
            )
            rubric, work.evidence = evidence.rubric, evidence
            if evidence.rubric_question is not None and not evidence.no_rubric:
                rubric = await self._write_rubric(work, evidence.rubric_question)
        finally:
            if not work.rubric.done():
                work.rubric.set_result(rubric)

    async def _write_rubric(self, work: Work, question: Question) -> Rubric | None:
        human = work.group.human
        subject = Subject("rubric", human)
        settings = self._settings.asking(self._settings.model)
        ending = await self._ask(question, work, subject, settings)
        if ending is None:
            return None
        if is_too_long(ending.reading):
            shorter = work.evidence.shorter_rubric_question(question) if work.evidence else None
            ending, question = await self._ask_shorter(
                ending, question, shorter, work, subject, settings
            )
        rubric = build_rubric(human, question, ending.calls, ending.reading)
        self._board.wrote_rubric(rubric)
        await self._recorder.record(ending.lines, human, rubric=rubric)
        self._tell(RubricWritten(rubric, self._board.progress()))
        if rubric.state is JudgementState.VERDICT:
            return rubric
        work.failure = f"its commit's rubric could not be written: {rubric.error or rubric.state}"
        return None

    # Votes

    async def vote(self, work: Work, job: Job) -> None:
        try:
            rubric = await work.rubric
            reason = await self._judge(work, job, rubric)
        finally:
            work.left -= 1
            if not work.left:
                work.evidence = None  # a long run holds only its current commits
                work.asked.clear()
        if reason:
            if reason != work.failure:  # that one is available another time
                self._board.skipped()
            self._tell(Skipped(job.attempt.key, reason, self._board.progress()))

    async def _judge(self, work: Work, job: Job, rubric: Rubric | None) -> str:
        """Get one vote; why it is unavailable, or "" (also when the run stops before it)."""
        evidence = work.evidence
        if evidence is None:
            return ""  # the run stopped
        if rubric is None and evidence.diff is not None:
            return evidence.no_rubric or ("" if self._gate.is_closed else work.failure)
        try:
            question = evidence.question(job, rubric)
        except SourceError as error:
            return str(error)
        if reason := why_unjudgeable(question, self._settings):
            return reason
        keys = evidence.keys(job, question)
        answer = evidence.answer(keys.vote, job.attempt.key) or await self._same_question(
            work, keys.vote
        )
        if answer is not None:
            await self._repeat(work, job, answer, keys.panel)
            return ""
        if evidence.is_waiting(keys.vote):
            return WAITING
        asked = work.asked[keys.vote] = asyncio.get_running_loop().create_future()
        judgement: Judgement | None = None
        try:
            judgement = await self._ask_vote(work, job, question, keys)
        finally:
            asked.set_result(judgement)
        return ""

    async def _same_question(self, work: Work, key: str) -> Judgement | None:
        """The opinion that another worker is requesting right now, if it gets one."""
        while key in work.asked:
            asked = work.asked[key]
            judgement = await asked
            if judgement is not None and judgement.state is JudgementState.VERDICT:
                return judgement
            if work.asked.get(key) is asked:
                del work.asked[key]
        return None

    async def _repeat(self, work: Work, job: Job, answer: Judgement, panel: str) -> None:
        if answer.attempt != job.attempt.key or answer.panel != panel:
            answer = repeat_judgement(answer, job.attempt.key, job.canary, panel=panel)
            await self._recorder.record([], work.group.human, judgement=answer)
        self._board.reused(answer)
        self._tell(Judged(answer, work.group.human, self._board.progress(), reused=True))

    async def _ask_vote(
        self, work: Work, job: Job, question: Question, keys: Keys
    ) -> Judgement | None:
        what = "canary" if job.canary else "judgement"
        subject = Subject(what, work.group.human, job.attempt.key, job.vote)
        settings = self._settings.asking(job.model)
        ending = await self._ask(question, work, subject, settings)
        if ending is None:
            return None
        if is_too_long(ending.reading) and work.evidence is not None:
            shorter = work.evidence.question(job, work.rubric.result(), shorter_limit(question))
            ending, question = await self._ask_shorter(
                ending, question, shorter, work, subject, settings
            )
        judgement = fill_judgement(
            frame_judgement(job, question, keys), ending.calls, ending.reading, question
        )
        saved = True
        try:
            await self._recorder.record(ending.lines, work.group.human, judgement=judgement)
        except StoreError:
            saved = False
            raise
        finally:
            self._board.judged(judgement, saved=saved)
            progress = self._board.progress()
            self._tell(Judged(judgement, work.group.human, progress, saved=saved))
        return judgement

    # Calls

    async def _ask_shorter(
        self,
        ending: Ending,
        question: Question,
        shorter: Question | None,
        work: Work,
        subject: Subject,
        settings: JudgeSettings,
    ) -> tuple[Ending, Question]:
        """Ask what was too long for the model once more, with fewer files; both calls are kept."""
        if shorter is None or shorter.shows_nothing or shorter.bytes >= question.bytes:
            return ending, question
        await self._recorder.record(ending.lines)
        again = await self._ask(shorter, work, subject, settings)
        if again is None:
            return replace(ending, lines=()), question
        return replace(again, calls=(*ending.calls, *again.calls)), shorter

    async def _ask(
        self, question: Question, work: Work, subject: Subject, settings: JudgeSettings
    ) -> Ending | None:
        """Ask; None when the run stops first."""
        fences = (work.shared_fence, new_fence())
        ending = await self._asker.ask(question, fences, subject, settings)
        if ending is None:
            return None
        self._gate.note_ending(ending.reading, ending.status)
        if reason := why_halt(ending.reading, ending.status, settings, self._listed):
            self._gate.halt(reason)
        return ending
