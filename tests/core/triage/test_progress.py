"""The counts of the header follow what changed, and are those that counting everything gives."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

from core.assess.outcome import is_judged, is_reviewed
from core.models import Outcome
from core.triage import Triage
from core.triage.progress import Counts
from tests.core.assess.test_barred import said
from tests.core.triage.test_triage import KEY, OTHER, Opened, opened  # noqa: F401


def recounted(triage: Triage) -> Counts:
    """The counts, by looking at everything."""
    histories = triage.histories()
    known = [triage.assessment(key) for key in histories if triage.knows(key)]
    judged = {j.attempt for j in triage.judgements() if triage.knows(j.attempt)}
    own = [v for v in map(triage._book.own, histories) if v is not None and v.is_decision]
    timed = [v.seconds for v in own if v.seconds is not None]
    return Counts(
        sum(is_judged(triage.assessment(key)) for key in judged),
        sum(map(is_reviewed, known)),
        sum(one.disputed for one in known),
        sum(bool(one.outdated) for one in known),
        sum(map(len, triage.strays().values())),
        len(timed),
        sum(round(10 * seconds) for seconds in timed),
    )


def shown(triage: Triage) -> tuple[object, ...]:
    now = triage.progress()
    return now.judged, now.reviewed, now.disputed, now.outdated, now.strays, now.pace_s


def test_whatever_happens_the_counts_are_those_of_counting_everything(
    opened: Opened,  # noqa: F811
    tmp_path: Path,
) -> None:
    draw = random.Random(7)
    ada, bo = opened("ada", canary_bar=0.9), opened("bo")
    outcomes = (Outcome.TRUE_SUCCESS, Outcome.FAILURE)

    def decide(by: Triage) -> None:
        seconds = draw.choice((None, 1.5, 30.0))
        by.decide(draw.choice((KEY, OTHER)), outcome=draw.choice(outcomes), seconds=seconds)
        by.save()

    def seal() -> None:
        ada.view.blind = not ada.view.blind

    def judge() -> None:
        number = draw.randrange(10**6)
        canary = draw.choice(("", "human"))
        attempt = "canary/human/x" if canary else draw.choice((KEY, OTHER))
        ada.add_judgement(said(attempt, f"j{number}", draw.random() < 0.5, canary=canary))

    def rename() -> None:
        ada.reviewer = draw.choice(("ada", "cy"))

    def change() -> None:
        (tmp_path / "a0").write_text((tmp_path / "a1").read_text() + "\n" * draw.randrange(2))
        ada.read_basis(KEY)

    steps: tuple[Callable[[], object], ...] = (
        lambda: decide(ada),
        lambda: decide(bo),
        lambda: ada.undo(None),
        ada.redo,
        lambda: ada.take_in(ada.store.load()),
        seal,
        judge,
        rename,
        change,
    )
    for number in range(120):
        draw.choice(steps)()
        every = recounted(ada)
        assert shown(ada) == (*every[:5], every.pace_s), number
    assert max(every) and every.disputed + every.reviewed, "something was counted"
