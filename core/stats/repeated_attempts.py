"""Several attempts at one human commit: is any of them right, and does the answer flip?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct


def pass_at_k(attempts: int, right: int, k: int) -> float:
    """The probability that at least one of `k` attempts, drawn from those made, is right.

    Unbiased for exchangeable attempts: M. Chen et al., "Evaluating Large Language Models Trained on
    Code" (2021), 1 - C(n - c, k) / C(n, k). Raises `ValueError` when fewer than `k` were made.
    """
    if not 0 <= right <= attempts or not 1 <= k <= attempts:
        raise ValueError(f"no pass@{k} of {right} right in {attempts} attempts")
    if attempts - right < k:
        return 1.0
    chance = 1.0
    for number in range(attempts - right + 1, attempts + 1):
        chance *= 1 - k / number
    return 1 - chance


class PassAtK(Struct, frozen=True):
    """The mean of pass@k over human commits whose attempts are all decided.

    `commits` counts those; `with_fewer` have fewer than `k` attempts, `undecided` have one not
    known to be right or wrong. `mean` (0..1) is None when no commit counts.
    """

    k: int
    commits: int
    with_fewer: int
    undecided: int
    mean: float | None


def mean_pass_at_k(by_commit: Mapping[str, Sequence[bool | None]], k: int) -> PassAtK:
    """pass@k over human commits; the answers say for each attempt whether it is right."""
    enough = [answers for answers in by_commit.values() if len(answers) >= k]
    known = [answers for answers in enough if None not in answers]
    shares = [pass_at_k(len(answers), sum(map(bool, answers)), k) for answers in known]
    mean = sum(shares) / len(shares) if shares else None
    return PassAtK(k, len(known), len(by_commit) - len(enough), len(enough) - len(known), mean)


def flips(answers: Sequence[bool | None]) -> bool | None:
    """Were some attempts at a commit right and others not? None while that is not known."""
    known = {answer for answer in answers if answer is not None}
    if len(known) == 2:
        return True
    return None if None in answers or len(answers) < 2 else False
