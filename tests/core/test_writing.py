"""A file is written whole or not at all, nothing is replaced unasked, nothing is left over."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.errors import ExportError
from core.writing import sweep_temporaries, write_folder, write_whole


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_written_and_replaced_only_when_asked(tmp_path: Path) -> None:
    path = tmp_path / "out"
    write_whole(path, ["one", "\r\nö"])
    with pytest.raises(ExportError, match="already exists"):
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

    with pytest.raises(ExportError, match="already exists"):
        write_whole(path, pieces())
    assert path.read_text() == "a colleague's"
    assert names(tmp_path) == ["out"]


def is_page(path: str) -> bool:
    return path.endswith(".html")


def test_a_folder_is_written_whole_and_replaced_only_when_asked(tmp_path: Path) -> None:
    path = tmp_path / "report"
    write_folder(path, [("index.html", ["one"]), ("commits/1.html", ["two", "three"])], is_page)
    assert (path / "commits/1.html").read_text() == "twothree"
    with pytest.raises(ExportError, match="already contains a report"):
        write_folder(path, [("index.html", ["new"])], is_page)
    write_folder(path, [("index.html", ["new"])], is_page, overwrite=True)
    assert [p.name for p in path.rglob("*")] == ["index.html"], "nothing of the former one stays"
    assert names(tmp_path) == ["report"]


def test_a_folder_that_fails_half_way_leaves_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "report"
    write_folder(path, [("index.html", ["old"])], is_page)

    def files() -> Iterator[tuple[str, list[str]]]:
        yield "index.html", ["new"]
        raise KeyError("broken")

    with pytest.raises(KeyError):
        write_folder(path, files(), is_page, overwrite=True)
    assert (path / "index.html").read_text() == "old"
    assert names(tmp_path) == ["report"]


def test_a_folder_with_anything_else_in_it_is_never_replaced(tmp_path: Path) -> None:
    for name in ("notes", "deep", "linked"):
        (tmp_path / name / "a").mkdir(parents=True)
    (tmp_path / "notes/mine.txt").write_text("mine")
    (tmp_path / "deep/a/mine.txt").write_text("mine")
    (tmp_path / "linked/a.html").symlink_to(tmp_path)
    for name in ("notes", "deep", "linked"):
        with pytest.raises(ExportError, match="contains other files"):
            write_folder(tmp_path / name, [("index.html", ["x"])], is_page, overwrite=True)
    (tmp_path / "file").write_text("mine")
    (tmp_path / "link").symlink_to(tmp_path / "notes")
    for name in ("file", "link", "no/where"):
        with pytest.raises(ExportError):
            write_folder(tmp_path / name, [("index.html", ["x"])], is_page, overwrite=True)
    empty = tmp_path / "empty"
    empty.mkdir()
    write_folder(empty, [("index.html", ["x"])], is_page)
    assert names(empty) == ["index.html"]


_SLOW = """\
import sys, time
from pathlib import Path
from core.writing import write_folder, write_whole
def pieces():
    yield "half"
    print("writing", flush=True)
    sys.stdin.read()
if sys.argv[2] == "file":
    write_whole(Path(sys.argv[1]), pieces())
else:
    write_folder(Path(sys.argv[1]), [("a.html", ["whole"]), ("b.html", pieces())], bool)
"""


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_the_next_start_takes_away_what_a_killed_one_left_and_nothing_else(
    tmp_path: Path, kind: str
) -> None:
    (tmp_path / ".patchjury-of-a-colleague.tmp").write_text("x")
    pipe = subprocess.PIPE
    command: list[str] = [sys.executable, "-c", _SLOW, str(tmp_path / "out"), kind]
    with subprocess.Popen(command, stdin=pipe, stdout=pipe) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"writing\n"
        sweep_temporaries()
        assert len(names(tmp_path)) == 2, "a living process keeps its file"
        writer.send_signal(signal.SIGKILL)
    assert len(names(tmp_path)) == 2
    sweep_temporaries()
    assert names(tmp_path) == [".patchjury-of-a-colleague.tmp"]
