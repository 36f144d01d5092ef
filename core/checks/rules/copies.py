"""Identical patches: across attempts, and the human's own diff returned.

Two patches are identical when they change the same files by the same lines, whatever their hunk
positions, blob ids and own `model_patch.diff`. Two are near copies when nine of ten changed lines
are common (Jaccard index of the sets of changed lines). Across attempts the index is estimated from
each patch's 32 smallest line hashes (bottom-k sketch; exact for patches of up to 32 lines), among
patches for one commit that share one of their three smallest hashes.
"""

from __future__ import annotations

import hashlib
import re
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from zlib import crc32

from core.checks.context import NO_COPIES, Context, Copies
from core.checks.registry import Fact, Found, Measure, rule
from core.models import Severity
from core.patch.parse import OWN_DIFF

NEAR = 0.9
SKETCH = 32
MIN_LINES = 4
"""Patches with fewer changed lines are never near copies: they are too alike by nature."""
MAX_NAMED = 5

_MAIL_END = re.compile(r"\n-- ?\r?\n\d[\w.() -]*+\s*+\Z")
"""What `git format-patch` puts below a patch: a line that looks removed, and git's version."""
_BANDS = 3
_MAX_BUCKET = 50


def changed_lines(text: str) -> Iterator[str]:
    """The lines that a patch adds and removes with their file headers; its own diff left out."""
    own = in_hunk = False
    for line in _MAIL_END.sub("", text).split("\n"):
        first = line[:1]
        if first == " ":
            continue  # as most do: they start nothing
        if in_hunk and (first == "+" or first == "-"):
            if not own:
                yield line.rstrip()
        elif line.startswith("diff --git "):
            own, in_hunk = line.rstrip("\r").endswith(OWN_DIFF), False
            if not own:
                yield line.rstrip("\r")
        elif line.startswith("@@"):
            in_hunk = True
        elif not own and line.startswith(("rename ", "new mode", "deleted file", "+++ ")):
            yield line.split("\t")[0].rstrip()


def digest_of(text: str) -> bytes:
    """A hash of what a patch changes, the same for copies; b"" if it changes nothing.

    The order of the files does not matter.
    """
    return _digest_of(list(changed_lines(text)))


def _digest_of(changed: Sequence[str]) -> bytes:
    lines = "".join([f"\n{line}" for line in changed])
    files = "\n".join(sorted(lines.split("\ndiff --git ")))
    data = files.encode("utf-8", "surrogatepass")
    return hashlib.blake2b(data, digest_size=16).digest() if lines else b""


def sketch_of(text: str) -> array[int]:
    """The smallest hashes of a patch's changed lines, in ascending order."""
    return _sketch_of(list(changed_lines(text)))


def _sketch_of(changed: Sequence[str]) -> array[int]:
    hashes = {
        crc32(line.encode("utf-8", "surrogatepass"))
        for line in changed
        if len(line) > 1 and line.startswith(("+", "-"))
    }
    return array("L" if array("L").itemsize == 4 else "I", sorted(hashes)[:SKETCH])


def similarity(one: Iterable[int], other: Iterable[int]) -> float:
    """The Jaccard index 0..1 of the two sets behind the sketches."""
    first, second = set(one), set(other)
    union = sorted(first | second)
    if len(first) >= SKETCH or len(second) >= SKETCH:
        union = union[:SKETCH]
    return sum(h in first and h in second for h in union) / len(union) if union else 0.0


class CopyIndex:
    """Every patch of a run set by what it changes: some 500 bytes per attempt, no text."""

    def __init__(self) -> None:
        self._keys: dict[bytes, list[str]] = {}
        self._digests: dict[str, bytes] = {}
        self._sketches: dict[bytes, array[int]] = {}

    def add(self, key: str, text: str) -> None:
        """Add an attempt's patch."""
        changed = list(changed_lines(text))
        digest = _digest_of(changed)
        if not digest:
            return
        self._digests[key] = digest
        self._keys.setdefault(digest, []).append(key)
        if digest not in self._sketches:
            self._sketches[digest] = _sketch_of(changed)

    def copies(self, keys: Sequence[str]) -> dict[str, Copies]:
        """For attempts at one commit: copies anywhere, near copies within the commit."""
        buckets: dict[int, dict[bytes, None]] = defaultdict(dict)
        digests = dict.fromkeys(self._digests[key] for key in keys if key in self._digests)
        for digest in digests:
            sketch = self._sketches[digest]
            for value in sketch[:_BANDS] if len(sketch) >= MIN_LINES else ():
                buckets[value][digest] = None
        names: dict[bytes, str] = {}  # each patch by the first attempt of the group that has it
        for key in keys:
            if key in self._digests:
                names.setdefault(self._digests[key], key)
        near = {digest: self._near(digest, buckets, names) for digest in digests}
        return {key: self._copies(key, near) for key in keys}

    def _copies(self, key: str, near: Mapping[bytes, tuple[tuple[str, float], ...]]) -> Copies:
        digest = self._digests.get(key)
        if digest is None:
            return NO_COPIES
        others = self._keys[digest]
        if len(others) == 1 and not near[digest]:
            return NO_COPIES
        first = [other for other in others[: MAX_NAMED + 1] if other != key][:MAX_NAMED]
        return Copies(tuple(first), near[digest], len(others) - 1)

    def _near(
        self, digest: bytes, buckets: Mapping[int, Mapping[bytes, None]], names: Mapping[bytes, str]
    ) -> tuple[tuple[str, float], ...]:
        sketch = self._sketches[digest]
        others = dict.fromkeys(
            other
            for value in sketch[:_BANDS]
            for other in islice(buckets.get(value, {}), _MAX_BUCKET)
            if other != digest
        )
        scored = [(similarity(sketch, self._sketches[other]), other) for other in others]
        best = sorted((s for s in scored if s[0] >= NEAR), reverse=True)[:MAX_NAMED]
        return tuple((names[other], round(score, 4)) for score, other in best)


@rule(
    "copies.human",
    Severity.WARNING,
    "The patch is the human's own diff (a leak?)",
    certain=True,
    version=3,
    criteria=("optimization_logic_match",),
)
def human(context: Context) -> Iterator[Fact]:
    patch = context.shared.human_patch
    if patch is None or context.text is None or not context.is_whole:
        return
    if digest_of(context.text) == digest_of(patch.text):
        yield Found("identical to the human diff: same lines, same files (a leak?)")
        yield Measure("copies.human_similarity", 1.0)
        return
    attempt, reference = (_line_set(text) for text in (context.text, patch.text))
    union = attempt | reference
    share = len(attempt & reference) / len(union) if union else 0.0
    yield Measure("copies.human_similarity", round(share, 4))
    if share >= NEAR and len(reference) >= MIN_LINES:
        message = f"{share:.0%} of the changed lines are also in the human diff (a leak?)"
        yield Found(message, certain=False)


def _line_set(text: str) -> set[str]:
    return {line for line in changed_lines(text) if len(line) > 1 and line[0] in "+-"}


@rule(
    "copies.attempt",
    Severity.INFO,
    "Another attempt holds the same patch",
    certain=True,
    version=2,
)
def attempt(context: Context) -> Iterator[Fact]:
    copies = context.copies
    if copies.same:
        rest = copies.total - len(copies.same)
        more = f" and {rest} more" if rest else ""
        yield Found(f"the same patch as {', '.join(copies.same)}{more}")


@rule(
    "copies.near-attempt", Severity.INFO, "Another attempt holds nearly the same patch", version=2
)
def near_attempt(context: Context) -> Iterator[Fact]:
    for key, score in context.copies.near:
        yield Found(f"{score:.0%} of the changed lines are also in {key}")
