"""What is available about one human commit while its attempts are judged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.errors import SourceError
from core.judge.question.base_lines import BaseLines
from core.judge.question.judge_prompt import (
    NO_REFERENCE,
    Question,
    Reference,
    ask_judgement,
    ask_rubric,
    facts_text,
    show_reference,
)
from core.judge.question.keys import (
    Keys,
    find_answer,
    is_loopback,
    panel_key,
    question_key,
    vote_key,
)
from core.judge.question.rubric import current_rubric
from core.judge.run.plan import Group, Job, Plan
from core.models import CheckReport, HumanCommit, Judgement, JudgementState, Rubric
from core.settings import JudgeSettings
from core.sources import read_to_send, sha256
from core.store import Store

WAITING = "it is in a batch that has not been collected yet"


class CommitEvidence:
    """The evidence, rubrics and answers about one commit; `real`: no test server is asked.

    Raises `StoreError` when what is stored about the commit cannot be used.
    """

    def __init__(
        self,
        group: Group,
        plan: Plan,
        store: Store,
        settings: JudgeSettings,
        reports: Mapping[str, CheckReport] | None = None,
        *,
        real: bool | None = None,
    ) -> None:
        store.verify(group.human)  # before paying for anything that could not be stored
        self.group = group
        self.stored = list(store.judgements(group.human))
        self.diff = _read_diff(group.commit)
        self.rubric: Rubric | None = None
        self.rubric_question: Question | None = None
        self._plan = plan
        self._settings = settings
        self._reports = reports or {}
        self._real = not is_loopback(settings.base_url) if real is None else real
        self._shown: Reference | None = None
        self._is_refused = False
        self._human_context: str | None = None  # None: not read yet
        if self.diff is not None and group.commit is not None:
            self._choose_rubric(group.commit, self.diff, store.rubrics(group.human))

    def _choose_rubric(self, commit: HumanCommit, diff: str, rubrics: Sequence[Rubric]) -> None:
        """Take the current rubric, or the question for one.

        One that was written from incomplete evidence is rewritten if all of it can be shown now.
        """
        self.rubric = current_rubric(rubrics, sha256(diff), real=self._real)
        if self.rubric is None or self.rubric.missing_evidence:
            question = ask_rubric(commit, diff, self._settings.input_limit)
            if self.rubric is None or not question.missing:
                self.rubric, self.rubric_question = None, question
        self._is_refused = self.rubric_question is not None and self._was_refused(diff, rubrics)

    def _was_refused(self, diff: str, rubrics: Sequence[Rubric]) -> bool:
        """Did this model refuse to write the rubric last time?"""
        tried = [r for r in rubrics if r.calls and not r.set_aside and r.key == sha256(diff)]
        newest = max(tried, key=lambda rubric: rubric.created, default=None)
        return (
            newest is not None
            and newest.state is JudgementState.REFUSED
            and newest.calls[-1].model == self._settings.model
            and not self._plan.again
        )

    @property
    def no_rubric(self) -> str:
        """Why there can be no rubric although there is a human commit to write it from; or ""."""
        if self.rubric_question is None:
            return ""
        if self._is_refused:
            return "the model refused to write its commit's rubric: ask again with --failed"
        reason = why_unjudgeable(self.rubric_question, self._settings)
        return f"no rubric can be written for its commit: {reason}" if reason else ""

    def question(self, job: Job, rubric: Rubric | None, limit: int | None = None) -> Question:
        """What is asked about an attempt. Raises `SourceError` when its patch cannot be read.

        `limit` is the longest prompt in tokens, if it differs from the setting.
        """
        source = job.attempt.patch.source
        if source is None:
            raise SourceError("there is no readable patch")
        report = self._reports.get(job.attempt.key) if self._settings.facts else None
        if self.group.commit is not None and self.group.commit.outside:
            report = None  # facts name the human's files
        reference, text = self._reference(rubric), read_to_send(source)
        return ask_judgement(
            reference,
            text,
            job.attempt.patch.state,
            input_limit=limit or self._settings.input_limit,
            facts=facts_text(report) if report else None,
            context=self._context(job, text, is_alone=reference is NO_REFERENCE),
        )

    def _context(self, job: Job, text: str, *, is_alone: bool) -> tuple[str, ...]:
        """The base lines around the human's hunks and around the attempt's, if enabled."""
        if not self._settings.context or self._plan.repository is None:
            return ()
        commit = self.group.commit
        base = BaseLines(self._plan.repository, self._settings.context)
        if self._human_context is None:
            diff = self.diff if not is_alone else None
            self._human_context = base.of(diff, commit.parent) if commit and diff else ""
        start = job.attempt.base or (commit.parent if commit else None)
        found = (self._human_context, base.of(text, start))
        return found if any(found) else ()

    def shorter_rubric_question(self, question: Question) -> Question | None:
        """The question for the rubric with fewer files, after the model found it too long."""
        if self.diff is None or self.group.commit is None:
            return None
        return ask_rubric(self.group.commit, self.diff, shorter_limit(question))

    def _reference(self, rubric: Rubric | None) -> Reference:
        """What attempts are compared with; built once per rubric."""
        if rubric is None or self.diff is None or self.group.commit is None:
            return NO_REFERENCE
        if self._shown is None or self._shown.rubric != rubric.hash:
            self._shown = show_reference(self.group.commit, self.diff, rubric)
        return self._shown

    def keys(self, job: Job, question: Question) -> Keys:
        """The hashes that identify a question, the job's vote on it and its panel."""
        asked = question_key(question, self._settings.asking(job.model))
        return Keys(
            asked, vote_key(asked, job.vote, second=job.second), panel_key(question, self._settings)
        )

    def answer(self, key: str, attempt: str) -> Judgement | None:
        """The stored answer with this key, the attempt's own before another's."""
        return find_answer(self.stored, key, attempt, again=self._plan.again, real=self._real)

    def is_waiting(self, key: str) -> bool:
        """Is the vote with this key in an uncollected batch?"""
        return key in self._plan.waiting


def shorter_limit(question: Question) -> int:
    """The limit for what a model found too long, in tokens: three fifths of its length."""
    return question.tokens * 3 // 5


def why_unjudgeable(question: Question, settings: JudgeSettings) -> str:
    """Why a question cannot be asked, or ""."""
    if question.shows_nothing or question.tokens > settings.input_limit:
        return f"none of its files fits into {settings.input_limit} tokens"
    return ""


def _read_diff(commit: HumanCommit | None) -> str | None:
    """The human diff; None if there is none, or none that may be read or sent."""
    if commit is None or commit.diff is None or commit.outside:
        return None  # nothing reached through a link is sent, not even its message and names
    try:
        text = read_to_send(commit.diff)
    except SourceError:
        return None  # judged without reference, and marked so
    return text if text.strip() else None
