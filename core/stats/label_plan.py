"""How much the attempts to label next are expected to narrow the interval."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from msgspec import Struct

from core.assess.queues import QueueContext
from core.assess.queues.label_next import NextLabels, NextOfStratum, next_labels
from core.models import Assessment, Assignment, HumanCommit, Origin, Outcome, Verdict
from core.records import replace
from core.stats.sampled_design import corrected_rate
from core.stats.sampled_questions import true_success
from core.stats.samples import Drawn, find_samples


class LabelPlan(Struct, frozen=True):
    """The next `take` attempts to label (queue `label-next`, by `seed`), in their order.

    `now` and `then` are the least and the largest share (0..1) of true successes of this set: as
    known now, and as expected once these are decided. None without patches.
    """

    seed: int
    take: int
    strata: tuple[NextOfStratum, ...]
    attempts: tuple[str, ...]
    now: tuple[float, float] | None
    then: tuple[float, float] | None


def plan_labels(
    assessments: Sequence[Assessment],
    context: QueueContext,
    assignments: Iterable[Assignment] = (),
    commits: Mapping[str, HumanCommit] | None = None,
    drawings: Sequence[Drawn] = (),
    now: tuple[float, float] | None = None,
) -> LabelPlan:
    """The plan of a run set; the expectation uses each stratum's current estimate.

    `drawings` are samples known from elsewhere than verdicts and assignments; `now` is the plan's
    own interval, if that is known already.
    """
    given = list(assignments)
    found = next_labels(assessments, context)
    expected = _expected(found)
    hoped = [expected.get(known.attempt.key, known) for known in assessments]

    def interval(known: Sequence[Assessment]) -> tuple[float, float] | None:
        patched = [one for one in known if one.attempt.patch.has_text]
        samples = (*drawings, *find_samples(known, given, commits))
        used = [one for one in samples if not one.sample.problem]
        return corrected_rate(true_success(), patched, used).this_set

    keys = tuple(known.attempt.key for known in found.attempts)
    now = now or interval(assessments)
    then = interval(hoped) if keys else now
    return LabelPlan(context.seed, len(keys), found.strata, keys, now, then)


def _expected(found: NextLabels) -> dict[str, Assessment]:
    """The attempts to label as if they had been labelled, with the expected number of successes."""
    shares = {stratum.name: stratum.share for stratum in found.strata}
    hoped: dict[str, float] = dict.fromkeys(shares, 0.5)
    expected = {}
    for known, origin in zip(found.attempts, found.origins, strict=True):
        hoped[origin.stratum] += shares[origin.stratum]
        is_true = hoped[origin.stratum] >= 1
        hoped[origin.stratum] -= is_true
        expected[known.attempt.key] = _decided(known, origin, is_true)
    return expected


def _decided(known: Assessment, origin: Origin, is_true: bool) -> Assessment:
    outcome = Outcome.TRUE_SUCCESS if is_true else Outcome.FAILURE
    verdict = Verdict("expected", known.attempt.key, "", datetime.now(UTC), outcome, origin=origin)
    verdicts = (*known.verdicts, verdict)
    return replace(known, verdict=verdict, verdicts=verdicts, outcome=outcome)
