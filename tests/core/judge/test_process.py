"""A run in a separate process: the same events, no key where others see it, no paid call lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import pytest

from core.errors import PatchjuryError, StoreError
from core.judge.books.ledger import read_totals
from core.judge.fake_server import FakeOpenAI
from core.judge.run.events import Event, Finished, Judged
from core.judge.run.plan import Plan, make_plan
from core.judge.run.process import JudgeProcess, JudgeProcessError
from core.models import Attempt, Judgement
from core.settings import JudgeSettings, Secret
from core.store import Store
from tests.conftest import ROOT
from tests.support.judge_cases import HUMAN_DIFF, KEY, SHA, attempt, commit, settings
from tests.support.runs import unified
from tests.support.waiting import wait_for

LEAVES_AT_ONCE = """
import os, sys
from pathlib import Path
from core.judge.run.events import Judged
from tests.core.judge.test_process import make
run = make(sys.argv[1], Path(sys.argv[2]))
for event in run.iterate():
    if isinstance(event, Judged):
        os._exit(9)
"""


def attempts(number: int) -> list[Attempt]:
    patches = (HUMAN_DIFF + unified("", f"# {n}\n", "n.py") for n in range(number))
    return [attempt(f"run/{n}", patch) for n, patch in enumerate(patches)]


def plan_for(chosen: JudgeSettings, number: int = 12) -> Plan:
    return make_plan(attempts(number), {SHA: commit()}, chosen)


def make(base_url: str, folder: Path, number: int = 12) -> JudgeProcess:
    """A run of few calls at once."""
    chosen = JudgeSettings(
        model="gpt-5",
        base_url=base_url,
        api="responses",
        api_key=Secret(KEY),
        concurrency=2,
        canaries=0,
    )
    return JudgeProcess(plan_for(chosen, number), chosen, Store(folder), {})


class Started(NamedTuple):
    """A run as the product starts it, in a folder whose code must not be executed."""

    folder: Path
    told: list[Event]
    stored: dict[str, tuple[Judgement, ...]]
    keys: set[str]  # that the server saw
    seen: dict[str, bytes]  # what others could see of the process while it was at work


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Started:
    folder = tmp_path_factory.mktemp("started")
    package = folder / "here/core/judge/run"
    package.mkdir(parents=True)
    for name in ("__init__.py", "judge/__init__.py", "judge/run/process.py"):
        text = f"open({str(folder / 'victim')!r}, 'w')\n"
        (folder / "here/core" / name).write_text(text, encoding="utf-8")
    with pytest.MonkeyPatch.context() as context, FakeOpenAI() as server:
        context.chdir(folder / "here")
        context.setenv("HOME", str(folder))
        for name in ("CONFIG", "DATA", "CACHE", "STATE"):
            context.setenv(f"XDG_{name}_HOME", str(folder / name.lower()))
        server.hold.begin()
        run = make(server.base_url, folder / "store")
        events = run.iterate()
        told = [next(events)]
        assert run._process is not None
        process = Path(f"/proc/{run._process.pid}")
        seen = {name: (process / name).read_bytes() for name in ("cmdline", "environ")}
        server.hold.end()
        told += events
        stored = dict(Store(folder / "store").load().judgements)
        return Started(folder, told, stored, set(server.keys), seen)


def test_it_tells_what_a_run_tells_and_keeps_what_a_run_keeps(started: Started) -> None:
    told = started.told
    assert started.keys == {KEY}
    assert isinstance(told[-1], Finished)
    assert told[-1].summary.states == {"verdict": 12}
    heard = {e.judgement.attempt: e.judgement for e in told if isinstance(e, Judged)}
    assert {key: (judgement,) for key, judgement in heard.items()} == started.stored


def test_the_key_is_in_no_argument_and_no_variable(started: Started) -> None:
    assert b"core.judge.run.judge_process" in started.seen["cmdline"]
    assert b"PATH=" in started.seen["environ"]
    for what in started.seen.values():
        assert KEY.encode() not in what


@pytest.mark.usefixtures("quick_judge")
def test_the_process_yields_as_far_as_it_is_told(tmp_path: Path) -> None:
    with FakeOpenAI() as server:
        for niceness in (0, 3):
            chosen = settings(server)
            store = Store(tmp_path / str(niceness))
            run = JudgeProcess(plan_for(chosen), chosen, store, {}, niceness=niceness)
            events = run.iterate()
            next(events)
            assert run._process is not None
            found = os.getpriority(os.PRIO_PROCESS, run._process.pid)
            assert found == os.getpriority(os.PRIO_PROCESS, 0) + niceness
            assert [*events]


@pytest.mark.usefixtures("quick_judge")
def test_stop_keeps_what_is_in_flight(tmp_path: Path) -> None:
    with FakeOpenAI() as server:
        server.hold.begin()
        run = make(server.base_url, tmp_path, 60)
        told = []
        for event in run.iterate():
            told.append(event)
            run.stop()
            server.hold.end()
        paid = server.paid
    assert isinstance(told[-1], Finished)
    totals = read_totals(tmp_path)
    assert (totals.calls, totals.cut_off) == (paid, 0)
    assert paid < 20


@pytest.mark.usefixtures("quick_judge")
def test_stopped_before_it_starts_it_asks_nothing(tmp_path: Path) -> None:
    with FakeOpenAI() as server:
        run = make(server.base_url, tmp_path)
        run.stop()
        told = list(run.iterate())
        assert server.paid <= 2  # what began before the word came
    assert isinstance(told[-1], Finished)


@pytest.mark.usefixtures("quick_judge")
def test_a_process_that_is_killed_is_a_clear_error_and_loses_nothing(tmp_path: Path) -> None:
    with FakeOpenAI(delay=0.02) as server:
        run = make(server.base_url, tmp_path, 60)
        with pytest.raises(JudgeProcessError, match="ended unexpectedly") as caught:
            for event in run.iterate():
                if isinstance(event, Judged) and (process := run._process) is not None:
                    with suppress(ProcessLookupError):  # killed at the one before
                        os.kill(process.pid, signal.SIGKILL)
        assert "Start it again" in str(caught.value)
        kept = set(Store(tmp_path).load().judgements)
        assert kept
        told = list(make(server.base_url, tmp_path, 60).iterate())
    again = {e.judgement.attempt for e in told if isinstance(e, Judged) and not e.reused}
    assert not kept & again
    assert len(kept | again) == 60


@pytest.mark.usefixtures("quick_judge")
def test_what_a_run_refuses_is_told_here(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with FakeOpenAI() as server:
        chosen = settings(server)
        run = JudgeProcess(plan_for(chosen), chosen, Store(tmp_path / "file"), {})
        with pytest.raises(PatchjuryError, match="cannot be written") as caught:
            list(run.iterate())
    assert caught.value.hint


def test_when_the_screen_dies_paid_calls_are_still_kept(tmp_path: Path) -> None:
    with FakeOpenAI(delay=0.3) as server:
        command = [sys.executable, "-c", LEAVES_AT_ONCE, server.base_url, str(tmp_path)]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        assert subprocess.run(command, env=environment, check=False).returncode == 9
        wait_for(lambda: not is_running(tmp_path), "the judge's process has ended")
        assert 1 < server.paid < 12  # it has stopped
    totals = read_totals(tmp_path)
    assert (totals.calls, totals.cut_off) == (server.paid, 0)


def is_running(folder: Path) -> bool:
    """Does a run of the judge hold the store's lock?"""
    try:
        with Store(folder).hold("judge.lock", "busy"):
            return False
    except StoreError:
        return True


def test_nothing_in_the_folder_it_is_run_in_is_executed(started: Started) -> None:
    assert isinstance(started.told[-1], Finished)
    assert (started.folder / "here/core/judge/run/process.py").exists()
    assert not (started.folder / "victim").exists()


@pytest.mark.usefixtures("quick_judge")
@pytest.mark.parametrize("after_s", [0.0, 0.005, 0.05, 0.2])
def test_it_can_be_stopped_at_any_moment(tmp_path: Path, after_s: float) -> None:
    with FakeOpenAI() as server:
        run = make(server.base_url, tmp_path, 600)
        threading.Timer(after_s, run.stop).start()
        told = list(run.iterate())
    assert isinstance(told[-1], Finished)
    assert read_totals(tmp_path).cut_off == 0
