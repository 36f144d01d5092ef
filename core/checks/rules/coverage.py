"""How much of the human's change the attempt also makes, measured on their common base."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import accumulate
from typing import NamedTuple

from core.checks.context import Context, Versions
from core.checks.languages.file_source import same_code
from core.checks.languages.python_source import PythonSource
from core.checks.registry import Fact, Found, Measure, Settled, rule
from core.checks.rules.files import comes_out_as_it_was, file_sets
from core.models import CRITERIA, Severity
from core.patch.parse import (
    FileStatus,
    Hunk,
    Patch,
    added_lines,
    diff_lines,
    file_lines,
    real_files,
)

NEAR_LINES = 3
"""Base lines between two changes that still count as one place."""

_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]{2,}")

Region = tuple[int, int]


@rule(
    "coverage.equal-tree",
    Severity.INFO,
    "The patched files equal the human's except for comments, docstrings and formatting",
    certain=True,
    version=6,
    criteria=CRITERIA,
)
def equal_tree(context: Context) -> Iterator[Fact]:
    same = is_equal(context)
    yield Measure("coverage.equal_tree", same)
    if not same:
        return
    yield Found("equal to the human's result except for comments, docstrings or formatting")
    for criterion in ("syntax_correct", "files_match", "optimization_logic_match", "is_complete"):
        yield Settled(criterion, True)
    yield Settled("is_template_code", False)


def is_equal(context: Context) -> bool | None:
    """Do all of the human's files come out the same, and no others? None if unknown."""
    sets = file_sets(context)
    if sets is None:
        return None
    if not sets.match or sets.attempt - sets.human:
        return False
    human = context.shared.human_versions
    if context.versions is None or human is None:
        return _is_verbatim(context) or None
    theirs, ours = (_tree(context, v) for v in (human.values(), context.versions))
    if theirs.gone != ours.gone or theirs.written.keys() != ours.written.keys():
        return False
    pairs = [(ours.written[path], versions) for path, versions in theirs.written.items()]
    if not all(_same(one, other, exact=False) for one, other in pairs):
        return False
    # Where the human changes only what makes no difference, it has to be exactly that.
    is_exact = all(_same(one, other, exact=True) for one, other in pairs)
    return is_exact or any(map(_differs, human.values()))


class _Tree(NamedTuple):
    """How a tree differs from that of the base: what is where, and which paths are gone."""

    written: dict[str, Versions]
    gone: frozenset[str]


def _tree(context: Context, versions: Iterable[Versions]) -> _Tree:
    changed = [v for v in versions if not comes_out_as_it_was(v.change, context.shared)]
    written = {v.path: v for v in changed if v.change.new_path is not None}
    gone = {path for v in changed if (path := v.change.removed_path) is not None}
    return _Tree(written, frozenset(gone - written.keys()))


def _is_verbatim(context: Context) -> bool:
    """Is the patch the human's own, byte for byte and sound, where there is no base to try it on?

    What a diff omits is not known to be the same: a binary file's content, a submodule's.
    """
    patch, human = context.patch, context.shared.human_patch
    if patch is None or human is None or context.applied is not None:
        return False
    is_told = patch.is_sound and not any(file.binary for file in patch.files)
    return is_told and context.text == human.text


def _differs(versions: Versions) -> bool:
    if versions.base is None or versions.patched is None:
        return versions.base is not versions.patched
    return same_code(versions.base, versions.patched) is not True


def _same(attempt: Versions, human: Versions, *, exact: bool) -> bool:
    if attempt.change.mode != human.change.mode:
        return False
    one, other = attempt.patched, human.patched
    if one is None or other is None:
        return one is other
    return one.data == other.data or (not exact and same_code(one, other) is True)


@rule(
    "coverage.elsewhere",
    Severity.WARNING,
    "The attempt changes no place that the human changed",
    version=4,
    criteria=("optimization_logic_match", "is_complete"),
)
def elsewhere(context: Context) -> Iterator[Fact]:
    shared = context.shared
    regions = shared.of_human(_regions)
    if regions is None or context.patch is None or not context.is_whole:
        return
    share = _share_touched(regions, _regions(context.patch))
    yield Measure("coverage.regions", share)
    yield Measure("coverage.functions", _functions_touched(context, regions))
    wanted = shared.of_human(_new_identifiers) or set()
    yield Measure("coverage.identifiers", _identifiers_present(wanted, context.patch))
    yield Measure("coverage.extra_hunks", _extra_hunks(regions, context.patch))
    known = shared.of_human(_identifiers) or set()
    yield Measure("coverage.extra_identifiers", _extra_identifiers(known, context.patch))
    if share == 0 and context.files:
        yield Found("no change within 3 lines of any place that the human changed")


def _regions(patch: Patch) -> dict[str, list[Region]]:
    """First and last base line of each stretch of changes, by the file's base name.

    An insertion is the line before it and the line after it; a new file is one region at 0.
    """
    found: dict[str, list[Region]] = {}
    for file in real_files(patch):
        regions = found.setdefault(file.old_path or file.path, [])
        if file.status is not FileStatus.MODIFIED and not file.hunks:
            regions.append((0, 0))
        for hunk in file.hunks:
            regions.extend(_hunk_regions(patch, hunk))
    return found


def _hunk_regions(patch: Patch, hunk: Hunk) -> Iterator[Region]:
    first: int | None = None
    last = 0
    position = 0  # the base line before the next one
    for line in diff_lines(patch, hunk):
        if line.kind == "\\":
            continue
        if line.kind == " ":
            if first is not None:
                yield first, max(first, last)
            first, position = None, line.old or 0
        else:
            position = line.old or position
            first = position if first is None else first
            last = position
    if first is not None:
        yield first, max(first, last)


def _share_touched(
    human: dict[str, list[Region]], attempt: dict[str, list[Region]]
) -> float | None:
    total = sum(map(len, human.values()))
    if not total:
        return None
    hit = sum(_count_near(regions, attempt.get(path, [])) for path, regions in human.items())
    return round(hit / total, 4)


def _count_near(regions: list[Region], others: list[Region]) -> int:
    """How many regions have one of the others within `NEAR_LINES`."""
    others = sorted(others)
    firsts = [first for first, _ in others]
    furthest = list(accumulate((last for _, last in others), max))
    hit = 0
    for first, last in regions:
        before = bisect_right(firsts, last + NEAR_LINES)  # begin early enough
        hit += before > 0 and furthest[before - 1] + NEAR_LINES >= first
    return hit


def _extra_hunks(human: dict[str, list[Region]], attempt: Patch) -> int:
    """How many of the attempt's hunks change no place that the human changed."""
    return sum(
        not any(_count_near([r], human.get(file.old_path or file.path, [])) for r in regions)
        for file in real_files(attempt)
        for hunk in file.hunks
        if (regions := list(_hunk_regions(attempt, hunk)))
    )


def _functions_touched(context: Context, human: dict[str, list[Region]]) -> float | None:
    """Share of the base's Python functions changed by the human that the attempt changed too."""
    if context.shared.base_sha is None or context.patch is None:
        return None
    attempt = _regions(context.patch)
    wanted = hit = 0
    for path, regions in human.items():
        source = context.shared.base_source(path)
        if not isinstance(source, PythonSource):
            continue
        functions = _changed_functions(source, regions)
        wanted += len(functions)
        hit += len(functions & _changed_functions(source, attempt.get(path, [])))
    return round(hit / wanted, 4) if wanted else None


def _changed_functions(source: PythonSource, regions: list[Region]) -> set[str]:
    """The innermost functions around the regions."""
    innermost: dict[int, tuple[str, int, int]] = {}
    for function in source.functions:  # an outer one comes before those inside it
        innermost.update(dict.fromkeys(range(function[1], function[2] + 1), function))
    found: set[str] = set()
    for first, last in regions:
        around = [innermost[line] for line in range(first, last + 1) if line in innermost]
        if around:
            found.add(min(around, key=lambda f: f[2] - f[1])[0])
    return found


def _identifiers_present(wanted: set[str], attempt: Patch) -> float | None:
    """Share of these identifiers that the attempt adds."""
    present = {word for line in added_lines(attempt) for word in _WORD.findall(line)}
    return round(len(wanted & present) / len(wanted), 4) if wanted else None


def _extra_identifiers(known: set[str], attempt: Patch) -> int:
    """How many identifiers the attempt adds that are not among these."""
    return len(_new_identifiers(attempt) - known)


def _new_identifiers(patch: Patch) -> set[str]:
    """The identifiers that stand only in the added lines of a patch."""
    added = {word for line in added_lines(patch) for word in _WORD.findall(line)}
    return added - set(_words(patch, " -"))


def _identifiers(patch: Patch) -> set[str]:
    """All identifiers in a patch."""
    return set(_words(patch, " -+"))


def _words(patch: Patch, kinds: str) -> Iterator[str]:
    for file in real_files(patch):
        for line in file_lines(patch, file, kinds):
            yield from _WORD.findall(line.text)
