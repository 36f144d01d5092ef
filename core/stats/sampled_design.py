"""How many of this set are true successes, by people and facts, and how certain that is.

Where a sample was drawn, the same for each criterion. All known: no sampling error. A random
sample: an exact interval, stratified by the judge's opinion, which is right however wrong the judge
is. Neither: bounds for what is missing, and no interval. What the judge alone would say is shown
beside it, with its warning.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from statistics import median

from msgspec import Struct

from core.assess.outcome import is_judged
from core.models import Assessment, PatchState
from core.records import replace
from core.stats.bounds import Bounds, bounds_of
from core.stats.finite_population import Stratum, stratified_interval
from core.stats.sampled_questions import (
    ALL_STRATA,
    BY_CRITERION,
    FALSE_POSITIVE,
    Question,
    true_success,
)
from core.stats.samples import Drawn, Sample

KNOWN, SAMPLED, BOUNDED = KINDS = ("known", "sample", "bounds")
"""What a figure of this set rests on: all answers, a sample, or some answers without a sample."""

JUDGE_WARNING = (
    "not corrected for the judge's errors: in simulation an interval around it hardly ever held "
    "the truth where the judge was right six times of ten"
)
"""Shown beside every rate of the judge alone (`docs/statistics.md` has the figures)."""


class StratumFigure(Struct, frozen=True):
    """One stratum: `drawn` of its `size` attempts at random, `positives` with a yes among them.

    `unanswered` were drawn but passed over, or nobody could tell: either answer is possible.
    """

    name: str
    size: int
    drawn: int
    positives: int
    unanswered: int


class CorrectedRate(Struct, frozen=True):
    """One answer about this set. Shares are of `counts.total` attempts (the `universe`), 0..1.

    `kind` says what `this_set` is: the share itself ("known"), an exact 95 % interval ("sample"),
    or bounds ("bounds"). `by_facts` of the known ones are settled by certain facts. `estimate` is
    None where some attempts could not be drawn, or where the unanswered ones may bias it. `judge`
    counts what the judge alone says.
    """

    label: str
    universe: str
    kind: str
    counts: Bounds
    by_facts: int
    estimate: float | None
    this_set: tuple[float, float] | None
    strata: tuple[StratumFigure, ...]
    judge: Bounds

    @property
    def successes(self) -> tuple[float, float]:
        """How many there are at least and at most, by `this_set`."""
        low, high = self.this_set or (0.0, 0.0)
        return low * self.counts.total, high * self.counts.total


class Profile(Struct, frozen=True):
    """What one part of the patches is like. Sizes in bytes; `marked`, `returned_zero` are counts.

    `median_bytes` and `share_cut` are None without patches.
    """

    attempts: int
    median_bytes: float | None
    share_cut: float | None
    marked: int
    returned_zero: Bounds
    by_agent: Mapping[str, int]


class Coverage(Struct, frozen=True):
    """The patches that a voice has spoken about, beside the others: are they alike?

    `voice` is "judged" (an opinion of the judge) or "decided" (by people).
    """

    voice: str
    spoken_of: Profile
    others: Profile


class SampledDesign(Struct, frozen=True):
    """Where the knowledge of this set comes from, and the rates that follow.

    The first two are true success, over all patches and over marked ones; the others are there if a
    sample says something about them.
    """

    samples: tuple[Sample, ...]
    corrected: tuple[CorrectedRate, ...]
    coverage: tuple[Coverage, ...]

    @property
    def this_set(self) -> tuple[float, float] | None:
        """The least and the largest share (0..1) of true successes; None without patches."""
        return self.corrected[0].this_set


def sampled_design(
    assessments: Sequence[Assessment], drawings: Sequence[Drawn], *, judge_may_speak: bool = True
) -> SampledDesign:
    """The design of a run set; `drawings` comes from `find_samples`.

    `judge_may_speak`: has any judge not missed its canaries? Without one it gets no rate of its
    own.
    """
    patched = [known for known in assessments if known.attempt.patch.has_text]
    marked = [known for known in patched if known.attempt.marked_success is True]
    used = [drawn for drawn in drawings if not drawn.sample.problem]
    rates = [
        corrected_rate(true_success(), patched, used),
        corrected_rate(true_success("marked patches", "true success of marked"), marked, used),
    ]
    if used:
        others = [corrected_rate(FALSE_POSITIVE, marked, used)]
        others += [corrected_rate(question, patched, used) for question in BY_CRITERION]
        rates += [rate for rate in others if rate.kind == SAMPLED]
    if not judge_may_speak:
        rates = [_without_judge(rate) for rate in rates]
    return SampledDesign(
        tuple(drawn.sample for drawn in drawings),
        tuple(rates),
        (
            _coverage("judged", patched, is_judged),
            _coverage("decided", patched, lambda known: known.verdict is not None),
        ),
    )


def corrected_rate(
    question: Question, members: Sequence[Assessment], drawings: Sequence[Drawn]
) -> CorrectedRate:
    """The rate over some attempts with a patch, by the samples drawn among them."""
    truths = {known.attempt.key: question.truth(known) for known in members}
    by_facts = [known for known in members if question.by_fact(known) is not None]
    counts = alone = bounds_of(truths.values())
    figures: tuple[StratumFigure, ...] = ()
    if drawings:
        settled = {known.attempt.key for known in by_facts}
        rest = [known for known in members if known.attempt.key not in settled]
        cells = _cells(rest, drawings, question)
        known_alone = [truths[key] for key in settled]
        known_alone += [truths[key] for cell in cells if not cell.reached for key in cell.keys]
        alone = bounds_of(known_alone)
        figures = tuple(cell.figure(truths) for cell in cells if cell.reached)
    leans = question.may_lean and any(figure.unanswered for figure in figures)
    low, high = _interval(figures, alone, counts)
    kind = KNOWN if not counts.unknown else SAMPLED if figures else BOUNDED
    return CorrectedRate(
        question.label,
        question.universe,
        kind,
        counts,
        sum(known.verdict is None and truths[known.attempt.key] is not None for known in by_facts),
        None if leans else _estimate(figures, alone, counts),
        (low / counts.total, high / counts.total) if counts.total else None,
        _by_name(figures) if kind == SAMPLED else (),
        bounds_of(question.by_judge(known) for known in members),
    )


def _without_judge(rate: CorrectedRate) -> CorrectedRate:
    return replace(rate, judge=Bounds(0, 0, rate.counts.total))


class _Cell(Struct, frozen=True):
    """Attempts of one stratum that the same samples could have reached: all equally likely.

    Whatever the sample sizes, the part reached of a cell is a simple random sample of it, because
    each drawing treats its members alike.
    """

    name: str
    keys: tuple[str, ...]
    reached: frozenset[str]

    def figure(self, truths: Mapping[str, bool | None]) -> StratumFigure:
        answers = bounds_of(truths[key] for key in self.reached)
        return StratumFigure(self.name, len(self.keys), answers.total, answers.yes, answers.unknown)


def _cells(
    members: Iterable[Assessment], drawings: Sequence[Drawn], question: Question
) -> list[_Cell]:
    groups: dict[tuple[str, tuple[bool, ...]], list[str]] = {}
    stratum = question.stratum(drawings)
    for known in members:
        key = known.attempt.key
        could_be = tuple([key in drawn.population for drawn in drawings])
        groups.setdefault((stratum(known), could_be), []).append(key)
    reached = frozenset(key for drawn in drawings for key in drawn.reached)
    return [
        _Cell(name, tuple(keys), reached & frozenset(keys)) for (name, _), keys in groups.items()
    ]


def _interval(figures: Sequence[StratumFigure], alone: Bounds, counts: Bounds) -> tuple[int, int]:
    """The least and the largest number in the set.

    What was drawn but not answered may be either. What is known for certain, drawn or not, bounds
    the interval on both sides.
    """
    low, high = alone.yes, alone.yes + alone.unknown
    if figures:
        low += _stratified(tuple((f.size, f.drawn, f.positives) for f in figures))[0]
        high += _stratified(tuple((f.size, f.drawn, f.positives + f.unanswered) for f in figures))[
            1
        ]
    return max(low, counts.yes), min(high, counts.total - counts.no)


@lru_cache(maxsize=10_000)
def _stratified(strata: tuple[tuple[int, int, int], ...]) -> tuple[int, int]:
    """The exact interval; cached, because the same samples recur."""
    return stratified_interval([Stratum(*stratum) for stratum in strata])


def _estimate(figures: Sequence[StratumFigure], alone: Bounds, counts: Bounds) -> float | None:
    """The maximum-likelihood share; None where some attempts could not be drawn."""
    answered = [(f, f.drawn - f.unanswered) for f in figures]
    if not counts.total or alone.unknown or not all(number for _, number in answered):
        return None
    total = alone.yes + sum(f.size * f.positives / number for f, number in answered)
    return total / counts.total


def _by_name(figures: Sequence[StratumFigure]) -> tuple[StratumFigure, ...]:
    """The figures to show; strata with the same opinion of the judge are merged."""
    return tuple(
        StratumFigure(
            name,
            *(
                sum(getattr(f, part) for f in figures if f.name == name)
                for part in ("size", "drawn", "positives", "unanswered")
            ),
        )
        for name in ALL_STRATA
        if any(f.name == name for f in figures)
    )


def _coverage(
    voice: str, patched: Sequence[Assessment], has_spoken: Callable[[Assessment], bool]
) -> Coverage:
    spoken = [known for known in patched if has_spoken(known)]
    others = [known for known in patched if not has_spoken(known)]
    return Coverage(voice, _profile(spoken), _profile(others))


def _profile(members: Sequence[Assessment]) -> Profile:
    attempts = [known.attempt for known in members]
    sizes = [a.patch.recorded_bytes or a.patch.held_bytes for a in attempts]
    codes = (a.execution.returncode for a in attempts)
    agents = Counter([attempt.agent for attempt in attempts])
    cut = PatchState.CUT
    known_sizes = [size for size in sizes if size is not None]
    return Profile(
        len(attempts),
        float(median(known_sizes)) if known_sizes else None,
        sum(a.patch.state is cut for a in attempts) / len(attempts) if attempts else None,
        sum(a.marked_success is True for a in attempts),
        bounds_of(None if code is None else code == 0 for code in codes),
        dict(sorted(agents.items())),
    )
