"""How everything below one root becomes a run set: walk, read each input, join, sort."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import InputError, RepositoryError
from core.models import Attempt, HumanCommit, RunSet
from core.readers.attempts_file import parse_attempt
from core.readers.evaluations import match_evaluations
from core.readers.human_commits import (
    CommitIndex,
    files_named,
    find_commit_folder,
    is_commit_file,
    parse_commit,
    read_commit_file,
)
from core.readers.predictions import Predictions
from core.readers.problems import Problems
from core.readers.recognise import Kind
from core.readers.record_names import UniqueKeys
from core.readers.record_scan import Record, read_records
from core.readers.runs import JOURNAL, PATCH, SUMMARY, RunFolders
from core.readers.walk import File, Folder, Walk

if TYPE_CHECKING:
    from core.git.repository import Repository

_LOOKED_FOR = (
    "Looked for folders with journal.json, run_summary.json or model_patch.diff, an attempts file "
    "(records with run_id and item_id), and predictions (instance_id and model_patch)."
)
_REFERENCE_KINDS = frozenset({Kind.COMMIT, Kind.INSTANCE})
_LEAF_MARKS = frozenset({JOURNAL, PATCH})
_REPOSITORY_MARKS = frozenset({"HEAD", "objects", "refs"})


def read_runs(
    root: Path,
    *,
    commits: Sequence[Path] = (),
    repository: Path | None = None,
    follow_links: bool = False,
) -> RunSet:
    """Everything found below a root folder, or in one file. Attempts are sorted by key.

    `commits` names files or folders of human commits, `repository` a git repository or bundle that
    completes them; `follow_links` lets symbolic links lead out of the root. Raises `InputError`
    when a named path does not exist or nothing is recognised, and `RepositoryError` when the named
    repository cannot be opened.
    """
    for path in (root, *commits):
        _require(path)
    loader = _Loader(root, follow_links)
    for path in commits:
        loader.read_named_commits(path)
    loader.read_root()
    return loader.finish(repository)


def _require(path: Path) -> None:
    try:
        path.stat()
    except OSError as error:
        reason = "does not exist" if isinstance(error, FileNotFoundError) else error.strerror
        raise InputError(f"{path}: {reason}", "Check the path.") from error


class _Loader:
    """Collects what the readers find; used once."""

    def __init__(self, start: Path, follow_links: bool) -> None:
        self._follow = follow_links
        self._is_folder = start.is_dir()
        self._start = start.resolve()
        self._root = self._start if self._is_folder else self._start.parent
        self._problems = Problems(self._root)
        self._attempts: list[Attempt] = []
        self._commits: list[HumanCommit] = []
        self._evaluations: list[Record] = []
        self._predictions = Predictions()
        self._repositories: list[str] = []
        self._keys = UniqueKeys()

    def read_named_commits(self, path: Path) -> None:
        """Human commits out of a path that the user named. Raises `InputError` without any."""
        before = len(self._commits), self._predictions.known_instances
        self._read_commits([path.resolve()])
        if before == (len(self._commits), self._predictions.known_instances):
            wanted = "Looked for <sha>.json files and for records with instance_id and patch."
            raise InputError(f"no human commits were found in {path}", self._hint(wanted))

    def _read_commits(self, paths: Sequence[Path]) -> None:
        for file in self._named(paths):
            self._read_file(file, only=_REFERENCE_KINDS)

    def _named(self, paths: Sequence[Path]) -> list[File]:
        return files_named(paths, self._problems, follow_links=self._follow)

    def read_root(self) -> None:
        """The folder, or the one file with what stands beside it."""
        if self._is_folder:
            self._read_folder()
        else:
            self._read_file(File(str(self._start)))
            if self._predictions:
                for file in self._named([self._root]):
                    self._read_file(file, only=_REFERENCE_KINDS | {Kind.RESULTS})
        if not self._commits and (folder := find_commit_folder(self._root)):
            self._read_commits([folder])

    def _read_folder(self) -> None:
        folders = RunFolders(self._root, self._problems)
        walk = Walk(self._root, self._problems, follow_links=self._follow)
        for folder in walk:
            if _REPOSITORY_MARKS.issubset(folder.names):
                if "/" not in folder.key and not folder.is_top:
                    self._add_repository(folder.path)
                continue
            is_leaf = not _LEAF_MARKS.isdisjoint(folder.names)
            if is_leaf or SUMMARY in folder.names:
                self._attempts.append(folders.attempt(folder))
            else:
                self._read_files(folder)
            if folder.is_top or not is_leaf:
                walk.enter(folder)

    def _read_files(self, folder: Folder) -> None:
        for name, file in folder.files.items():
            if name.lower().endswith((".json", ".jsonl")):
                self._read_file(file)
            elif folder.is_top and name.endswith(".bundle") and file.is_regular:
                self._add_repository(file.path)

    def _add_repository(self, path: str) -> None:
        """A repository that lies among the runs; nothing of it may lead out of them."""
        if Path(path).is_dir():
            from core.git.object_store import check_store, find_store

            try:
                check_store(find_store(Path(path)), None if self._follow else self._root)
            except RepositoryError as error:
                self._problems.add(path, error.title)
                return
        self._repositories.append(path)

    def _read_file(self, file: File, only: frozenset[Kind] = frozenset(Kind)) -> None:
        if is_commit_file(file.path):
            self._add_commit(read_commit_file(file, self._problems))
            return
        below = self._problems.below_root(file.path)
        for kind, record in read_records(file, self._problems):
            if kind in only:
                self._take(kind, record, below)

    def _take(self, kind: Kind, record: Record, file: str) -> None:
        match kind:
            case Kind.ATTEMPT:
                attempt = parse_attempt(record, file)
                self._attempts.append(replace(attempt, key=self._keys.unique(attempt.key)))
            case Kind.PREDICTION:
                self._predictions.add(record, file)
            case Kind.INSTANCE:
                self._predictions.add_instance(record)
            case Kind.RESULTS:
                self._predictions.add_results(record)
            case Kind.EVALUATION:
                self._evaluations.append(record)
            case Kind.COMMIT:
                self._add_commit(parse_commit(record, self._problems))

    def _add_commit(self, commit: HumanCommit | None) -> None:
        if commit is not None:
            self._commits.append(commit)

    def finish(self, repository: Path | None) -> RunSet:
        """The run set. Raises `InputError` when there is no attempt."""
        attempts = [*self._attempts, *self._predicted()]
        if not attempts:
            raise InputError(f"no attempts were found in {self._start}", self._hint(_LOOKED_FOR))
        attempts.sort(key=lambda attempt: attempt.key)
        with ExitStack() as stack:
            index = CommitIndex(self._all_commits(), self._open(repository, stack))
            attempts = index.resolve(attempts, self._problems)
            if repository is None and self._repositories and index.lacks(attempts):
                found = self._open_found(stack)
                index = CommitIndex(self._all_commits(), found)
                attempts = index.resolve(attempts, self._problems)
            commits = index.of(attempts, self._problems)
        judgements = tuple(match_evaluations(self._evaluations, attempts, self._problems))
        known = repository or next(map(Path, self._repositories), None)
        problems = self._problems.all()
        return RunSet(self._root, tuple(attempts), commits, judgements, problems, known)

    def _predicted(self) -> Iterator[Attempt]:
        for attempt in self._predictions.attempts():
            yield replace(attempt, key=self._keys.unique(attempt.key))

    def _all_commits(self) -> Iterator[HumanCommit]:
        yield from self._commits
        yield from self._predictions.commits()

    def _open(self, path: Path | None, stack: ExitStack) -> Repository | None:
        if path is None:
            return None
        from core.git.repository import Repository

        return stack.enter_context(Repository.open(path.resolve()))

    def _open_found(self, stack: ExitStack) -> Repository | None:
        for path in self._repositories:
            try:
                return self._open(Path(path), stack)
            except RepositoryError as error:
                self._problems.add(path, str(error))
        return None

    def _hint(self, looked_for: str) -> str:
        """What was looked for, after the first thing that went wrong."""
        problems = self._problems.all()
        if not problems:
            return looked_for
        more = f" (and {len(problems) - 1} more problems)" if len(problems) > 1 else ""
        return f"{problems[0].path} {problems[0].reason}{more}. {looked_for}"
