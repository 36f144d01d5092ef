"""The only way in: how a file that a stranger may have made is opened.

Regular files only, never through a symbolic link that was not examined first, never waiting (a
pipe, a socket or a device is refused, not read), and bounded by what is really read, whatever the
file says about its size. Everything in core that reads from disk does it here
(`tests/test_files.py` lists the calls that could bypass it).
"""

from __future__ import annotations

import errno
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MAX_TEXT_BYTES = 64 * 1024 * 1024
"""Larger texts are not read; the reader reports them as a load problem."""

_NEVER_WAIT = (
    os.O_RDONLY
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NOCTTY", 0)
    | getattr(os, "O_NOFOLLOW", 0)
)
_LEAST_AT_ONCE = 2**16
_SETTLES_S = 2.0  # the coarsest clock of file systems in use
_CANNOT = "cannot be read: "


class UnusableError(Exception):
    """A file cannot be used; the message says why and follows the file's name."""

    def of(self, path: str | os.PathLike[str]) -> str:
        """The reason together with the file's name."""
        reason = str(self)
        if reason.startswith(_CANNOT):
            return f"cannot read {os.fspath(path)}: {reason.removeprefix(_CANNOT)}"
        return f"{os.fspath(path)} {reason}"


@contextmanager
def opened_file(path: str | os.PathLike[str]) -> Iterator[int]:
    """A descriptor of a regular file, for reading. Raises `UnusableError`.

    A path that ends in a symbolic link is refused: `resolve_below` finds its target.
    """
    handle, _ = _opened(path)
    try:
        yield handle
    except OSError as error:
        raise UnusableError(_why(error)) from error
    finally:
        os.close(handle)


def _opened(path: str | os.PathLike[str]) -> tuple[int, int]:
    """A descriptor of a regular file, and its stated size. Raises `UnusableError`."""
    try:
        handle = os.open(path, _NEVER_WAIT)
    except OSError as error:
        raise UnusableError(_why(error)) from error
    except ValueError as error:  # a name with a zero byte
        raise UnusableError(f"{_CANNOT}the name is not valid") from error
    try:
        info = os.fstat(handle)
        if stat.S_ISREG(info.st_mode):
            return handle, info.st_size
        is_folder = stat.S_ISDIR(info.st_mode)
        reason = f"{_CANNOT}{os.strerror(errno.EISDIR)}" if is_folder else "is not a regular file"
        raise UnusableError(reason)
    except OSError as error:
        os.close(handle)
        raise UnusableError(_why(error)) from error
    except UnusableError:
        os.close(handle)
        raise


def read_bytes(path: str | os.PathLike[str], limit: int = MAX_TEXT_BYTES) -> bytes:
    """The content of a regular file of at most `limit` bytes. Raises `UnusableError`."""
    data, _ = read_start(path, limit + 1)
    if len(data) > limit:
        raise UnusableError(f"is larger than {limit / 2**20:g} MiB")
    return data


def read_start(path: str | os.PathLike[str], length: int) -> tuple[bytes, int]:
    """At most the first `length` bytes of a regular file, and its size. Raises `UnusableError`.

    The size is what the file states, or what was read if that was more.
    """
    handle, size = _opened(path)
    try:
        data = os.pread(handle, min(size + 1, length), 0) if size else b""
        if len(data) < length and (len(data) != size or not size):  # it is not what it says
            rest = read_at(handle, len(data), length - len(data), _LEAST_AT_ONCE)
            data = data + rest if data else rest
    except OSError as error:
        raise UnusableError(_why(error)) from error
    finally:
        os.close(handle)
    return data, max(size, len(data))


def read_slice(path: str | os.PathLike[str], offset: int, length: int) -> bytes:
    """At most `length` bytes from `offset` on. Raises `UnusableError`."""
    with opened_file(path) as handle:
        return read_at(handle, offset, length)


def read_tail(path: str | os.PathLike[str], length: int) -> bytes:
    """The last `length` bytes of a file. Raises `UnusableError`."""
    with opened_file(path) as handle:
        return read_at(handle, max(0, os.fstat(handle).st_size - length), length)


def read_at(handle: int, offset: int, length: int, at_once: int = 16 * 2**20) -> bytes:
    """At most `length` bytes of an opened file from `offset` on. Raises `OSError`."""
    chunks = []
    while length > 0:
        chunk = os.pread(handle, min(length, at_once), offset)
        if not chunk:
            break
        chunks.append(chunk)
        offset, length = offset + len(chunk), length - len(chunk)
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def size_of(path: str | os.PathLike[str]) -> int | None:
    """The size of a regular file in bytes; None if there is none."""
    try:
        info = os.lstat(path)
    except (OSError, ValueError):
        return None
    return info.st_size if stat.S_ISREG(info.st_mode) else None


def settled_stamp(path: str | os.PathLike[str]) -> tuple[int, int, int, int] | None:
    """A value that stays equal while a regular file is not written to; None if there is none.

    A file that was written just now may be written again within one clock tick.
    """
    try:
        info = os.lstat(path)
    except (OSError, ValueError):
        return None
    if not stat.S_ISREG(info.st_mode) or abs(time.time() - info.st_mtime) < _SETTLES_S:
        return None
    return info.st_dev, info.st_ino, info.st_size, info.st_mtime_ns


def resolve_below(
    path: str | os.PathLike[str], root: str | os.PathLike[str], *, follow_links: bool = False
) -> str:
    """The target of a path, without links. Raises `UnusableError` if it is outside `root`.

    `root` is already resolved. With `follow_links` the target may be anywhere, but not above the
    root.
    """
    try:
        real = os.path.realpath(path, strict=True)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENOENT, errno.ENOTDIR):
            reason = "is a symbolic link that leads to no file and no folder"
            raise UnusableError(reason) from error
        raise UnusableError(_why(error)) from error
    if is_below(real, root):
        return real
    if not follow_links:
        raise UnusableError("is a symbolic link that leads out of the folder (see --follow-links)")
    if is_below(os.fspath(root), real):
        raise UnusableError("is a symbolic link to a folder above the one that is read")
    return real


def is_below(path: str | os.PathLike[str], root: str | os.PathLike[str]) -> bool:
    """Is a path, free of links, the root or below it?"""
    top = os.fspath(root).rstrip("/")
    return os.fspath(path) == (top or "/") or os.fspath(path).startswith(f"{top}/")


def read_own_text(path: Path, limit: int = MAX_TEXT_BYTES) -> str:
    """The UTF-8 text of a file of patchjury's own or one named by the user; links are followed.

    Raises `OSError` (also for a file that is irregular or too large) and `UnicodeDecodeError`.
    """
    try:
        return read_bytes(os.path.realpath(path), limit).decode("utf-8")
    except UnusableError as error:
        if isinstance(error.__cause__, OSError):
            raise error.__cause__ from None
        raise OSError(errno.EINVAL, str(error), str(path)) from error


def _why(error: OSError) -> str:
    if error.errno == errno.ELOOP:
        return "is a symbolic link"
    if error.errno == errno.ENXIO:  # a socket, or a pipe or device that nothing answers on
        return "is not a regular file"
    return f"{_CANNOT}{error.strerror or error}"
