"""Print the JSON Schema (draft 2020-12) of what a command writes; without NAME, list all schemas.

patchjury schema stats > stats.schema.json
"""

from __future__ import annotations

import argparse

from tui.cli.output import emit, emit_json


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of this command."""
    from core.export.schemas.json_schemas import SCHEMAS

    parser.add_argument(
        "name", nargs="?", choices=tuple(SCHEMAS), metavar="NAME", help="name of the schema"
    )


def run(options: argparse.Namespace) -> int:
    """Print one, or a line for each."""
    from core.export.schemas.json_schemas import SCHEMAS, schema_file

    if options.name:
        emit_json(schema_file(options.name).read_text("utf-8"))
    else:
        width = max(map(len, SCHEMAS))
        emit("".join(f"{name:<{width}}  {s.written_by}\n" for name, s in SCHEMAS.items()))
    return 0
