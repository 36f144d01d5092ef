"""The sampled design as text: what was drawn, the rates that follow, and who was looked at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from core.export.stats_text import percent_range, words
from core.stats.label_plan import LabelPlan
from core.stats.sampled_design import (
    BOUNDED,
    JUDGE_WARNING,
    KNOWN,
    CorrectedRate,
    Coverage,
    Profile,
    SampledDesign,
)
from core.stats.samples import DECLARED, LABEL_NEXT, RANDOM, Sample
from core.text import one_line

KIND_WORDS = {
    KNOWN: "all known, no sampling error",
    "sample": "exact 95 % interval from a sample",
    BOUNDED: "bounds, no interval: nothing was drawn by chance",
}
"""What a figure of this set rests on, in words."""


def design_lines(design: SampledDesign) -> list[str]:
    """The samples, then each rate by its strata with the judge's own beside it, then coverage."""
    lines, warning = sample_lines(design.samples), JUDGE_WARNING
    for rate in design.corrected:
        if rate.counts.total:
            lines += rate_lines(rate, warning)
            warning = "likewise not corrected" if rate.judge.known else warning
    return [*lines, *coverage_lines(design)]


def coverage_lines(design: SampledDesign) -> list[str]:
    """Who was judged, and decided, beside who was not; none if everything is known."""
    if all(rate.kind == KNOWN for rate in design.corrected):
        return []
    return [line for coverage in design.coverage for line in _coverage(coverage)]


def label_lines(plan: LabelPlan) -> list[str]:
    """How many of each stratum come next, and how much they are expected to narrow the interval."""
    if not plan.take:
        return ["label next: nothing is left to look at"]
    taken = ", ".join(
        f"{stratum.take} of {stratum.size} ({stratum.name}, {stratum.looked_at} looked at)"
        for stratum in plan.strata
    )
    lines = [f"label next: {plan.take} by the queue label-next (seed {plan.seed}): {taken}"]
    if plan.now and plan.then:
        now, then = percent_range(plan.now), percent_range(plan.then)
        lines.append(f"  expected to narrow true success of this set from {now} to {then}")
    return lines


def sample_lines(samples: Sequence[Sample]) -> list[str]:
    """What was drawn at random."""
    return [_sample(sample) for sample in samples] or ["no sample was drawn"]


def _sample(sample: Sample) -> str:
    names = {RANDOM: "queue random", LABEL_NEXT: "queue label-next"}
    names[DECLARED] = "labels declared to be drawn by chance"
    name = names.get(sample.source, f"assignment plan {one_line(sample.source, 40)}")
    chosen = f", filter {one_line(sample.filter, 60)}" if sample.filter else ""
    if sample.problem:
        return f"{name} (seed {sample.seed}{chosen}) is not used: {sample.problem}"
    return f"{name} (seed {sample.seed}{chosen}): {sample.reached} of {sample.population} reached"


def rate_lines(rate: CorrectedRate, warning: str = JUDGE_WARNING) -> Iterator[str]:
    """A rate of this set, its strata, and the judge's own rate, with its warning."""
    counts = rate.counts
    known = f"{counts.yes} of {counts.known} known ({counts.known} of {counts.total} "
    known += f"{rate.universe}, {rate.by_facts} by facts alone)"
    estimate = "" if rate.estimate is None else f", estimate {100 * rate.estimate:.0f} %"
    bounds = percent_range(rate.this_set) if rate.this_set else "unknown"
    yield f"{words(rate.label)}: {known}{estimate}; this set {bounds} ({KIND_WORDS[rate.kind]})"
    for stratum in rate.strata:
        unanswered = f", {stratum.unanswered} unanswered" if stratum.unanswered else ""
        yield (
            f"  {stratum.name}: {stratum.positives} of {stratum.drawn} drawn{unanswered} "
            f"({stratum.size} in all)"
        )
    judge = rate.judge
    if judge.known:
        share = f"{100 * judge.yes / judge.known:.0f} %"
        yield f"  the judge alone: {judge.yes} of {judge.known} judged, {share}; {warning}"


def _coverage(coverage: Coverage) -> Iterator[str]:
    yield f"patches {coverage.voice}: {_profile(coverage.spoken_of)}"
    yield f"patches not {coverage.voice}: {_profile(coverage.others)}"


def _profile(found: Profile) -> str:
    if not found.attempts or found.median_bytes is None:
        return f"{found.attempts}"
    zero = found.returned_zero
    codes = f"return code 0 for {zero.yes} of {zero.known}"
    agents = ", ".join(f"{one_line(name, 20)} {n}" for name, n in found.by_agent.items())
    cut = f", {100 * found.share_cut:.0f} % cut" if found.share_cut else ""
    return (
        f"{found.attempts} (median {found.median_bytes:,.0f} bytes{cut}; {codes}; "
        f"{found.marked} marked; by agent: {words(agents)})"
    )
