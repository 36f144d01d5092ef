"""How git is started to read the objects of an untrusted repository.

Only the object store of the repository is used. It is attached as an alternate to a private, empty
git directory with our own configuration, and git runs there in our own environment. So no
configuration, hook, attribute, filter, text conversion, alias, replacement, graft, remote or
`GIT_*` variable has any effect, nothing is fetched, nothing can be written into the repository, and
it does not matter who owns it. Its `objects/info/alternates` is followed, as git does: that can
only make more objects readable. What git must not open is looked for first (`object_store`).

GitPython finds git. The process is started by `git_process`, because GitPython passes on the
caller's `GIT_*` variables and leaves a pipe for messages that nobody drains.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import weakref
from pathlib import Path

from core.errors import RepositoryError
from core.files import UnusableError, read_slice
from core.git.git_process import GitProcess
from core.git.object_store import check_store

_BUNDLE_SIGNATURES = (b"# v2 git bundle\n", b"# v3 git bundle\n")
_CONFIG = """\
[core]
\trepositoryFormatVersion = 0
\tbare = true
\tcommitGraph = false
\thooksPath = /dev/null
\tattributesFile = /dev/null
[protocol]
\tallow = never
"""


class GitObjects:
    """The objects of one repository, read through one `git cat-file --batch`; thread-safe.

    In a forked child it starts its own process.
    """

    def __init__(self, store: Path | None, below: Path | None = None) -> None:
        """Attach the object folder of a repository; None: only what `unbundle` adds.

        Nothing in it may lead out of the folder `below`. Raises `RepositoryError`.
        """
        if store:
            check_store(store, below)
        git = _find_git()
        private = Path(tempfile.mkdtemp(prefix="patchjury-git-"))
        self._process = GitProcess(git, private)
        self._owner = os.getpid()
        self._clean_up = weakref.finalize(self, _clean_up, self._process, private, self._owner)
        self.store = store or private / "objects"
        for folder in ("objects/info", "refs"):
            (private / folder).mkdir(parents=True)
        (private / "HEAD").write_text("ref: refs/heads/none\n", "utf-8")
        (private / "config").write_text(_CONFIG, "utf-8")
        if store:
            line = _quoted(os.fsencode(store.resolve())) + b"\n"
            (private / "objects/info/alternates").write_bytes(line)

    def read(self, name: str) -> tuple[str, str, bytes] | None:
        """Id, kind and content of an object; None if there is none of that name.

        `name` has no line feed. Raises `RepositoryError` if it is a prefix of several ids, if git
        fails, or if the object is huge.
        """
        if self._owner != os.getpid():  # forked: the pipe, and any lock held, are the parent's
            self._owner, self._process = os.getpid(), self._process.again()
        try:
            return self._process.exchange(name.encode("ascii"))
        except (OSError, ValueError) as error:
            raise RepositoryError(f"git could not read {name}: {error}") from error

    def run(self, *arguments: str | Path) -> bytes:
        """The output of a git command. Raises `RepositoryError` with what git says."""
        return self._process.run(arguments)

    def close(self) -> None:
        """End the process and remove the private directory; a second call does nothing."""
        if self._owner == os.getpid():
            self._process.stop()
        self._clean_up()


def unbundle(bundle: Path) -> GitObjects:
    """The objects of a bundle file, unpacked into a private folder. Raises `RepositoryError`."""
    try:
        signature = read_slice(os.path.realpath(bundle), 0, len(_BUNDLE_SIGNATURES[0]))
    except UnusableError as error:
        raise RepositoryError(error.of(bundle)) from error
    if signature not in _BUNDLE_SIGNATURES:
        raise RepositoryError(f"{bundle} is neither a git repository nor a bundle")
    objects = GitObjects(None)
    try:
        objects.run("bundle", "unbundle", bundle.resolve())
    except RepositoryError as error:
        objects.close()
        raise RepositoryError(f"cannot unpack {bundle}: {error.title}") from error
    return objects


def _find_git() -> str:
    """The git that GitPython found. Raises `RepositoryError` if there is none."""
    try:
        import git
    except ImportError as error:  # GitPython raises it when git does not run
        hint = "Install git, or name it in GIT_PYTHON_GIT_EXECUTABLE."
        raise RepositoryError("git was not found", hint) from error
    return str(git.Git.GIT_PYTHON_GIT_EXECUTABLE)


def _quoted(path: bytes) -> bytes:
    """A line of `objects/info/alternates`, quoted as in C, so that any path is possible."""
    for plain, escaped in ((b"\\", b"\\\\"), (b'"', b'\\"'), (b"\n", b"\\n")):
        path = path.replace(plain, escaped)
    return b'"' + path + b'"'


def _clean_up(process: GitProcess, private: Path, owner: int) -> None:
    if os.getpid() == owner:  # a forked child must not remove its parent's folder
        process.stop()
        shutil.rmtree(private, ignore_errors=True)
