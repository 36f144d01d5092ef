"""Every setting with its current value and origin, as rows: printed, as JSON, as Markdown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from core import codec
from core.settings.secret import Secret
from core.settings.setting_values import Setting, all_settings, full_expectation
from core.settings.settings_table import Settings

DEFAULT = "default"


class Row(Struct, frozen=True):
    """One setting. `value` and `default` are plain data; of a key only whether it is set."""

    name: str
    value: Any
    origin: str
    default: Any
    expected: str
    help: str
    variables: tuple[str, ...]
    from_runs: bool


def list_settings(settings: Settings) -> list[Row]:
    """A row for each setting, in table order."""
    return [_row(one, settings) for one in all_settings()]


def markdown_tables() -> str:
    """The tables of docs/settings.md, one per section."""
    return "\n".join(_section(name, list(rows)) for name, rows in _sections())


def shown(value: Any) -> str:
    """A value as in a settings file; empty if there is none."""
    if value is None or value == {}:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, float) else codec.dumps(value)


def _row(one: Setting, settings: Settings) -> Row:
    holder = getattr(settings, one.section) if one.section else settings
    declaration = one.declaration
    return Row(
        one.path,
        # An address may contain a name and password, which are nobody's business.
        settings.judge.server if one.name == "base_url" else _plain(getattr(holder, one.name)),
        settings.origins.get(one.path, DEFAULT),
        _plain(one.default),
        full_expectation(one),
        declaration.help,
        one.variables,
        declaration.from_runs,
    )


def _plain(value: Any) -> Any:
    if isinstance(value, Secret):
        return "set" if value else None
    return codec.to_data(value)


def _sections() -> Iterator[tuple[str, Iterator[Row]]]:
    rows = list_settings(Settings())
    sections = dict.fromkeys(row.name.partition(".")[0] for row in rows)
    for name in sections:
        yield name, (row for row in rows if row.name.partition(".")[0] == name)


def _section(name: str, rows: list[Row]) -> str:
    lines = [
        f"### `[{name}]`",
        "",
        "| name | default | what it is | must be | variable |",
        "|---|---|---|---|---|",
    ]
    for row in rows:
        notes = [row.help]
        notes += ["a runs folder may set it"] if row.from_runs else []
        default = f"`{shown(row.default)}`" if shown(row.default) else ""
        variables = ", ".join(f"`{variable}`" for variable in row.variables)
        short = row.name.partition(".")[2] or "(names of your own)"
        cells = (f"`{short}`", default, "; ".join(notes), row.expected, variables)
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"
