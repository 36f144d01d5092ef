"""Texts under headings as one text that any editor can change, and back without loss."""

from __future__ import annotations

import re
from collections.abc import Mapping

from core.errors import InputError

_MARK = "## "


def compose(texts: Mapping[str, str], headings: Mapping[str, str]) -> str:
    """One text in which each text follows the line of its heading, empty ones included.

    `headings` maps a text's name to the words of its heading. A line that would be mistaken for a
    heading gets a backslash in front.
    """
    parts = []
    for name, heading in headings.items():
        text = _shielding(headings).sub(r"\\\g<0>", texts.get(name, ""))
        parts.append(f"{_MARK}{heading}\n{text}\n" if text else f"{_MARK}{heading}\n")
    return "\n".join(parts)


def parse(text: str, headings: Mapping[str, str]) -> dict[str, str]:
    """The texts by name, stripped; an editor may have moved the parts.

    Raises `InputError` when a heading is missing or repeated, or text precedes the first.
    """
    names = {f"{_MARK}{heading}": name for name, heading in headings.items()}
    found: dict[str, list[str]] = {}
    lines: list[str] | None = None
    for line in text.split("\n"):
        name = names.get(line.rstrip())
        if name is not None:
            if name in found:
                raise InputError(f"the heading {headings[name]!r} stands twice", _HINT)
            lines = found[name] = []
        elif lines is not None:
            lines.append(line)
        elif line.strip():
            raise InputError("there is text above the first heading", _HINT)
    for name, heading in headings.items():
        if name not in found:
            raise InputError(f"the heading {heading!r} is missing", _HINT)
    shielded = _shielded(headings)
    return {name: shielded.sub("", "\n".join(found[name])).strip() for name in headings}


_HINT = "Keep each line that begins with ## once, and write below it."


def _pattern(headings: Mapping[str, str]) -> str:
    return "|".join(re.escape(heading) for heading in headings.values())


def _shielding(headings: Mapping[str, str]) -> re.Pattern[str]:
    return re.compile(rf"^\\*{_MARK}(?:{_pattern(headings)})[^\S\n]*$", re.MULTILINE)


def _shielded(headings: Mapping[str, str]) -> re.Pattern[str]:
    return re.compile(rf"^\\(?=\\*{_MARK}(?:{_pattern(headings)})[^\S\n]*$)", re.MULTILINE)
