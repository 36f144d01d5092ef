"""Makes runs that were checked and judged: `patchjury check` for real, opinions made up and stored.

Nothing is asked of a model: the opinions go through the store that the judge writes to.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from core.models import CRITERIA, Attempt, Criteria, Judgement, JudgementState
from core.models.finding import Severity
from core.models.judgement import OWN_ORIGIN, Answer, Call, Issue
from core.readers import read_runs
from core.store import Store
from core.store.location import locate_store

_VOTES = 3
_NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def check_and_judge(root: Path) -> None:
    """Store facts and three votes on every attempt below a root."""
    command = [sys.executable, "-m", "tui.cli", "check", str(root)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    store = Store(locate_store(root, None).path)
    by_commit: dict[str, list[Attempt]] = {}
    for attempt in read_runs(root).attempts:
        by_commit.setdefault(attempt.reference_sha, []).append(attempt)
    for sha, attempts in by_commit.items():
        store.add_judgements(sha, list(_opinions(attempts)))


def _opinions(attempts: Iterable[Attempt]) -> Iterable[Judgement]:
    for number, attempt in enumerate(attempts):
        for vote in range(1, _VOTES + 1):
            yield _opinion(attempt, number, vote)


def _opinion(attempt: Attempt, number: int, vote: int) -> Judgement:
    """A reply of about 4 kB; the votes on every third attempt differ."""
    is_right = (number + vote) % 3 != 0 if number % 3 == 0 else number % 2 == 0
    key = hashlib.sha256(f"{attempt.key} {vote}".encode()).hexdigest()
    score = 0.8 if is_right else 0.3
    issue = Issue(f"the loop of step {number % 7} still allocates", Severity.ERROR)
    said = tuple(Answer(name, "yes", "It does. " * 10, ("total += cached",)) for name in CRITERIA)
    call = Call(key[:20], "gpt-5", _NOON, 12.0, "0" * 64, cost=0.01, raw="Because. " * 150)
    return Judgement(
        key[:32],
        attempt.key,
        JudgementState.VERDICT,
        Criteria(True, True, is_right, is_right, False, score),
        () if is_right else (issue,),
        "It does the same as the human change. " * 10,
        "gpt-5",
        OWN_ORIGIN,
        created=_NOON + timedelta(seconds=number),
        vote=vote,
        question=hashlib.sha256(attempt.key.encode()).hexdigest(),
        key=key,
        of_votes=_VOTES,
        rubric="0" * 64,
        answers=said,
        calls=(call,),
    )
