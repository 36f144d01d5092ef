"""Parsers that are separate programs: called with a budget and an empty environment."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

CPU_SECONDS = 10
"""Processor time that a parser may use for one call: a busy machine changes no answer."""

SECONDS = 50.0
"""How long a call may last on the clock; also the only bound where processor time has none."""


def ask(
    command: Sequence[str],
    stdin: bytes = b"",
    *,
    folder: Path | None = None,
    seconds: float = SECONDS,
    cpu_seconds: int = CPU_SECONDS,
) -> subprocess.CompletedProcess[bytes] | None:
    """Run a parser to its end; None if it cannot be started or lasts too long.

    A negative return code means that it ended itself, or used up its processor time.
    """
    environment = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "HOME": "/"}
    pipe = subprocess.PIPE
    try:
        with subprocess.Popen(
            command, stdin=pipe, stdout=pipe, stderr=pipe, cwd=folder, env=environment
        ) as process:
            _limit(process.pid, cpu_seconds)
            try:
                output, told = process.communicate(stdin, seconds)
            except BaseException:  # too late, or interrupted: it must not go on
                process.kill()
                raise
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return None
    return subprocess.CompletedProcess(command, process.returncode, output, told)


def _limit(pid: int, seconds: int) -> None:
    """The kernel ends the process once it has used its time."""
    if sys.platform != "linux":
        return
    import resource

    try:
        resource.prlimit(pid, resource.RLIMIT_CPU, (seconds, seconds + 1))
    except (ProcessLookupError, PermissionError):  # it has ended; or a sandbox forbids it
        return
