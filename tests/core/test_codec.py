"""Records in and out of JSON data, also for several threads at once."""

from __future__ import annotations

import subprocess
import sys

_FIRST_USE = """
import os, sys, threading
from core import codec
from core.models import Judgement, Verdict
sys.setswitchinterval(1e-6)
verdict = {"id": "a", "attempt": "b", "reviewer": "c", "created": "2026-01-01T00:00:00Z"}

def convert(begin):
    begin.wait()
    codec.from_data(verdict, Verdict)
    codec.from_data({"id": "a", "attempt": "b", "state": "error"}, Judgement)

def convert_in_threads():
    begin = threading.Barrier(8)
    threads = [threading.Thread(target=convert, args=[begin]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

for _ in range(8):
    child = os.fork()
    if not child:
        convert_in_threads()
        os._exit(0)
    ended = os.waitpid(child, 0)[1]
    if ended:
        sys.exit(f"a process ended with {os.waitstatus_to_exitcode(ended)}")
"""


def test_threads_that_convert_a_kind_for_the_first_time_do_not_crash() -> None:
    # Without the lock msgspec ends about every fourth of these processes by a segmentation fault.
    done = subprocess.run([sys.executable, "-c", _FIRST_USE], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
