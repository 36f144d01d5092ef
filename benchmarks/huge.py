"""100,000 attempts, as one attempts file and as folders, on a real terminal: opened and reopened.

And 10,000 that were checked and judged, which is what is stored on them.

By the clock, with the files in the memory of the system as far as it keeps them there. It writes
2 GB below the working folder for a while.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from benchmarks.judged_runs import check_and_judge
from benchmarks.made_runs import hunks
from benchmarks.terminal import Terminal

ATTEMPTS = 100_000
CHECKED = 10_000
_A_COMMIT = 100  # attempts at one human commit
_A_RUN = 10
_AGENTS = ("claude_code", "codex", "openhands", "trae")
_PATCHES = [hunks(lines) for lines in (44, 64, 84, 104)]  # 3.6 kB a record
_PLACES = ("CACHE", "DATA", "STATE")
Row = tuple[str, str, str]


def run() -> list[Row]:
    """Rows of (what, measured, target)."""
    rows = []
    with tempfile.TemporaryDirectory(dir=Path.cwd(), prefix=".bench-") as name:
        folder = Path(name)
        for kind, write, target in (
            ("one file", write_file, "8 s"),
            ("folders", write_folders, "20 s"),
        ):
            place = write(folder / kind.replace(" ", "-"), ATTEMPTS)
            time.sleep(2.5)  # what was written just now proves nothing
            rows += _measure(f"{ATTEMPTS:,} attempts, {kind}", place, folder / "home", target)
        place = write_folders(folder / "checked", CHECKED)
        rows += _measure_checked(f"{CHECKED:,} folders, checked and judged", place, folder / "home")
    return rows


def write_file(root: Path, attempts: int) -> Path:
    """One attempts file with everything in it, and human commits beside it."""
    _write_commits(root, attempts)
    with (root / "all_attempts_comprehensive.json").open("w", encoding="utf-8") as file:
        file.write("[\n")
        for number, record in enumerate(_records(attempts)):
            file.write(",\n" if number else "")
            file.write(json.dumps(record, indent=1))
        file.write("\n]\n")
    return root


def write_folders(root: Path, attempts: int) -> Path:
    """A folder with four files an attempt."""
    _write_commits(root, attempts)
    for number, record in enumerate(_records(attempts)):
        agent, patch = str(record["agent"]), _patch(number)
        run = f"2025-{1 + number // _A_RUN % 12:02}-01_00-00-00-{number // _A_RUN:06}"
        folder = root / f"state/runs/engine/{agent}/gpt-5" / run / f"item-{number % _A_RUN:04}"
        folder.mkdir(parents=True)
        ids = {"commits": {"pre": "b" * 40, "human": _sha(number // _A_COMMIT)}}
        told = {"status": record["status"], agent: record["execution"]}
        journal: dict[str, object] = {**ids, **told}
        summary = {"agent": {"duration_s": 1.0, "patch_generated": True}}
        prompt = {"task": "t", "target_files": ["engine/core.py"], **ids, "text": "Faster. " * 50}
        texts: dict[str, object] = {"journal": journal, "run_summary": summary, "prompt": prompt}
        for name, value in texts.items():
            (folder / f"{name}.json").write_text(json.dumps(value), encoding="utf-8")
        (folder / "model_patch.diff").write_text(patch, encoding="utf-8")
    return root


def _sha(number: int) -> str:
    return f"{number + 1:08x}".ljust(40, "a")


def _write_commits(root: Path, attempts: int) -> None:
    (root / "commits").mkdir(parents=True)
    for number in range(-(-attempts // _A_COMMIT)):
        sha = _sha(number)
        record = {"commit_hash": sha, "commit_subject": f"Faster {number}", "diff_text": hunks(40)}
        (root / "commits" / f"{sha}.json").write_text(json.dumps(record), encoding="utf-8")


def _patch(number: int) -> str:
    return _PATCHES[number % 4].replace("step_", f"step_{number}_", 1)


def _records(attempts: int) -> Iterator[dict[str, object]]:
    for number in range(attempts):
        patch = _patch(number)
        ids = {"pre": "b" * 40, "human": _sha(number // _A_COMMIT)}
        yield {
            "run_id": f"run-{number // _A_COMMIT:05}",
            "item_id": f"item-{number % _A_COMMIT:04}",
            "commit": ids["human"][:8],
            "agent": _AGENTS[number % 4],
            "model": "gpt-5",
            "status": "success" if number % 3 else "error",
            "patch": {"exists": True, "size_bytes": len(patch), "content": patch},
            "prompt": {"task": "t", "commits": ids, "task_description": "Make it fast. " * 60},
            "execution": {"returncode": 0 if number % 5 else 1, "duration_s": 100.0 + number % 99},
        }


def _measure(what: str, place: Path, home: Path, target: str) -> list[Row]:
    cache = home / what.replace(" ", "-")
    homes = {"XDG_CACHE_HOME": str(cache), "XDG_DATA_HOME": str(home / "data")}
    environment = {**homes, "PATCHJURY_REVIEWER": "bench"}
    first, whole, memory, _, _ = _opened(place, environment, cache)
    again, remembered, more, key, letter = _opened(place, environment, cache)
    return [
        (f"{what}: first paint", f"{first:.1f} s", "1 s"),
        (f"{what}: complete", f"{whole:.1f} s", target),
        (f"{what}: opened again, painted whole from the index", f"{again:.1f} s", "1.5 s"),
        (f"{what}: opened again, compared with the files", f"{remembered:.1f} s", ""),
        (f"{what}: most memory of the app", f"{max(memory, more):.0f} MB", "300 MB"),
        (f"{what}: key to next attempt painted", f"{1000 * key:.0f} ms", "50 ms"),
        (f"{what}: filter, from the last letter", f"{1000 * letter:.0f} ms", "150 ms"),
        (f"{what}: stats", f"{_stats(place, environment):.1f} s", "10 s"),
    ]


def _measure_checked(what: str, place: Path, home: Path) -> list[Row]:
    homes = {f"XDG_{name}_HOME": str(home / f"checked-{name}") for name in _PLACES}
    environment = {**homes, "PATCHJURY_REVIEWER": "bench"}
    os.environ |= homes  # opinions count where the key is that sealed them
    check_and_judge(place)
    time.sleep(2.5)  # what was written just now proves nothing
    command = [sys.executable, "-m", "tui.cli", str(place), "--no-checks"]
    with Terminal(command, environment=environment) as terminal:
        first, whole = (
            moment - terminal.started
            for moment in terminal.wait_for_each(("attempt 1 of", f"judged {CHECKED}/"), 120)
        )
        terminal.drain(1.0)
        memory = terminal.most_memory_mb()
    return [
        (f"{what}: first paint", f"{first:.1f} s", "1 s"),
        (f"{what}: complete", f"{whole:.1f} s", ""),
        (f"{what}: most memory of the app", f"{memory:.0f} MB", ""),
        (f"{what}: stats", f"{_stats(place, environment):.1f} s", ""),
    ]


def _opened(
    place: Path, environment: Mapping[str, str], cache: Path
) -> tuple[float, float, float, float, float]:
    """Seconds to the first attempt and to all of them, memory, a key's and a letter's seconds."""
    state = {"XDG_STATE_HOME": tempfile.mkdtemp(dir=place.parent)}  # nobody was here before
    command = [sys.executable, "-m", "tui.cli", str(place), "--no-checks"]
    with Terminal(command, environment={**environment, **state}) as terminal:
        painted = terminal.wait_for_each(("attempt 1 of", f"{ATTEMPTS} none"), 300)
        first, whole = (moment - terminal.started for moment in painted)
        terminal.drain(1.0)
        for _ in range(600):  # an index is kept when all is shown
            if list(cache.rglob("*.index")):
                break
            time.sleep(0.1)
        pressed = terminal.press("j")
        key = terminal.wait_for("attempt 2 of") - pressed
        terminal.drain(0.5)
        terminal.press("V")  # all in one list
        terminal.drain(1.0)
        terminal.press("/agent:code")
        terminal.wait_for("agent:code  0")  # the whole name, or nothing
        terminal.drain(1.0)
        pressed = terminal.press("x")
        letter = terminal.wait_for(f"agent:codex  {ATTEMPTS // 4}") - pressed
        return first, whole, terminal.most_memory_mb(), key, letter


def _stats(place: Path, environment: Mapping[str, str]) -> float:
    start = time.perf_counter()
    command = [sys.executable, "-m", "tui.cli", "stats", str(place)]
    subprocess.run(
        command, check=True, stdout=subprocess.DEVNULL, env={**os.environ, **environment}
    )
    return time.perf_counter() - start
