"""The state of one triage session: what is known of every attempt, and how decisions change it.

No screen is involved: a decision is recorded in memory at once (`decide`, `undo`) and is durable
when `save` returns; until then it is `unsaved` and can be saved again.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from core.assess.outcome import assess, current_verdict, has_patch, is_decided
from core.models import (
    Assessment,
    Attempt,
    CheckReport,
    HumanCommit,
    Judgement,
    JudgementState,
    Outcome,
    RunSet,
    Verdict,
)
from core.store import Store, StoreContents


@dataclass(frozen=True, slots=True)
class CommitProgress:
    """One line of the commit list: a human commit and how far its attempts are reviewed."""

    commit: HumanCommit
    attempts: int
    marked: int
    reviewed: int


@dataclass(frozen=True, slots=True)
class Progress:
    """The counts of the header."""

    commits: int
    attempts: int
    with_patch: int
    judged: int
    reviewed: int
    problems: int
    unsaved: int


def _now() -> datetime:
    return datetime.now(UTC)


class Triage:
    """Assessments of a run set, kept up to date while a person decides."""

    def __init__(
        self,
        run_set: RunSet,
        store: Store,
        contents: StoreContents,
        reviewer: str,
        now: Callable[[], datetime] = _now,
    ) -> None:
        self.run_set = run_set
        self.store = store
        self.reviewer = reviewer
        self.problems = run_set.problems + contents.problems
        self._now = now
        self._attempts = {attempt.key: attempt for attempt in run_set.attempts}
        self._verdicts = {key: list(history) for key, history in contents.verdicts.items()}
        self._judgements = _merged(run_set.judgements, contents.judgements)
        self._reports: dict[str, CheckReport] = {}
        self._assessments: dict[str, Assessment] = {}
        self._session: list[Verdict] = []
        self._unsaved: dict[str, Verdict] = {}
        self._saving = threading.Lock()
        self._by_commit: dict[str, list[Attempt]] = {}
        for attempt in run_set.attempts:
            self._by_commit.setdefault(attempt.reference_sha, []).append(attempt)
        self._with_patch = sum(attempt.patch.has_text for attempt in run_set.attempts)

    # What is known

    @property
    def commit_shas(self) -> Sequence[str]:
        """Every human commit that has attempts, in the order of the runs."""
        return list(self._by_commit)

    def commit(self, sha: str) -> HumanCommit:
        """A human commit; a bare one when only its name is known."""
        return self.run_set.commits.get(sha) or HumanCommit(sha)

    def commit_progress(self, sha: str) -> CommitProgress:
        """How far the attempts at one human commit are reviewed."""
        attempts = self._by_commit[sha]
        return CommitProgress(
            commit=self.commit(sha),
            attempts=len(attempts),
            marked=sum(attempt.marked_success is True for attempt in attempts),
            reviewed=sum(self.is_reviewed(attempt.key) for attempt in attempts),
        )

    def attempts_of(self, sha: str) -> Sequence[Attempt]:
        """The attempts at one human commit, in the order of the runs."""
        return self._by_commit.get(sha, ())

    def attempt(self, key: str) -> Attempt:
        """The attempt with this key. Raises `KeyError`."""
        return self._attempts[key]

    def assessment(self, key: str) -> Assessment:
        """Everything known of one attempt now."""
        if key not in self._assessments:
            self._assessments[key] = assess(
                self._attempts[key],
                self._verdicts.get(key, ()),
                self._judgements.get(key, ()),
                self._reports.get(key),
            )
        return self._assessments[key]

    def assessments(self) -> list[Assessment]:
        """Everything known of every attempt, in the order of the runs."""
        return [self.assessment(attempt.key) for attempt in self.run_set.attempts]

    def history(self, key: str) -> Sequence[Verdict]:
        """Every verdict ever recorded on one attempt, in order, those taken back included."""
        return tuple(self._verdicts.get(key, ()))

    def histories(self) -> Mapping[str, Sequence[Verdict]]:
        """Every verdict ever recorded, by attempt."""
        return self._verdicts

    def judgements(self) -> list[Judgement]:
        """Every judgement of every attempt, stored and found beside the runs."""
        return [judgement for held in self._judgements.values() for judgement in held]

    def is_reviewed(self, key: str) -> bool:
        """Has a person decided, so that an outcome follows?"""
        if key not in self._verdicts:
            return False
        known = self.assessment(key)
        return is_decided(known) and known.outcome is not Outcome.UNDECIDED

    def progress(self) -> Progress:
        """The counts of the header."""
        return Progress(
            commits=len(self._by_commit),
            attempts=len(self._attempts),
            with_patch=self._with_patch,
            judged=sum(
                key in self._attempts and any(j.state is JudgementState.VERDICT for j in judgements)
                for key, judgements in self._judgements.items()
            ),
            reviewed=sum(self.is_reviewed(key) for key in self._verdicts if key in self._attempts),
            problems=len(self.problems),
            unsaved=len(self._unsaved),
        )

    def needs_decision(self, key: str) -> bool:
        """Is there a patch that no person has decided on?"""
        return not self.is_reviewed(key) and has_patch(self._attempts[key]) is not False

    def next_undecided(
        self, key: str | None, step: int = 1, among: Container[str] | None = None
    ) -> str | None:
        """The next attempt (`step` -1: the one before) that needs a decision, going round.

        Only those `among` count, if that is given.
        """
        order = [a.key for attempts in self._by_commit.values() for a in attempts]
        here = order.index(key) if key in self._attempts else -step
        for distance in range(1, len(order) + 1):
            candidate = order[(here + step * distance) % len(order)]
            wanted = among is None or candidate in among
            if wanted and candidate != key and self.needs_decision(candidate):
                return candidate
        return None

    # What changes it

    def add_report(self, report: CheckReport) -> None:
        """Take in the facts about one attempt."""
        self._reports[report.attempt] = report
        self._assessments.pop(report.attempt, None)

    def add_judgement(self, judgement: Judgement) -> None:
        """Take in an opinion, or how a canary was judged, that is stored already."""
        held = {known.id: known for known in self._judgements.get(judgement.attempt, ())}
        held[judgement.id] = judgement  # one that was there before is told once more
        self._judgements[judgement.attempt] = tuple(held.values())
        self._assessments.pop(judgement.attempt, None)

    def decide(self, key: str, **changes: object) -> Verdict:
        """Record a new verdict: the standing one with `changes` to its fields. Not yet durable."""
        standing = current_verdict(self._verdicts.get(key, ()))
        start = standing or Verdict("", key, self.reviewer, self._now())
        fresh = {"id": uuid.uuid4().hex, "reviewer": self.reviewer, "created": self._next_time(key)}
        return self._append(replace(start, **{**fresh, "undoes": None, **changes}))  # type: ignore[arg-type]

    def undo(self, key: str | None) -> Verdict | None:
        """Take back this session's last verdict, else the reviewer's standing one on `key`.

        Returns the record that takes it back; None when there is nothing to take back.
        """
        last = self._session.pop() if self._session else None
        if last is None and key is not None:
            last = current_verdict(self._verdicts.get(key, ()))
        if last is None or last.reviewer != self.reviewer:
            return None
        created = self._next_time(last.attempt)
        taken_back = Verdict(uuid.uuid4().hex, last.attempt, self.reviewer, created, undoes=last.id)
        return self._append(taken_back)

    def save(self) -> int:
        """Write every unsaved verdict; returns how many. Raises `StoreError`; call again to retry.

        Safe to call from several threads: one writes at a time.
        """
        with self._saving:
            waiting = list(self._unsaved.values())
            for verdict in waiting:
                self.store.add_verdicts(self._attempts[verdict.attempt].reference_sha, [verdict])
                self._unsaved.pop(verdict.id, None)
            return len(waiting)

    def is_unsaved(self, key: str) -> bool:
        """Is there a verdict on this attempt that is not on disk yet?"""
        return any(verdict.attempt == key for verdict in list(self._unsaved.values()))

    def _append(self, verdict: Verdict) -> Verdict:
        self._verdicts.setdefault(verdict.attempt, []).append(verdict)
        self._unsaved[verdict.id] = verdict
        self._assessments.pop(verdict.attempt, None)
        if verdict.undoes is None:
            self._session.append(verdict)
        return verdict

    def _next_time(self, key: str) -> datetime:
        """Now, but after every verdict on this attempt, whatever the clocks of colleagues say."""
        history = self._verdicts.get(key, ())
        latest = max((verdict.created for verdict in history), default=None)
        now = self._now()
        if latest is None or now > latest:
            return now
        return min(latest, _LAST - datetime.resolution) + datetime.resolution


_LAST = datetime.max.replace(tzinfo=UTC)


def _merged(
    found: Iterable[Judgement], stored: Mapping[str, Sequence[Judgement]]
) -> dict[str, tuple[Judgement, ...]]:
    by_attempt: dict[str, dict[str, Judgement]] = {}
    for judgement in found:
        by_attempt.setdefault(judgement.attempt, {})[judgement.id] = judgement
    for key, judgements in stored.items():
        by_attempt.setdefault(key, {}).update({j.id: j for j in judgements})
    return {key: tuple(judgements.values()) for key, judgements in by_attempt.items()}
