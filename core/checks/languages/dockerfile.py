"""The rules of a Dockerfile, as BuildKit's parser has them; a shell reads what `RUN` holds.

No library judges Dockerfiles. Here an error is certain if BuildKit reports it as well: an unknown
instruction, one without arguments, one before `FROM`, an unterminated here-document.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from msgspec import Struct

from core.checks.languages.answers import ParseError, Reading
from core.checks.languages.shell import read_shell

_INSTRUCTION = re.compile(
    r"ADD|ARG|CMD|COPY|ENTRYPOINT|ENV|EXPOSE|FROM|HEALTHCHECK|LABEL|MAINTAINER|ONBUILD|RUN|SHELL"
    r"|STOPSIGNAL|USER|VOLUME|WORKDIR"
)
_DIRECTIVE = re.compile(r"#\s*(syntax|escape|check)\s*=\s*(\S+)\s*$", re.IGNORECASE)
_USUAL_SYNTAX = re.compile(r"(?:docker\.io/)?docker/dockerfile(?::[\w.-]+)?(?:@sha256:\w+)?")
_HEREDOC = re.compile(r"<<(-?)([\"']?)([A-Za-z_]\w*)\2(?=\s|$|[;|&>)])")
_TEMPLATE = re.compile(r"^\s*\{\{|\{%", re.MULTILINE)


class Instruction(Struct, frozen=True):
    """One instruction with its continued lines joined; `line` is its first."""

    word: str
    rest: str
    line: int
    bodies: tuple[str, ...] = ()  # the texts of its here-documents


class _Refused(Exception):
    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.error = ParseError(message, line, 1)


def read_dockerfile(data: bytes) -> Reading:
    """Does BuildKit accept it, and a shell the commands it runs?"""
    text = data.decode("utf-8", "replace")
    escape, syntax = _directives(text)
    if not _USUAL_SYNTAX.fullmatch(syntax):
        return Reading(unjudged=f"it declares another syntax: {syntax[:60]}")
    if _TEMPLATE.search(text):
        return Reading(unjudged="it is a template")
    try:
        instructions = list(_instructions(text, escape))
        _check(instructions)
    except _Refused as refused:
        return Reading(refused.error)
    return _shell_parts(instructions)


def _directives(text: str) -> tuple[str, str]:
    """The escape character and the syntax that the first lines name."""
    found = {"escape": "\\", "syntax": "docker/dockerfile"}
    for line in text.split("\n"):
        match = _DIRECTIVE.match(line.strip())
        if match is None:
            break
        found[match[1].lower()] = match[2]
    return found["escape"], found["syntax"]


def _instructions(text: str, escape: str) -> Iterator[Instruction]:
    lines = text.replace("\r\n", "\n").split("\n")
    number = 0
    while number < len(lines):
        start = number
        parts: list[str] = []
        while number < len(lines):
            line = lines[number]
            number += 1
            if not line.strip() and parts:
                continue  # BuildKit skips an empty line within an instruction, with a warning
            if line.lstrip().startswith("#") or not line.strip():
                if parts:
                    continue
                start = number
                continue
            stripped = line.rstrip(" \t")
            parts.append(stripped.removesuffix(escape))
            if not stripped.endswith(escape):
                break
        if parts:
            word, _, rest = "".join(parts).strip().partition(" ")
            word, tab, more = word.partition("\t")
            rest = f"{more} {rest}".strip() if tab else rest.strip()
            bodies: list[str] = []
            if word.upper() in ("RUN", "COPY", "ADD"):
                number = _take_heredocs(lines, number, rest, bodies, start + 1)
            yield Instruction(word.upper(), rest, start + 1, tuple(bodies))


def _take_heredocs(lines: list[str], number: int, rest: str, bodies: list[str], start: int) -> int:
    for match in _HEREDOC.finditer(rest):
        begin = number
        while number < len(lines):
            line = lines[number].lstrip("\t") if match[1] else lines[number]
            if line == match[3]:
                break
            number += 1
        else:
            raise _Refused(f"unterminated here-document {match[3]}", start)
        bodies.append("\n".join(lines[begin:number]))
        number += 1
    return number


def _check(instructions: list[Instruction]) -> None:
    has_from = False
    for item in instructions:
        if not _INSTRUCTION.fullmatch(item.word):
            raise _Refused(f"unknown instruction: {item.word[:60]}", item.line)
        if not item.rest:
            raise _Refused(f"{item.word} without arguments", item.line)
        if not has_from and item.word not in ("ARG", "FROM"):
            raise _Refused("instruction before the first FROM", item.line)
        if item.word == "FROM":
            words = [word for word in item.rest.split() if not word.startswith("--")]
            if len(words) != 1 and (len(words) != 3 or words[1].lower() != "as"):
                raise _Refused(
                    "FROM must be followed by an image, or by an image AS a name", item.line
                )
            has_from = True
        elif item.word in ("COPY", "ADD") and not item.bodies and not _has_two(item.rest):
            raise _Refused(f"{item.word} needs a source and a destination", item.line)
    if not has_from:
        raise _Refused("no FROM instruction", 1)


def _has_two(rest: str) -> bool:
    words = [word for word in rest.split() if not word.startswith("--")]
    return len(words) >= 2 or rest.lstrip().startswith("[")


def _shell_parts(instructions: list[Instruction]) -> Reading:
    """What a shell says about the commands, all put into one script."""
    shell = next((item.rest for item in instructions if item.word == "SHELL"), "")
    if shell and not re.search(r'"(?:/bin/|/usr/bin/)?(?:ba|da)?sh"', shell):
        return Reading(unjudged="it sets a SHELL that cannot be checked here")
    script: list[str] = []
    places: list[int] = []
    for item in instructions:
        if item.word != "RUN" or _is_list(item.rest):
            continue
        command = re.sub(r"^(?:--\S+\s+)+", "", item.rest)
        if not item.bodies:
            text = [command]
        elif _HEREDOC.sub("", command).strip():
            continue  # the text goes to a program
        else:
            text = [] if item.bodies[0].startswith("#!") else item.bodies[0].split("\n")
        script += text
        places += [item.line] * len(text)
    reading = read_shell("\n".join(["", *script, ""]).encode("utf-8", "replace"))
    if reading.error is None:
        return reading
    line = places[min(max(reading.error.line - 2, 0), len(places) - 1)] if places else 1
    return Reading(ParseError(reading.error.message, line, 1), certain=False)


def _is_list(rest: str) -> bool:
    try:
        return isinstance(json.loads(rest), list)
    except ValueError:
        return False
