"""Records in and out of JSON data, also for several threads at once."""

from __future__ import annotations

import subprocess
import sys

_FIRST_USE = """
import sys, threading
from core import codec
from core.models import Judgement, Verdict
sys.setswitchinterval(1e-6)
begin = threading.Barrier(8)
verdict = {"id": "a", "attempt": "b", "reviewer": "c", "created": "2026-01-01T00:00:00Z"}

def convert():
    begin.wait()
    codec.from_data(verdict, Verdict)
    codec.from_data({"id": "a", "attempt": "b", "state": "error"}, Judgement)

threads = [threading.Thread(target=convert) for _ in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""


def test_threads_that_convert_a_kind_for_the_first_time_do_not_crash() -> None:
    # Without the lock msgspec ends about every fourth of these processes by a segmentation fault.
    for _ in range(8):
        done = subprocess.run([sys.executable, "-c", _FIRST_USE], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
