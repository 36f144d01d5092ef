"""The human commits: from JSON files, completed or replaced by a git repository.

Every attempt's commit is in the result, a bare one if nothing is known of it.
"""

from __future__ import annotations

import ast
import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePath
from sys import intern
from typing import TYPE_CHECKING

from core.errors import RepositoryError
from core.files import UnusableError, is_below, read_bytes, resolve_below
from core.models import Attempt, HumanCommit
from core.readers.fields import Fields, parse_commit_id
from core.readers.problems import MAX_JSON_BYTES, Problems, parse_object
from core.readers.record_names import KnownCommits, is_full_id
from core.readers.record_scan import Record
from core.readers.walk import File
from core.records import replace

if TYPE_CHECKING:
    from core.git.repository import Repository

FOLDER_NAMES = ("tmp_single_commit", "commits")
"""Names of human commit folders, searched beside the runs and up to two levels above."""

_COMMIT_FILE = re.compile(r"[0-9a-f]{7,64}\.json")
_NAMED_AFTER_COMMIT = re.compile(r"[_-]([0-9a-f]{8,40})$")
_MAX_LITERAL = 2**20
_COMMIT_FACTS = frozenset(
    {"commit_subject", "subject", "commit_message", "message", "diff_text", "patch", "diff"}
)
_SUFFIXES = (".json", ".jsonl")

_log = logging.getLogger(__name__)


def looks_like_commit(value: Mapping[str, object]) -> bool:
    """Does a record say anything about a commit?"""
    return not _COMMIT_FACTS.isdisjoint(value)


def is_commit_file(path: str) -> bool:
    """Is a file named after a commit id?"""
    return _COMMIT_FILE.fullmatch(PurePath(path).name) is not None


def find_commit_folder(root: Path) -> Path | None:
    """The folder of human commits beside a runs root or up to two levels above it, if any."""
    for folder in folders_looked_at(root):
        if any(is_commit_file(file.path) for file in files_named([folder], None)):
            return folder
    return None


def folders_looked_at(root: Path) -> list[Path]:
    """Where a folder of human commits may be, in order of precedence."""
    return [above / name for above in (root, *list(root.parents)[:3]) for name in FOLDER_NAMES]


def read_commit_file(file: File, problems: Problems) -> HumanCommit | None:
    """The human commit in a `<sha>.json`; None and a load problem if there is none."""
    path = file.path
    try:
        data = read_bytes(path, MAX_JSON_BYTES)
        value = parse_object(data)
    except UnusableError as error:
        problems.add(path, str(error))
        return None
    if not looks_like_commit(value):
        problems.add(path, "does not describe a commit")
        return None
    return parse_commit(Record(path, 0, len(data), value, file.outside), problems)


_DISCUSSIONS = ("pr_body", "pr_description", "timeline_text")


def parse_commit(record: Record, problems: Problems) -> HumanCommit | None:
    """The human commit in a record; named by its own id, or by its file's name."""
    fields = Fields(record.value)
    own = fields.commit("commit_hash", "head_commit", "commit", "sha")
    named = parse_commit_id(PurePath(record.path).stem)
    sha = own or named
    if sha is None:
        problems.add(record.path, "contains a commit without an id")
        return None
    if named and not (sha.startswith(named) or named.startswith(sha)):
        problems.add(record.path, f"contains commit {sha}, not the one it is named after")
    message = fields.text("commit_message", "message") or ""
    diff = next((name for name in ("diff_text", "patch", "diff") if fields.text(name)), None)
    said = next((name for name in _DISCUSSIONS if fields.text(name)), None)
    return HumanCommit(
        sha=intern(max(sha, named or "", key=len) if (named or "").startswith(sha) else sha),
        subject=fields.text("commit_subject", "subject") or message.split("\n", 1)[0],
        message=message,
        parent=fields.commit("parent_hash", "parent_commit", "parent"),
        date=fields.moment("commit_date", "date"),
        files=_files(fields),
        diff=record.text(diff) if diff and record.readable else None,
        source=record.path,
        pull_request=fields.text("pr_url", "pull_request") or "",
        discussion=record.text(said) if said and record.readable else None,
        outside=record.outside,
    )


def _files(fields: Fields) -> tuple[str, ...]:
    """The changed files: a list, or (seen in real data) the text of a Python list."""
    files = fields.texts("files_changed", "files")
    text = fields.text("files_changed")
    if files is None and text is not None and text.startswith("[") and len(text) < _MAX_LITERAL:
        try:
            value = ast.literal_eval(text)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            return ()  # the diff itself names the files, too
        files = Fields({"files": value}).texts("files")
    return files or ()


class CommitIndex:
    """Finds the human commit of each attempt, first among JSON files, then in a repository."""

    def __init__(self, commits: Iterable[HumanCommit], repository: Repository | None) -> None:
        self._commits: dict[str, HumanCommit] = {}
        for commit in commits:
            self._commits.setdefault(commit.sha, commit)
        self._repository = repository
        self._resolved: dict[str, str] = {}

    def resolve(self, attempts: Iterable[Attempt], problems: Problems) -> list[Attempt]:
        """The attempts with their human commits' ids as full as known."""
        listed = list(attempts)
        known = KnownCommits({*self._commits, *(attempt.reference_sha for attempt in listed)})
        self._commits = {
            self._full(sha, known, problems): commit for sha, commit in self._commits.items()
        }
        return [self._resolve(attempt, known, problems) for attempt in listed]

    def _resolve(self, attempt: Attempt, known: KnownCommits, problems: Problems) -> Attempt:
        human = attempt.reference_sha
        if human:
            full = self._full(human, known, problems)
        elif named := _NAMED_AFTER_COMMIT.search(attempt.item):
            # Nothing in the folder names a commit: its name is used if such a commit exists.
            found = self._full(named[1], known, None)
            full = found if is_full_id(found) else ""
        else:
            full = ""
        return attempt if full == human else replace(attempt, reference_sha=full)

    def _full(self, name: str, known: KnownCommits, problems: Problems | None) -> str:
        if is_full_id(name) or parse_commit_id(name) is None:
            return name
        if name not in self._resolved:
            self._resolved[name] = self._look_up(name, known, problems)
        return self._resolved[name]

    def _look_up(self, name: str, known: KnownCommits, problems: Problems | None) -> str:
        matching = known.matching(name)
        if len(matching) == 1:
            return intern(matching[0])
        if len(matching) > 1:
            if problems is not None:
                problems.add(name, "is a prefix of several human commits")
        elif self._repository is not None:
            try:
                return intern(self._repository.resolve(name))
            except RepositoryError:  # reported with the commits that are not found
                return name
        return name

    def lacks(self, attempts: Iterable[Attempt]) -> bool:
        """Is there an attempt whose human commit is in no JSON file?"""
        return any(attempt.reference_sha not in self._commits for attempt in attempts)

    def of(self, attempts: Iterable[Attempt], problems: Problems) -> dict[str, HumanCommit]:
        """The human commits of resolved attempts, in their order."""
        found: dict[str, HumanCommit] = {}
        missing: list[str] = []
        for sha in dict.fromkeys(attempt.reference_sha for attempt in attempts):
            commit = self._find(sha)
            if commit is None:
                missing.append(sha)
            found[sha] = commit or HumanCommit(sha)
        _report_missing(missing, len(found), problems)
        return found

    def with_bases(
        self, attempts: Iterable[Attempt], commits: Mapping[str, HumanCommit]
    ) -> list[Attempt]:
        """The attempts with bases written as "the parent of" resolved to ids, where known."""
        result = []
        for attempt in attempts:
            if attempt.base and attempt.base.endswith("^"):
                base = self._parent(attempt.base.rstrip("^"), commits.get(attempt.reference_sha))
                attempt = replace(attempt, base=base)
            result.append(attempt)
        return result

    def _parent(self, child: str, commit: HumanCommit | None) -> str | None:
        if commit is not None and commit.sha == child and commit.parent:
            return commit.parent
        if self._repository is None:
            return None
        try:
            return self._repository.commit(child).parent
        except RepositoryError:
            return None

    def _find(self, sha: str) -> HumanCommit | None:
        commit = self._commits.get(sha)
        if commit is not None and commit.sha != sha:
            commit = replace(commit, sha=sha)
        if self._repository is None or not is_full_id(sha):
            return commit
        if commit and commit.parent and commit.date and commit.diff:
            return commit
        return _complete(commit, sha, self._repository)


def _complete(commit: HumanCommit | None, sha: str, repository: Repository) -> HumanCommit | None:
    from core.git.repository import EMPTY_TREE, GitDiffText

    try:
        info = repository.commit(sha)
    except RepositoryError:  # a commit that neither knows is reported as missing
        return commit
    known = commit or HumanCommit(sha, source=str(repository.path))
    diff = GitDiffText(str(repository.path), info.parent or EMPTY_TREE, sha)
    return replace(
        known,
        subject=known.subject or info.subject,
        message=known.message or info.message,
        parent=known.parent or info.parent,
        date=known.date or info.date,
        diff=known.diff or diff,
    )


def _report_missing(missing: list[str], total: int, problems: Problems) -> None:
    if len(missing) == total and total > 1:
        reason = f"no human commit was found for any of {total} ids"
        problems.add("human commits", f"{reason}; name them with --commits or --repo")
        return
    for sha in missing:
        if sha:
            problems.add(sha, "no human commit with this id was found (--commits, --repo)")
        else:
            problems.add("human commits", "some attempts name no human commit")


def files_named(
    paths: Iterable[Path], problems: Problems | None, *, follow_links: bool = False
) -> list[File]:
    """The files that paths name: files themselves, and the JSON files of folders.

    A named path is already resolved; a link in a folder that leads out of it is a load problem. A
    folder that is missing or cannot be listed has none.
    """
    found: list[File] = []
    for path in map(Path.resolve, paths):
        try:
            if path.is_dir():
                names = sorted(file.name for file in path.iterdir() if file.suffix in _SUFFIXES)
                found += _files_in(path, names, problems, follow_links)
            elif path.exists():
                found.append(File(str(path)))
        except OSError:
            _log.warning("cannot list %s", path, exc_info=True)
    return found


def _files_in(
    folder: Path, names: list[str], problems: Problems | None, follow_links: bool
) -> Iterator[File]:
    for name in names:
        path = folder / name
        if not path.is_symlink():
            yield File(str(path))
            continue
        try:
            real = resolve_below(path, folder, follow_links=follow_links)
        except UnusableError as error:
            if problems is not None:
                problems.add(str(path), str(error))
        else:
            yield File(real, not is_below(real, folder))
