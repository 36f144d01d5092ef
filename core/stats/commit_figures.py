"""Several attempts at each human commit: the best of them, pass@k, flips; agents side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from msgspec import Struct

from core.assess.strata import is_true_success
from core.models import Assessment, Outcome
from core.stats.comparisons import Comparison, compare_pairs
from core.stats.repeated_attempts import PassAtK, flips, mean_pass_at_k

K = (1, 2, 4, 8)
"""The values of k for which pass@k is shown, if a commit has that many attempts."""

_FROM_BEST = (
    Outcome.TRUE_SUCCESS,
    Outcome.PARTIAL_SUCCESS,
    Outcome.UNDECIDED,
    Outcome.FALSE_POSITIVE,
    Outcome.FAILURE,
)


class CommitFigures(Struct, frozen=True):
    """Human commits by their best attempt, how many flip, and pass@k of each agent.

    `flips` counts the commits where some attempts are true successes and others are not, out of the
    `flips_known` where that is known. An undecided attempt may still beat the best one.
    """

    by_best: Mapping[str, int]
    flips: int
    flips_known: int
    pass_at_k: Mapping[str, tuple[PassAtK, ...]]  # by agent and model
    comparisons: tuple[Comparison, ...]


def count_commits(assessments: Sequence[Assessment]) -> CommitFigures:
    """The figures of a run set, over attempts that name a human commit."""
    by_commit: dict[str, list[Assessment]] = {}
    by_agent: dict[str, dict[str, list[bool | None]]] = {}
    for known in assessments:
        attempt = known.attempt
        if attempt.reference_sha:
            by_commit.setdefault(attempt.reference_sha, []).append(known)
            of_agent = by_agent.setdefault(f"{attempt.agent} {attempt.model}", {})
            of_agent.setdefault(attempt.reference_sha, []).append(is_true_success(known))
    best = Counter(min((a.outcome for a in g), key=_FROM_BEST.index) for g in by_commit.values())
    flipped = [flips([is_true_success(a) for a in group]) for group in by_commit.values()]
    return CommitFigures(
        {outcome.value: best[outcome] for outcome in _FROM_BEST},
        flipped.count(True),
        len(flipped) - flipped.count(None),
        {name: _pass(answers) for name, answers in by_agent.items()},
        tuple(compare_pairs(_decided(by_agent))),
    )


def _pass(answers: Mapping[str, Sequence[bool | None]]) -> tuple[PassAtK, ...]:
    most = max(map(len, answers.values()))
    return tuple(mean_pass_at_k(answers, k) for k in K if k <= most)


def _decided(
    by_agent: Mapping[str, Mapping[str, Sequence[bool | None]]],
) -> dict[str, dict[str, list[bool]]]:
    """The decided answers alone."""
    return {
        agent: {
            commit: [answer for answer in answers if answer is not None]
            for commit, answers in of_agent.items()
        }
        for agent, of_agent in by_agent.items()
    }
