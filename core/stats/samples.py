"""Which attempts were looked at by chance: the samples that verdicts and assignments document.

A drawing is a population in random order (`core.assess.random_order`). The reached part is its
beginning, up to the last attempt decided on the way through it: an attempt passed over on the way
belongs to the sample with an unknown answer. A decision made in any other way draws nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from msgspec import Struct, field

from core.assess.filters import parse_filter
from core.assess.outcome import has_patch
from core.assess.random_order import draw_order
from core.assess.strata import fact_says_true, stratum_of
from core.errors import PatchjuryError
from core.models import Assessment, Assignment, HumanCommit, Verdict

RANDOM, LABEL_NEXT = "random", "label-next"
"""The queues in random order: over all patches, and within the judge's opinions."""

DECLARED = "declared"
"""The source of a sample that the user declares random, within the judge's opinions."""

Decided = Mapping[str, Assessment]
Track = Sequence[str]
"""Attempts in the order in which one reviewer, or one queue, reaches them."""


class Sample(Struct, frozen=True):
    """One drawing: `reached` of a `population` of attempts with a patch, by `seed`.

    `source` is "random", "label-next" or the id of an assignment plan. With a `problem` its
    population is unknown, and it does not count as a sample.
    """

    source: str
    seed: int
    population: int
    reached: int
    filter: str = ""
    problem: str = ""


class Drawn(Struct, frozen=True):
    """A sample with its attempts: its population, and what was reached."""

    sample: Sample
    population: frozenset[str] = field(default_factory=frozenset)
    reached: frozenset[str] = field(default_factory=frozenset)


def find_samples(
    assessments: Sequence[Assessment],
    assignments: Iterable[Assignment] = (),
    commits: Mapping[str, HumanCommit] | None = None,
) -> list[Drawn]:
    """Every sample that follows from what is known of the attempts."""
    patched = {a.attempt.key: a for a in assessments if a.attempt.patch.has_text}
    found = [_random(patched, seed) for seed in _seeds(patched, RANDOM)]
    found += [_label_next(patched, seed) for seed in _seeds(patched, LABEL_NEXT)]
    plans: dict[str, list[Assignment]] = {}
    for assignment in assignments:
        if not assignment.again and assignment.undoes is None:
            plans.setdefault(assignment.plan, []).append(assignment)
    everything = list(assessments)
    found += [_plan(patched, given, everything, commits or {}) for given in plans.values()]
    return [drawn for drawn in found if drawn.reached or drawn.sample.problem]


def _led_by(known: Assessment, leads: Callable[[Verdict], bool]) -> bool:
    """Did going through a drawing lead to a decision? One given along with it does not count."""
    if not known.verdicts:
        return False
    return any(v.is_decision and not v.derived_from and leads(v) for v in known.verdicts)


def _seeds(patched: Decided, queue: str) -> list[int]:
    """The seeds of a queue that verdicts name."""
    origins = (v.origin for known in patched.values() for v in known.verdicts if v.is_decision)
    return sorted({o.seed for o in origins if o and o.queue == queue and o.seed is not None})


def _reached(keys: Iterable[str], seed: int, is_decided: Callable[[str], bool]) -> list[str]:
    """Those that come before the last decided one in the seed's order, and that one."""
    known = list(keys)
    last = max((draw_order(key, seed) for key in known if is_decided(key)), default=None)
    return [] if last is None else [key for key in known if draw_order(key, seed) <= last]


def _reach(track: Track, is_decided: Callable[[str], bool]) -> Track:
    """The beginning of a track, up to the last attempt on it that was decided."""
    last = max((place for place, key in enumerate(track) if is_decided(key)), default=-1)
    return track[: last + 1]


def _random(patched: Decided, seed: int) -> Drawn:
    def is_decided(key: str) -> bool:
        return _led_by(patched[key], lambda v: _is_from(v, RANDOM, seed))

    reached = _reached(patched, seed, is_decided)
    sample = Sample(RANDOM, seed, len(patched), len(reached))
    return Drawn(sample, frozenset(patched), frozenset(reached))


def _is_from(verdict: Verdict, queue: str, seed: int) -> bool:
    origin = verdict.origin
    return origin is not None and (origin.queue, origin.seed) == (queue, seed)


def _label_next(patched: Decided, seed: int) -> Drawn:
    """Each stratum in order. An attempt that the judge moved since counts as not reached."""
    strata: dict[str, list[str]] = {}
    for key, known in patched.items():
        if fact_says_true(known) is None:
            strata.setdefault(stratum_of(known), []).append(key)
    reached: list[str] = []
    for name, keys in strata.items():

        def is_decided(key: str, name: str = name) -> bool:
            return _led_by(
                patched[key],
                lambda v: (
                    _is_from(v, LABEL_NEXT, seed)
                    and v.origin is not None
                    and v.origin.stratum == name
                ),
            )

        reached += _reached(keys, seed, is_decided)
    population = frozenset(key for keys in strata.values() for key in keys)
    sample = Sample(LABEL_NEXT, seed, len(population), len(reached))
    return Drawn(sample, population, frozenset(reached))


def _plan(
    patched: Decided,
    given: Sequence[Assignment],
    assessments: Sequence[Assessment],
    commits: Mapping[str, HumanCommit],
) -> Drawn:
    """A plan: each reviewer has a random part of the drawing, in an order of their own.

    Assignments withdrawn later were drawn all the same: on the way they count as passed over.
    """
    first = given[0]
    candidates, problem = _candidates(first, assessments, commits)
    if not problem and not {one.attempt for one in given} <= candidates:
        problem = "it was drawn from other attempts than its filter matches now"
    if problem:
        sample = Sample(first.plan, first.seed, first.population, 0, first.filter, problem)
        return Drawn(sample)
    tracks: dict[str, list[Assignment]] = {}
    for one in sorted(given, key=lambda one: one.position):
        tracks.setdefault(one.reviewer, []).append(one)
    reached = {key for track in tracks.values() for key in _reach_of(track, patched)}
    population = frozenset(candidates & patched.keys())
    sample = Sample(first.plan, first.seed, len(population), len(reached), first.filter)
    return Drawn(sample, population, frozenset(reached))


def _candidates(
    first: Assignment, assessments: Sequence[Assessment], commits: Mapping[str, HumanCommit]
) -> tuple[set[str], str]:
    """What a plan was drawn from, or why that is unknown."""
    try:
        matching = parse_filter(first.filter).select(assessments, commits)
    except PatchjuryError as error:
        return set(), f"its filter cannot be read: {error.title}"
    keys = {k.attempt.key for k in matching if has_patch(k.attempt) is not False}
    if len(keys) != first.population:
        return set(), f"it was drawn from {first.population} attempts, and {len(keys)} match now"
    return keys, ""


def _reach_of(track: Sequence[Assignment], patched: Decided) -> Iterable[str]:
    by_key = {one.attempt: one for one in track if one.attempt in patched}

    def is_decided(key: str) -> bool:
        one = by_key[key]
        return _led_by(
            patched[key],
            lambda v: v.reviewer == one.reviewer and (_names(v, one) or v.created >= one.created),
        )

    return _reach(list(by_key), is_decided)


def _names(verdict: Verdict, assignment: Assignment) -> bool:
    return verdict.origin is not None and verdict.origin.assignment == assignment.id
