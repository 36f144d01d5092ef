"""What shells say about a script, which is parsed and never run.

Bash parses with `-n`; a script that asks for `sh` must be accepted by dash as well, if installed.
"""

from __future__ import annotations

import re
import shutil
from functools import cache

from core.checks.languages.answers import SOUND, ParseError, Reading
from core.checks.languages.outside import ask

MAX_SCRIPT_BYTES = 512 * 1024

_SHEBANG = re.compile(rb"#!\s*(?:\S*/)?(?:env\s+(?:-S\s+)?)?([\w.+-]+)")
_MESSAGE = re.compile(rb"^[^\n:]*:(?: line)? (\d+): (?:[^\n:]*: )?([^\n]+)", re.MULTILINE)
_EXTENDED = re.compile(rb"\bshopt\b|\balias\b")
_BASH = ("--norc", "--noprofile", "-n", "-O", "extglob")


def read_shell(data: bytes) -> Reading:
    """What the shell named by a script says about it; bash if it names none.

    A rejection is not certain: bash would parse on if `shopt` or `alias` had changed its grammar.
    """
    if len(data) > MAX_SCRIPT_BYTES:
        return Reading(unjudged=f"too large to parse ({len(data)} bytes)")
    found = _SHEBANG.match(data)
    shell = found[1].decode("ascii", "replace") if found else "bash"
    if shell not in ("bash", "sh", "dash"):
        return Reading(unjudged=f"it is a {shell} script")
    if _EXTENDED.search(data):
        plain = _read(data, "bash", *_BASH)
        return plain if plain.is_sound else Reading(unjudged="it changes the shell's own grammar")
    reading = _read(data, "bash", *_BASH)
    if shell != "bash" and reading.is_sound:
        return _read(data, "dash", "-n")
    return reading


def _read(data: bytes, shell: str, *options: str) -> Reading:
    program = _program(shell)
    done = ask([program, *options], data) if program else None
    if done is None or done.returncode < 0:
        return Reading(unjudged=f"{shell} could not be run" if done is None else f"{shell} gave up")
    if done.returncode == 0:
        return SOUND
    message = _MESSAGE.search(done.stderr)
    if message is None:
        return Reading(unjudged=f"{shell} gave up")
    text = message[2].decode("utf-8", "replace")
    return Reading(ParseError(text, int(message[1]), 1), certain=False)


@cache
def _program(shell: str) -> str | None:
    return shutil.which(shell)
