"""Queues of how the judge's calls ended, and where its votes differ."""

from __future__ import annotations

from collections.abc import Callable

from core.assess.opinions import has_failed, tally
from core.assess.queues.queue_record import Queue, judge_states, where
from core.models import Assessment, JudgementState


def _splits(known: Assessment) -> int:
    return sum(counted.is_split for counted in tally(known.judgements).values())


def _ended(state: JudgementState) -> Callable[[Assessment], bool]:
    return lambda known: state in judge_states(known)


SPLIT = Queue(
    "split",
    "s",
    "split votes",
    where(lambda known: _splits(known) > 0, lambda known: (-_splits(known),)),
)
NEVER = Queue("never", "n", "never judged", where(lambda known: not known.judgements))
FAILED = Queue(
    "failed", "x", "failed calls", where(lambda known: has_failed(list(known.judgements)))
)
VERDICT = Queue("verdict", "v", "judge: verdict", where(_ended(JudgementState.VERDICT)))
INCOMPLETE = Queue("incomplete", "i", "judge: incomplete", where(_ended(JudgementState.INCOMPLETE)))
REFUSED = Queue("refused", "r", "judge: refused", where(_ended(JudgementState.REFUSED)))
UNPARSEABLE = Queue(
    "unparseable", "p", "judge: unparseable", where(_ended(JudgementState.UNPARSEABLE))
)
ERROR = Queue("error", "e", "judge: error", where(_ended(JudgementState.ERROR)))
