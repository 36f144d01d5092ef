"""Print every setting: its value, where it comes from, and what it does. With RUNS, print what
applies to those runs; a runs folder may set only a few, and others are reported and ignored. To
change a setting, write it into patchjury.toml in your config folder (named in the output), or set
PATCHJURY_<NAME>. See docs/settings.md.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import InputError
from core.text import visible
from tui.cli.output import emit, emit_record, say

if TYPE_CHECKING:
    from core.settings.listing import Row


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of this command."""
    parser.add_argument("runs", type=Path, nargs="?", metavar="RUNS", help="folder of runs")
    parser.add_argument("--json", action="store_true", help="print JSON, with everything known")


def run(options: argparse.Namespace) -> int:
    """Print the settings; 1 if a runs folder sets what it may not, or something has no effect."""
    from core.settings import load_settings, settings_file
    from core.settings.listing import list_settings

    if options.runs is not None and not options.runs.exists():
        raise InputError(f"{options.runs} does not exist", "Name a folder of runs, or none.")
    settings = load_settings(options.runs)
    rows = list_settings(settings)
    file = settings_file()
    if options.json:
        from core import codec
        from core.export.command_documents import SettingsListing

        emit_record(codec.to_data(SettingsListing(str(file), tuple(rows), settings.problems)))
    else:
        there = "" if file.exists() else " (does not exist yet)"
        emit(f"your settings file: {file}{there}\n{_table(rows)}")
    for problem in settings.problems:
        say(f"{problem.path}: {problem.reason}")
    return 1 if settings.problems else 0


def _table(rows: list[Row]) -> str:
    from core.settings.listing import shown

    section, lines = "", []
    for row in rows:
        table, _, name = row.name.rpartition(".")
        if (table or name) != section:
            section = table or name
            lines += ["", f"[{section}]"]
        value = visible(shown(row.value))
        origin = visible(row.origin)
        lines.append(f"  {name:<20} {value:<26} {origin:<20} {row.help}")
    return "\n".join(lines) + "\n"
