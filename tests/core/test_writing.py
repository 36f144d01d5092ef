"""A file is there whole or not at all, nothing is replaced unasked, and nothing is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.errors import ExportError
from core.writing import sweep_temporaries, write_whole


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_written_and_replaced_only_when_asked(tmp_path: Path) -> None:
    path = tmp_path / "out"
    write_whole(path, ["one", "\r\nö"])
    with pytest.raises(ExportError, match="exists already"):
        write_whole(path, ["two"])
    assert path.read_bytes() == "one\r\nö".encode()
    write_whole(path, ["two"], overwrite=True)
    assert path.read_bytes() == b"two"
    assert names(tmp_path) == ["out"]


@pytest.mark.parametrize("overwrite", [False, True])
def test_nothing_is_written_through_a_link(tmp_path: Path, overwrite: bool) -> None:
    target = tmp_path / "private"
    target.write_text("mine")
    for name, leads_to in (("link", target), ("dangling", tmp_path / "nowhere")):
        (tmp_path / name).symlink_to(leads_to)
        with pytest.raises(ExportError, match="is a link"):
            write_whole(tmp_path / name, ["x"], overwrite=overwrite)
    assert target.read_text() == "mine"
    assert names(tmp_path) == ["dangling", "link", "private"]


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path, reason in (
        (tmp_path, "is a folder"),
        (tmp_path / "pipe", "is not a regular file"),
        (tmp_path / "pipe" / "x", "cannot write"),
        (tmp_path / "no" / "x", "cannot write"),
        (tmp_path / "a\0b", "cannot write"),
        (tmp_path / ("n" * 300), "cannot write"),
    ):
        with pytest.raises(ExportError, match=reason):
            write_whole(path, ["x"], overwrite=True)
    assert names(tmp_path) == ["pipe"]


def test_a_text_that_fails_half_way_leaves_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "out"
    path.write_text("old")

    def pieces() -> Iterator[str]:
        yield "new"
        raise KeyError("broken")

    with pytest.raises(KeyError):
        write_whole(path, pieces(), overwrite=True)
    assert path.read_text() == "old"
    assert names(tmp_path) == ["out"]


def test_a_file_that_comes_to_stand_there_meanwhile_stays(tmp_path: Path) -> None:
    path = tmp_path / "out"

    def pieces() -> Iterator[str]:
        path.write_text("a colleague's")
        yield "mine"

    with pytest.raises(ExportError, match="exists already"):
        write_whole(path, pieces())
    assert path.read_text() == "a colleague's"
    assert names(tmp_path) == ["out"]


_SLOW = """\
import sys, time
from pathlib import Path
from core.writing import write_whole
def pieces():
    yield "half"
    print("writing", flush=True)
    sys.stdin.read()
write_whole(Path(sys.argv[1]), pieces())
"""


def test_the_next_start_takes_away_what_a_killed_one_left_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / ".patchjury-of-a-colleague.tmp").write_text("x")
    pipe = subprocess.PIPE
    command: list[str] = [sys.executable, "-c", _SLOW, str(tmp_path / "out")]
    with subprocess.Popen(command, stdin=pipe, stdout=pipe) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"writing\n"
        sweep_temporaries()
        assert len(names(tmp_path)) == 2, "a living process keeps its file"
        writer.send_signal(signal.SIGKILL)
    assert len(names(tmp_path)) == 2
    sweep_temporaries()
    assert names(tmp_path) == [".patchjury-of-a-colleague.tmp"]
