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
def test_one_that_computes_without_end_is_ended_by_its_processor_time() -> None:
    done = ask([sys.executable, "-I", "-c", "while True: pass"], cpu_seconds=1)
    assert done is not None and done.returncode == -signal.SIGXCPU
