"""The prompts of past calls, rebuilt from the evidence and verified by their hash.

A prompt is not stored with its call, since nearly all of it is in the runs and the repository.
Checking a figure later requires it all the same: here it is rebuilt verbatim, or the reason is
given why it cannot be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress

from msgspec import Struct

from core.errors import SourceError
from core.judge.question.canaries import possible_canaries
from core.judge.question.judge_prompt import (
    NO_REFERENCE,
    Question,
    Reference,
    ask_judgement,
    ask_rubric,
    prompt_hash,
    show_reference,
)
from core.models import Attempt, Call, HumanCommit, Judgement, PatchState, Rubric, RunSet
from core.sources import read_to_send, sha256


class Replay(Struct, frozen=True):
    """One call with the question that it asked; without one, `problem` says why."""

    call: Call
    question: Question | None
    problem: str = ""


class _CannotReplayError(Exception):
    pass


class Replayer:
    """Rebuilds the prompts of the calls about one human commit."""

    def __init__(
        self,
        commit: HumanCommit | None,
        rubrics: Iterable[Rubric],
        attempts: Iterable[Attempt],
        commits: Mapping[str, HumanCommit],
    ) -> None:
        self._commit = commit
        self._rubrics = {rubric.hash: rubric for rubric in rubrics if rubric.hash}
        self._attempts = {attempt.key: attempt for attempt in attempts}
        self._commits = commits
        self._references: dict[str, Reference] = {}
        self._diff: str | None = None
        if commit is not None and commit.diff is not None and not commit.outside:
            with suppress(SourceError):  # what depends on it then reports it missing
                self._diff = read_to_send(commit.diff)

    def rubric(self, rubric: Rubric) -> Iterator[Replay]:
        """The calls for a rubric."""

        def build(limit: int) -> Question:
            commit, diff = self._human_diff(rubric.key)
            return ask_rubric(commit, diff, limit)

        return _replays(rubric.calls, build)

    def judgement(self, judgement: Judgement) -> Iterator[Replay]:
        """The calls for a judgement, or for a canary."""
        return _replays(judgement.calls, lambda limit: self._question(judgement, limit))

    def _question(self, judgement: Judgement, limit: int) -> Question:
        patch, state = self._patch(judgement)
        return ask_judgement(
            self._reference(judgement),
            patch,
            state,
            input_limit=limit,
            facts=judgement.facts if judgement.facts_given else None,
            context=judgement.context,
        )

    def _reference(self, judgement: Judgement) -> Reference:
        if judgement.without_reference:
            return NO_REFERENCE
        commit, diff = self._human_diff(judgement.patches[0])
        rubric = self._rubrics.get(judgement.rubric)
        if rubric is None:
            raise _CannotReplayError("the rubric is not in the store")
        if rubric.hash not in self._references:
            self._references[rubric.hash] = show_reference(commit, diff, rubric)
        return self._references[rubric.hash]

    def _human_diff(self, wanted: str) -> tuple[HumanCommit, str]:
        if self._commit is None or self._diff is None or sha256(self._diff) != wanted:
            raise _CannotReplayError("the human diff that was shown is gone")
        return self._commit, self._diff

    def _patch(self, judgement: Judgement) -> tuple[str, PatchState]:
        """The patch that was shown, identified by its hash, and whether it was whole."""
        attempts: Iterable[Attempt] = ()
        if judgement.canary and self._commit is not None:
            attempts = possible_canaries(judgement.canary, self._commit.sha, self._commits)
        elif judgement.attempt in self._attempts:
            attempts = (self._attempts[judgement.attempt],)
        for attempt in attempts:
            try:
                text = read_to_send(attempt.patch.source) if attempt.patch.source else ""
            except SourceError:
                continue
            if judgement.patches[1:] == (sha256(text),):
                return text, attempt.patch.state
        raise _CannotReplayError("the patch that was shown is gone")


def _replays(calls: Sequence[Call], build: Callable[[int], Question]) -> Iterator[Replay]:
    for call in calls:
        try:
            if call.input_limit is None:
                raise _CannotReplayError("the input limit was not recorded")
            question = build(call.input_limit)
        except _CannotReplayError as error:
            yield Replay(call, None, str(error))
            continue
        same = len(call.fences) == 2 and call.prompt_hash == prompt_hash(
            question.instructions, question.render(call.fences)
        )
        problem = (
            ""
            if same
            else "it was worded by another version of patchjury, or the evidence has changed"
        )
        yield Replay(call, question if same else None, problem)


class Replayers:
    """Rebuilds the questions of a whole run set, commit by commit."""

    def __init__(
        self,
        run_set: RunSet,
        rubrics: Callable[[str], Iterable[Rubric]],
    ) -> None:
        self._run_set = run_set
        self._rubrics = rubrics
        self._by_commit: dict[str, Replayer] = {}
        self._humans = {a.key: a.reference_sha for a in run_set.attempts}

    def question(self, judgement: Judgement) -> Question | None:
        """The question of a judgement's last call; None when it cannot be rebuilt verbatim."""
        human = self._humans.get(judgement.attempt, judgement.attempt.rpartition("/")[2])
        if human not in self._by_commit:
            run_set = self._run_set
            attempts = [a for a in run_set.attempts if a.reference_sha == human]
            commit = run_set.commits.get(human)
            self._by_commit[human] = Replayer(
                commit, self._rubrics(human), attempts, run_set.commits
            )
        question = None
        for replay in self._by_commit[human].judgement(judgement):
            question = replay.question
        return question
