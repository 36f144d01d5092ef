"""`patchjury doctor RUNS --repair`: a store after a hand merge that went wrong."""

from __future__ import annotations

from pathlib import Path

from core.store import Store
from tests.support.command import command
from tests.support.runs import build_runs
from tests.support.store_writer import verdict


def test_a_store_with_conflict_marks_is_mended(tmp_path: Path) -> None:
    runs = build_runs(tmp_path / "runs")
    store = Store(runs / ".patchjury")
    store.add_verdicts("abcd", [verdict("a"), verdict("bb")])
    (path,) = (runs / ".patchjury" / "commits").glob("*.jsonl")
    header, first, second = path.read_bytes().splitlines()
    broken = b"\n".join([header, b"<<<<<<< HEAD", first, b"=======", second, b">>>>>>> hers", b""])
    path.write_bytes(broken)
    assert len(store.load().problems) == 3
    done = command("doctor", runs, "--repair")
    assert f"{path}: 0 lines repaired, 0 duplicates dropped, 3 taken out" in done.stdout
    assert store.load().problems == ()
    assert len(store.load().verdicts["run/0"]) == 2
    (original,) = (runs / ".patchjury" / "repaired").iterdir()
    assert original.read_bytes() == broken
    assert "nothing in the store needs repair" in command("doctor", runs, "--repair").stdout


def test_repair_needs_runs() -> None:
    done = command("doctor", "--repair")
    assert done.returncode == 2
    assert "--repair needs RUNS" in done.stderr
