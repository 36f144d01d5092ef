"""What the store promises under fire: killed, contended, full and read-only.

Everything here is real: processes, signals, limits, mounts.
"""

from __future__ import annotations

import fcntl
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from core.models import Verdict
from core.store import Store
from tests.conftest import ROOT
from tests.support.store_writer import verdict

WRITER = [sys.executable, "-m", "tests.support.store_writer"]
HUMAN = "f" * 40
KILLS = 20  # 200 in `tests/trials`


def start(*arguments: object) -> subprocess.Popen[str]:
    """Start a writer process."""
    command = [*WRITER, *map(str, arguments)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def finish(process: subprocess.Popen[str]) -> str:
    """What a process printed; it must have ended well."""
    said, _ = process.communicate(timeout=120)
    assert process.returncode == 0
    return said


def run(*arguments: object) -> Any:
    """The result of a writer process."""
    return json.loads(finish(start(*arguments)))


def all_verdicts(store: Store) -> list[Verdict]:
    """Every verdict of a store that has no problems."""
    contents = store.load()
    assert contents.problems == ()
    return [v for history in contents.verdicts.values() for v in history]


def raw_ids(store: Store) -> list[str]:
    """The ids as the files hold them, before the store drops doubles."""
    paths = sorted((store.folder / "commits").glob("*.jsonl"))
    lines = [line for path in paths for line in path.read_bytes().splitlines()]
    return [line["id"] for line in map(parsed, lines) if line.get("table") == "verdicts"]


def parsed(line: bytes) -> Any:
    """A line as JSON; nothing where a kill has torn it."""
    try:
        return json.loads(line)
    except ValueError:
        return {}


def check_kills(folder: Path, kills: int) -> int:
    """Kill two writers on one store again and again; returns how many verdicts were acknowledged.

    What one of them leaves locked or half-written meets the other.
    """
    killers = [start("kill", folder, seed, kills // 2) for seed in (1, 2)]
    acknowledged = {name for killer in killers for name in json.loads(finish(killer))}
    store = Store(folder)
    contents = store.load()
    assert acknowledged <= {v.id for history in contents.verdicts.values() for v in history}
    assert all("torn" in problem.reason for problem in contents.problems)
    assert len(raw_ids(store)) == len(set(raw_ids(store)))
    store.add_verdicts(HUMAN, [verdict("last")])
    leftovers = [p.name for p in (folder / "commits").iterdir() if p.suffix != ".jsonl"]
    assert leftovers == [".lock"]
    return len(acknowledged)


def check_writers(folder: Path, processes: int, threads: int, each: int) -> None:
    """Let processes with threads write at once: no verdict is lost, none doubled."""
    started = [start("write", folder, each * n, each, threads) for n in range(processes)]
    for process in started:
        finish(process)
    store = Store(folder)
    assert sorted(raw_ids(store)) == sorted(f"v{n}" for n in range(processes * each))
    assert len(all_verdicts(store)) == processes * each


def test_kills_lose_no_acknowledged_verdict(tmp_path: Path) -> None:
    assert check_kills(tmp_path / "db", KILLS) > KILLS / 2


def test_4_processes_with_4_threads_lose_and_double_none(tmp_path: Path) -> None:
    check_writers(tmp_path / "db", processes=4, threads=4, each=50)


def test_what_another_process_wrote_is_seen_and_kept(tmp_path: Path) -> None:
    store = Store(tmp_path / "db")
    human = f"{1:040x}"
    store.add_verdicts(human, [verdict("mine")])
    finish(start("write", tmp_path / "db", 1, 1, 1))
    assert {v.id for v in all_verdicts(store)} == {"vmine", "v1"}
    store.add_verdicts(human, [verdict("mine too")])
    assert {v.id for v in all_verdicts(store)} == {"vmine", "v1", "vmine too"}


def test_a_lock_that_is_held_is_named_and_reading_goes_on(tmp_path: Path) -> None:
    store = Store(tmp_path / "db")
    store.add_verdicts("abcd", [verdict("old")])
    lock = tmp_path / "db" / "commits" / ".lock"
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        result = run("fill", tmp_path / "db", 0, "", 0.01)
    assert str(lock) in result["title"]
    assert "try again" in result["hint"]
    assert result["stored"] == ["vold"]
    assert store.add_verdicts("abcd", [verdict("new")]) == 1


def check_full(result: Any) -> None:
    """It failed after some verdicts, said so, and kept exactly what it had acknowledged."""
    assert result["acknowledged"]
    assert result["stored"] == result["acknowledged"]
    assert "cannot be written" in result["title"]
    assert "Make room" in result["hint"]
    assert result["problems"] == []
    assert set(result["files"]) == {
        ".gitattributes",
        ".gitignore",
        ".lock",
        "store.jsonl",
        f"{HUMAN}.jsonl",
    }


def test_a_write_that_hits_the_file_size_limit_changes_nothing(tmp_path: Path) -> None:
    result = run("fill", tmp_path / "db", 50_000)
    check_full(result)
    store = Store(tmp_path / "db")
    again = verdict(len(result["acknowledged"]))
    assert store.add_verdicts(HUMAN, [again]) == 1  # the verdict that failed, tried again
    assert all_verdicts(store)[-1] == again


def test_a_full_disk_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    mount = f"mount -t tmpfs -o size=128k tmpfs {tmp_path}/disk"
    check_full(run_mounted(mount, "fill", tmp_path / "disk" / "db"))


def test_a_read_only_mount_is_an_error_and_moves_a_new_store(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    Store(runs / ".patchjury").add_verdicts(HUMAN, [verdict("old")])
    mount = f"mount --bind {runs} {runs} && mount -o remount,ro,bind {runs}"
    result = run_mounted(mount, "fill", runs / ".patchjury")
    assert result["acknowledged"] == []
    assert result["stored"] == ["vold"]
    assert "Read-only file system" in result["title"]
    assert "--db" in result["hint"]
    path, note = run_mounted(mount, "locate", runs)
    assert not Path(path).is_relative_to(runs)
    assert path in note
    assert "Read-only file system" in note
    assert "not shown" in note


def run_mounted(mount: str, *arguments: object) -> Any:
    """The result of a writer process that alone sees `mount`; skips where that is not allowed."""
    namespace = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-ec"]
    try:
        allowed = subprocess.run([*namespace, mount], capture_output=True, text=True)
    except FileNotFoundError:
        pytest.skip("needs unshare(1)")
    if allowed.returncode:
        pytest.skip(f"mounting is not allowed here: {allowed.stderr.strip()}")
    command = [*namespace, f'{mount}; exec "$@"', "sh", *WRITER, *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_a_folder_without_the_right_to_write_is_an_error(tmp_path: Path) -> None:
    Store(tmp_path / "db").add_verdicts(HUMAN, [verdict("old")])
    before = (tmp_path / "db" / "commits" / f"{HUMAN}.jsonl").read_bytes()
    tmp_path.chmod(0o755)
    (tmp_path / "db" / "commits").chmod(0o555)
    result = run("fill", tmp_path / "db", 0, "drop rights")
    assert result["acknowledged"] == []
    assert result["stored"] == ["vold"]
    assert "Permission denied" in result["title"]
    assert "--db" in result["hint"]
    assert (tmp_path / "db" / "commits" / f"{HUMAN}.jsonl").read_bytes() == before


def test_a_file_without_the_right_to_read_is_named(tmp_path: Path) -> None:
    store = Store(tmp_path / "db")
    store.add_verdicts(HUMAN, [verdict("hidden")])
    store.add_verdicts("abcd", [verdict("shown")])
    tmp_path.chmod(0o755)
    secret = tmp_path / "db" / "commits" / f"{HUMAN}.jsonl"
    secret.chmod(0)
    result = run("fill", tmp_path / "db", 0, "drop rights")
    secret.chmod(0o644)
    assert result["stored"] == ["vshown"]
    [[path, reason]] = result["problems"]
    assert path.endswith(secret.name)
    assert reason == "Permission denied"
    assert {v.id for v in all_verdicts(store)} == {"vhidden", "vshown"}
