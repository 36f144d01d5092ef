"""Folders of ISO-Bench's evaluation: measurements of an attempt whose own folder is elsewhere.

They have a summary, results and logs, but neither journal nor patch. If no folder of the attempt is
here, the evaluation's replaces it, with its patch unreadable.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from core.models import Attempt, PatchState
from core.readers.found import EvaluatedFolder, Report
from core.readers.join.claims import Marked
from core.readers.problems import Problems
from core.records import replace


def fold_evaluated(
    folders: Sequence[Attempt], evaluated: Sequence[EvaluatedFolder], problems: Problems
) -> tuple[list[Attempt], list[Marked]]:
    """The attempts with the logs of their evaluations, and what was measured."""
    result = list(folders)
    places: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for at, attempt in enumerate(folders):
        places[_facts(attempt)].append(at)
    reports: dict[int, list[Report]] = defaultdict(list)
    for one in evaluated:
        fitting = places[_facts(one.attempt)]
        if len(fitting) > 1:
            fitting = [at for at in fitting if result[at].agent == one.attempt.agent]
        if len(fitting) != 1:
            fitting = [len(result)]
            result.append(one.attempt)
            if one.attempt.patch.state is PatchState.UNREADABLE:
                reason = "is the evaluation of an attempt whose folder and patch are not here"
                problems.add(one.path, reason)
        else:
            mine = result[fitting[0]]
            more = tuple(log for log in one.attempt.logs if log not in mine.logs)
            result[fitting[0]] = replace(mine, logs=mine.logs + more)
        if one.measured:
            measured = {one.attempt.item: (one.measured,)}
            reports[fitting[0]].append(Report(one.path, {}, measured=measured))
    return result, [Marked(result[at], tuple(found)) for at, found in reports.items()]


def _facts(attempt: Attempt) -> tuple[str, str, str]:
    return attempt.run, attempt.item, attempt.reference_sha[:8]
