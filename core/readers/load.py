"""How everything below one root becomes a run set: walk, read each input, join, sort."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import InputError, PatchjuryError, RepositoryError
from core.garbage import pause_collection
from core.models import Attempt, Claim, Execution, Measurement, RunSet
from core.readers.building import merge_executions
from core.readers.evaluations import match_evaluations
from core.readers.folder_batches import FolderBatches, OtherProcess
from core.readers.found import Found
from core.readers.human_commits import (
    CommitIndex,
    files_named,
    find_commit_folder,
    is_commit_file,
    read_commit_file,
)
from core.readers.join.claims import Marked, mark
from core.readers.join.evaluated import fold_evaluated
from core.readers.join.gathering import fold_recorded, gather, without_stray_patches
from core.readers.join.measured_by_reports import measured_by_reports
from core.readers.join.references import (
    merge_commits,
    merge_references,
    with_references,
    with_submissions,
)
from core.readers.kinds.submissions import is_in_trajectories, read_trajectory
from core.readers.packed_records import RECORDS, scan_file
from core.readers.patch_looks import Looks
from core.readers.problems import Problems
from core.readers.reader import Records
from core.readers.reader_registry import (
    READERS,
    files_reader,
    folders_reader,
    is_known,
    records_reader,
)
from core.readers.record_names import UniqueKeys
from core.readers.record_scan import Record
from core.readers.seen import Seen
from core.readers.walk import File, Folder, Walk
from core.records import replace
from core.text import counted

if TYPE_CHECKING:
    from core.git.repository import Repository

READER_FAILED = "could not be read: internal error in its reader, see the log"
"""The reason of a load problem that should never occur."""

_log = logging.getLogger(__name__)
_REPOSITORY_MARKS = frozenset({"HEAD", "objects", "refs"})

Wanted = Callable[[Records], bool]
Watcher = Callable[[Found], None]


def read_runs(
    root: Path,
    *,
    commits: Sequence[Path] = (),
    repository: Path | None = None,
    follow_links: bool = False,
    measurements: Sequence[Path] = (),
    watcher: Watcher | None = None,
    looks: Looks | None = None,
    start_other: Callable[[Path], OtherProcess] | None = None,
) -> RunSet:
    """Everything found below a root folder, or in one file. Attempts are sorted by key.

    `commits` names files or folders of human commits, `repository` a git repository or bundle that
    completes them, `measurements` tables of measurements and claims; `follow_links` lets symbolic
    links lead out of the root; `watcher` is shown what was found after each folder and each record,
    and may end the reading with a `PatchjuryError`; `looks` collects what patches are that are read
    in passing; `start_other` starts a process that helps to read the folders below a root, if there
    are many. Raises `InputError` when a named path does not exist or nothing is recognised,
    `RepositoryError` when the named repository cannot be opened.
    """
    for path in (root, *commits, *measurements):
        _require(path)
    with pause_collection(), ExitStack() as stack:
        loader = _Loader(root, follow_links, watcher or _unwatched, looks, start_other)
        stack.callback(loader.batches.end)
        for path in commits:
            loader.read_named_commits(path)
        loader.read_root()
        loader.batches.finish()
        return loader.finish(repository, measurements)


def _require(path: Path) -> None:
    try:
        path.stat()
    except OSError as error:
        is_missing = isinstance(error, FileNotFoundError)
        reason = "does not exist" if is_missing else f"cannot be read: {error.strerror}"
        raise InputError(f"{path} {reason}", "Check the path.") from error


def _unwatched(_found: Found) -> None:
    pass


def _any(_records: Records) -> bool:
    return True


def _references(records: Records) -> bool:
    return records.is_reference


def _beside(records: Records) -> bool:
    return records.is_reference or records.is_report


class _Loader:
    """Collects what the readers find; used once."""

    def __init__(
        self,
        start: Path,
        follow_links: bool,
        watcher: Watcher,
        looks: Looks | None = None,
        start_other: Callable[[Path], OtherProcess] | None = None,
    ) -> None:
        self._watcher = watcher
        self._follow = follow_links
        self._is_folder = start.is_dir()
        self._start = start.resolve()
        self._root = self._start if self._is_folder else self._start.parent
        self._problems = Problems(self._root)
        self._walk = Walk(self._root, self._problems, follow_links=follow_links)
        self._seen = Seen()
        self._marked: list[Marked] = []
        self._marked_keys: list[str] = []  # of these, in their final form
        start_helper = None if start_other is None else partial(start_other, self._root)
        self.batches = FolderBatches(self._root, self._problems, looks, start_helper)
        look, waiting, add_folder = self._walk.look, self._walk.waiting, self.batches.add
        self._found = Found(self._root, self._problems, look, self._take, waiting, add_folder)
        self._found.folders, self._found.looks = self.batches.attempts, looks

    def read_named_commits(self, path: Path) -> None:
        """Human commits from a path that the user named. Raises `InputError` without any."""
        before = self._known_commits
        self._read_commits([path.resolve()])
        if before == self._known_commits:
            wanted = "Looked for <sha>.json files and for records of reference datasets."
            raise InputError(f"no human commits were found in {path}", self._hint(wanted))

    @property
    def _known_commits(self) -> int:
        return len(self._found.commits) + len(self._found.references)

    def _read_commits(self, paths: Sequence[Path]) -> None:
        for file in files_named(paths, self._problems, follow_links=self._follow):
            self._read_file(file, _references)

    def read_root(self) -> None:
        """The folder, or the one file with its companions."""
        if self._is_folder:
            self._read_folder()
        else:
            self._seen.add_file(self._start.name)
            if not self._seen.is_archive(self._start.name):
                self._read_file(File(str(self._start)))
            if self._found.attempts:
                for file in files_named([self._root], self._problems, follow_links=self._follow):
                    if file.path != str(self._start):
                        self._read_file(file, _beside)
        if not self._known_commits and (folder := find_commit_folder(self._root)):
            self._read_commits([folder])

    def _read_folder(self) -> None:
        for folder in self._walk:
            self._seen.add_folder(folder)
            if _REPOSITORY_MARKS.issubset(folder.names):
                if "/" not in folder.key and not folder.is_top:
                    self._add_repository(folder.path)
                continue
            reader = folders_reader(folder)
            go_on = reader is None or reader.read(folder, self._found)
            if reader is None or not reader.owns_files:
                self._read_files(folder)
            self._watcher(self._found)
            if go_on:
                self._walk.enter(folder)

    def _read_files(self, folder: Folder) -> None:
        for name, file in folder.files.items():
            if folder.is_top and name.endswith(".bundle") and file.is_regular:
                self._add_repository(file.path)
            elif name.lower().endswith(RECORDS) or files_reader(name):
                self._read_file(file)

    def _add_repository(self, path: str) -> None:
        """A repository among the runs; nothing in it may lead out of them."""
        if Path(path).is_dir():
            from core.git.object_store import check_store, find_store

            try:
                check_store(find_store(Path(path)), None if self._follow else self._root)
            except RepositoryError as error:
                self._problems.add(path, error.title)
                return
        self._found.repositories.append(path)

    def _read_file(self, file: File, wanted: Wanted = _any) -> None:
        try:
            self._read(file, wanted)
        except PatchjuryError:
            raise
        except Exception as error:  # noqa: BLE001 - a fault of a reader costs this file only
            _log.exception("%s made its reader fail", file.path)
            self._problems.add(file.path, f"{READER_FAILED} ({type(error).__name__})")

    def _read(self, file: File, wanted: Wanted) -> None:
        if is_commit_file(file.path):
            commit = read_commit_file(file, self._problems)
            self._found.commits += [commit] if commit else []
            return
        reader = files_reader(Path(file.path).name)
        if reader is not None:
            if wanted is _any or reader.is_reference:
                reader.read(file, self._found)
            return
        known = unknown = 0
        last: object = None
        for record in scan_file(file, is_known, self._problems):
            self._watcher(self._found)
            if self._take(record, wanted):
                known += 1
            else:
                unknown, last = unknown + 1, record.value
        if not known and wanted is _any and is_in_trajectories(file.path):
            read_trajectory(file, self._found)
        if unknown and not known:
            self._seen.add_unknown(file.path, unknown, last)
        if known and unknown:
            reason = (
                f"contains {unknown} records of an unknown kind beside {counted(known, 'other')}"
            )
            self._problems.add(file.path, reason)

    def _take(self, record: Record, wanted: Wanted = _any) -> bool:
        records = records_reader(record.value, record.name)
        if records is not None and wanted(records):
            records.read(record, self._found)
        return records is not None

    def finish(self, repository: Path | None, tables: Sequence[Path] = ()) -> RunSet:
        """The run set. Raises `InputError` if there is no attempt."""
        found = self._found
        references = merge_references(found.references, self._problems)
        attempts, folded = self._attempts()
        attempts = with_references(attempts, references)
        if not attempts:
            raise InputError(f"no attempts were found in {self._start}", self._hint(_looked_for()))
        if self._is_folder:
            self._seen.archives(found)
        known = [*found.commits, *(reference.commit for reference in references.values())]
        commits = merge_commits(known, self._problems)
        with ExitStack() as stack:
            index = CommitIndex(commits, self._open(repository, stack))
            attempts = index.resolve(attempts, self._problems)
            if repository is None and found.repositories and index.lacks(attempts):
                index = CommitIndex(commits, self._open_found(stack))
                attempts = index.resolve(attempts, self._problems)
            of_attempts = index.of(attempts, self._problems)
            attempts = index.with_bases(attempts, of_attempts)
        measurements, claims = self._measured(attempts, tables)
        judgements = tuple(match_evaluations(found.evaluations, attempts, self._problems, folded))
        place = repository or next(map(Path, found.repositories), None)
        return RunSet(
            self._root,
            tuple(attempts),
            of_attempts,
            judgements,
            self._problems.all(),
            place,
            tuple(measurements),
            tuple(claims),
        )

    def _measured(
        self, attempts: Sequence[Attempt], named: Sequence[Path]
    ) -> tuple[list[Measurement], list[Claim]]:
        """What reports measured, and what tables say: named ones, and those beside the runs."""
        files = {str(path.resolve()): File(str(path.resolve())) for path in named}
        found = {file.path: file for file in self._found.tables if file.path not in files}
        by_key = {attempt.key: attempt for attempt in attempts}
        of_marked = [by_key[key] for key in self._marked_keys]
        measurements, claims = measured_by_reports(self._marked, of_marked, self._problems)
        for file in (*files.values(), *found.values()):
            from core.readers.tables.measurements import read_table  # here: few runs have tables

            one = read_table(file, attempts, self._problems, is_named=file.path in files)
            measurements += one.measurements
            claims += one.claims
        return measurements, claims

    def _attempts(self) -> tuple[list[Attempt], dict[tuple[str, str], list[str]]]:
        """Each attempt once, by key; and the keys of those that are in an attempts file too."""
        found = self._found
        gathered = gather(found.attempts, str(self._root), self._problems)
        known = {reference.instance for reference in found.references}
        are_others = bool(found.folders or found.recorded)
        gathered = without_stray_patches(gathered, known, self._problems, are_others=are_others)
        gathered = with_submissions(gathered, found.submissions)
        self._marked = mark(gathered, found.reports, str(self._root), self._problems)
        marked = [mark.attempt for mark in self._marked]
        recorded = [_with_execution(attempt, found.executions) for attempt in found.recorded]
        folders, evaluated = fold_evaluated(found.folders, found.evaluated, self._problems)
        folders, recorded, folded = fold_recorded(folders, recorded, self._problems)
        keys = UniqueKeys()
        named = list(_with_keys([*recorded, *marked], keys))
        self._marked_keys = [attempt.key for attempt in named[len(recorded) :]]
        self._marked += evaluated
        self._marked_keys += [one.attempt.key for one in evaluated]
        attempts = [*folders, *named]
        attempts.sort(key=lambda attempt: attempt.key)
        return attempts, folded

    def _open(self, path: Path | None, stack: ExitStack) -> Repository | None:
        if path is None:
            return None
        from core.git.repository import Repository

        return stack.enter_context(Repository.open(path.resolve()))

    def _open_found(self, stack: ExitStack) -> Repository | None:
        for path in self._found.repositories:
            try:
                return self._open(Path(path), stack)
            except RepositoryError as error:
                self._problems.add(path, str(error))
        return None

    def _hint(self, looked_for: str) -> str:
        """What was seen, or the first thing that went wrong, before what was looked for."""
        unopened = self._found.unopened.items()
        if unopened:
            return f"{'; '.join(f'{what}: {help_text}' for what, help_text in unopened)}."
        seen = self._seen.say(self._found)
        if not seen and self._is_folder and not self._seen.files:
            seen = "The folder is empty."
        if not self._is_folder:
            seen = f"{seen} If it belongs to a run, open the folder.".lstrip()
        looked_for = f"{seen} {looked_for}".strip()
        problems = self._problems.all()
        if not problems:
            return looked_for
        more = f" (and {len(problems) - 1} more problems)" if len(problems) > 1 else ""
        return f"{problems[0].path} {problems[0].reason}{more}. {looked_for}"


def _with_execution(attempt: Attempt, known: Mapping[tuple[str, str], Execution]) -> Attempt:
    """An attempt of an attempts file with what an analysis of its run adds."""
    other = known.get((attempt.run, attempt.item))
    if other is None:
        return attempt
    return replace(attempt, execution=merge_executions(attempt.execution, other))


def _with_keys(attempts: Iterable[Attempt], keys: UniqueKeys) -> Iterable[Attempt]:
    for attempt in attempts:
        key = keys.unique(attempt.key)
        yield attempt if key == attempt.key else replace(attempt, key=key)


def _looked_for() -> str:
    kinds = ", ".join(reader.name for reader in READERS)
    return (
        "Looked for folders with journal.json, run_summary.json or model_patch.diff, and for the "
        f"files of: {kinds} (docs/inputs.md)."
    )
