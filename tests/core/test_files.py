"""The one opener: what it refuses, and that nothing in core reads from disk beside it."""

from __future__ import annotations

import ast
import os
import re
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from core.files import (
    UnusableError,
    is_below,
    read_bytes,
    read_slice,
    read_tail,
    resolve_below,
    size_of,
)
from core.git.repository import GitDiffText
from core.sources import FileText, stamp_of
from tests.conftest import ROOT

BESIDE = {
    "core/files.py": "the opener itself",
    "core/store/": "locks and appends to files of its own, never through a link",
    "core/logs.py": "appends to a file of its own, never through a link",
    "core/run_index/index_file.py": "makes files for the user alone, never through a link",
    "core/writing.py": "makes new files, never through a link",
}
"""Modules that may open files themselves, and why."""

NAMES = {"open", "read_bytes", "read_text", "mmap", "TinyDB"}
OF_OBJECTS = {"open", "read_bytes", "read_text", "mmap"}
_CALLED = re.compile(rf"\b({'|'.join(sorted(NAMES))})\s*[()]")
"""Without this in its text a file holds no such call, and needs no parsing."""


def bypasses(path: Path) -> list[str]:
    """The calls in a file that open or read a file without `core.files`."""
    text = path.read_text("utf-8")
    if _CALLED.search(text) is None:
        return []
    nodes = list(ast.walk(ast.parse(text)))
    ours = {
        name.asname or name.name
        for node in nodes
        if isinstance(node, ast.ImportFrom) and node.module == "core.files"
        for name in node.names
    }
    found = []
    for node in nodes:
        if not isinstance(node, ast.Call):
            continue
        function = node.func
        if isinstance(function, ast.Name) and function.id in NAMES - ours:
            found.append(f"{path.relative_to(ROOT)}:{node.lineno} {ast.unparse(function)}")
        is_method = isinstance(function, ast.Attribute) and function.attr in OF_OBJECTS
        if is_method and not _is_harmless(ast.unparse(node)):
            found.append(f"{path.relative_to(ROOT)}:{node.lineno} {ast.unparse(function)}")
    return found


HARMLESS = (
    "'x'",
    "'xb'",
    "os.devnull",
    "os.dup(",
    "Repository.open(",
    "webbrowser.open(",
    "archive.open(",
    "_Listener.open(",
    "files(__package__)",
)
"""Making a file, sending output nowhere, what was opened before, and other things opened."""


def _is_harmless(call: str) -> bool:
    return any(word in call for word in HARMLESS)


def test_nothing_in_core_opens_a_file_beside_the_opener() -> None:
    found = [
        call
        for path in sorted((ROOT / "core").rglob("*.py"))
        if not str(path.relative_to(ROOT)).startswith(tuple(BESIDE))
        and "sample_runs" not in path.parts
        for call in bypasses(path)
    ]
    assert found == []


def test_the_search_for_bypasses_finds_them() -> None:
    assert any("os.open" in call for call in bypasses(ROOT / "core/files.py"))
    planted = ROOT / "tests/core/test_files.py"
    assert any("read_text" in call for call in bypasses(planted))


def make_pipe(path: Path) -> None:
    os.mkfifo(path)


def make_socket(path: Path) -> None:
    here = os.getcwd()
    os.chdir(path.parent)  # the name of a socket may have 107 bytes
    try:
        with socket.socket(socket.AF_UNIX) as sock:
            sock.bind(path.name)
    finally:
        os.chdir(here)


def make_folder(path: Path) -> None:
    path.mkdir()


def make_link(path: Path) -> None:
    path.symlink_to("/etc/hostname")


def make_loop(path: Path) -> None:
    path.symlink_to(path.name)


def make_link_to_a_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


@pytest.mark.parametrize(
    "make", [make_pipe, make_socket, make_folder, make_link, make_loop, make_link_to_a_device]
)
def test_what_is_no_regular_file_is_refused_at_once(
    tmp_path: Path, make: Callable[[Path], None]
) -> None:
    path = tmp_path / "x"
    make(path)
    with pytest.raises(UnusableError):
        read_bytes(path)
    assert size_of(path) is None


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/tty", "/dev/null"])
def test_devices_are_refused(device: str) -> None:
    with pytest.raises(UnusableError):
        read_bytes(device)


@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="no /proc here")
def test_what_is_really_read_counts_and_not_the_size_that_is_said() -> None:
    assert os.stat("/proc/self/status").st_size == 0
    assert b"Pid:" in read_bytes("/proc/self/status")
    with pytest.raises(UnusableError, match="is larger than"):
        read_bytes("/proc/self/status", 10)


def test_parts_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"0123456789")
    assert read_slice(path, 3, 4) == b"3456"
    assert read_slice(path, 8, 10**12) == b"89"
    assert read_tail(path, 3) == b"789"
    assert read_tail(path, 30) == b"0123456789"
    with pytest.raises(UnusableError, match="larger"):
        read_bytes(path, 9)
    with pytest.raises(UnusableError):
        read_bytes("a\0b")


def test_a_stamp_tells_that_a_file_is_still_the_one_that_was_read(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("one")
    source = FileText(str(path))
    assert stamp_of(source) is None, "it may be written again within a tick of the clock"
    os.utime(path, (1_000, 1_000))
    first = stamp_of(source)
    assert first is not None and first == stamp_of(source)
    path.write_text("two")
    os.utime(path, (1_001, 1_001))
    assert stamp_of(source) != first
    path.unlink()
    assert stamp_of(source) is None
    path.symlink_to("elsewhere")
    assert stamp_of(source) is None
    assert stamp_of(GitDiffText("/repository", "a", "b")) is not None, "git names what it holds"


def test_resolving_below_a_root(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (tmp_path / "rooted").mkdir()
    (root / "file").write_text("x")
    for name, target in (("in", "file"), ("out", "../rooted"), ("up", ".."), ("gone", "no")):
        (root / name).symlink_to(target)
    (root / "loop").symlink_to("loop")
    assert resolve_below(root / "in", root) == str(root / "file")
    for name in ("out", "up", "gone", "loop"):
        with pytest.raises(UnusableError):
            resolve_below(root / name, root)
    assert resolve_below(root / "out", root, follow_links=True) == str(tmp_path / "rooted")
    with pytest.raises(UnusableError, match="above"):
        resolve_below(root / "up", root, follow_links=True)
    assert is_below("/a/b", "/a")
    assert not is_below("/ab", "/a")


def test_a_source_is_not_read_through_a_link_that_came_later(tmp_path: Path) -> None:
    path = tmp_path / "patch"
    path.write_text("mine")
    source = FileText(str(path))
    assert source.read() == "mine"
    path.unlink()
    path.symlink_to("/etc/hostname")
    with pytest.raises(Exception, match="symbolic link"):
        source.read()
