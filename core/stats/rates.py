"""Shares of attempts: which are computed, over what, and what holds for this set and the next.

Facts, opinions and decisions have separate lines. A criterion that a voice can only answer one way
(checks can show that a file is missed, hardly ever that nothing is) has counts and bounds but no
share. Shares of outcomes are over patches: the absence of a patch decides the rest at once and
would pass for coverage.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from functools import cached_property
from itertools import compress

from msgspec import Struct

from core.assess.implied_criteria import LOGIC, person_says
from core.assess.opinions import judge_criteria
from core.assess.outcome import is_judged
from core.assess.strata import (
    has_outcome,
    is_true_success,
    judge_says_true,
    person_says_true,
)
from core.models import CRITERIA, Assessment, Attempt, Criteria, Outcome
from core.patch.parse import OWN_DIFF
from core.records import replace
from core.stats.bounds import Bounds, bounds_of
from core.stats.clusters import ClusteredShare, share_of_clusters, widest
from core.stats.patch_facts import PatchFact

Answer = Callable[[Assessment], bool | None]

CLAIMS, FACTS, OPINIONS, DECISIONS, ALL = VOICES = (
    "claims",
    "facts",
    "opinions",
    "decisions",
    "all voices",
)
"""Who answers: the pipeline, the checks, the judge, people, or whoever settles it."""

SETTLED_BOTH_WAYS = ("syntax_correct", "files_match")
"""The criteria that checks can show to hold and not to hold."""


class Rate(Struct, frozen=True):
    """`count` of the `of` that are known, out of `total` possible ones.

    `population` names what `of` counts ("judged") and `universe` what `total` counts ("patches").
    `share` (0..1) is None when nothing is known, or where it would be meaningless (`one_sided`).
    `this_set` is the least and the largest share that the unknown ones leave possible in this set,
    without any sampling error; `like_these` is a 95 % interval for attempts like these, over
    clusters of `clustered_by` ("commit" or "run"), whichever is wider.
    """

    label: str
    voice: str
    count: int
    of: int
    population: str
    total: int
    universe: str
    share: float | None
    this_set: tuple[float, float] | None
    like_these: ClusteredShare | None
    clustered_by: str = ""
    one_sided: bool = False


class Universe:
    """The attempts that questions are about, with the clusters that each is in."""

    def __init__(self, members: Sequence[Assessment]) -> None:
        self.members = members

    @cached_property
    def commits(self) -> list[Hashable]:
        """The human commit of each; an attempt without one is a cluster of its own."""
        return [known.attempt.reference_sha or known.attempt.key for known in self.members]

    @cached_property
    def runs(self) -> list[Hashable]:
        """The run of each."""
        attempts = (known.attempt for known in self.members)
        return [(attempt.agent, attempt.model, attempt.run) for attempt in attempts]


class Question(Struct, frozen=True):
    """What one rate is computed from: the answer of each attempt of a universe, None unknown.

    `one_sided`: it can only be answered one way, so that a share would mean nothing.
    """

    label: str
    voice: str
    about: Universe
    answers: Sequence[bool | None]
    population: str
    universe: str = "attempts"
    one_sided: bool = False

    def keys(self, answer: bool | None) -> tuple[str, ...]:
        """The attempts with this answer."""
        told = zip(self.about.members, self.answers, strict=True)
        return tuple(known.attempt.key for known, said in told if said is answer)

    def rate(self) -> Rate:
        """The rate of true answers among the known ones."""
        counts = bounds_of(self.answers)
        share = counts.yes / counts.known if counts.known and not self.one_sided else None
        like_these, clustered_by = (None, "") if share is None else self._like_these()
        return Rate(
            self.label,
            self.voice,
            counts.yes,
            counts.known,
            self.population,
            counts.total,
            self.universe,
            share,
            _this_set(counts),
            like_these,
            clustered_by,
            self.one_sided,
        )

    def _like_these(self) -> tuple[ClusteredShare | None, str]:
        """The wider of the two intervals: with commits or with runs as clusters."""
        known = [answer is not None for answer in self.answers]
        true = [answer is True for answer in self.answers]
        by_commit, by_run = (
            share_of_clusters(Counter(compress(names, known)), Counter(compress(names, true)))
            for names in (self.about.commits, self.about.runs)
        )
        if by_commit is None or by_run is None:
            return None, ""
        if by_run.clusters == 1:
            return by_commit, "commit"  # one run says nothing about other runs
        wider = widest([by_commit, by_run])
        return wider, "commit" if wider is by_commit else "run"


def _this_set(counts: Bounds) -> tuple[float, float] | None:
    return None if counts.low is None or counts.high is None else (counts.low, counts.high)


def all_rates(
    assessments: Sequence[Assessment], facts: Mapping[str, PatchFact]
) -> tuple[Rate, ...]:
    """Every rate of a run set; `facts` comes from `read_patch_facts`."""
    return tuple(question.rate() for question in questions(assessments, facts))


def questions(
    assessments: Sequence[Assessment], facts: Mapping[str, PatchFact]
) -> tuple[Question, ...]:
    """What every rate of a run set is computed from, in order."""
    everything = Universe(assessments)
    patched = Universe([a for a in assessments if a.attempt.patch.has_text])
    return (
        *_claims(everything, patched, facts),
        *_criteria(FACTS, _by_checks, patched, "known"),
        *_opinions(patched),
        *_criteria(DECISIONS, _by_person, patched, "decided"),
        _question("true success", DECISIONS, person_says_true, patched, "decided", "patches"),
        *_outcomes(patched),
    )


def _opinions(patched: Universe) -> Iterable[Question]:
    """The judge's rates. Judged means that there is an opinion; it may leave a question open."""
    judged = sum(map(is_judged, patched.members))
    asked = [
        *_criteria(OPINIONS, _by_judge, patched, "judged"),
        _question("true success", OPINIONS, judge_says_true, patched, "judged", "patches"),
    ]
    for question in asked:
        known = len(question.answers) - question.answers.count(None)
        yield question if known == judged else replace(question, population="answered by the judge")


def _question(
    label: str,
    voice: str,
    answer: Answer,
    about: Universe,
    population: str,
    universe: str = "attempts",
) -> Question:
    answers = [answer(known) for known in about.members]
    return Question(label, voice, about, answers, population, universe)


def _marked(about: Universe) -> Universe:
    return Universe([a for a in about.members if a.attempt.marked_success is True])


def _claims(
    everything: Universe, patched: Universe, facts: Mapping[str, PatchFact]
) -> tuple[Question, ...]:
    def claim(known: Assessment) -> bool | None:
        return known.attempt.marked_success

    def nonzero(known: Assessment) -> bool | None:
        return returned_nonzero(known.attempt)

    def own_diff(known: Assessment) -> bool | None:
        fact = facts.get(known.attempt.key)
        return fact.own_diff if fact else None

    marked, said = _marked(everything), "with a return code"
    return (
        _question("marked success", CLAIMS, claim, everything, "with a claim"),
        _question("return code not 0", FACTS, nonzero, marked, said, "marked"),
        _question(f"holds {OWN_DIFF}", FACTS, own_diff, patched, "whole or with it", "patches"),
    )


def _criteria(
    voice: str,
    says: Callable[[Assessment], Criteria | None],
    patched: Universe,
    population: str,
) -> Iterable[Question]:
    said = [says(known) for known in patched.members]
    has_spoken = any(criteria is not None for criteria in said)
    silence: list[bool | None] = [None] * len(said)
    for name in CRITERIA:
        answers = [getattr(told, name, None) for told in said] if has_spoken else silence
        one_sided = voice == FACTS and name not in SETTLED_BOTH_WAYS
        yield Question(name, voice, patched, answers, population, "patches", one_sided)


def _by_checks(known: Assessment) -> Criteria | None:
    return known.report.criteria if known.report else None


def _by_judge(known: Assessment) -> Criteria | None:
    return judge_criteria(known.judgements) if known.judgements else None


def _by_person(known: Assessment) -> Criteria | None:
    """People's ticks; for the logic also what their outcome implies.

    For other criteria an outcome only says that they are good: a share of those would be biased.
    """
    if known.verdict is None:
        return None
    return replace(known.verdict.criteria, optimization_logic_match=person_says(known, LOGIC))


def _outcomes(patched: Universe) -> tuple[Question, ...]:
    """Whoever settles it. One bad criterion decides, success needs all five: read the bounds."""
    marked, kind, wanted = _marked(patched), "marked patches", Outcome.FALSE_POSITIVE

    def false_positive(known: Assessment) -> bool | None:
        return has_outcome(wanted, known)

    def no_success(known: Assessment) -> bool | None:
        true = is_true_success(known)
        return None if true is None else not true

    return (
        _question("true success", ALL, is_true_success, patched, "known", "patches"),
        _question("true success of marked", ALL, is_true_success, marked, "known", kind),
        _question("false positive of marked", ALL, false_positive, marked, "known", kind),
        _question("not a true success, of marked", ALL, no_success, marked, "known", kind),
    )


def returned_nonzero(attempt: Attempt) -> bool | None:
    """Did the run end with a return code other than 0? None when none was recorded."""
    code = attempt.execution.returncode
    return None if code is None else code != 0
