"""The current settings, and where each came from.

From weakest to strongest: the default, `patchjury.toml` in the runs folder, earlier choices on the
screen, the user's own `patchjury.toml`, the environment, the command line.

A runs folder is somebody else's: it sets only what the table allows it to, and nothing about the
judge, servers, keys, money or paths. Anything else in it, or anything wrong, is reported and
ignored. The user's own file, environment and command line are taken at their word: a wrong value or
an unknown name there is an error.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from core.errors import SettingsError
from core.files import UnusableError, read_bytes
from core.models import LoadProblem
from core.places import config_folder as users_folder
from core.records import replace
from core.settings.remembered import read_remembered
from core.settings.setting_values import VARIABLE_PREFIX, Setting, all_settings, checked, from_text
from core.settings.settings_table import Settings

FILE_NAME = "patchjury.toml"
COMMAND_LINE, REMEMBERED = "command line", "chosen before"

_MAX_FILE_BYTES = 1024 * 1024
_FOR_TESTS = ("PATCHJURY_BENCH_", "PATCHJURY_TEST_")

_Given = Iterator[tuple[Setting, str, object]]
"""A setting, the place that sets it, and its value, already checked."""


def load_settings(
    root: Path | None = None,
    *,
    overrides: Mapping[str, object] | None = None,
    environment: Mapping[str, str] | None = None,
    config_folder: Path | None = None,
) -> Settings:
    """The settings for a runs folder; `overrides` are the command line's (None: unset).

    Raises `SettingsError` with the file (or variable), the name and what was expected.
    """
    environment = os.environ if environment is None else environment
    table = all_settings()
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    problems: list[LoadProblem] = []
    for given in (
        _from_runs(table, root, problems),
        _from_memory(table),
        _from_user(table, settings_file(config_folder)),
        _from_environment(table, environment, problems),
        _from_command_line(table, overrides or {}),
    ):
        for setting, place, value in given:
            if setting.is_table and isinstance(
                value, dict
            ):  # each source adds its names to those of the weaker ones
                value = {**values.get(setting.path, {}), **value}
            values[setting.path] = value
            origins[setting.path] = place
    return replace(_build(values), origins=origins, problems=tuple(problems))


def settings_file(config_folder: Path | None = None) -> Path:
    """The user's own settings file, which need not exist."""
    return (config_folder or users_folder()) / FILE_NAME


def _build(values: Mapping[str, Any]) -> Settings:
    built: dict[str, Any] = {}
    blank = Settings()
    for one in fields(Settings):
        section = getattr(blank, one.name)
        if is_dataclass(section) and not isinstance(section, type):
            prefix = f"{one.name}."
            own = {p.removeprefix(prefix): v for p, v in values.items() if p.startswith(prefix)}
            built[one.name] = replace(section, **own)
        elif one.name in values:
            built[one.name] = values[one.name]
    return Settings(**built)


# The sources, one function each


def _from_runs(table: Sequence[Setting], root: Path | None, problems: list[LoadProblem]) -> _Given:
    if root is None:
        return
    path = (root.parent if root.is_file() else root) / FILE_NAME
    try:
        entries = list(_entries(_read_toml(path, follow_links=False)))
    except SettingsError as error:
        problems.append(LoadProblem(str(path), error.title))
        return
    known = {one.path: one for one in table}
    for name, value in entries:
        setting = known.get(name)
        if setting is None or not setting.declaration.from_runs:
            reason = f"{name} is ignored: a runs folder may not set it"
            problems.append(LoadProblem(str(path), reason))
            continue
        try:
            yield setting, str(path), checked(str(path), setting, value)
        except SettingsError as error:
            problems.append(LoadProblem(str(path), error.title))


def _from_memory(table: Sequence[Setting]) -> _Given:
    known = {one.path: one for one in table}
    for name, value in read_remembered().items():
        yield known[name], REMEMBERED, checked(REMEMBERED, known[name], value)


def _from_user(table: Sequence[Setting], path: Path) -> _Given:
    known = {one.path: one for one in table}
    for name, value in _entries(_read_toml(path, follow_links=True)):
        if name not in known:
            raise SettingsError(f"{path}: there is no setting {name}", _suggest(name, table))
        yield known[name], str(path), checked(str(path), known[name], value)


def _from_environment(
    table: Sequence[Setting], environment: Mapping[str, str], problems: list[LoadProblem]
) -> _Given:
    names = {name: one for one in table for name in one.variables}
    for name, one in names.items():
        text = environment.get(name)
        # An empty key or address is a variable that somebody cleared.
        if text is not None and (text or name.startswith(VARIABLE_PREFIX)):
            yield one, name, checked(name, one, from_text(one, text))
    for name in sorted(environment):
        is_ours = name.startswith(VARIABLE_PREFIX) and not name.startswith(_FOR_TESTS)
        if is_ours and name not in names:
            reason = f"there is no such setting; {_close(name, list(names))}"
            problems.append(LoadProblem(name, reason))


def _from_command_line(table: Sequence[Setting], overrides: Mapping[str, object]) -> _Given:
    known = {one.name: one for one in table}
    for name, value in overrides.items():
        if value is not None:
            place = f"--{name.replace('_', '-')}"
            yield known[name], COMMAND_LINE, checked(place, known[name], value)


# Files and words


def _entries(data: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    """The entries of a file by path ("judge.model"); a section that is not a table is an entry."""
    sections = {one.section for one in all_settings()} - {""}
    for name, value in data.items():
        if name in sections and isinstance(value, dict):
            yield from ((f"{name}.{inner}", entry) for inner, entry in value.items())
        else:
            yield name, value


def _read_toml(path: Path, *, follow_links: bool) -> dict[str, object]:
    """The contents of a settings file; empty if there is none. Raises `SettingsError`."""
    if not os.path.lexists(path):
        return {}
    import tomllib  # here: many have no such file

    hint = "Correct it, or move it elsewhere."
    try:
        data = read_bytes(os.path.realpath(path) if follow_links else path, _MAX_FILE_BYTES)
        return tomllib.loads(data.decode("utf-8"))
    except UnusableError as error:
        raise SettingsError(error.of(path), hint) from error
    except (ValueError, RecursionError) as error:
        raise SettingsError(f"{path} is not a TOML file: {error}", hint) from error


def _suggest(name: str, table: Sequence[Setting]) -> str:
    short = name.rpartition(".")[2]
    for one in table:
        if one.name == short:
            return f"Did you mean {short} below [{one.section}]?"
    return _close(name, [one.path for one in table])


def _close(name: str, names: list[str]) -> str:
    found = get_close_matches(name, names, 1, 0.7)
    return f"Did you mean {found[0]}?" if found else "`patchjury settings` lists them all."
