"""Many votes at once: in which order, and what is reported meanwhile.

A fixed number of workers takes votes commit by commit. A worker takes the next vote only when the
reply to its last one is on disk. A commit's rubric is requested ahead of its votes, early enough
that nobody waits for it.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import AsyncGenerator, Iterator, Mapping

from core.errors import StoreError
from core.judge.books.batches import BUSY, LOCK, waiting_keys
from core.judge.books.budget import Budget
from core.judge.books.cost import require_price
from core.judge.books.recorder import Recorder
from core.judge.run.asking import Asker
from core.judge.run.events import Event, Finished, Notice
from core.judge.run.gate import Gate
from core.judge.run.plan import Job, Plan
from core.judge.run.scoreboard import Scoreboard
from core.judge.run.votes import Votes, Work
from core.judge.wire.client import JudgeClient, ModelInfo
from core.judge.wire.shutdown import shutdown_warning
from core.models import CheckReport
from core.records import replace
from core.settings import JudgeSettings
from core.store import Store

_Step = tuple[Work, Job | None]  # None: the rubric

logger = logging.getLogger(__name__)


class JudgeRun:
    """One run over a plan, in one event loop and to be run once.

    Raises `SettingsError` when a cost limit is set and the price is unknown.
    """

    def __init__(
        self,
        plan: Plan,
        settings: JudgeSettings,
        store: Store,
        reports: Mapping[str, CheckReport] | None = None,
    ) -> None:
        self._plan = plan
        self._settings = settings
        self._store = store
        self._reports = reports
        require_price(settings)
        budget = Budget(settings.max_cost)
        self._board = Scoreboard(plan.jobs, budget, settings.canary_bar)
        self._gate = Gate(settings.concurrency, budget, self._board, self._tell)
        self._queue: asyncio.Queue[Event | None] = asyncio.Queue()

    def stop(self) -> None:
        """Make no further calls; those in flight are awaited and kept."""
        self._gate.stop()

    async def events(self) -> AsyncGenerator[Event]:
        """Run and yield events, `Finished` last; ending early stops the run.

        Raises `SettingsError` without a key, `StoreError` when another run is active here.
        """
        client = JudgeClient(self._settings)
        with self._store.hold(LOCK, BUSY):
            # A batch may have been sent since the plan was made.
            waiting = self._plan.waiting | waiting_keys(self._store)
            self._plan = replace(self._plan, waiting=waiting)
            recorder = Recorder(self._store)
            running = asyncio.create_task(self._run(client, recorder))
            try:
                while (event := await self._queue.get()) is not None:
                    yield event
                await running
                yield Finished(self._board.summary())
            finally:
                self.stop()
                await running
                await client.close()
                await recorder.close()

    async def _run(self, client: JudgeClient, recorder: Recorder) -> None:
        try:
            info = await client.look_up()
            for model in self._settings.panel:
                day = info.shutdowns.get(model)
                if text := shutdown_warning(self._settings.asking(model), day):
                    self._tell(Notice(text))
            votes = self._votes(client, recorder, info)
            steps = self._steps()
            workers = min(self._settings.concurrency, self._plan.jobs + len(self._plan.groups))
            async with asyncio.TaskGroup() as group:
                for _ in range(workers):
                    group.create_task(self._work(votes, steps))
        finally:
            self._queue.put_nowait(None)

    def _votes(self, client: JudgeClient, recorder: Recorder, info: ModelInfo) -> Votes:
        return Votes(
            Asker(client, recorder, self._gate),
            self._gate,
            self._board,
            recorder,
            self._tell,
            settings=self._settings,
            store=self._store,
            reports=self._reports,
            plan=self._plan,
            real=None if info.is_fake is None else not info.is_fake,
            listed=info.shutdowns,
        )

    def _steps(self) -> Iterator[_Step]:
        """Rubrics and votes in order; rubrics run ahead by twice as many votes as run at once."""
        waiting: deque[Work] = deque()
        ahead = 0
        for group in self._plan.groups:
            work = Work(group)
            yield work, None
            waiting.append(work)
            ahead += len(group.jobs)
            while ahead - len(waiting[0].group.jobs) > 2 * self._settings.concurrency:
                first = waiting.popleft()
                ahead -= len(first.group.jobs)
                yield from ((first, job) for job in first.group.jobs)
        for work in waiting:
            yield from ((work, job) for job in work.group.jobs)

    async def _work(self, votes: Votes, steps: Iterator[_Step]) -> None:
        for work, job in steps:
            if self._gate.is_closed:
                if job is None:
                    work.rubric.set_result(None)  # others may wait for it
                return
            try:
                if job is None:
                    await votes.prepare(work)
                else:
                    await votes.vote(work, job)
            except StoreError as error:
                self._gate.halt(f"{error.title}. {error.hint}".strip())
            except Exception as error:  # one faulty question must not lose the others
                logger.exception("a question could not be asked")
                self._gate.halt(f"internal error: {type(error).__name__}: {error}")

    def _tell(self, event: Event) -> None:
        self._queue.put_nowait(event)
