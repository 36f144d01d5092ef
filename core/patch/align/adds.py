"""Where the added lines of two touching changes go, and which of them share a row."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate, groupby
from operator import eq
from typing import NamedTuple

from core.patch.align.matching import SIMILAR_PAIRS, Match, match_lines, pair_similar
from core.patch.align.sides import Block, Group, Poll

_PAIRS_PER_LINE = 8
_PAIRS_ANYWAY = 4 * SIMILAR_PAIRS


class Adds(NamedTuple):
    """`size` rows of added lines: their places in a group's (-1: that side has none here)."""

    human: int
    attempt: int
    size: int
    equal: bool


class Budget:
    """How many pairs of lines may still be compared word by word in one file."""

    def __init__(self, lines: int) -> None:
        self.pairs = _PAIRS_ANYWAY + _PAIRS_PER_LINE * lines

    def spend(self, pairs: int) -> bool:
        """May that many pairs be compared? If so, they are deducted."""
        if not 0 < pairs <= min(self.pairs, SIMILAR_PAIRS):
            return False
        self.pairs -= pairs
        return True


def place_adds(
    group: Group, human: Sequence[str], attempt: Sequence[str], budget: Budget, poll: Poll
) -> list[tuple[int, Adds]]:
    """The added lines of a group, each with the base line that it precedes, in order.

    Added lines follow all lines that their change removes, or go between them if that puts them
    beside the other side's: both orders give the same patched file.
    """
    pieces = list(_cut(_pair(human, attempt, budget, poll), group))
    placed: list[tuple[int, Adds]] = []
    next_human = next_attempt = group.stop
    for cap, piece in reversed(pieces):
        place = cap
        if piece.human >= 0:
            place = min(place, next_human)
        if piece.attempt >= 0:
            place = min(place, next_attempt)
        if piece.human >= 0:
            next_human = place
        if piece.attempt >= 0:
            next_attempt = place
        placed.append((place, piece))
    placed.reverse()
    placed.sort(key=lambda item: item[0])
    return placed


def _pair(
    human: Sequence[str], attempt: Sequence[str], budget: Budget, poll: Poll
) -> Iterator[Adds]:
    """The lines of both sides in order: equal ones together, and others side by side."""
    i = j = 0
    matches = match_lines(human, attempt, poll) if human and attempt else []
    for match in [*matches, Match(len(human), len(attempt), 0)]:
        poll()
        anchors: list[tuple[int, int]] = []
        if budget.spend((match.a - i) * (match.b - j)):
            anchors = pair_similar(human[i : match.a], attempt[j : match.b])
        start_i, start_j = i, j
        for a, b in anchors:
            yield from _side_by_side(human, attempt, (i, start_i + a), (j, start_j + b))
            i, j = start_i + a, start_j + b
        yield from _side_by_side(human, attempt, (i, match.a), (j, match.b))
        if match.size:
            yield Adds(match.a, match.b, match.size, True)
        i, j = match.a + match.size, match.b + match.size


def _side_by_side(
    human: Sequence[str], attempt: Sequence[str], ours: tuple[int, int], theirs: tuple[int, int]
) -> Iterator[Adds]:
    """Two runs of lines, the first beside the first and so on (some may be equal by chance)."""
    (i, i_stop), (j, j_stop) = ours, theirs
    both = min(i_stop - i, j_stop - j)
    equal = map(eq, human[i : i + both], attempt[j : j + both])
    for is_equal, rows in groupby(equal):
        size = len(list(rows))
        yield Adds(i, j, size, is_equal)
        i, j = i + size, j + size
    if i < i_stop:
        yield Adds(i, -1, i_stop - i, False)
    if j < j_stop:
        yield Adds(-1, j, j_stop - j, False)


def _cut(adds: Iterator[Adds], group: Group) -> Iterator[tuple[int, Adds]]:
    """Split at the blocks' borders what cannot share a row; with the last place of each."""
    human_stops = list(accumulate(len(block.added) for block in group.human))
    attempt_stops = list(accumulate(len(block.added) for block in group.attempt))
    for human, attempt, left, equal in adds:
        while left:
            size = left
            own = other = None
            if human >= 0:
                k = bisect_right(human_stops, human)
                own, size = group.human[k], min(size, human_stops[k] - human)
            if attempt >= 0:
                k = bisect_right(attempt_stops, attempt)
                other, size = group.attempt[k], min(size, attempt_stops[k] - attempt)
            if own and other and _can_share(own, other, equal):
                yield min(own.stop, other.stop), Adds(human, attempt, size, equal)
            else:
                if own:
                    yield own.stop, Adds(human, -1, size, False)
                if other:
                    yield other.stop, Adds(-1, attempt, size, False)
            left -= size
            human += size if own else 0
            attempt += size if other else 0


def _can_share(human: Block, attempt: Block, equal: bool) -> bool:
    """Can added lines of two blocks share a row? Equal ones may if the blocks only touch."""
    start, stop = max(human.start, attempt.start), min(human.stop, attempt.stop)
    if equal:
        return start <= stop
    return start < stop or (human.start, human.stop) == (attempt.start, attempt.stop)
