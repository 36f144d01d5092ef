"""A run set as messages of plain data, some thousand attempts each, and back without loss.

Repeated values (ids, names, folders) are sent once, with the first message that uses them, and held
once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from core import codec
from core.models import (
    Attempt,
    Claim,
    Execution,
    HumanCommit,
    Judgement,
    LoadProblem,
    Measurement,
    PatchEvidence,
    PatchState,
    RunSet,
)
from core.run_index.source_rows import read_source, source_row

AT_ONCE = 2_000
"""Attempts in a message: few enough that processing one delays no key."""

Message = list[Any]

_ATTEMPTS, _COMMITS, _REST = "attempts", "commits", "rest"
_STATES = {state.value: state for state in PatchState}


class RowWriter:
    """Makes the messages of one run set, or of attempts before it is complete."""

    def __init__(self) -> None:
        self._numbers: dict[object, int] = {}
        self._new: list[object] = []

    def whole(self, run_set: RunSet) -> Iterator[Message]:
        """Every message of a run set; the last one completes it."""
        commits, attempts = list(run_set.commits.items()), run_set.attempts
        for at in range(0, len(commits), AT_ONCE):
            yield self.commits(commits[at : at + AT_ONCE])
        for at in range(0, len(attempts), AT_ONCE):
            yield self.attempts(attempts[at : at + AT_ONCE])
        yield [_REST, self._noted(), _rest(run_set)]

    def attempts(self, attempts: Iterable[Attempt]) -> Message:
        """Some attempts."""
        rows = [self._attempt(attempt) for attempt in attempts]
        return [_ATTEMPTS, self._noted(), rows]

    def commits(self, commits: Iterable[tuple[str, HumanCommit]]) -> Message:
        """Some human commits, each with the id by which attempts name it."""
        rows = [[sha, self._commit(one)] for sha, one in commits]
        return [_COMMITS, self._noted(), rows]

    def _note(self, value: object) -> int:
        number = self._numbers.get(value)
        if number is None:
            number = self._numbers[value] = len(self._numbers)
            self._new.append(value)
        return number

    def _noted(self) -> list[object]:
        new, self._new = self._new, []
        return new

    def _attempt(self, one: Attempt) -> list[object]:
        note, run, patch = self._note, one.execution, one.patch
        return [
            one.key,
            note(one.reference_sha),
            note(one.base),
            note(one.agent),
            note(one.model),
            note(one.run),
            note(one.item),
            note(one.task),
            one.started and one.started.isoformat(),
            note(one.status),
            one.marked_success,
            patch.state.value,
            source_row(patch.source, note),
            patch.held_bytes,
            patch.recorded_bytes,
            None if run == _NO_RUN else [getattr(run, name) for name in _RUN],
            note(one.target_files),
            [source_row(source, note) for source in one.prompts],
            [source_row(source, note) for source in one.logs],
            one.has_journal,
            note(one.instance),
        ]

    def _commit(self, one: HumanCommit) -> list[object]:
        note = self._note
        return [
            one.sha,
            one.subject,
            one.message,
            one.parent,
            one.date and one.date.isoformat(),
            one.files,
            source_row(one.diff, note),
            one.source,
            source_row(one.tests, note),
            one.pull_request,
            source_row(one.discussion, note),
            one.instance,
            one.outside,
        ]


_NO_RUN = Execution()
_RUN = ("returncode", "duration_s", "steps", "tokens_in", "tokens_out", "error", "cost_usd")


def _rest(run_set: RunSet) -> dict[str, Any]:
    return {
        "root": str(run_set.root),
        "repository": run_set.repository and str(run_set.repository),
        "judgements": codec.to_data(run_set.judgements),
        "problems": codec.to_data(run_set.problems),
        "measurements": codec.to_data(run_set.measurements),
        "claims": codec.to_data(run_set.claims),
    }


class RowReader:
    """Rebuilds a run set from the messages of a `RowWriter`, in order.

    Attempts equal to `known` ones with their key are replaced by those: they are not held twice.
    """

    def __init__(self, known: Mapping[str, Attempt] | None = None) -> None:
        self.found: list[Attempt] = []
        self._known = known or {}
        self.commits: dict[str, HumanCommit] = {}
        self._noted: list[Any] = []

    def take(self, message: Message) -> RunSet | None:
        """Process a message; returns the run set once it is complete.

        Raises `ValueError`, `LookupError` or `TypeError` for messages not made by a `RowWriter`.
        """
        kind, noted, rows = message
        self._noted += [tuple(one) if isinstance(one, list) else one for one in noted]
        if kind == _ATTEMPTS:
            found = [_attempt(row, self._noted) for row in rows]
            self.found += map(self._once, found) if self._known else found
        elif kind == _COMMITS:
            self.commits |= {sha: _commit(row, self._noted) for sha, row in rows}
        elif kind == _REST:
            return self._whole(rows)
        return None

    def _once(self, attempt: Attempt) -> Attempt:
        known = self._known.get(attempt.key)
        return known if known is not None and known == attempt else attempt

    def _whole(self, rest: dict[str, Any]) -> RunSet:
        return RunSet(
            Path(rest["root"]),
            tuple(self.found),
            self.commits,
            tuple(codec.from_data(one, Judgement) for one in rest["judgements"]),
            tuple(codec.from_data(one, LoadProblem) for one in rest["problems"]),
            rest["repository"] and Path(rest["repository"]),
            tuple(codec.from_data(one, Measurement) for one in rest["measurements"]),
            tuple(codec.from_data(one, Claim) for one in rest["claims"]),
        )


def _attempt(row: Sequence[Any], noted: Sequence[Any]) -> Attempt:
    state, source, held, recorded, run, targets, prompts, logs = *row[11:16], *row[16:19]
    return Attempt(
        row[0],
        noted[row[1]],
        noted[row[2]],
        noted[row[3]],
        noted[row[4]],
        noted[row[5]],
        noted[row[6]],
        noted[row[7]],
        row[8] and datetime.fromisoformat(row[8]),
        noted[row[9]],
        row[10],
        PatchEvidence(_STATES[state], read_source(source, noted), held, recorded),
        _NO_RUN if run is None else Execution(*run),
        noted[targets],
        tuple([read_source(one, noted) for one in prompts]),  # type: ignore[misc]
        tuple([read_source(one, noted) for one in logs]),  # type: ignore[misc]
        row[19],
        noted[row[20]],
    )


def _commit(row: Sequence[Any], noted: Sequence[Any]) -> HumanCommit:
    sha, subject, message, parent, date, files, diff, source, tests, pull, said, task, outside = row
    return HumanCommit(
        sha,
        subject,
        message,
        parent,
        date and datetime.fromisoformat(date),
        tuple(files),
        read_source(diff, noted),
        source,
        read_source(tests, noted),
        pull,
        read_source(said, noted),
        task,
        outside,
    )
