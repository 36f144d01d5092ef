"""What is known of each attempt, assembled on demand and cached until it changes."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Mapping, Sequence

from core.assess.barred import Judges
from core.assess.basis import patch_of
from core.assess.following import follow
from core.assess.outcome import assess
from core.models import Assessment, Attempt, Basis, CheckReport, Judgement, RunSet, Verdict
from core.triage.changes import Changes

EVERYTHING = ""
"""Stands among changed attempts for all of them."""


class Evidence:
    """Facts and opinions on the attempts of a run set, and which patches and changes they have."""

    def __init__(
        self, run_set: RunSet, stored: Mapping[str, Sequence[Judgement]], canary_bar: float = 0.0
    ) -> None:
        self.attempts = {attempt.key: attempt for attempt in run_set.attempts}
        self.judgements, self.asked_again = _apart(_merged(run_set.judgements, stored))
        self.changed: deque[str] = deque()  # attempts of which something is new, for the counts
        self._changes = Changes(run_set.commits)
        self._reports: dict[str, CheckReport] = {}
        self._assessments: dict[str, Assessment] = {}
        every = (j for held in self.judgements.values() for j in held)
        self._judges = Judges(every, canary_bar)
        self._barred = self._judges.barred

    @property
    def held(self) -> Mapping[str, Assessment]:
        """The assessments that are cached and still valid."""
        return self._assessments

    def assessment(self, key: str, history: Sequence[Verdict]) -> Assessment:
        """Everything known of one attempt now, given its verdicts."""
        if key not in self._assessments:
            # Nothing is read for verdicts that rest on no hashes.
            basis = self.basis(key, history) if _bases(history) else None
            self._assessments[key] = assess(
                self.attempts[key],
                history,
                self._judges.weigh(self.judgements.get(key, ()), self._barred),
                self._reports.get(key),
                basis,
            )
        return self._assessments[key]

    def forget(self, key: str) -> None:
        """Something about an attempt is new."""
        self._assessments.pop(key, None)
        self.changed.append(key)

    def add_report(self, report: CheckReport) -> None:
        """Add the facts about one attempt."""
        self._reports[report.attempt] = report
        self.forget(report.attempt)

    def add_judgement(self, judgement: Judgement) -> bool:
        """Add an opinion; one that was added before is counted again.

        True if another judge is barred now, so that more than this attempt changed.
        """
        if judgement.second:
            self.asked_again[judgement.id] = judgement
            return False
        held = {known.id: known for known in self.judgements.get(judgement.attempt, ())}
        held[judgement.id] = judgement
        self.judgements[judgement.attempt] = tuple(held.values())
        self.forget(judgement.attempt)
        self._judges.take_in(judgement)
        if not judgement.canary:
            return False
        before, self._barred = self._barred, self._judges.barred
        if before == self._barred:
            return False
        self._assessments.clear()
        self.changed.append(EVERYTHING)
        return True

    @property
    def reports(self) -> Collection[CheckReport]:
        """The facts about all attempts that have any."""
        return self._reports.values()

    def report(self, key: str) -> CheckReport | None:
        """The facts about one attempt, if there are any."""
        return self._reports.get(key)

    def basis(self, key: str, history: Iterable[Verdict]) -> Basis:
        """Patch and human change as last read; read now on first use."""
        return self._changes.known(self.attempts[key], _bases(history))

    def bases(self, histories: Mapping[str, Sequence[Verdict]]) -> dict[str, Basis]:
        """The basis now of every attempt with a verdict that rests on one."""
        resting = ((k, h) for k, h in histories.items() if k in self.attempts and _bases(h))
        return {key: self.basis(key, history) for key, history in resting}

    def same_patch(
        self, key: str, among: Iterable[Attempt], histories: Mapping[str, Sequence[Verdict]]
    ) -> list[str]:
        """The others among some attempts whose patch is the same change."""

        def change(of: str) -> str:
            return patch_of(self.basis(of, histories.get(of, ()))).parsed

        mine = change(key)
        others = [attempt.key for attempt in among if attempt.key != key]
        return [other for other in others if mine and change(other) == mine]

    def follow(self, histories: Mapping[str, Sequence[Verdict]]) -> Mapping[str, Sequence[Verdict]]:
        """Verdicts by the attempts whose patch they were made on (`core.assess.following`)."""
        return follow(histories, self.attempts, self._patch_hash)

    def _patch_hash(self, key: str) -> str:
        return self._changes.known(self.attempts[key]).patch if key in self.attempts else ""

    def read_basis(self, key: str, history: Iterable[Verdict]) -> Basis:
        """Patch and human change as they are on disk now."""
        basis = self._changes.read(self.attempts[key], _bases(history))
        self.forget(key)
        return basis


def _apart(
    judgements: Mapping[str, tuple[Judgement, ...]],
) -> tuple[dict[str, tuple[Judgement, ...]], dict[str, Judgement]]:
    """The judgements that vote or failed to, and by id the answers to repeated questions."""
    again = {j.id: j for held in judgements.values() for j in held if j.second}
    votes = {key: tuple(j for j in held if not j.second) for key, held in judgements.items()}
    return {key: held for key, held in votes.items() if held}, again


def by_commit(attempts: Iterable[Attempt]) -> dict[str, list[Attempt]]:
    """The attempts at each human commit, both in run order."""
    found: dict[str, list[Attempt]] = {}
    for attempt in attempts:
        found.setdefault(attempt.reference_sha, []).append(attempt)
    return found


def _bases(history: Iterable[Verdict]) -> list[Basis]:
    return [verdict.basis for verdict in history if verdict.basis is not None]


def _merged(
    found: Iterable[Judgement], stored: Mapping[str, Sequence[Judgement]]
) -> dict[str, tuple[Judgement, ...]]:
    by_attempt: dict[str, dict[str, Judgement]] = {}
    for judgement in found:
        by_attempt.setdefault(judgement.attempt, {})[judgement.id] = judgement
    for key, judgements in stored.items():
        by_attempt.setdefault(key, {}).update({j.id: j for j in judgements})
    return {key: tuple(judgements.values()) for key, judgements in by_attempt.items()}
