"""The contents of a git repository: commits, files and human diffs; read-only, for any repository.

How git is kept from running anything from an untrusted repository: `core.git.objects`.
"""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Generic, TypeVar

from msgspec import Struct

from core.errors import RepositoryError, SourceError
from core.git.object_store import find_store
from core.git.objects import GitObjects, unbundle
from core.patch.apply import BaseFile
from core.sources import decode

EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
"""The tree without files, known to every repository: what a root commit is compared with."""

_BLOB_BYTES = 32 * 1024 * 1024
_TREE_BYTES = 2 * 1024 * 1024  # as git stores them; about ten times that in memory
_COMMIT_BYTES = 1024 * 1024
_FOLDER = "040000"
_ID = re.compile("[0-9a-f]{40}")

V = TypeVar("V")


class CommitInfo(Struct, frozen=True):
    """A commit's header and message."""

    sha: str
    parent: str | None  # the first one; None for a root commit
    subject: str
    message: str
    date: datetime  # when it was committed, in UTC
    tree: str


class GitDiffText(Struct, frozen=True):
    """The diff of a human commit, read from its repository when it is needed."""

    repository: str
    parent: str
    sha: str

    @property
    def name(self) -> str:
        return f"{self.sha[:8]}.diff"

    @property
    def is_fixed(self) -> bool:
        """Both commits are named by their content."""
        return True

    def read(self) -> str:
        try:
            return opened(self.repository).diff(self.parent, self.sha)
        except RepositoryError as error:
            raise SourceError(error.title, error.hint) from error


@lru_cache(maxsize=8)
def opened(path: str) -> Repository:
    """The repository at `path`, opened once per process. Raises `RepositoryError`."""
    return Repository.open(Path(path))


class Repository:
    """A git repository that is only read, safely even if it is untrusted.

    May be used from several threads, and pickled: the copy reads the same objects through its own
    process (a bundle's, as long as the original is open).
    """

    def __init__(self, path: Path, objects: GitObjects) -> None:
        self.path = path
        self._objects = objects
        self._commits: _Cache[CommitInfo] = _Cache(_COMMIT_BYTES)
        self._trees: _Cache[Mapping[str, tuple[str, str]]] = _Cache(_TREE_BYTES)
        self._blobs: _Cache[bytes] = _Cache(_BLOB_BYTES)

    @classmethod
    def open(cls, path: Path, below: Path | None = None) -> Repository:
        """Open a repository (bare or with a work tree) or a bundle file.

        Nothing in it may lead out of the folder `below`. Raises `RepositoryError` if there is no
        repository, or no git to read it with.
        """
        try:
            objects = unbundle(path) if path.is_file() else GitObjects(find_store(path), below)
        except OSError as error:
            raise RepositoryError(f"cannot read {path}: {error.strerror or error}") from error
        return cls(path, objects)

    def __reduce__(self) -> tuple[object, ...]:
        return _reopen, (self.path, self._objects.store)

    def close(self) -> None:
        """End git and remove unpacked files; a second call does nothing."""
        self._objects.close()

    def __enter__(self) -> Repository:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def resolve(self, name: str) -> str:
        """The full sha of a commit from 4 or more hex digits of it.

        Raises `RepositoryError` if there is no such commit, or more than one.
        """
        if not re.fullmatch("[0-9a-fA-F]{4,40}", name):
            raise RepositoryError(f"{name!r} is not a commit id")
        found = self._objects.read(f"{name.lower()}^{{commit}}")
        if found is None:
            self._objects.read(name.lower())  # raises if it is a prefix of several ids
            raise RepositoryError(f"{self.path} has no commit {name}")
        return found[0]

    def commit(self, sha: str) -> CommitInfo:
        """A commit's parent, subject, message and date. Raises `RepositoryError`."""
        known = self._commits.get(sha)
        if known:
            return known
        full = self.resolve(sha)
        data = self._read(full, "commit")[1]
        try:
            info = _parse_commit(full, data)
        except (ValueError, LookupError, OverflowError, OSError) as error:
            raise RepositoryError(f"commit {full} is damaged: {error}") from error
        self._commits.put(sha, info, len(data))
        return info

    def diff(self, parent: str, sha: str) -> str:
        """The output of `git diff parent sha` without any configuration; renames are found.

        Raises `RepositoryError`.
        """
        ends = [name if name == EMPTY_TREE else self.resolve(name) for name in (parent, sha)]
        options = ("-p", "-M", "--no-ext-diff", "--no-textconv", "--no-color")
        return decode(self._objects.run("diff-tree", *options, *ends))

    def read_file(self, commit: str, path: str) -> bytes | None:
        """The content of a regular file at a commit; None if there is none at that path.

        Raises `RepositoryError` when the commit is unknown or the content is missing.
        """
        found = self._find(commit, path)
        return self._blob(found[1]) if found and found[0].startswith("100") else None

    def names(self, commit: str, folder: str = "") -> list[str]:
        """The names in a folder at a commit, "" being the root. Raises `RepositoryError`."""
        tree: tuple[str, str] | None = (_FOLDER, self.commit(commit).tree)
        if folder:
            tree = self._find(commit, folder)
        return list(self._tree(tree[1])) if tree and tree[0] == _FOLDER else []

    def mode(self, commit: str, path: str) -> str | None:
        """A file's mode at a commit: "100644", "100755", "120000" (link), "160000" (submodule).

        None if there is no file. Raises `RepositoryError`.
        """
        found = self._find(commit, path)
        return found[0] if found and found[0] != _FOLDER else None

    def object_id(self, commit: str, path: str) -> str | None:
        """The id of whatever is at a path; None for nothing. Raises `RepositoryError`."""
        found = self._find(commit, path)
        return found[1] if found else None

    def base_file(self, commit: str, path: str) -> BaseFile | None:
        """Whatever is at `path` in a commit, for applying a patch. Raises `RepositoryError`."""
        found = self._find(commit, path)
        if found is None:
            return None
        mode, oid = found
        if mode == _FOLDER:
            return BaseFile(mode, b"")
        if mode == "160000":
            return BaseFile(mode, f"Subproject commit {oid}\n".encode())
        return BaseFile(mode, self._blob(oid))

    def _find(self, commit: str, path: str) -> tuple[str, str] | None:
        """Mode and object id of a path at a commit."""
        *folders, name = path.split("/")
        tree = self.commit(commit).tree
        for folder in folders:
            mode, tree = self._tree(tree).get(folder, ("", ""))
            if mode != _FOLDER:
                return None
        return self._tree(tree).get(name)

    def _tree(self, oid: str) -> Mapping[str, tuple[str, str]]:
        known = self._trees.get(oid)
        if known is not None:
            return known
        data = self._read(oid, "tree")[1]
        try:
            tree = _parse_tree(data)
        except ValueError as error:
            raise RepositoryError(f"tree {oid} is damaged: {error}") from error
        self._trees.put(oid, tree, len(data))
        return tree

    def _blob(self, oid: str) -> bytes:
        known = self._blobs.get(oid)
        if known is not None:
            return known
        data = self._read(oid, "blob")[1]
        self._blobs.put(oid, data, len(data))
        return data

    def _read(self, name: str, kind: str) -> tuple[str, bytes]:
        found = self._objects.read(name)
        if found is None:
            raise RepositoryError(f"{self.path} contains no {kind} {name}")
        oid, actual, data = found
        if actual != kind:
            raise RepositoryError(f"{oid} is a {actual}, not a {kind}")
        return oid, data


class _Cache(Generic[V]):
    """A cache of recent reads, limited in bytes; thread-safe."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._held = 0
        self._lock = threading.Lock()
        self._entries: OrderedDict[str, tuple[V, int]] = OrderedDict()

    def get(self, key: str) -> V | None:
        with self._lock:
            if key not in self._entries:
                return None
            self._entries.move_to_end(key)
            return self._entries[key][0]

    def put(self, key: str, value: V, size: int) -> None:
        with self._lock:
            if key in self._entries:
                return
            self._entries[key] = (value, size)
            self._held += size
            while self._held > self._limit:
                self._held -= self._entries.popitem(last=False)[1][1]


def _reopen(path: Path, store: Path) -> Repository:
    return Repository(path, GitObjects(store))


def _parse_tree(data: bytes) -> Mapping[str, tuple[str, str]]:
    """Mode and object id by name. Modes are normalised as git's index does."""
    from git.objects.fun import tree_entries_from_data

    return {
        name: (_regular(mode), binsha.hex()) for binsha, mode, name in tree_entries_from_data(data)
    }


def _regular(mode: int) -> str:
    if mode >> 12 == 0o10:
        return "100755" if mode & 0o100 else "100644"
    return f"{mode & 0o170000:06o}"


def _parse_commit(sha: str, data: bytes) -> CommitInfo:
    """A commit object (its format: `git help commit-tree`, and `encoding` of `git commit`)."""
    from git.objects.util import parse_actor_and_date

    head, _, body = data.partition(b"\n\n")
    fields: dict[str, str] = {}
    for line in decode(head).split("\n"):
        name, _, value = line.partition(" ")
        fields.setdefault(name, value)
    if not all(_ID.fullmatch(fields[name]) for name in ("tree", "parent") if name in fields):
        raise ValueError("an id that is not valid")
    message = body.decode(fields.get("encoding", "utf-8"), "surrogateescape")
    _, seconds, _ = parse_actor_and_date("committer " + fields["committer"])
    return CommitInfo(
        sha=sha,
        parent=fields.get("parent"),
        subject=" ".join(message.strip().split("\n\n", 1)[0].split("\n")),
        message=message,
        date=datetime.fromtimestamp(seconds, UTC),
        tree=fields["tree"],
    )
