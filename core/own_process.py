"""Starting a module of patchjury as a separate process, talking to it through pipes.

It imports modules as this process does, never from the working directory, and prints nowhere.
"""

from __future__ import annotations

import os
import subprocess
import sys


def start_module(module: str, *arguments: str) -> subprocess.Popen[bytes]:
    """Start `python -m module` with pipes for its standard input and output.

    It has its own session: whatever ends or interrupts a terminal does not reach it.
    """
    return subprocess.Popen(
        [sys.executable, "-P", "-m", module, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        start_new_session=True,
    )
