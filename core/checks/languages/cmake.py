"""CMake's own grammar: commands with arguments in brackets, as `cmake-language(7)` gives it.

Whether a command exists, and whether `if` meets its `endif`, is found when CMake runs; blocks are
checked here as CMake does before it runs anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.checks.languages.answers import SOUND, ParseError, Reading

_TOKEN = re.compile(
    rb"(?P<space>[ \t\r]+)|(?P<newline>\n)|#\[(?P<comment>=*)\[|(?P<line>#[^\n]*)"
    rb"|\[(?P<bracket>=*)\[|(?P<quoted>\"(?:\\.|[^\"\\])*+\")|(?P<open>\()|(?P<close>\))"
    rb"|(?P<plain>(?:\\.|\$\([^()\"#\s]*\)|[^\s()#\"\\]|(?<=[^\s(])\"(?:\\.|[^\"\\\n])*+\")++)",
    re.DOTALL,
)
_NAME = re.compile(rb"[A-Za-z_][A-Za-z0-9_]*")
_BLOCKS = {
    b"if": b"endif",
    b"foreach": b"endforeach",
    b"while": b"endwhile",
    b"function": b"endfunction",
    b"macro": b"endmacro",
    b"block": b"endblock",
}
_ENDS = {end: start for start, end in _BLOCKS.items()}


def read_cmake(data: bytes) -> Reading:
    """Is a text a list of commands whose blocks are closed?"""
    state = _Commands()
    position, line = 3 if data.startswith(b"\xef\xbb\xbf") else 0, 1
    while position < len(data):
        found = _TOKEN.match(data, position)
        if found is None:
            return _wrong("unexpected text or unterminated string", line)
        kind, end = found.lastgroup or "", found.end()
        if kind in ("comment", "bracket"):
            end = _bracket_end(data, found[kind], end)
            if end < 0:
                return _wrong("unterminated bracket argument", line)
        if problem := state.take(kind, found[0], line):
            return _wrong(problem, line)
        line += data.count(b"\n", position, end)
        position = end
    problem, place = state.end()
    return _wrong(problem, place) if problem else SOUND


def _wrong(message: str, line: int) -> Reading:
    return Reading(ParseError(message, line, 1))


def _bracket_end(data: bytes, marks: bytes, start: int) -> int:
    closing = b"]" + marks + b"]"
    found = data.find(closing, start)
    return found + len(closing) if found >= 0 else -1


class _Commands:
    """The command being read, the depth of its brackets, and the open blocks."""

    def __init__(self) -> None:
        self._name: bytes | None = None
        self._depth = 0
        self._start = 1
        self._is_over = False  # a command has ended on this line
        self._blocks: list[tuple[bytes, int]] = []

    def take(self, kind: str, text: bytes, line: int) -> str:
        """Advance by one token; returns what is wrong with it, or ""."""
        if kind in ("space", "line", "comment"):
            return ""
        if kind == "newline":
            self._is_over = False
            return "command without parentheses" if self._name and not self._depth else ""
        if self._depth:
            self._depth += (kind == "open") - (kind == "close")
            if not self._depth:
                return self._close()
            return ""
        if self._name is None:
            if kind != "plain" or not _NAME.fullmatch(text) or self._is_over:
                return "expected a command"
            self._name, self._start = text.lower(), line
            return ""
        self._depth = 1
        return "" if kind == "open" else "expected '('"

    def _close(self) -> str:
        name, self._name, self._is_over = self._name or b"", None, True
        if name in _BLOCKS:
            self._blocks.append((name, self._start))
        elif name in _ENDS and (not self._blocks or self._blocks.pop()[0] != _ENDS[name]):
            return f"{name.decode()} without matching {_ENDS[name].decode()}"
        return ""

    def end(self) -> tuple[str, int]:
        """What is missing at the end of the text, and where it began."""
        if self._name is not None:
            return "unclosed command: missing ')'", self._start
        for name, line in self._blocks[:1]:
            return f"{name.decode()} without {_BLOCKS[name].decode()}", line
        return "", 1


def cmake_tokens(data: bytes) -> Iterator[bytes] | None:
    """The text's tokens without comments and white space; None if it is not sound."""
    return _tokens(data) if read_cmake(data).is_sound else None


def _tokens(data: bytes) -> Iterator[bytes]:
    position = 0
    while position < len(data):
        found = _TOKEN.match(data, position)
        if found is None:
            return
        kind, end = found.lastgroup or "", found.end()
        if kind in ("comment", "bracket"):
            end = _bracket_end(data, found[kind], end)
        if kind not in ("space", "newline", "line", "comment"):
            yield data[position:end]
        position = end
