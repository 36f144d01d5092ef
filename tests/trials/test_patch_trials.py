"""Faulty patches by the hundred thousand: nothing raises, nothing takes long, git agrees."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.patch.align import align
from core.patch.apply import apply_patch, net_changes
from core.patch.change_hash import change_hash
from core.patch.parse import Patch, parse_patch
from core.patch.parse.foreign import foreign_form
from core.patch.parse.repair import parse_reference
from core.patch.reading import understood
from core.sources import decode
from tests.core.patch.patch_mutants import mutants
from tests.core.patch.test_apply import BASE, CHANGED, Pair, _disagreement, _parts
from tests.core.patch.test_parse import check_invariants, git_numstat, numstat
from tests.trials.conftest import Report

PATCHES = 100_000
LONGEST_SECONDS = 2
AGAINST_GIT = 4_000


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    with pytest.MonkeyPatch.context() as environment:
        for role in ("AUTHOR", "COMMITTER"):
            environment.setenv(f"GIT_{role}_NAME", "A Tester")
            environment.setenv(f"GIT_{role}_EMAIL", "tester@example.org")
        made = Pair(tmp_path_factory.mktemp("pair"), BASE, CHANGED)
    with made.repository:
        yield made


def faulty(parts: list[bytes], seed: int, count: int) -> Iterator[bytes]:
    """Mutants of one to four parts put together."""
    chance = random.Random(seed)
    for _ in range(count):
        whole = b"".join(chance.sample(parts, chance.choice((1, 1, 2, 4))))
        yield mutants(whole, chance.randrange(2**32), 1)[0]


def use(text: str, other: Patch, pair: Pair) -> None:
    """Everything that is done with a patch, but for what a screen draws."""
    check_invariants(text)
    patch = parse_reference(text)
    applied = apply_patch(patch, pair.read_base)
    if applied.applies:
        net_changes(patch, applied)
    meant = understood(patch, applied, pair.read_base)
    foreign_form(meant)
    change_hash(meant)
    for file in align(other, meant).files:
        for row in (0, len(file) - 1):
            if len(file):
                file.row(row)


@pytest.mark.timeout(3600)
def test_faulty_patches_raise_nothing_and_take_no_time(pair: Pair, report: Report) -> None:
    parts = _parts(pair)
    other = parse_patch(decode(parts[0]))
    slowest = 0.0
    for patch in faulty(parts, 7, PATCHES):
        start = time.perf_counter()
        use(decode(patch), other, pair)
        slowest = max(slowest, time.perf_counter() - start)
    assert slowest < LONGEST_SECONDS
    report(f"{PATCHES} faulty patches, none raised, the slowest took {slowest:.2f} s")


@pytest.mark.timeout(3600)
def test_git_applies_what_we_apply(pair: Pair, report: Report) -> None:
    found = [_disagreement(pair, patch) for patch in faulty(_parts(pair), 11, AGAINST_GIT)]
    assert list(filter(None, found)) == []
    report(f"{AGAINST_GIT} faulty patches, git says the same of each and makes the same files")


def test_git_reads_the_names_that_we_read(pair: Pair, report: Report, tmp_path: Path) -> None:
    read = 0
    for data in faulty(_parts(pair), 13, AGAINST_GIT):
        text = decode(data)
        patch = parse_patch(text)
        # git calls a file by a name that it carries over from a header that it passed over
        if patch.refusal is None and not any(file.ignored for file in patch.files):
            read += 1
            expected = git_numstat(text, tmp_path) or []
            found = numstat(patch)
            # git takes /dev/null for a file where no line says that one is added or deleted
            known = [row if row[2] != "dev/null" else found[at] for at, row in enumerate(expected)]
            assert found == known, text
    assert read > AGAINST_GIT / 5
    report(f"{read} faulty patches that git reads have the names and counts that git finds")
