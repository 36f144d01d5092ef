"""A second opinion on Python: ruff's parser, which knows the newest grammar.

Only asked about what the running interpreter rejects, all files of an attempt in one call. Very
deep nesting overflows ruff's stack and loses the whole call: then each file is asked about alone.
"""

from __future__ import annotations

import io
import json
import re
import tempfile
import tokenize
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from core.checks.languages.answers import ParseError, Reading
from core.checks.languages.outside import ask

_RULES = "F404,F622,F701,F702,F704,F706,PLE0115,PLE0116,PLE0117,PLE0118,PLE1142"
"""What Python's compiler rejects and its grammar does not."""
_OPTIONS = (
    *("check", "--isolated", "--no-cache", "--ignore-noqa", "--exit-zero", "--quiet"),
    *("--target-version", "py314", "--output-format", "json", "--select", _RULES),
)
_COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*[-\w.]+")


def read_with_ruff(sources: Sequence[bytes]) -> list[Reading]:
    """What ruff says about each text, in order."""
    texts = [_as_utf8(data) for data in sources]
    asked = {number: text for number, text in enumerate(texts) if text is not None}
    found = _ask(asked)
    if found is None:
        found = {}
        for number, text in asked.items():
            found |= _ask({number: text}) or {}
    lost = Reading(unjudged="ruff could not tell")
    return [found.get(number, lost) for number in range(len(texts))]


def _as_utf8(data: bytes) -> bytes | None:
    """The text in UTF-8, as ruff needs it; None if its declared encoding is wrong."""
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        text = data.decode(encoding)
    except (SyntaxError, UnicodeDecodeError, LookupError):
        return None
    return text.encode("utf-8", "surrogatepass")


def _ask(texts: Mapping[int, bytes]) -> dict[int, Reading] | None:
    """Answers by number; None if ruff did not end well, an empty answer if it is missing."""
    program = _program()
    if not texts or program is None:
        return {}
    with tempfile.TemporaryDirectory(prefix="patchjury-") as folder:
        for number, text in texts.items():
            (Path(folder) / f"{number}.py").write_bytes(text)
        names = [f"{number}.py" for number in texts]
        done = ask([program, *_OPTIONS, *names], folder=Path(folder))
    if done is None or done.returncode != 0:
        return None
    try:
        messages = json.loads(done.stdout)
        found = {number: Reading() for number in texts}
        for message in reversed(messages):
            number = int(Path(message["filename"]).stem)
            place = message["location"]
            error = ParseError(message["message"], place["row"], place["column"])
            found[number] = Reading(error)
    except (ValueError, KeyError, TypeError):
        return None
    return found


@cache
def _program() -> str | None:
    """The path of ruff's program, None if it is not installed."""
    try:
        from ruff.__main__ import find_ruff_bin  # type: ignore[import-untyped, unused-ignore]

        return str(find_ruff_bin())
    except (ImportError, FileNotFoundError):
        return None
