"""Which attempts belong together for a look: by what is open about them, and how the judge ended.

A queue says what an attempt must be like; nothing is decided or changed here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from core.assess.opinions import newest_votes, tally
from core.assess.outcome import is_open
from core.models import Assessment, JudgementState


@dataclass(frozen=True, slots=True)
class Queue:
    """One selection of attempts, by a letter."""

    letter: str
    label: str
    holds: Callable[[Assessment], bool]


def judge_states(known: Assessment) -> frozenset[JudgementState]:
    """How the votes that stand, and the newest one, ended; the last try of each."""
    votes = [judgement for judgement in known.judgements if not judgement.canary]
    return frozenset(judgement.state for judgement in (*votes[-1:], *newest_votes(votes)))


def _is_split(known: Assessment) -> bool:
    return any(counted.is_split for counted in tally(known.judgements).values())


def _ended(state: JudgementState) -> Callable[[Assessment], bool]:
    return lambda known: state in judge_states(known)


QUEUES: tuple[Queue, ...] = (
    Queue("a", "all", lambda _: True),
    Queue("u", "without your decision", is_open),
    Queue("c", "in conflict (checks, judge and people)", lambda known: bool(known.conflicts)),
    Queue("s", "split votes", _is_split),
    Queue("n", "never judged", lambda known: not known.judgements),
    Queue("v", "judge: verdict", _ended(JudgementState.VERDICT)),
    Queue("i", "judge: incomplete", _ended(JudgementState.INCOMPLETE)),
    Queue("r", "judge: refused", _ended(JudgementState.REFUSED)),
    Queue("p", "judge: unparseable", _ended(JudgementState.UNPARSEABLE)),
    Queue("e", "judge: error", _ended(JudgementState.ERROR)),
)
