"""Parsers that are separate programs: called with a deadline and an empty environment."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

SECONDS = 10.0
"""How long a parser may take for one call."""


def ask(
    command: Sequence[str],
    stdin: bytes = b"",
    *,
    folder: Path | None = None,
    seconds: float = SECONDS,
) -> subprocess.CompletedProcess[bytes] | None:
    """Run a parser to its end; None if it cannot be started or takes too long."""
    environment = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "HOME": "/"}
    try:
        return subprocess.run(
            command, input=stdin, capture_output=True, cwd=folder, env=environment, timeout=seconds
        )
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return None
