"""Patches that do something to the processes of a cluster that read them, and nothing elsewhere."""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import dataclass
from pathlib import Path

GUEST = "core.checks.machines.guest_process"


def is_guest() -> bool:
    """Does this run in a process beside a worker?"""
    spec = getattr(sys.modules["__main__"], "__spec__", None)
    return spec is not None and spec.name == GUEST


@dataclass(frozen=True, slots=True)
class EndsProcess:
    """Ends the process that reads it, or keeps it waiting."""

    text: str
    hangs: bool = False
    name: str = "trap"

    def read(self) -> str:
        if is_guest():
            if self.hangs:
                signal.pause()
            os._exit(7)
        return self.text


@dataclass(frozen=True, slots=True)
class KillsWorker:
    """Kills the worker of a cluster; with a `mark` only the first that comes."""

    text: str
    mark: str = ""
    name: str = "trap"

    def read(self) -> str:
        if is_guest() and not (self.mark and Path(self.mark).exists()):
            if self.mark:
                Path(self.mark).touch()
            os.kill(os.getppid(), signal.SIGKILL)
            signal.pause()
        return self.text


@dataclass(frozen=True, slots=True)
class LooksDifferent:
    """Another text on the machines of a cluster."""

    text: str
    name: str = "trap"

    def read(self) -> str:
        return self.text + "\n" if is_guest() else self.text
