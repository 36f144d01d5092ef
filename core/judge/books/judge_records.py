"""What the store holds of the judge besides judgements of attempts: rubrics, canaries, ledger."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct, field

from core.judge.books.ledger import Totals, find_totals
from core.models import Judgement, Rubric
from core.store import Store


class JudgeRecords(Struct, frozen=True):
    """Rubrics by human commit, judgements of canaries, repeated questions, the ledger's totals.

    `totals` is None if the judge was never called from here.
    """

    rubrics: Mapping[str, tuple[Rubric, ...]] = field(default_factory=dict)
    canaries: tuple[Judgement, ...] = ()
    totals: Totals | None = None
    asked_again: tuple[Judgement, ...] = ()


NO_RECORDS = JudgeRecords()


def read_judge_records(
    store: Store, humans: Iterable[str], judgements: Sequence[Judgement]
) -> JudgeRecords:
    """What a store holds of the judge at some human commits; canaries are among `judgements`."""
    rubrics = {human: tuple(store.rubrics(human)) for human in humans}
    return JudgeRecords(
        {human: found for human, found in rubrics.items() if found},
        tuple(judgement for judgement in judgements if judgement.canary),
        find_totals(store.folder),
        tuple(judgement for judgement in judgements if judgement.second),
    )
