"""Editing a text in the user's own editor (`$VISUAL`, `$EDITOR`)."""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from core.errors import InputError, PatchjuryError
from core.sources import decode, encode


def chosen_editor(environment: Mapping[str, str]) -> list[str]:
    """The command that edits a file. Raises `InputError` if none is set."""
    for name in ("VISUAL", "EDITOR"):
        try:
            command = shlex.split(environment.get(name, ""))
        except ValueError as error:
            raise InputError(f"${name} cannot be read: {error}") from error
        if command:
            return command
    raise InputError("no editor is set", "Set $EDITOR, such as EDITOR=vim, and start again.")


def edit_outside(command: list[str], text: str, take: Callable[[str], None]) -> None:
    """Have a text edited by a command, and pass the result to `take`.

    Raises `InputError` if the command fails, or if `take` refuses with one; a changed text then
    stays in its file, which the error names.
    """
    handle, name = tempfile.mkstemp(prefix="patchjury-", suffix=".md")
    path, before = Path(name), encode(text)
    with os.fdopen(handle, "wb") as file:
        file.write(before)
    try:
        _run([*command, name])
        after = path.read_bytes()
        if after != before:
            take(decode(after))
    except (PatchjuryError, OSError) as error:
        changed = path.is_file() and path.read_bytes() != before
        why = error.title if isinstance(error, PatchjuryError) else str(error)
        hint = f"What you wrote is in {name}." if changed else getattr(error, "hint", "")
        if not changed:
            path.unlink(missing_ok=True)
        raise InputError(why, hint) from error
    path.unlink(missing_ok=True)


def _run(command: list[str]) -> None:
    try:
        code = subprocess.run(command, check=False).returncode
    except OSError as error:
        raise InputError(f"{command[0]} cannot be started: {error.strerror}") from error
    if code:
        raise InputError(f"{command[0]} ended with code {code}; its text was not used")
