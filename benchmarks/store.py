"""How fast a verdict is on disk, and a store in memory."""

from __future__ import annotations

import io
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from core import codec
from core.models import (
    Call,
    Criteria,
    Judgement,
    JudgementState,
    LineComment,
    Outcome,
    Verdict,
)
from core.store import Store

_HUMAN = "f" * 40
_START = datetime(2026, 1, 1, tzinfo=UTC)
_ALREADY_THERE = 300
_JUDGEMENTS = 2000
_ROUNDS = 200
_IMPORT_ROUNDS = 5


def run() -> list[tuple[str, str, str]]:
    """Measure; rows of name, what was measured, target."""
    # In the working folder: a folder for temporary files may lie in memory, where syncing is free.
    with tempfile.TemporaryDirectory(dir=Path.cwd(), prefix=".bench-") as folder:
        return [
            *_durable(Path(folder) / "one"),
            *_beside_judgements(Path(folder) / "judged"),
            _load(Path(folder) / "96", commits=96, verdicts=300, target="60 ms"),
            _load(Path(folder) / "2000", commits=2000, verdicts=2000, target=""),
            _import_time(),
        ]


def _verdict(number: int) -> Verdict:
    return Verdict(
        f"{number:032x}",
        f"state/runs/vllm/trae/gpt-5/2025-09-10/{number:04d}",
        "ada",
        _START + timedelta(seconds=number),
        Outcome.FALSE_POSITIVE,
        Criteria(True, True, False, None, False, 0.25),
        ("wrong location",),
        "Changes the caller, not the kernel that the human made faster.",
        (LineComment("vllm/config.py", 4787, "the branch is never taken"),),
    )


def _judgement(number: int) -> Judgement:
    call = Call("c", "gpt-5", _START, 1.0, "h", raw=f"{number:08}" * 1000)
    return Judgement(
        f"j{number:031x}",
        f"state/runs/vllm/trae/gpt-5/2025-09-10/{number:04d}",
        JudgementState.VERDICT,
        reasoning="Changes the caller. " * 60,
        calls=(call,),
    )


def _durable(folder: Path) -> list[tuple[str, str, str]]:
    store = Store(folder)
    store.add_verdicts(_HUMAN, [_verdict(n) for n in range(_ALREADY_THERE)])
    return _against_bare(store, f"verdict on disk, {_ALREADY_THERE}+ in its file", "30 ms")


def _beside_judgements(folder: Path) -> list[tuple[str, str, str]]:
    store = Store(folder)
    store.add_judgements(_HUMAN, [_judgement(n) for n in range(_JUDGEMENTS)])
    size = next((folder / "commits").glob("*.jsonl")).stat().st_size / 1e6
    fresh = Store(folder)
    first = _milliseconds(partial(fresh.add_verdicts, _HUMAN, [_verdict(0)]))
    name = f"verdict on disk beside {_JUDGEMENTS} judgements ({size:.0f} MB)"
    return [*_against_bare(store, name, ""), ("  the first of a process", f"{first:.1f} ms", "")]


def _against_bare(store: Store, name: str, target: str) -> list[tuple[str, str, str]]:
    """Verdicts on disk, one by one, in turn with a bare write and sync of one line."""
    line = codec.dumps(codec.to_data(_verdict(0))).encode() + b"\n"
    written: list[float] = []
    bare: list[float] = []
    with (store.folder / "bare.jsonl").open("ab", buffering=0) as file:
        for number in range(_ALREADY_THERE, _ALREADY_THERE + _ROUNDS):
            written.append(_milliseconds(partial(store.add_verdicts, _HUMAN, [_verdict(number)])))
            bare.append(_milliseconds(partial(_write_bare, file, line)))
    median, floor = statistics.median(written), statistics.median(bare)
    ratio = f"{median / floor:.1f} x {floor:.1f} ms"
    return [
        (f"{name}, median", f"{median:.1f} ms", target),
        (f"{name}, worst of {_ROUNDS}", f"{max(written):.1f} ms", target),
        ("  against a bare write and sync of a line", ratio, "3 x"),
    ]


def _write_bare(file: io.FileIO, line: bytes) -> None:
    file.write(line)
    os.fsync(file.fileno())


def _load(folder: Path, commits: int, verdicts: int, target: str) -> tuple[str, str, str]:
    store = Store(folder)
    for commit in range(commits):
        own = [_verdict(n) for n in range(commit, verdicts, commits)]
        store.add_verdicts(f"{commit:040x}", own)
    times = [_milliseconds(store.load) for _ in range(5)]
    name = f"load a store of {commits} files, {verdicts} verdicts"
    return (name, f"{statistics.median(times):.0f} ms", target)


def _import_time() -> tuple[str, str, str]:
    def start(code: str) -> float:
        command = [sys.executable, "-c", code]
        return min(
            _milliseconds(lambda: subprocess.run(command, check=True))
            for _ in range(_IMPORT_ROUNDS)
        )

    own = start("import core.store") - start("pass")
    return ("import core.store", f"{own:.0f} ms", "")


def _milliseconds(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return (time.perf_counter() - start) * 1000
