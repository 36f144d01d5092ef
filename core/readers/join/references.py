"""Which human commit each attempt has: one record of several, completed by the others.

Of several records of one commit, the one with a diff counts; two with different diffs are a load
problem, and the first counts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import PurePath
from sys import intern

from core.errors import SourceError
from core.models import Attempt, HumanCommit
from core.readers.building import UNKNOWN
from core.readers.found import FoundAttempt, Reference, SubmissionFacts, digest_of
from core.readers.join.scopes import names_of
from core.readers.problems import Problems
from core.readers.record_names import instance_named
from core.records import replace


def merge_commits(commits: Iterable[HumanCommit], problems: Problems) -> list[HumanCommit]:
    """Each commit once."""
    by_sha: dict[str, list[HumanCommit]] = defaultdict(list)
    for commit in commits:
        by_sha[commit.sha].append(commit)
    return [_merged(group, problems) if len(group) > 1 else group[0] for group in by_sha.values()]


def _merged(group: Sequence[HumanCommit], problems: Problems) -> HumanCommit:
    with_diff = [commit for commit in group if commit.diff is not None]
    best = (with_diff or list(group))[0]
    for other in with_diff[1:]:
        if other.diff != best.diff and _diff_digest(other) != _diff_digest(best):
            reason = (
                f"contains a different diff of {best.sha} than {problems.below_root(best.source)}"
            )
            problems.add(other.source, reason)
    for other in group:
        best = replace(
            best,
            subject=best.subject or other.subject,
            message=best.message or other.message,
            parent=best.parent or other.parent,
            date=best.date or other.date,
            files=best.files or other.files,
            instance=best.instance or other.instance,
            pull_request=best.pull_request or other.pull_request,
            discussion=best.discussion or other.discussion,
            outside=best.outside or other.outside,
        )
    return best


def _diff_digest(commit: HumanCommit) -> bytes | None:
    try:
        return digest_of(commit.diff.read()) if commit.diff else None
    except SourceError:
        return None


def merge_references(references: Iterable[Reference], problems: Problems) -> dict[str, Reference]:
    """Each task's reference once, by its id."""
    by_name: dict[str, list[Reference]] = defaultdict(list)
    for reference in references:
        by_name[reference.instance].append(reference)
    found = {}
    for name, group in by_name.items():
        first = group[0]
        if len(group) > 1:
            commit = _merged([reference.commit for reference in group], problems)
            statement = next((r.statement for r in group if r.statement), None)
            first = Reference(
                name, commit, statement, next((r.base for r in group if r.base), None)
            )
        found[name] = first
    return found


def with_references(attempts: Iterable[Attempt], references: dict[str, Reference]) -> list[Attempt]:
    """The attempts of tasks with their commit, their base and their prompt."""
    result = []
    for attempt in attempts:
        reference = references.get(attempt.item) or references.get(instance_named(attempt.item))
        if reference is not None:
            told = (reference.statement,) if reference.statement else ()
            attempt = replace(
                attempt,
                reference_sha=reference.commit.sha,
                base=attempt.base or reference.base,
                prompts=attempt.prompts or told,
            )
        result.append(attempt)
    return result


def with_submissions(
    attempts: Iterable[FoundAttempt], facts: Iterable[SubmissionFacts]
) -> list[FoundAttempt]:
    """The attempts with their makers, according to a file in or above their folder.

    An unnamed model is called after the folder of the submission.
    """
    known = list(facts)
    return [_named(_with_facts(attempt, known) if known else attempt) for attempt in attempts]


def _named(found: FoundAttempt) -> FoundAttempt:
    if found.attempt.model != UNKNOWN:
        return found
    folder = PurePath(found.scope).name or UNKNOWN
    return replace(found, attempt=replace(found.attempt, model=intern(folder)))


def _with_facts(found: FoundAttempt, facts: Sequence[SubmissionFacts]) -> FoundAttempt:
    scope = PurePath(found.scope)
    mine = [
        fact
        for fact in facts
        if scope.is_relative_to(fact.scope)
        and (not fact.names or not names_of(found).isdisjoint(fact.names))
    ]
    if not mine:
        return found
    nearest = max(mine, key=lambda fact: len(fact.scope))
    attempt = found.attempt
    names = (*found.names, attempt.model)
    submission = "" if nearest.names or nearest.is_spare else nearest.scope
    agent, model = nearest.agent or attempt.agent, nearest.model or attempt.model
    if nearest.is_spare:
        agent = attempt.agent if attempt.agent != UNKNOWN else agent
        model = attempt.model if attempt.model != UNKNOWN else model
    attempt = replace(attempt, agent=agent, model=model)
    return replace(found, attempt=attempt, names=names, submission=submission)
