"""What is known of every attempt of a run set, kept up to date while a person decides.

No screen is involved: a decision is recorded in memory at once (`decide`, `adjudicate`, `undo`)
and is durable when `save` returns; until then it is `unsaved` and can be saved again.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from core.assess.contradictions import flags_of
from core.assess.decisions import decision_of
from core.assess.outcome import assess, has_patch, is_judged, is_open, is_reviewed
from core.assess.queues import QueueContext
from core.errors import InputError
from core.models import (
    UNKNOWN,
    Assessment,
    Assignment,
    Attempt,
    Basis,
    CheckReport,
    FactCounts,
    Flag,
    HumanCommit,
    Judgement,
    RunSet,
    Verdict,
)
from core.store import Store, StoreContents
from core.triage.changes import Changes
from core.triage.progress import CommitProgress, Progress, commit_progress
from core.triage.verdict_book import VerdictBook


def _now() -> datetime:
    return datetime.now(UTC)


class Triage:
    """Assessments of a run set, and the decisions of one reviewer."""

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
        self.problems = run_set.problems + contents.problems
        self._attempts = {attempt.key: attempt for attempt in run_set.attempts}
        self._book = VerdictBook(contents.verdicts, reviewer, now)
        self._changes = Changes(run_set.commits)
        self._judgements = _merged(run_set.judgements, contents.judgements)
        self.stored_facts: FactCounts | None = None  # None: every report comes from new checks
        self._reports: dict[str, CheckReport] = {}
        self._assessments: dict[str, Assessment] = {}
        self._assignments: dict[str, Sequence[Assignment]] = {}
        self._saving = threading.Lock()
        self._by_commit: dict[str, list[Attempt]] = {}
        for attempt in run_set.attempts:
            self._by_commit.setdefault(attempt.reference_sha, []).append(attempt)
        self._with_patch = sum(attempt.patch.has_text for attempt in run_set.attempts)

    # What is known

    @property
    def reviewer(self) -> str:
        """Who decides here, from now on; what was recorded stays as it is."""
        return self._book.reviewer

    @reviewer.setter
    def reviewer(self, name: str) -> None:
        self._book.reviewer = name

    @property
    def commit_shas(self) -> Sequence[str]:
        """Every human commit that has attempts, in the order of the runs."""
        return list(self._by_commit)

    def commit(self, sha: str) -> HumanCommit:
        """A human commit; a bare one when only its name is known."""
        return self.run_set.commits.get(sha) or HumanCommit(sha)

    def commit_progress(self, sha: str) -> CommitProgress:
        """How far the attempts at one human commit are reviewed."""
        known = [self.assessment(attempt.key) for attempt in self._by_commit[sha]]
        return commit_progress(self.commit(sha), known)

    def attempts_of(self, sha: str) -> Sequence[Attempt]:
        """The attempts at one human commit, in the order of the runs."""
        return self._by_commit.get(sha, ())

    def attempt(self, key: str) -> Attempt:
        """The attempt with this key. Raises `KeyError`."""
        return self._attempts[key]

    def assessment(self, key: str) -> Assessment:
        """Everything known of one attempt now."""
        if key not in self._assessments:
            history = self._book.history(key)
            self._assessments[key] = assess(
                self._attempts[key],
                history,
                self._judgements.get(key, ()),
                self._reports.get(key),
                self._basis_of(key, history),
            )
        return self._assessments[key]

    def assessments(self) -> list[Assessment]:
        """Everything known of every attempt, in the order of the runs."""
        return [self.assessment(attempt.key) for attempt in self.run_set.attempts]

    def own(self, key: str) -> Verdict | None:
        """This reviewer's newest verdict on an attempt: where their next one starts."""
        return self._book.own(key)

    def history(self, key: str) -> Sequence[Verdict]:
        """Every verdict ever recorded on one attempt, in order, those taken back included."""
        return self._book.history(key)

    def histories(self) -> Mapping[str, Sequence[Verdict]]:
        """Every verdict ever recorded, by attempt, those on attempts that are gone included."""
        return self._book.by_attempt

    def strays(self) -> dict[str, Sequence[Verdict]]:
        """The histories of verdicts that belong to no attempt of this run set, by its key."""
        return self._book.strays(self._attempts)

    def judgements(self) -> list[Judgement]:
        """Every judgement of every attempt, stored and found beside the runs."""
        return [judgement for held in self._judgements.values() for judgement in held]

    def is_reviewed(self, key: str) -> bool:
        """Has a person decided, so that it counts?"""
        return key in self._book.by_attempt and is_reviewed(self.assessment(key))

    def queue_context(self, *, seed: int = 0, sample: int = 30) -> QueueContext:
        """What queues may know beside the assessments."""
        return QueueContext(self.reviewer, seed, sample, self._assignments)

    def progress(self) -> Progress:
        """The counts of the header."""
        decided = [self.assessment(k) for k in self._book.by_attempt if k in self._attempts]
        judged = [self.assessment(k) for k in self._judgements if k in self._attempts]
        return Progress(
            commits=len(self._by_commit),
            attempts=len(self._attempts),
            with_patch=self._with_patch,
            judged=sum(map(is_judged, judged)),
            reviewed=sum(map(is_reviewed, decided)),
            disputed=sum(known.disputed for known in decided),
            outdated=sum(bool(known.outdated) for known in decided),
            strays=sum(map(len, self.strays().values())),
            problems=len(self.problems),
            unsaved=len(self._book.unsaved),
        )

    def needs_decision(self, key: str) -> bool:
        """Is there a patch that no person has decided on, and that is in no dispute?"""
        if key not in self._book.by_attempt:
            return has_patch(self._attempts[key]) is not False
        return is_open(self.assessment(key))

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

    def read_basis(self, key: str) -> Basis:
        """Read patch and human change again, as the ones that a decision will rest on.

        For the thread that reads what is shown: a large patch takes a while. Verdicts that were
        made on other changes are outdated from then on.
        """
        basis = self._changes.read(self._attempts[key], _bases(self._book.history(key)))
        self._assessments.pop(key, None)
        return basis

    def flags(self, key: str, **changes: Any) -> tuple[Flag, ...]:
        """What `decide` with these changes would contradict: asked once, then recorded."""
        return self._flags(self._book.draft(self._attempts[key], self._basis(key), changes))

    def decide(self, key: str, **changes: Any) -> Verdict:
        """Record a new verdict: this reviewer's own one with `changes`. Not yet durable.

        `in_view`, `origin` and `seconds` are of the moment: given each time, or not recorded.
        """
        verdict = self._book.draft(self._attempts[key], self._basis(key), changes)
        return self._record(replace(verdict, flags=self._flags(verdict)))

    def adjudicate(self, key: str, **changes: Any) -> Verdict:
        """Settle a dispute: an outcome (or `cannot_tell`), or the verdict named `derived_from`.

        Raises `InputError` when there is no dispute, or when nothing is decided.
        """
        known = self.assessment(key)
        if not known.disputed:
            raise InputError(f"{key} is in no dispute", "Only what reviewers differ on is settled.")
        heard = [v for v in known.verdicts if v.is_decision]
        heard += [v for v in self._book.history(key) if v.adjudicates]
        verdict = self._book.adjudication(self._attempts[key], self._basis(key), heard, changes)
        return self._record(replace(verdict, flags=self._flags(verdict)))

    def undo(self, key: str | None) -> Verdict | None:
        """Take back this session's last verdict, else the reviewer's newest one on `key`.

        Returns the record that takes it back; None when there is nothing of theirs.
        """
        return self._forget(self._book.undo(key))

    def redo(self) -> Verdict | None:
        """Record anew what was taken back last; None when there is nothing."""
        return self._forget(self._book.redo())

    def take_in(self, contents: StoreContents) -> set[str]:
        """Take in what others stored since; returns the attempts whose verdicts changed."""
        changed = self._book.take_in(contents.verdicts)
        for key in changed:
            self._assessments.pop(key, None)
        return changed

    def save(self) -> int:
        """Write every unsaved verdict; returns how many. Raises `StoreError`; call again to retry.

        Safe to call from several threads: one writes at a time.
        """
        with self._saving:
            waiting = list(self._book.unsaved.values())
            for verdict in waiting:
                self.store.add_verdicts(self._attempts[verdict.attempt].reference_sha, [verdict])
                self._book.unsaved.pop(verdict.id, None)
            return len(waiting)

    def is_unsaved(self, key: str) -> bool:
        """Is there a verdict on this attempt that is not on disk yet?"""
        return any(verdict.attempt == key for verdict in list(self._book.unsaved.values()))

    def _record(self, verdict: Verdict) -> Verdict:
        self._assessments.pop(verdict.attempt, None)
        return self._book.append(verdict)

    def _forget(self, record: Verdict | None) -> Verdict | None:
        if record is not None:
            self._assessments.pop(record.attempt, None)
        return record

    def _flags(self, verdict: Verdict) -> tuple[Flag, ...]:
        report = self._reports.get(verdict.attempt)
        facts = report.criteria if report else UNKNOWN
        patch = has_patch(self._attempts[verdict.attempt])
        return flags_of(decision_of(verdict), verdict.criteria, facts, patch)

    def _basis(self, key: str) -> Basis:
        return self._changes.known(self._attempts[key], _bases(self._book.history(key)))

    def _basis_of(self, key: str, history: Sequence[Verdict]) -> Basis | None:
        """What is to be compared with; nothing is read for verdicts that rest on no hashes."""
        return self._basis(key) if _bases(history) else None


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
