"""Each attempt once: companion files are merged into it, and duplicates are folded.

A collected submission takes precedence over the files of its tasks; a chosen patch over the
candidates. Two files with the same records are one. Everything left out is a load problem.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Sequence
from itertools import islice
from pathlib import PurePath

from core.models import Attempt, PatchState
from core.readers.building import UNKNOWN, merge_executions
from core.readers.found import NO_PATCH, FoundAttempt, Role
from core.readers.join.scopes import Scopes, same_model, share_a_name
from core.readers.problems import Problems
from core.readers.record_names import looks_like_a_task
from core.records import replace

_MOST_COMPARED = 100
"""Files that also have the first record of one, and are compared with it."""

_COLLECTED = (Role.SUBMISSION, Role.RECORD)


def gather(found: Sequence[FoundAttempt], root: str, problems: Problems) -> list[FoundAttempt]:
    """The attempts, each once, in the order in which they were found."""
    submissions = fold_files([f for f in found if f.role in _COLLECTED], problems)
    rollouts = [f for f in found if f.role in (Role.ROLLOUT, Role.COMPANION)]
    submissions = _attach(submissions, rollouts, root, problems)
    candidates = [f for f in found if f.role is Role.CANDIDATE]
    return submissions + _unchosen(submissions, candidates, root, problems)


# Two files with the same records


def without_stray_patches(
    found: Sequence[FoundAttempt], known: Container[str], problems: Problems, *, are_others: bool
) -> list[FoundAttempt]:
    """Drops patch files that lie beside other attempts and are not named after a task."""
    kept = []
    of_files = [f.path.endswith(".patch") for f in found]
    are_others = are_others or not all(of_files)
    for one, is_file in zip(found, of_files, strict=True):
        if is_file and are_others and one.instance not in known and not _is_task(one):
            problems.add(one.path, "is a patch not named after a task: left out")
        else:
            kept.append(one)
    return kept


def _is_task(found: FoundAttempt) -> bool:
    path = PurePath(found.path)
    return looks_like_a_task(found.instance) or path.parent.name == found.instance


def fold_files(found: Sequence[FoundAttempt], problems: Problems) -> list[FoundAttempt]:
    """Drops files whose every record is in another file as well."""
    by_file: dict[str, list[FoundAttempt]] = defaultdict(list)
    for attempt in found:
        by_file[attempt.path].append(attempt)
    holders: dict[tuple[str, bytes | None], list[str]] = defaultdict(list)
    for path, attempts in by_file.items():
        for attempt in attempts:
            holders[attempt.instance, attempt.digest].append(path)
    kept = dict(by_file)
    order = sorted(sorted(by_file, reverse=True), key=lambda path: _weight(by_file[path]))
    for path in order:  # the poorest first
        into = _same_records(path, by_file, holders, kept)
        if into:
            problems.add(path, f"contains the same records as {problems.below_root(into)}")
            kept[into] = _with_names(kept[into], by_file[path])
            del kept[path]
    return [attempt for path in by_file if path in kept for attempt in kept[path]]


def _weight(attempts: list[FoundAttempt]) -> tuple[int, int]:
    return attempts[0].role, len(attempts)


def _same_records(
    path: str,
    by_file: dict[str, list[FoundAttempt]],
    holders: dict[tuple[str, bytes | None], list[str]],
    kept: dict[str, list[FoundAttempt]],
) -> str | None:
    """A kept file that has everything a file has."""
    mine = by_file[path]
    if any(attempt.digest is None for attempt in mine):
        return None
    first = mine[0]
    for other in islice(dict.fromkeys(holders[first.instance, first.digest]), _MOST_COMPARED):
        if other != path and other in kept and _covers(by_file[other], mine):
            return other
    return None


def _covers(others: list[FoundAttempt], mine: list[FoundAttempt]) -> bool:
    """Are all records of one file in another, and is that more than a coincidence?"""
    theirs = Counter((a.instance, a.digest) for a in others)
    wanted = Counter((a.instance, a.digest) for a in mine)
    if any(theirs[key] < number for key, number in wanted.items()):
        return False
    by_key = {(a.instance, a.digest): a for a in others}
    one, other = PurePath(mine[0].scope), PurePath(others[0].scope)
    is_near = one == other or one.is_relative_to(other) or other.is_relative_to(one)
    patches = sum(a.digest != NO_PATCH for a in mine)
    if not all(share_a_name(a, by_key[a.instance, a.digest]) for a in mine):
        return is_near and patches > 1 and mine[0].role is not others[0].role
    return is_near or (theirs == wanted and patches > 1)


def _with_names(kept: list[FoundAttempt], folded: list[FoundAttempt]) -> list[FoundAttempt]:
    """The attempts with the names used by the folded file."""
    names = {(a.instance, a.digest): (a.attempt.model, *a.names) for a in folded}
    return [replace(a, names=a.names + names.get((a.instance, a.digest), ())) for a in kept]


# What lies beside a submission


def _attach(
    submissions: list[FoundAttempt],
    rollouts: Sequence[FoundAttempt],
    root: str,
    problems: Problems,
) -> list[FoundAttempt]:
    result = list(submissions)
    scopes = Scopes(result, root)
    left: list[FoundAttempt] = []
    other_patch: Counter[str] = Counter()
    for rollout in rollouts:
        at = _target(rollout, result, scopes)
        if at is None:
            left.append(rollout)
            continue
        if _differs(rollout, result[at]):
            other_patch[result[at].path] += 1
        result[at] = complete(result[at], rollout)
    for path, number in other_patch.items():
        what = "tasks have" if number > 1 else "task has"
        problems.add(
            path, f"takes precedence, though {number} {what} another patch in a file of its own"
        )
    return _with_agents(result + _on_their_own(left, problems))


def _with_agents(attempts: Sequence[FoundAttempt]) -> list[FoundAttempt]:
    """All attempts of a file get the agent known for some."""
    agents: dict[str, set[str]] = defaultdict(set)
    for found in attempts:
        agents[found.path].add(found.attempt.agent)
    result = []
    for found in attempts:
        known = agents[found.path] - {UNKNOWN}
        if found.attempt.agent == UNKNOWN and len(known) == 1:
            found = replace(found, attempt=replace(found.attempt, agent=next(iter(known))))
        result.append(found)
    return result


def _target(
    rollout: FoundAttempt, submissions: Sequence[FoundAttempt], scopes: Scopes
) -> int | None:
    """The one attempt that a single-task file belongs to."""
    home = scopes.home(rollout.scope)
    same_task = home.by_task.get(rollout.instance, ())
    fitting = [at for at in same_task if same_model(rollout, submissions[at])]
    if len(fitting) > 1:
        fitting = [at for at in fitting if share_a_name(rollout, submissions[at])] or fitting
    if len(fitting) > 1:
        fitting = [at for at in fitting if submissions[at].digest == rollout.digest] or fitting
    names_no_task = not looks_like_a_task(rollout.instance)
    if not fitting and rollout.role is Role.COMPANION and names_no_task and len(home.near) == 1:
        fitting = home.near  # a trajectory without a task, beside the only attempt
    return fitting[0] if len(fitting) == 1 else None


def _differs(rollout: FoundAttempt, other: FoundAttempt) -> bool:
    known = rollout.digest is not None and other.digest is not None
    return known and rollout.role is Role.ROLLOUT and rollout.digest not in (other.digest, NO_PATCH)


def complete(attempt: FoundAttempt, other: FoundAttempt) -> FoundAttempt:
    """An attempt with what another file knows about it in addition."""
    mine, theirs = attempt.attempt, other.attempt
    merged = replace(
        mine,
        agent=theirs.agent if mine.agent == UNKNOWN else mine.agent,
        model=theirs.model if mine.model == UNKNOWN else mine.model,
        started=mine.started or theirs.started,
        status=mine.status or theirs.status,
        execution=merge_executions(mine.execution, theirs.execution),
        prompts=mine.prompts or theirs.prompts,
        logs=mine.logs + tuple(log for log in theirs.logs if log not in mine.logs),
    )
    if mine.patch.state in (PatchState.MISSING, PatchState.UNREADABLE) and theirs.patch.has_text:
        merged = replace(merged, patch=theirs.patch)
        attempt = replace(attempt, digest=other.digest)
    return replace(attempt, attempt=merged, names=(*attempt.names, theirs.model, *other.names))


def _on_their_own(left: Sequence[FoundAttempt], problems: Problems) -> list[FoundAttempt]:
    """Single-task files that no submission collects: those of one task make one attempt."""
    groups: list[FoundAttempt] = []
    by_task: dict[tuple[str, str], list[int]] = defaultdict(list)
    for rollout in sorted(left, key=lambda f: (-f.role, f.attempt.model == UNKNOWN, f.path)):
        places = by_task[rollout.scope, rollout.instance]
        fitting = [at for at in places if same_model(groups[at], rollout)]
        if fitting:
            groups[fitting[0]] = complete(groups[fitting[0]], rollout)
        elif rollout.role is Role.ROLLOUT:
            places.append(len(groups))
            groups.append(rollout)
    known = {(group.scope, group.instance) for group in groups}
    stray = [f.path for f in left if (f.scope, f.instance) not in known]
    if stray:
        more = f" (and {len(stray) - 1} more)" if len(stray) > 1 else ""
        problems.add(stray[0], f"belongs to no attempt that was found{more}")
    return groups


# Candidates


def _unchosen(
    submissions: Sequence[FoundAttempt],
    candidates: Sequence[FoundAttempt],
    root: str,
    problems: Problems,
) -> list[FoundAttempt]:
    """The candidates of tasks for which nothing was chosen; the others are reported."""
    scopes = Scopes(submissions, root)
    left: list[FoundAttempt] = []
    chosen: dict[str, tuple[int, str]] = {}
    for candidate in candidates:
        of_task = scopes.home(candidate.scope).by_task.get(candidate.instance)
        if of_task:
            number, _ = chosen.get(candidate.path, (0, ""))
            chosen[candidate.path] = number + 1, submissions[of_task[0]].path
        else:
            left.append(candidate)
    for path, (number, by) in chosen.items():
        said = f"holds {number} candidates" if number > 1 else "holds a candidate"
        counts = f"{problems.below_root(by)} counts"
        problems.add(path, f"{said} of what was chosen: {counts}; open this file to see them")
    _name_several(left, problems)
    return left


def _name_several(attempts: Iterable[FoundAttempt], problems: Problems) -> None:
    by_task: dict[tuple[str, str], set[str]] = defaultdict(set)
    for attempt in attempts:
        by_task[attempt.instance, attempt.attempt.model].add(attempt.path)
    several = {key: paths for key, paths in by_task.items() if len(paths) > 1}
    if several:
        (instance, model), paths = next(iter(several.items()))
        reason = f"{len(paths)} records of {instance} and {model} in {len(paths)} files"
        more = f" (and {len(several) - 1} more such)" if len(several) > 1 else ""
        problems.add(min(paths), f"{reason}{more}; open one file to see its alone")


# The same attempts in an attempts file and in the run folders that it was made of


def fold_recorded(
    folders: Sequence[Attempt], recorded: Sequence[Attempt], problems: Problems
) -> tuple[list[Attempt], list[Attempt], dict[tuple[str, str], list[str]]]:
    """The folders, the records of other attempts, and the keys of folded ones by run and item.

    A record is a folder's if commit, item, status, return code and duration agree, and no other
    folder's do. The whole patch wins over the cut one.
    """
    if not recorded:
        return list(folders), [], {}
    by_facts: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for at, attempt in enumerate(folders):
        by_facts[_facts(attempt)].append(at)
    recorded = _once(recorded, problems)
    result, left = list(folders), list[Attempt]()
    keys: dict[tuple[str, str], list[str]] = defaultdict(list)
    folded = 0
    for record in recorded:
        places = by_facts.get(_facts(record), [])
        if len(places) != 1 or record.execution.duration_s is None:
            left.append(record)
            continue
        folded += 1
        at = places[0]
        keys[record.run, record.item].append(result[at].key)
        execution = merge_executions(result[at].execution, record.execution)
        result[at] = replace(result[at], execution=execution)
        if record.patch.state is PatchState.WHOLE and not result[at].patch.has_text:
            result[at] = replace(result[at], patch=record.patch)
    if folded:
        file = recorded[0].key.split("/")[0]
        of_all = f"{folded} of {len(recorded)} records"
        problems.add(file, f"{of_all} are attempts whose folders are here, and count once")
    return result, left, keys


def _once(recorded: Sequence[Attempt], problems: Problems) -> list[Attempt]:
    """Records without those that are also in another file: the one with more of the patch wins."""
    kept: dict[tuple[object, ...], Attempt] = {}
    folded: Counter[tuple[str, str]] = Counter()
    for record in sorted(recorded, key=lambda r: not r.patch.has_text):
        facts = (record.run, *_facts(record))
        first = kept.setdefault(facts, record)
        if first is not record:
            files = (record.key.split(f"/{record.run}/")[0], first.key.split(f"/{first.run}/")[0])
            if files[0] == files[1]:  # twice in one file: two attempts
                kept[*facts, record.key] = record
            else:
                folded[files] += 1
    for (file, into), number in folded.items():
        problems.add(file, f"contains {number} of the same records as {into}; they count once")
    ids = {id(record) for record in kept.values()}
    return [record for record in recorded if id(record) in ids]


def _facts(attempt: Attempt) -> tuple[object, ...]:
    run = attempt.execution
    commit = attempt.reference_sha[:8]
    return commit, attempt.item, attempt.status, run.returncode, run.duration_s
