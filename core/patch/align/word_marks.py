"""Which words changed between two versions of a line, and which lines are such versions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import accumulate

from core.patch.align.matching import pair_similar
from core.patch.parse import Hunk, Patch

LONGEST_LINE = 2_000
"""Characters; longer lines get no marks."""
_MOST_PAIRS = 40_000
_LEAST_ALIKE = 0.35  # below this share of equal characters, marks are meaningless
_TOKEN = re.compile(r"\w+|\s+|.", re.DOTALL)

Spans = tuple[tuple[int, int], ...]
"""Parts of a line, from a character to before a character, in order."""


def word_marks(a: str, b: str) -> tuple[Spans, Spans]:
    """What differs between two versions of a line, word by word.

    Both are empty when the lines are equal, have nothing in common, or are too long to compare.
    """
    if a == b or max(len(a), len(b)) > LONGEST_LINE:
        return (), ()
    a_tokens, b_tokens = _TOKEN.findall(a), _TOKEN.findall(b)
    head, tail = _common_ends(a_tokens, b_tokens)
    a_middle = a_tokens[head : len(a_tokens) - tail]
    b_middle = b_tokens[head : len(b_tokens) - tail]
    changed = [(0, len(a_middle), 0, len(b_middle))]
    few = len(a_middle) * len(b_middle) <= _MOST_PAIRS
    if few and not set(a_middle).isdisjoint(b_middle):
        matcher = SequenceMatcher(None, a_middle, b_middle, autojunk=False)
        changed = [op[1:] for op in matcher.get_opcodes() if op[0] != "equal"]
    a_spans = _spans(a_tokens, [(head + start, head + stop) for start, stop, _, _ in changed])
    b_spans = _spans(b_tokens, [(head + start, head + stop) for _, _, start, stop in changed])
    if _alike(a, a_spans) < _LEAST_ALIKE and _alike(b, b_spans) < _LEAST_ALIKE:
        return (), ()
    return a_spans, b_spans


def _common_ends(a: Sequence[str], b: Sequence[str]) -> tuple[int, int]:
    """How many tokens are equal at the beginning and, of the others, at the end."""
    shorter = min(len(a), len(b))
    head = 0
    while head < shorter and a[head] == b[head]:
        head += 1
    tail = 0
    while tail < shorter - head and a[-1 - tail] == b[-1 - tail]:
        tail += 1
    return head, tail


def _spans(tokens: Sequence[str], parts: Sequence[tuple[int, int]]) -> Spans:
    """Token ranges as character ranges; ranges separated only by a space are joined."""
    offsets = [*accumulate(map(len, tokens), initial=0)]
    spans: list[tuple[int, int]] = []
    last = 0
    for start, stop in parts:
        if start == stop:
            continue
        if spans and all(token.isspace() for token in tokens[last:start]):
            spans[-1] = (spans[-1][0], offsets[stop])
        else:
            spans.append((offsets[start], offsets[stop]))
        last = stop
    return tuple(spans)


def _alike(line: str, spans: Spans) -> float:
    """The share of a line's visible characters that is not marked."""
    visible = len("".join(line.split()))
    marked = sum(len("".join(line[start:stop].split())) for start, stop in spans)
    return 1 - marked / visible if visible else 0.0


def pair_changes(patch: Patch, hunk: Hunk) -> dict[int, int]:
    """Removed and added lines of a hunk that are versions of each other.

    Indexes into `Patch.lines`, each pair in both directions.
    """
    lines = patch.lines
    pairs: dict[int, int] = {}
    removed: list[int] = []
    added: list[int] = []
    for index in range(hunk.start, hunk.stop + 1):
        mark = lines[index][:1] if index < hunk.stop else ""
        if mark == "-":
            removed.append(index)
        elif mark == "+":
            added.append(index)
        elif mark != "\\":
            old, new = ([lines[k][1:] for k in block] for block in (removed, added))
            for i, j in pair_similar(old, new) if old and new else ():
                pairs[removed[i]] = added[j]
                pairs[added[j]] = removed[i]
            removed, added = [], []
    return pairs
