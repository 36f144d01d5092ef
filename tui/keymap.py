"""Keys remapped by the user (`[keys]` in the settings): the resulting keys of each command.

Commands are named as in help and docs/keys.md; a key is written as people write it (`x`, `^x`, `?`)
or by Textual's name (`ctrl+x`, `question_mark`), several separated by blanks or commas.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from difflib import get_close_matches

from textual.keys import KEY_NAME_REPLACEMENTS

from core.errors import SettingsError
from core.records import replace
from tui.commands import COMMANDS, KEY_NAMES, Command, groups

_BY_SIGN = {sign: name for name, sign in KEY_NAMES.items()}
_NAMED = re.compile(r"(?:(?:ctrl|shift|alt)\+)*[a-zA-Z0-9_]+")


def read_keys(mapped: Mapping[str, str]) -> tuple[Command, ...]:
    """The table of commands with the user's keys.

    Raises `SettingsError` for an unknown command, an invalid key, and a key that would mean two
    things: then it names both.
    """
    if not mapped:
        return COMMANDS
    ids = {command.id: command for command in COMMANDS if command.keys}
    keys: dict[str, str] = {}
    for name, written in mapped.items():
        command_id = name.replace("_", "-")
        if command_id not in ids:
            near = get_close_matches(command_id, ids, 1)
            hint = f"Did you mean {near[0]}?" if near else "docs/keys.md lists the names."
            raise SettingsError(f"[keys]: there is no command {name}", hint)
        keys[command_id] = ",".join(_key(name, one) for one in _split(name, written))
    commands = tuple(
        replace(c, keys=keys[c.id], shown_keys="") if c.id in keys else c for c in COMMANDS
    )
    _refuse_conflicts(commands)
    return commands


def keymap(commands: tuple[Command, ...]) -> dict[str, str]:
    """The keys of the commands that differ from the defaults, by id, as Textual wants them."""
    usual = {command.id: command.keys for command in COMMANDS}
    return {c.id: c.keys for c in commands if c.keys != usual[c.id]}


def markdown_keys() -> str:
    """The table of docs/keys.md: every command with its keys and its name."""
    lines = []
    for group, commands in groups().items():
        lines += [f"## {group}", "", "| keys | does | name |", "|---|---|---|"]
        for command in commands:
            if command.keys:
                shown = command.display.replace("|", "\\|")
                lines.append(f"| `{shown}` | {command.label} | `{command.id}` |")
        lines.append("")
    return "\n".join(lines)


def _split(name: str, written: str) -> list[str]:
    found = written.split() if written.strip() == "," else re.split(r"[\s,]+", written.strip())
    if not any(found):
        raise SettingsError(f"[keys]: {name} needs a key", "Every command needs a key.")
    return [one for one in found if one]


def _key(name: str, written: str) -> str:
    """A key by Textual's name."""
    if len(written) == 2 and written[0] == "^":
        return f"ctrl+{written[1].lower()}"
    if written in _BY_SIGN:
        return _BY_SIGN[written]
    if len(written) == 1 and not written.isalnum():
        told = re.sub(r"[\s-]+", "_", unicodedata.name(written, "").lower())
        return KEY_NAME_REPLACEMENTS.get(told, told)
    if _NAMED.fullmatch(written):
        return written
    raise SettingsError(f"[keys]: {name}: {written!r} is not a key", "Write x, ^x, or ctrl+x.")


def _refuse_conflicts(commands: tuple[Command, ...]) -> None:
    taken: dict[tuple[bool, str], Command] = {}
    for command in commands:
        writing = command.scope == "text"  # only its keys work while writing
        for key in filter(None, command.keys.split(",")):
            other = taken.setdefault((writing, key), command)
            if other is not command:
                shown = KEY_NAMES.get(key, key)
                raise SettingsError(
                    f"[keys]: {shown} would mean both {other.id} and {command.id}",
                    "Give one of them another key as well.",
                )
