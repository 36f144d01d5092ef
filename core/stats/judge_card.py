"""The judge's card: who gave the opinions of a run set, on what instructions, how well tested."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from core.assess.barred import Judges
from core.assess.canary_scores import CanaryScore, score
from core.judge.books.judge_records import JudgeRecords
from core.judge.question.rubric import current_rubric
from core.models import Assessment, Judgement, JudgementState
from core.stats.canary_bar import CanaryBar, canary_result, results_by_judge


class JudgeCard(Struct, frozen=True):
    """Everything needed to say which judge this was. Counts are of opinions, canaries excluded.

    `models` counts by the model that answered; `instructions` by name and version of its
    instructions; `rubrics` gives for each human commit the hash of its current rubric.
    """

    models: Mapping[str, int]
    instructions: Mapping[str, int]
    efforts: Mapping[str, int]
    origins: Mapping[str, int]
    rubrics: Mapping[str, str]
    edited_rubrics: int
    canaries: Mapping[str, CanaryScore]
    canary_bar: CanaryBar  # overall
    canary_bars: Mapping[str, CanaryBar]  # by model
    with_facts: int
    unsupported: int  # opinions with an answer that no quote supports
    set_aside: int
    calibrated_on: int  # attempts with both a person's decision and an opinion of the judge
    first: datetime | None
    last: datetime | None


def judge_card(
    assessments: Sequence[Assessment], records: JudgeRecords, bar: float
) -> JudgeCard | None:
    """The card of the opinions on these attempts; None when there is none."""
    opinions = [j for known in assessments for j in known.judgements if _is_opinion(j)]
    if not opinions:
        return None
    calls = [call for j in opinions for call in j.calls[-1:]]
    rubrics = {human: current_rubric(found) for human, found in records.rubrics.items()}
    holding = {human: rubric for human, rubric in rubrics.items() if rubric is not None}
    times = [j.created for j in opinions if j.created is not None]
    canaries = score(records.canaries)
    judges = Judges([*records.canaries, *opinions], bar)
    return JudgeCard(
        models=Counter(j.model or "unknown" for j in opinions),
        instructions=Counter(call.instructions or "unknown" for call in calls),
        efforts=Counter(call.effort or "left to the server" for call in calls),
        origins=Counter(j.provenance for j in opinions),
        rubrics={human: rubric.hash for human, rubric in holding.items()},
        edited_rubrics=sum(rubric.edited for rubric in holding.values()),
        canaries=canaries,
        canary_bar=canary_result(canaries, bar),
        canary_bars=results_by_judge(judges),
        with_facts=sum(j.facts_given is True for j in opinions),
        unsupported=sum(any(a.unsupported for a in j.answers) for j in opinions),
        set_aside=sum(bool(j.set_aside) for j in opinions),
        calibrated_on=sum(
            known.verdict is not None and any(map(_is_opinion, known.judgements))
            for known in assessments
        ),
        first=min(times, default=None),
        last=max(times, default=None),
    )


def _is_opinion(judgement: Judgement) -> bool:
    return judgement.state is JudgementState.VERDICT and not judgement.canary
