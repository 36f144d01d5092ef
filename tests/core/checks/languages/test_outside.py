"""Parsers that are separate programs: what ends them."""

from __future__ import annotations

import signal
import sys

import pytest

from core.checks.languages.outside import ask


def test_a_program_is_given_the_text_and_little_else() -> None:
    code = "import os, sys; print(len(sys.stdin.read()), sorted(os.environ))"
    done = ask([sys.executable, "-I", "-c", code], b"text")
    assert done is not None and done.returncode == 0
    assert done.stdout.startswith(b"4 ['HOME'") and b"PATCHJURY" not in done.stdout


def test_one_that_cannot_be_started_gives_no_answer() -> None:
    assert ask(["/nowhere/parser"]) is None


def test_one_that_only_waits_is_ended_by_the_clock() -> None:
    waits = "import signal; signal.pause()"
    assert ask([sys.executable, "-I", "-c", waits], seconds=0.3) is None


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux bounds another process's time")
def test_the_kernel_is_told_how_much_processor_time_one_may_use() -> None:
    """That it ends the process then is a trial, which takes this time."""
    read_then_tell = "import resource, sys; sys.stdin.read(); print(resource.getrlimit(0))"
    done = ask([sys.executable, "-I", "-c", read_then_tell], cpu_seconds=7)
    assert done is not None and done.stdout == b"(7, 8)\n"
    ends_itself = "import os, signal; os.kill(os.getpid(), signal.SIGXCPU)"
    done = ask([sys.executable, "-I", "-c", ends_itself])
    assert done is not None and done.returncode == -signal.SIGXCPU
