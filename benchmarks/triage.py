"""How fast 100,000 attempts are assessed, filtered, sorted and queued, in time of the processor."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable

from core.assess.filters import parse_filter, sort_attempts
from core.assess.outcome import assess
from core.assess.queues import QueueContext, queue_named
from core.models import (
    Assessment,
    Attempt,
    CheckReport,
    Criteria,
    Execution,
    Finding,
    HumanCommit,
    PatchEvidence,
    PatchState,
    Severity,
)

ATTEMPTS = 100_000
FILTERS = (
    "agent:codex",
    "agent:codex rc:!=0 marked:yes rule:syntax* size>10k",
    "rule:syntax*",
    "chunked attention",
    "state:open has:report",
    "file:attention.py outcome:undecided",
)
_RULES = ("syntax.parse-error", "names.unused", "files.missed", "files.extra", "run.too-fast")

Figure = tuple[str, str, str]


def run() -> list[Figure]:
    """Each the median of five."""
    commits = made_commits()
    drawn = made_attempts(list(commits))
    start = time.process_time()
    known = [assess(attempt, report=report) for attempt, report in drawn]
    figures = [("assess 100,000 attempts", _ms(time.process_time() - start), "")]
    for text in FILTERS:
        asked = parse_filter(text)
        seconds = _median(lambda asked=asked: asked.select(known, commits))  # type: ignore[misc]
        figures.append((f"filter 100,000 attempts: {text}", _ms(seconds), "150 ms"))
    seconds = _median(lambda: sort_attempts(known, commits, "-size,agent"))
    figures.append(("sort 100,000 attempts by two columns", _ms(seconds), ""))
    for name in ("undecided", "conflicts", "suspicious", "random"):
        queue, context = queue_named(name), QueueContext(seed=1)
        seconds = _median(lambda q=queue, c=context: q.select(known, c))  # type: ignore[misc]
        figures.append((f"queue of 100,000 attempts: {name}", _ms(seconds), ""))
    return figures


def made_attempts(shas: list[str]) -> list[tuple[Attempt, CheckReport]]:
    """As many attempts as are measured, spread over commits, each with a report."""
    return [_drawn(number, shas[number % len(shas)]) for number in range(ATTEMPTS)]


def made_commits() -> dict[str, HumanCommit]:
    """The human commits of those attempts, by sha."""
    draw = random.Random(1)
    shas = [f"{draw.getrandbits(160):040x}" for _ in range(2_000)]
    subjects = ("chunked attention", "block manager", "sampler")
    return {
        sha: HumanCommit(sha, f"Faster {subjects[n % 3]} ({n})", files=("vllm/attention.py",))
        for n, sha in enumerate(shas)
    }


def _drawn(number: int, sha: str) -> tuple[Attempt, CheckReport]:
    draw = random.Random(number)
    attempt = Attempt(
        f"state/runs/vllm/trae/gpt-5/2025-11-10/{number}",
        sha,
        agent=draw.choice(("trae", "codex", "openhands")),
        model="gpt-5",
        run=f"run-{number % 7}",
        item=f"item-{number}",
        marked_success=draw.random() < 0.5,
        patch=PatchEvidence(PatchState.WHOLE, held_bytes=draw.randrange(200, 50_000)),
        execution=Execution(draw.choice((0, 0, 1, None)), draw.random() * 900, 30),
        target_files=("vllm/attention.py", "vllm/config.py"),
    )
    findings = (Finding(rule, Severity.WARNING, "m") for rule in draw.sample(_RULES, 3))
    return attempt, CheckReport(attempt.key, Criteria(True), tuple(findings))


def _median(work: Callable[[], list[Assessment]]) -> float:
    taken = []
    for _ in range(5):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return statistics.median(taken)


def _ms(seconds: float) -> str:
    return f"{1000 * seconds:,.0f} ms"
