"""Records in and out of JSON data, also for several threads at once."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from core import codec

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


@pytest.mark.parametrize(
    "text",
    (
        '{"a": [1, -0.0, 1.10, 123456789012345678901234567890], "b": "\\u0000é"}',
        '{"a": 1, "a": 2}',
        '"\\ud800 alone"',
        "[NaN, -Infinity, 1e400]",
    ),
)
@pytest.mark.parametrize("encoding", ("utf-8", "utf-8-sig", "utf-16"))
def test_json_reads_as_the_standard_library_reads_it(text: str, encoding: str) -> None:
    data = text.encode(encoding)
    assert repr(codec.loads(data)) == repr(json.loads(data))


@pytest.mark.parametrize("data", (b"", b"{", b'"\xff"', b"01", b"1" * 5_000))
def test_what_is_no_json_is_a_value_error(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        codec.loads(data)
