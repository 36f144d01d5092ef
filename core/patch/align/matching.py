"""Which lines of two texts are the same, and which are versions of each other.

Small texts are compared with difflib; large ones are split at lines that occur once in both
(patience diff), which is linear except for a sort, and gives up if there is no such line.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

SMALL = 16_384
"""Up to this many pairs of lines are compared with each other."""
SIMILAR_PAIRS = 1_024
"""Up to this many pairs of lines are compared word by word."""
_MIN_SIMILARITY = 0.5
_DEPTH = 8
_WORD = re.compile(r"\w+")


class Match(NamedTuple):
    """`size` equal lines, from `a` in one text and from `b` in the other."""

    a: int
    b: int
    size: int


def match_lines(
    a: Sequence[str], b: Sequence[str], poll: Callable[[], None] = lambda: None
) -> list[Match]:
    """Equal lines of two texts, in order; swapping the texts mirrors the result."""
    if a == b:
        return [Match(0, 0, len(a))] if a else []
    if list(a) > list(b):
        return [Match(j, i, size) for i, j, size in match_lines(b, a, poll)]
    found: list[Match] = []
    work = [(0, len(a), 0, len(b), 0)]
    while work:
        poll()
        a_start, a_stop, b_start, b_stop, depth = work.pop()
        head = _equal_run(a, b, a_start, b_start, min(a_stop - a_start, b_stop - b_start), 1)
        if head:
            found.append(Match(a_start, b_start, head))
        a_start, b_start = a_start + head, b_start + head
        shorter = min(a_stop - a_start, b_stop - b_start)
        tail = _equal_run(a, b, a_stop - 1, b_stop - 1, shorter, -1)
        a_stop, b_stop = a_stop - tail, b_stop - tail
        if tail:
            found.append(Match(a_stop, b_stop, tail))
        pairs = (a_stop - a_start) * (b_stop - b_start)
        if 0 < pairs <= SMALL:
            found += _match_small(a, b, a_start, a_stop, b_start, b_stop)
        elif pairs and depth < _DEPTH:
            work += _cut_at_anchors(a, b, a_start, a_stop, b_start, b_stop, depth)
    return _joined(sorted(found))


def _equal_run(a: Sequence[str], b: Sequence[str], i: int, j: int, limit: int, step: int) -> int:
    size = 0
    while size < limit and a[i] == b[j]:
        size, i, j = size + 1, i + step, j + step
    return size


def _match_small(
    a: Sequence[str], b: Sequence[str], a_start: int, a_stop: int, b_start: int, b_stop: int
) -> list[Match]:
    matcher = SequenceMatcher(None, a[a_start:a_stop], b[b_start:b_stop], autojunk=False)
    blocks = matcher.get_matching_blocks()
    return [Match(a_start + i, b_start + j, size) for i, j, size in blocks if size]


def _cut_at_anchors(
    a: Sequence[str],
    b: Sequence[str],
    a_start: int,
    a_stop: int,
    b_start: int,
    b_stop: int,
    depth: int,
) -> list[tuple[int, int, int, int, int]]:
    """The parts that begin with a line that occurs once in both (or a run of such lines)."""
    a_once = _occurring_once(a, a_start, a_stop)
    b_once = _occurring_once(b, b_start, b_stop)
    pairs = [(i, b_once[line]) for line, i in a_once.items() if line in b_once]
    rising = _longest_rising(pairs)
    if not rising:
        return []
    known = set(rising)
    anchors = [(i, j) for i, j in rising if (i - 1, j - 1) not in known]
    starts = [(a_start, b_start), *anchors]
    stops = [*anchors, (a_stop, b_stop)]
    return [
        (start[0], stop[0], start[1], stop[1], depth + 1)
        for start, stop in zip(starts, stops, strict=True)
    ]


def _occurring_once(lines: Sequence[str], start: int, stop: int) -> dict[str, int]:
    """Lines that occur once in a part of a text, with their places, in order."""
    part = lines[start:stop]
    counts = Counter(part)
    return {line: i for i, line in enumerate(part, start) if counts[line] == 1}


def _longest_rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest part of pairs (rising in the first) that rises in the second, too."""
    tails: list[int] = []  # smallest last value of an increasing subsequence of each length
    at_tail: list[int] = []
    before: list[int] = []
    for k, (_, j) in enumerate(pairs):
        place = bisect_left(tails, j)
        tails[place : place + 1] = [j]
        at_tail[place : place + 1] = [k]
        before.append(at_tail[place - 1] if place else -1)
    rising: list[tuple[int, int]] = []
    k = at_tail[-1] if at_tail else -1
    while k >= 0:
        rising.append(pairs[k])
        k = before[k]
    return rising[::-1]


def _joined(matches: Sequence[Match]) -> list[Match]:
    joined: list[Match] = []
    for match in matches:
        if joined:
            i, j, size = joined[-1]
            if (i + size, j + size) == (match.a, match.b):
                joined[-1] = Match(i, j, size + match.size)
                continue
        joined.append(match)
    return joined


def pair_similar(a: Sequence[str], b: Sequence[str]) -> list[tuple[int, int]]:
    """Lines of two texts that are versions of each other, in order, by the words they share.

    Beyond `SIMILAR_PAIRS` the first is paired with the first and so on.
    """
    if len(a) * len(b) > SIMILAR_PAIRS:
        return [(i, i) for i in range(min(len(a), len(b)))]
    if list(a) > list(b):
        return [(i, j) for j, i in pair_similar(b, a)]
    a_words = [frozenset(_WORD.findall(line[:1000])) for line in a]
    b_words = [frozenset(_WORD.findall(line[:1000])) for line in b]
    gains = [[_similarity(x, y) for y in b_words] for x in a_words]
    best = [[0.0] * (len(b) + 1) for _ in range(len(a) + 1)]  # of a[i:] and b[j:]
    for i in range(len(a) - 1, -1, -1):
        row, below, gain = best[i], best[i + 1], gains[i]
        for j in range(len(b) - 1, -1, -1):
            row[j] = max(below[j], row[j + 1], gain[j] + below[j + 1])
    return _trace(best, gains)


def _similarity(a: frozenset[str], b: frozenset[str]) -> float:
    """The share of words that two lines have in common; 0 when it is too small to count."""
    total = len(a) + len(b)
    share = 2 * len(a & b) / total if total else 0.0
    return share if share >= _MIN_SIMILARITY else 0.0


def _trace(best: list[list[float]], gains: list[list[float]]) -> list[tuple[int, int]]:
    pairs: list[tuple[int, int]] = []
    i = j = 0
    while i < len(gains) and j < len(gains[i]):
        if gains[i][j] and best[i][j] == gains[i][j] + best[i + 1][j + 1]:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return pairs
