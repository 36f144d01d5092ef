"""A process that judges, to be killed: `python -m tests.support.judging_process URL DIR N`.

Prints the key of every attempt that a call was made for, as soon as its judgement is said to be
safe.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from core.judge.run.events import Judged
from core.judge.run.plan import make_plan
from core.judge.run.runner import JudgeRun
from core.settings import JudgeSettings, Secret
from core.store import Store
from tests.support.judge_cases import HUMAN_DIFF, SHA, attempt, commit
from tests.support.runs import unified


def main() -> None:
    """Judge N attempts with eight calls at once."""
    base_url, folder, number = sys.argv[1:]
    chosen = JudgeSettings(
        model="gpt-5",
        base_url=base_url,
        api="responses",
        api_key=Secret("fake"),
        canaries=0,
        concurrency=8,
    )
    attempts = [
        attempt(f"run/{n:04}", HUMAN_DIFF + unified("", f"# key run/{n:04}!\n", "n.py"))
        for n in range(int(number))
    ]
    plan = make_plan(attempts, {SHA: commit()}, chosen)
    asyncio.run(_judge(JudgeRun(plan, chosen, Store(Path(folder)))))


async def _judge(run: JudgeRun) -> None:
    async for event in run.events():
        if isinstance(event, Judged) and not event.reused:
            print(json.dumps(event.judgement.attempt), flush=True)


main()
