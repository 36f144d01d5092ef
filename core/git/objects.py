"""How git is started to read the objects of a repository that is not trusted.

Only the object store of the repository is looked at. It is attached as an alternate to a private,
empty git directory with a configuration of ours, and git runs there in an environment of ours. So
no configuration, hook, attribute, filter, text conversion, alias, replacement, graft, remote or
`GIT_*` variable has a say, nothing is fetched, nothing can be written into the repository, and
it does not matter who owns it. Its `objects/info/alternates` is followed, as git does: that can
only make more objects readable.

GitPython finds git. The process is started here, because GitPython hands the caller's `GIT_*`
variables down and leaves a pipe for messages that nobody empties.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import threading
import weakref
from pathlib import Path
from typing import IO

from core.errors import RepositoryError
from core.sources import MAX_TEXT_BYTES, decode
from core.text import one_line

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
_POINTER_BYTES = 4096


class GitObjects:
    """The objects of one repository, read through one `git cat-file --batch`; thread-safe.

    In a forked child it starts a process of its own.
    """

    def __init__(self, store: Path | None) -> None:
        """Attach the object folder of a repository; None: hold only what `unbundle` adds."""
        git = _find_git()
        private = Path(tempfile.mkdtemp(prefix="patchjury-git-"))
        self._process = _BatchProcess(git, private)
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
        """Id, kind and content of an object; None when there is none of that name.

        `name` has no line feed. Raises `RepositoryError` when it is the beginning of several ids,
        when git fails, or when the object is huge.
        """
        if self._owner != os.getpid():  # forked: the pipe, and a lock held, are the parent's
            self._owner, self._process = os.getpid(), self._process.again()
        try:
            return self._process.exchange(name.encode("ascii"))
        except (OSError, ValueError) as error:
            raise RepositoryError(f"git could not read {name}: {error}") from error

    def run(self, *arguments: str | Path) -> bytes:
        """What a git command prints. Raises `RepositoryError` with what git says."""
        with tempfile.TemporaryFile() as messages:
            with self._process.start(arguments, subprocess.DEVNULL, messages) as process:
                assert process.stdout
                output = process.stdout.read(MAX_TEXT_BYTES + 1)
                if len(output) > MAX_TEXT_BYTES:
                    process.kill()
                    raise RepositoryError(f"git {arguments[0]} prints too much to be read")
            messages.seek(0)
            said = one_line(decode(messages.read(2000)))
        if process.returncode:
            raise RepositoryError(f"git {arguments[0]} failed: {said or process.returncode}")
        return output

    def close(self) -> None:
        """End the process and remove the private directory; a second call does nothing."""
        if self._owner == os.getpid():
            self._process.stop()
        self._clean_up()


class _BatchProcess:
    """A `git cat-file --batch` in a private git directory, started when it is needed."""

    def __init__(self, git: str, private: Path) -> None:
        self._git = git
        self._private = private
        self._lock = threading.Lock()
        self._popen: subprocess.Popen[bytes] | None = None

    def again(self) -> _BatchProcess:
        """The same, not started."""
        return _BatchProcess(self._git, self._private)

    def exchange(self, name: bytes) -> tuple[str, str, bytes] | None:
        """Ask for one object."""
        with self._lock:
            if self._popen is None or self._popen.poll() is not None:
                self._stop()
                arguments = ("cat-file", "--batch")
                self._popen = self.start(arguments, subprocess.PIPE, subprocess.DEVNULL)
            try:
                return _exchange(self._popen, name)
            except BaseException:  # half an answer in the pipe would be taken for the next one
                self._stop()
                raise

    def start(
        self, arguments: tuple[str | Path, ...], stdin: int, stderr: int | IO[bytes]
    ) -> subprocess.Popen[bytes]:
        """Start git with nothing of the caller's or the user's configuration."""
        try:
            return subprocess.Popen(
                [self._git, *arguments],
                cwd=self._private,
                env=_environment(self._private),
                stdin=stdin,
                stdout=subprocess.PIPE,
                stderr=stderr,
                start_new_session=True,  # Ctrl-C is for us, not for git
            )
        except OSError as error:
            raise RepositoryError(f"git cannot be started: {error.strerror}") from error

    def stop(self) -> None:
        """End the process, if there is one."""
        with self._lock:
            self._stop()

    def _stop(self) -> None:
        popen, self._popen = self._popen, None
        if popen is not None:
            popen.kill()
            popen.communicate()


def unbundle(bundle: Path) -> GitObjects:
    """The objects of a bundle file, unpacked into a private place. Raises `RepositoryError`."""
    with bundle.open("rb") as file:
        if file.read(len(_BUNDLE_SIGNATURES[0])) not in _BUNDLE_SIGNATURES:
            raise RepositoryError(f"{bundle} is neither a git repository nor a bundle")
    objects = GitObjects(None)
    try:
        objects.run("bundle", "unbundle", bundle.resolve())
    except RepositoryError as error:
        objects.close()
        raise RepositoryError(f"cannot unpack {bundle}: {error.title}") from error
    return objects


def find_store(path: Path) -> Path:
    """The object folder of the repository at `path` (bare or a work tree's top folder).

    Raises `RepositoryError` when there is none.
    """
    for git_dir in (_follow(path / ".git", "gitdir:"), path):
        store = _follow(git_dir / "commondir", "", git_dir) / "objects"
        if store.is_dir() and (git_dir / "HEAD").exists():
            return store
    raise RepositoryError(f"{path} is not a git repository or bundle")


def _follow(pointer: Path, prefix: str, otherwise: Path | None = None) -> Path:
    """The folder that a pointer file of git names; `otherwise` (or itself) when it is no file."""
    if not pointer.is_file():
        return otherwise or pointer
    with pointer.open("rb") as file:
        text = os.fsdecode(file.read(_POINTER_BYTES)).rstrip("\r\n")
    return pointer.parent / text.removeprefix(prefix).lstrip()


def _exchange(process: subprocess.Popen[bytes], name: bytes) -> tuple[str, str, bytes] | None:
    """Ask `git cat-file --batch` for one object (format: its manual, "BATCH OUTPUT")."""
    assert process.stdin
    assert process.stdout
    process.stdin.write(name + b"\n")
    process.stdin.flush()
    header = process.stdout.readline()
    if header.endswith(b" missing\n"):
        return None
    if header.endswith(b" ambiguous\n"):
        raise RepositoryError(f"{name.decode()} is the beginning of several ids")
    oid, kind, size = header.decode("ascii").split()
    if int(size) > MAX_TEXT_BYTES:
        raise RepositoryError(f"object {oid} is larger than {MAX_TEXT_BYTES // 2**20} MiB")
    data = process.stdout.read(int(size) + 1)
    if len(data) != int(size) + 1:
        raise RepositoryError(f"object {oid} is damaged")
    return oid, kind, data[:-1]


def _environment(private: Path) -> dict[str, str]:
    ours = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    home = os.fspath(private)
    return ours | {
        "GIT_DIR": home,
        "HOME": home,
        "XDG_CONFIG_HOME": home,
        "LC_ALL": "C",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_TERMINAL_PROMPT": "0",
    }


def _find_git() -> str:
    """The git that GitPython found. Raises `RepositoryError` when there is none."""
    try:
        import git
    except ImportError as error:  # GitPython raises it when git does not run
        hint = "Install git, or name it in GIT_PYTHON_GIT_EXECUTABLE."
        raise RepositoryError("git was not found", hint) from error
    return str(git.Git.GIT_PYTHON_GIT_EXECUTABLE)


def _quoted(path: bytes) -> bytes:
    """A line of `objects/info/alternates`, quoted as C does, so that any path can stand there."""
    for plain, escaped in ((b"\\", b"\\\\"), (b'"', b'\\"'), (b"\n", b"\\n")):
        path = path.replace(plain, escaped)
    return b'"' + path + b'"'


def _clean_up(process: _BatchProcess, private: Path, owner: int) -> None:
    if os.getpid() == owner:  # a forked child must not remove what is its parent's
        process.stop()
        shutil.rmtree(private, ignore_errors=True)
