"""What Cython's own parser says about a text, asked in a separate process (`cython_child`)."""

from __future__ import annotations

import json
import sys
from importlib.util import find_spec
from pathlib import Path

from core.checks.languages.answers import SOUND, ParseError, Reading
from core.checks.languages.outside import ask

MAX_CYTHON_BYTES = 1024 * 1024

_CHILD = Path(__file__).with_name("cython_child.py")


def read_cython(data: bytes, *, is_pxd: bool = False) -> Reading:
    """What Cython's parser says; unknown if it is not installed or gives up."""
    if len(data) > MAX_CYTHON_BYTES:
        return Reading(unjudged=f"too large to parse ({len(data)} bytes)")
    if find_spec("Cython") is None:
        return Reading(unjudged="Cython is not installed")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return Reading(unjudged="it is not UTF-8")
    done = ask([sys.executable, "-I", str(_CHILD), *(["pxd"] if is_pxd else [])], data)
    if done is None or done.returncode != 0:
        return Reading(unjudged="Cython's parser gave up")
    errors = json.loads(done.stdout)
    if not errors:
        return SOUND
    message, line, column = errors[0]
    return Reading(ParseError(message, line, column))
