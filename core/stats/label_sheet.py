"""The figures of a bare table: items, the judge's labels, people's labels, nothing else.

A row is taken for an attempt with a patch, the judge's label for an opinion and each person's for a
verdict, so that every figure means the same as for runs.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from msgspec import Struct

from core.assess.outcome import assess
from core.assess.queues import QueueContext
from core.assess.random_order import in_random_order
from core.assess.strata import judge_says_true, person_says_true, stratum_of
from core.models import (
    Assessment,
    Attempt,
    Criteria,
    Judgement,
    JudgementState,
    Outcome,
    PatchEvidence,
    PatchState,
    Verdict,
)
from core.readers.tables.label_roles import LabelRoles, LabelRow
from core.records import replace
from core.stats.label_plan import LabelPlan, plan_labels
from core.stats.rates import DECISIONS, OPINIONS, Question, Rate, Universe
from core.stats.reviewer_agreement import PairAgreement, agreements
from core.stats.sampled_design import CorrectedRate, corrected_rate
from core.stats.sampled_questions import true_success
from core.stats.samples import DECLARED, LABEL_NEXT, Drawn, Sample

_BY_ACCIDENT = 1e-4
"""The p-value below which labels that follow the drawn order cannot be an accident."""

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_OPINIONS = {
    Outcome.TRUE_SUCCESS: Criteria(True, True, True, True, False),
    Outcome.PARTIAL_SUCCESS: Criteria(True, True, True, False, False),
    Outcome.FAILURE: Criteria(True, True, False, True, False),
}


class LabelSheet(Struct, frozen=True):
    """Figures of a table of `rows`, over its `items`; `doubled` rows repeat an earlier item.

    `bad_rows` could not be read and are not among the rows. `odd` counts the labels that were not
    understood: they count as missing. `disputed` items have people who differ: nobody has decided
    on them. Each agreement is between two columns.
    """

    bad_rows: int
    roles: LabelRoles
    rows: int
    items: int
    doubled: int
    odd: dict[str, int]
    judged: int
    decided: int
    disputed: int
    rates: tuple[Rate, ...]
    samples: tuple[Sample, ...]
    corrected: CorrectedRate
    agreement: tuple[PairAgreement, ...]
    label_next: LabelPlan


def count_labels(
    rows: Sequence[LabelRow],
    roles: LabelRoles,
    *,
    drawn: bool = False,
    seed: int = 0,
    sample: int = 30,
    bad_rows: int = 0,
) -> LabelSheet:
    """The figures of a table. `drawn`: people labelled at random within each of the judge's labels.

    Otherwise labels at the beginning of the order of `seed` are recognised as a sample by that.
    """
    held = {row.item: row for row in reversed(rows)}
    known = [_assess(held[item]) for item in dict.fromkeys(row.item for row in rows)]
    drawings = _drawings(known, drawn, seed)
    histories = {one.attempt.key: one.verdicts for one in known}
    plan = plan_labels(known, QueueContext(seed=seed, sample=sample), drawings=drawings)
    return LabelSheet(
        bad_rows,
        roles,
        len(rows),
        len(known),
        len(rows) - len(known),
        dict(Counter(word for row in rows for word in row.odd).most_common()),
        sum(bool(one.judgements) for one in known),
        sum(one.verdict is not None for one in known),
        sum(one.disputed for one in known),
        tuple(_rates(known, "cluster" if roles.cluster else "item")),
        tuple(one.sample for one in drawings),
        corrected_rate(true_success("items"), known, drawings),
        agreements(known, histories),
        plan,
    )


def _assess(row: LabelRow) -> Assessment:
    attempt = Attempt(row.item, row.cluster, patch=PatchEvidence(PatchState.WHOLE))
    judgements = []
    if row.judge is not None:
        criteria = _OPINIONS[row.judge]
        judgements = [Judgement("judge", row.item, JudgementState.VERDICT, criteria)]
    verdicts = [
        Verdict(f"{name}", row.item, name, _LONG_AGO, outcome)
        for name, outcome in row.humans.items()
        if outcome is not None
    ]
    return assess(attempt, verdicts, judgements)


def _rates(known: Sequence[Assessment], clusters: str) -> Iterable[Rate]:
    about = Universe(known)
    judge, people = map(judge_says_true, known), map(person_says_true, known)
    for voice, answers, said in ((OPINIONS, judge, "judged"), (DECISIONS, people, "decided")):
        rate = Question("true success", voice, about, list(answers), said, "items").rate()
        yield replace(rate, clustered_by=clusters if rate.like_these else "")


def _drawings(known: Sequence[Assessment], drawn: bool, seed: int) -> list[Drawn]:
    """The labelled items as a sample, if they are one."""
    labelled = frozenset(one.attempt.key for one in known if one.verdicts)
    source = DECLARED if drawn else LABEL_NEXT
    if not labelled or not (drawn or _is_in_order(known, labelled, seed)):
        return []
    keys = frozenset(one.attempt.key for one in known)
    return [Drawn(Sample(source, seed, len(keys), len(labelled)), keys, labelled)]


def _is_in_order(known: Sequence[Assessment], labelled: frozenset[str], seed: int) -> bool:
    """Are the labels at the beginning of each stratum's order, and not by accident?"""
    strata: dict[str, list[Assessment]] = {}
    for one in known:
        strata.setdefault(stratum_of(one), []).append(one)
    ways = 1
    for part in strata.values():
        is_labelled = [one.attempt.key in labelled for one in in_random_order(part, seed)]
        if sorted(is_labelled, reverse=True) != is_labelled:
            return False
        ways *= math.comb(len(part), sum(is_labelled))
    return ways > 1 / _BY_ACCIDENT
