"""What git must not open, how long it may take and how much it may hold."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from core.errors import RepositoryError, SourceError
from core.git import git_process
from core.git.repository import GitDiffText, Repository


def pipe_as_alternates(store: Path) -> None:
    (store / "info").mkdir(exist_ok=True)
    os.mkfifo(store / "info/alternates")


def pipe_as_pack(store: Path) -> None:
    (store / "pack").mkdir(exist_ok=True)
    os.mkfifo(store / "pack/pack-1234.idx")


def pipe_as_loose_object(store: Path) -> None:
    (store / "12").mkdir(exist_ok=True)
    os.mkfifo(store / "12" / ("3" * 38))


def link_to_a_device(store: Path) -> None:
    (store / "pack").mkdir(exist_ok=True)
    (store / "pack/pack-1234.pack").symlink_to("/dev/zero")


@pytest.mark.parametrize(
    "spoil", [pipe_as_alternates, pipe_as_pack, pipe_as_loose_object, link_to_a_device]
)
def test_pipes_and_devices_among_the_objects_are_refused_before_git_waits(
    tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    subprocess.run(["git", "init", "-q", "--bare", tmp_path / "r.git"], check=True)
    spoil(tmp_path / "r.git/objects")
    with pytest.raises(RepositoryError, match="regular file"):
        Repository.open(tmp_path / "r.git")


def test_alternates_of_a_repository_among_the_runs_may_not_lead_out(tmp_path: Path) -> None:
    for name in ("private.git", "runs/r.git"):
        subprocess.run(["git", "init", "-q", "--bare", tmp_path / name], check=True)
    alternates = tmp_path / "runs/r.git/objects/info/alternates"
    alternates.write_text(f"{tmp_path}/private.git/objects\n")
    Repository.open(tmp_path / "runs/r.git").close()  # named by the user
    with pytest.raises(RepositoryError, match="leads out"):
        Repository.open(tmp_path / "runs/r.git", below=tmp_path / "runs")


def test_a_git_that_does_not_answer_is_ended_and_not_asked_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = tmp_path / "git"
    slow.write_text("#!/bin/sh\nsleep 60 & wait\n")
    slow.chmod(0o755)
    monkeypatch.setattr(git_process, "OBJECT_S", 0.05)
    monkeypatch.setattr(git_process, "COMMAND_S", 0.05)
    process = git_process.GitProcess(str(slow), tmp_path)
    for _ in range(2):
        with pytest.raises(RepositoryError, match="took more than"):
            process.exchange(b"1234")
    with pytest.raises(RepositoryError, match="not asked again"):
        process.exchange(b"1234")
    with pytest.raises(RepositoryError, match="took more than"):
        process.run(("bundle",))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets a limit be set from outside")
def test_git_may_hold_only_so_much_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    greedy = tmp_path / "git"
    code = "import time; time.sleep(0.2); x = bytearray(900 * 2**20); print(len(x))"
    greedy.write_text(f"#!/bin/sh\nexec {sys.executable} -c '{code}'\n")
    greedy.chmod(0o755)
    process = git_process.GitProcess(str(greedy), tmp_path)
    with pytest.raises(RepositoryError, match="failed"):
        process.run(("bundle",))


def test_a_diff_that_cannot_be_read_is_a_text_that_cannot_be_read(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", "--bare", tmp_path / "r.git"], check=True)
    with pytest.raises(SourceError, match="has no commit"):
        GitDiffText(str(tmp_path / "r.git"), "1" * 40, "2" * 40).read()


def test_an_object_with_the_content_of_another_is_damaged(tmp_path: Path) -> None:
    """Git reads a loose object without comparing its id: a patch would be said not to apply."""
    store = tmp_path / "r.git"
    subprocess.run(["git", "init", "-q", "--bare", store], check=True)
    one, other = (
        subprocess.run(
            ["git", "-C", store, "hash-object", "-w", "--stdin"],
            input=text,
            capture_output=True,
            check=True,
        ).stdout.decode().strip()
        for text in (b"one\n", b"other\n")
    )  # fmt: skip
    where = [store / "objects" / oid[:2] / oid[2:] for oid in (one, other)]
    process = git_process.GitProcess("git", store)
    assert process.exchange(one.encode()) == (one, "blob", b"one\n")
    process.stop()
    where[0].chmod(0o644)
    where[0].write_bytes(where[1].read_bytes())
    with pytest.raises(RepositoryError, match="is damaged"):
        process.exchange(one.encode())
