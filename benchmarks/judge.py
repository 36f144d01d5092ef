"""Measures the judge against a bare client loop on the same server, its memory, and the screen
while it works."""

from __future__ import annotations

import asyncio
import gc
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.made_runs import write_run_set
from benchmarks.terminal import Terminal
from core.garbage import freeze_loaded_objects
from core.judge.run.asking import make_prompt
from core.judge.run.commit_evidence import CommitEvidence
from core.judge.run.events import Finished
from core.judge.run.plan import Plan, make_plan
from core.judge.run.runner import JudgeRun
from core.models import Rubric
from core.records import replace
from core.settings import JudgeSettings, Secret
from core.store import Store
from tests.support.judge_cases import HUMAN_DIFF, attempt, commit
from tests.support.runs import unified

ATTEMPTS, COMMITS, CONCURRENCY = 1_000, 96, 64


def run() -> list[tuple[str, str, str]]:
    """The rows of the benchmark table."""
    with made_up_server() as base_url:
        settings = JudgeSettings(
            model="gpt-5",
            base_url=base_url,
            api="responses",
            api_key=Secret("fake"),
            concurrency=CONCURRENCY,
            canaries=0,
        )
        _judge(settings, 64)  # imports and connections do not count
        pairs = [(_judge(settings, ATTEMPTS), _bare(settings, ATTEMPTS)) for _ in range(3)]
        ours, bare = sorted(pairs, key=lambda pair: pair[0] / pair[1])[1]
        small, large = (_peak_memory(base_url, number) for number in (1_000, 10_000))
        keys = _key_times(base_url)
    return [
        (
            f"judge {ATTEMPTS} attempts, 100 ms, {CONCURRENCY} at once, on disk",
            f"{ours / bare:.2f} x bare loop ({ours:.1f} s to {bare:.1f} s), middle of 3",
            "1.40 x",
        ),
        (
            "judge memory, 1,000 to 10,000 attempts",
            f"{small:.0f} to {large:.0f} MB beside the plan",
            "flat",
        ),
        (
            "key to painted next attempt while it judges",
            f"{1000 * statistics.median(keys):.0f} ms (worst {1000 * max(keys):.0f})",
            "50 ms",
        ),
    ]


@contextmanager
def made_up_server(niceness: int = 0) -> Iterator[str]:
    """A server's address; a niced one stands for one on another machine."""
    command = [
        "nice",
        "-n",
        str(niceness),
        sys.executable,
        "-m",
        "tui.cli",
        "fake-server",
        "--delay-ms",
        "100",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        match = re.search("http://[^ ]+", process.stdout.readline())
        assert match is not None
        try:
            yield match[0].strip()
        finally:
            process.kill()


def _judge(settings: JudgeSettings, number: int) -> float:
    with tempfile.TemporaryDirectory() as folder:
        plan = _plan(settings, number)
        with _as_in_its_process():
            started = time.perf_counter()
            asyncio.run(_run(JudgeRun(plan, settings, Store(Path(folder))), number))
            return time.perf_counter() - started


@contextmanager
def _as_in_its_process() -> Iterator[None]:
    """Garbage is collected as in `core.judge.run.judge_process`; the bare loop's as usual."""
    usual = gc.get_threshold()
    freeze_loaded_objects()
    try:
        yield
    finally:
        gc.unfreeze()
        gc.set_threshold(*usual)


async def _run(run: JudgeRun, number: int) -> None:
    async for event in run.events():
        if isinstance(event, Finished):
            assert event.summary.states == {"verdict": number}, event.summary


def _bare(settings: JudgeSettings, number: int) -> float:
    bodies = list(_bodies(settings, number))
    started = time.perf_counter()
    asyncio.run(_ask_all(settings, bodies))
    return time.perf_counter() - started


async def _ask_all(settings: JudgeSettings, bodies: list[dict[str, object]]) -> None:
    import openai

    client = openai.AsyncOpenAI(api_key="fake", base_url=settings.base_url)
    slots = asyncio.Semaphore(CONCURRENCY)

    async def ask(body: dict[str, object]) -> None:
        async with slots:
            reply = await client.responses.create(**body)  # type: ignore[call-overload]
            assert reply.output_text

    await asyncio.gather(*(ask(body) for body in bodies))
    await client.close()


def _bodies(settings: JudgeSettings, number: int) -> Iterator[dict[str, object]]:
    """The same calls that the judge makes, rubrics included."""
    rubric = Rubric("", "", "x", datetime.now(UTC), essential_change="x" * 200)
    with tempfile.TemporaryDirectory() as folder:
        plan = _plan(settings, number)
        for group in plan.groups:
            evidence = CommitEvidence(group, plan, Store(Path(folder)), settings)
            assert evidence.rubric_question is not None
            questions = [
                evidence.rubric_question,
                *(evidence.question(j, rubric) for j in group.jobs),
            ]
            for question in questions:
                prompt = make_prompt(question, ("a" * 16, "b" * 16), settings, 32_000)
                yield prompt.responses_body()


def _plan(settings: JudgeSettings, number: int) -> Plan:
    shas = [f"{index:040x}" for index in range(COMMITS * max(1, number // ATTEMPTS))]
    attempts = [
        attempt(
            f"run/item-{index:05}",
            HUMAN_DIFF + unified("", f"# {index}\n" * 40, "notes.py"),
            shas[index % len(shas)],
        )
        for index in range(number)
    ]
    return make_plan(attempts, {sha: commit(sha) for sha in shas}, settings)


def _key_times(base_url: str, repeats: int = 40) -> list[float]:
    """Seconds from a key to the next attempt on the screen, while the judge runs."""
    times = []
    with tempfile.TemporaryDirectory() as name:
        sizes = tuple(range(60, 460, 10))  # no two patches at a commit are the same
        runs = write_run_set(Path(name) / "runs", 3 * ATTEMPTS, sizes)
        environment = {
            "PATCHJURY_BASE_URL": base_url,
            "PATCHJURY_MODEL": "gpt-5",
            "PATCHJURY_CANARIES": "0",
            "OPENAI_API_KEY": "made-up-key",
            "PATCHJURY_API": "responses",
            "PATCHJURY_CONCURRENCY": str(CONCURRENCY),
            "XDG_CONFIG_HOME": name,
        }
        command = [sys.executable, "-m", "tui.cli", str(runs), "--no-checks"]
        with Terminal(command, environment=environment) as terminal:
            terminal.wait_for("attempt 1 of")
            terminal.drain()
            terminal.press("J")
            terminal.wait_for("Enter starts")
            terminal.press("u")
            terminal.wait_for("calls (96 for rubrics")
            terminal.press("\r")
            terminal.wait_for(f"/{3 * ATTEMPTS}, $")
            terminal.drain(0.0)
            for number in range(repeats):
                pressed = terminal.press("k" if number % 2 else "j")
                times.append(terminal.wait_for(f"attempt {1 if number % 2 else 2} of") - pressed)
                time.sleep(0.05)
            terminal.wait_for("judging")  # it still was
    return times


def _peak_memory(base_url: str, number: int) -> float:
    """Resident memory of a process that judges, beyond what its plan takes; MB."""
    command = [sys.executable, "-m", "benchmarks.judge", base_url, str(number)]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def _measure_memory(base_url: str, number: int) -> None:
    settings = replace(
        JudgeSettings(),
        model="gpt-5",
        base_url=base_url,
        api="responses",
        api_key=Secret("fake"),
        canaries=0,
    )
    plan = _plan(replace(settings, concurrency=CONCURRENCY), number)
    before = _resident("VmRSS")
    with tempfile.TemporaryDirectory() as folder:
        chosen = replace(settings, concurrency=CONCURRENCY)
        asyncio.run(_run(JudgeRun(plan, chosen, Store(Path(folder))), number))
    print((_resident("VmHWM") - before) / 1024)


def _resident(name: str) -> int:
    """Memory of this process, kB: `VmRSS` now, `VmHWM` at most."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(re.findall(rf"{name}:\s+(\d+) kB", status)[0])


if __name__ == "__main__":
    _measure_memory(sys.argv[1], int(sys.argv[2]))
