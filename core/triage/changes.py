"""The current patch and human change of each attempt, read when a verdict rests on them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from core.assess.basis import ChangeId, basis_of, human_id, human_of, patch_id, patch_of
from core.models import Attempt, Basis, HumanCommit


class Changes:
    """The identities of patches and human changes, each read once until refreshed."""

    def __init__(self, commits: Mapping[str, HumanCommit]) -> None:
        self._commits = commits
        self._bases: dict[str, Basis] = {}
        self._humans: dict[str, ChangeId] = {}

    def known(self, attempt: Attempt, made_on: Iterable[Basis] = ()) -> Basis:
        """The basis as last read; read on first use.

        Changes that verdicts were `made_on` are not parsed again if the bytes are the same.
        """
        held = self._bases.get(attempt.key)
        return self.read(attempt, made_on) if held is None else held

    def read(self, attempt: Attempt, made_on: Iterable[Basis] = ()) -> Basis:
        """The basis as it is on disk now. May parse a large patch: not for the UI thread."""
        bases = [*made_on, *filter(None, [self._bases.get(attempt.key)])]
        sha = attempt.reference_sha
        seen = filter(None, [self._humans.get(sha)])
        human = human_id(self._commits.get(sha), [*map(human_of, bases), *seen])
        self._humans[sha] = human
        basis = basis_of(patch_id(attempt, map(patch_of, bases)), human)
        self._bases[attempt.key] = basis
        return basis
