"""A run in a separate process: the same events, no key where others see it, no paid call lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from core.errors import PatchjuryError, StoreError
from core.judge.books.ledger import read_totals
from core.judge.fake_server import FakeOpenAI
from core.judge.run.events import Finished, Judged
from core.judge.run.plan import Plan, make_plan
from core.judge.run.process import JudgeProcess, JudgeProcessError
from core.models import Attempt
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


def test_it_tells_what_a_run_tells_and_keeps_what_a_run_keeps(tmp_path: Path) -> None:
    with FakeOpenAI() as server:
        told = list(make(server.base_url, tmp_path).iterate())
        assert server.keys == {KEY}
    assert isinstance(told[-1], Finished)
    assert told[-1].summary.states == {"verdict": 12}
    heard = {e.judgement.attempt: e.judgement for e in told if isinstance(e, Judged)}
    stored = Store(tmp_path).load().judgements
    assert {key: (judgement,) for key, judgement in heard.items()} == stored


def test_the_key_is_in_no_argument_and_no_variable(tmp_path: Path) -> None:
    with FakeOpenAI(delay=0.05) as server:
        run = make(server.base_url, tmp_path)
        events = run.iterate()
        next(events)
        assert run._process is not None
        folder = Path(f"/proc/{run._process.pid}")
        for name in ("cmdline", "environ"):
            assert KEY.encode() not in (folder / name).read_bytes()
        events.close()  # type: ignore[attr-defined]


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


def test_nothing_in_the_folder_it_is_run_in_is_executed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "here/core/judge/run"
    package.mkdir(parents=True)
    for name in ("__init__.py", "judge/__init__.py", "judge/run/process.py"):
        text = f"open({str(tmp_path / 'victim')!r}, 'w')\n"
        (tmp_path / "here/core" / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path / "here")
    with FakeOpenAI() as server:
        told = list(make(server.base_url, tmp_path / "store", 2).iterate())
    assert isinstance(told[-1], Finished)
    assert not (tmp_path / "victim").exists()


@pytest.mark.usefixtures("quick_judge")
@pytest.mark.parametrize("after_s", [0.0, 0.005, 0.05, 0.2])
def test_it_can_be_stopped_at_any_moment(tmp_path: Path, after_s: float) -> None:
    with FakeOpenAI() as server:
        run = make(server.base_url, tmp_path, 600)
        threading.Timer(after_s, run.stop).start()
        told = list(run.iterate())
    assert isinstance(told[-1], Finished)
    assert read_totals(tmp_path).cut_off == 0
