"""What is known of every attempt of a run set, kept up to date while a person decides.

No screen is involved: a decision is recorded in memory at once (`decide`, `adjudicate`, `undo`) and
is durable when `save` returns; until then it is `unsaved` and saving can be retried. While
`view.blind`, nothing returned here contains what is sealed (`core.assess.blind`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from core.assess.outcome import has_patch, is_open, is_reviewed
from core.assess.queues import QueueContext
from core.models import (
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
from core.triage.analysis_book import AnalysisBook
from core.triage.attempt_view import AttemptView
from core.triage.evidence import Evidence, by_commit
from core.triage.progress import CommitProgress, Progress, Tally, commit_progress
from core.triage.saving import Saving
from core.triage.undoing import Record, Undoing
from core.triage.verdict_book import VerdictBook
from core.triage.verdict_drafts import VerdictDrafts, alike


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
        canary_bar: float = 0.0,
    ) -> None:
        self.store, self._reviewer, self._now = store, reviewer, now
        self._canary_bar = canary_bar
        self.take_up(run_set, contents)

    def take_up(self, run_set: RunSet, contents: StoreContents, *, settled: bool = True) -> None:
        """Start afresh, not blind. Unsettled: the runs may still be replaced."""
        self.run_set, self.is_settled = run_set, settled
        self.store_problems = contents.problems  # stored records that could not be read
        self.problems = run_set.problems + contents.problems
        self._evidence = Evidence(run_set, contents.judgements, self._canary_bar)
        verdicts = self._evidence.follow(contents.verdicts) if settled else contents.verdicts
        self._book = VerdictBook(verdicts, self._reviewer, self._now)
        self.stored_facts: FactCounts | None = None  # None: every report comes from new checks
        self.analyses = AnalysisBook(contents.analyses, self._reviewer, self._now)
        self.reported = contents.reported  # by others' exports, of facts and money
        self.view = AttemptView(self._evidence, self._book, contents.assignments)
        self._tally = Tally(self._evidence, self._book, self.assessment)
        self._drafts = VerdictDrafts(self._evidence, self._book, self.view)
        self._attempts = self._evidence.attempts
        self._undoing = Undoing(self._book, self.analyses)
        self._saving = Saving(self.store, self._attempts, self._book, self.analyses)
        self._by_commit = by_commit(run_set.attempts)
        self._with_patch = sum(attempt.patch.has_text for attempt in run_set.attempts)

    # What is known

    @property
    def reviewer(self) -> str:
        """Sets the reviewer from now on; what was recorded stays as it is."""
        return self._book.reviewer

    @reviewer.setter
    def reviewer(self, name: str) -> None:
        self._reviewer = self._book.reviewer = self.analyses.reviewer = name
        self.view.refresh()

    @property
    def commit_shas(self) -> Sequence[str]:
        """Every human commit that has attempts, in the order of the runs."""
        return list(self._by_commit)

    def commit(self, sha: str) -> HumanCommit:
        """A human commit; a bare one when only its name is known."""
        return self.run_set.commits.get(sha) or HumanCommit(sha)

    def commit_progress(self, sha: str) -> CommitProgress:
        """How far the attempts at one human commit are reviewed."""
        known = map(self.assessment, (attempt.key for attempt in self._by_commit[sha]))
        return commit_progress(self.commit(sha), list(known))

    def knows(self, key: str) -> bool:
        """Is there an attempt of this key?"""
        return key in self._attempts

    def attempts_of(self, sha: str) -> Sequence[Attempt]:
        """The attempts at one human commit, in the order of the runs; sealed as `attempt` is."""
        return [self.attempt(attempt.key) for attempt in self._by_commit.get(sha, ())]

    def attempt(self, key: str) -> Attempt:
        """The attempt with this key, without its claim while that is sealed. Raises `KeyError`."""
        return self.view.assessment(key).attempt if self.view.blind else self._attempts[key]

    def assessment(self, key: str) -> Assessment:
        """Everything that may be known of one attempt now: while blind, without what is sealed."""
        return self.view.assessment(key)

    def assessments(self) -> list[Assessment]:
        """`assessment` of every attempt, in the order of the runs."""
        return self.view.assessments(self._attempts)

    def own(self, key: str) -> Verdict | None:
        """This reviewer's newest verdict on an attempt: the starting point of their next one.

        None if the attempt came back to them: they start afresh.
        """
        return None if self.view.came_back(key) else self._book.own(key)

    def history(self, key: str) -> Sequence[Verdict]:
        """Every verdict ever recorded on one attempt, in order; only one's own while sealed."""
        return self.view.history(key)

    def histories(self) -> Mapping[str, Sequence[Verdict]]:
        """Every verdict ever recorded, by attempt, those on attempts that are gone included."""
        return self._book.by_attempt

    def strays(self) -> dict[str, Sequence[Verdict]]:
        """The histories of verdicts that belong to no attempt of this run set, by its key."""
        return self._book.strays(self._attempts)

    def bases(self) -> dict[str, Basis]:
        """What patch and human change are now, by attempt, where a verdict rests on them."""
        return self._evidence.bases(self._book.by_attempt)

    def judgements(self) -> list[Judgement]:
        """Every judgement of every attempt, stored and found, repeated questions included."""
        votes = [one for held in self._evidence.judgements.values() for one in held]
        return [*votes, *self._evidence.asked_again.values()]

    def queue_context(self, *, seed: int = 0, sample: int = 30) -> QueueContext:
        """What queues may know besides the assessments."""
        given = filter(self.knows, self.view.assignments())
        return QueueContext(
            seed, sample, {k: self.view.waiting(k) for k in given}, self.view.unsealed
        )

    def is_reviewed(self, key: str) -> bool:
        """Has a person decided, so that it counts?"""
        return key in self._book.by_attempt and is_reviewed(self.assessment(key))

    def progress(self) -> Progress:
        """The counts of the header."""
        counts = self._tally.counts()
        return Progress(
            commits=len(self._by_commit),
            attempts=len(self._attempts),
            with_patch=self._with_patch,
            judged=counts.judged,
            reviewed=counts.reviewed,
            disputed=counts.disputed,
            outdated=counts.outdated,
            strays=counts.strays if self.is_settled else 0,
            problems=len(self.problems),
            unsaved=self._saving.unsaved,
            pace_s=counts.pace_s,
        )

    def needs_decision(self, key: str) -> bool:
        """Is there a patch that no person has decided on, or that waits for this reviewer?"""
        if key not in self._book.by_attempt:
            return has_patch(self._attempts[key]) is not False
        return is_open(self.assessment(key)) or bool(self.view.waiting(key))

    def same_patch(self, key: str) -> list[str]:
        """The other attempts at the human commit whose patch is the same change; reads them."""
        attempts = self._by_commit[self._attempts[key].reference_sha]
        return self._evidence.same_patch(key, attempts, self._book.by_attempt)

    # What changes it

    def add_report(self, report: CheckReport) -> None:
        """Add the facts about one attempt."""
        self._evidence.add_report(report)
        self.view.forget(report.attempt)

    def add_judgement(self, judgement: Judgement) -> set[str]:
        """Add an opinion, or a judged canary, that is already stored.

        Returns the attempts with news: all of them if another judge missed its bar.
        """
        if self._evidence.add_judgement(judgement):
            self.view.refresh()
            return set(self._attempts)
        self.view.forget(judgement.attempt)
        return {judgement.attempt} & self._attempts.keys()

    def basis(self, key: str) -> Basis:
        """Patch and human change as last read; read on first use."""
        return self._evidence.basis(key, self._book.history(key))

    def read_basis(self, key: str) -> Basis:
        """Read patch and human change again, as the ones that a decision will rest on.

        For the thread that reads what is shown: a large patch takes a while. Verdicts that were
        made on other changes are outdated from then on.
        """
        basis = self._evidence.read_basis(key, self._book.history(key))
        self.view.forget(key)
        return basis

    def flags(self, key: str, **changes: Any) -> tuple[Flag, ...]:
        """What `decide` with these changes would contradict: asked once, then recorded."""
        return self._drafts.own(key, changes).flags

    def decide(self, key: str, **changes: Any) -> Verdict:
        """Record a new verdict: this reviewer's own one with `changes`. Not yet durable.

        `origin` and `seconds` belong to the moment: passed each time, or not recorded. `in_view`
        defaults to what can be seen (`view.in_view`).
        """
        return self._record(self._drafts.own(key, changes))

    def decide_alike(self, verdict: Verdict, keys: Iterable[str]) -> list[Verdict]:
        """Copy a verdict to other attempts with the same patch, each recorded as derived."""
        return [self.decide(key, **alike(verdict)) for key in keys]

    def adjudicate(self, key: str, **changes: Any) -> Verdict:
        """Settle a dispute: an outcome (or `cannot_tell`), or the verdict named `derived_from`.

        Raises `InputError` when there is no dispute, or when nothing is decided.
        """
        return self._record(self._drafts.adjudication(key, changes))

    def undo(self, key: str | None) -> Record | None:
        """Take back this session's last verdict or analysis, else the reviewer's newest on `key`.

        Returns the record that takes it back; None if there is nothing of theirs.
        """
        return self._changed(self._undoing.undo(key))

    def redo(self) -> Record | None:
        """Record again what was taken back last; None if there is nothing."""
        return self._changed(self._undoing.redo())

    def take_in(self, contents: StoreContents) -> set[str]:
        """Add what others have stored since; returns the attempts whose verdicts changed."""
        changed = self._book.take_in(self._evidence.follow(contents.verdicts))
        self.analyses.take_in(contents.analyses)
        for key in changed:
            self._evidence.forget(key)
        self.view.take_in(contents.assignments)
        return changed

    def assign(self, assignments: Sequence[Assignment]) -> int:
        """Store assignments; returns how many were new. Raises `StoreError`."""
        added = 0
        for sha, attempts in self._by_commit.items():
            keys = {attempt.key for attempt in attempts}
            added += self.store.add(sha, [a for a in assignments if a.attempt in keys])
        self.take_in(self.store.load())
        return added

    def save(self) -> int:
        """Write everything unsaved; returns how much. Raises `StoreError`; call again to retry."""
        return self._saving.save()

    @property
    def unsaved_attempts(self) -> set[str]:
        """The attempts with a verdict that is not on disk yet."""
        return {verdict.attempt for verdict in list(self._book.unsaved.values())}

    def _record(self, verdict: Verdict) -> Verdict:
        self.view.forget(verdict.attempt)
        return self._book.append(verdict)

    def _changed(self, record: Record | None) -> Record | None:
        if isinstance(record, Verdict):
            self.view.forget(record.attempt)
        return record
