"""Recompute every figure of a JSON export from the file alone: no runs, no store, no key. Reports
what does not agree. Exits with 1 if anything disagrees.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from core.text import one_line
from tui.cli.output import emit, emit_record

if TYPE_CHECKING:
    from core.export.export_replay import Replayed

_MOST_LINES = 50


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of this command."""
    parser.add_argument("file", type=Path, metavar="EXPORT.json", help="a JSON export")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(options: argparse.Namespace) -> int:
    """Replay the file; 1 if something disagrees."""
    from core.export.export_replay import replay

    found = replay(options.file)
    if options.json:
        from core import codec

        emit_record(codec.to_data(found))
    else:
        emit("".join(f"{line}\n" for line in _lines(found)))
    return 0 if found.agrees else 1


def _lines(found: Replayed) -> list[str]:
    lines = [
        f"computed again: {found.figures} figures, what follows from {found.attempts} attempts, "
        f"{found.replies} raw replies, {found.prompts} prompts, hashes of {found.texts} texts"
    ]
    for one in found.disagreements[:_MOST_LINES]:
        where, stated, computed = (
            one_line(text, 200) for text in (one.where, one.stated, one.computed)
        )
        lines.append(f"{where}: the file says {stated}, computed {computed}")
    rest = len(found.disagreements) - _MOST_LINES
    if rest > 0:
        lines.append(f"and {rest} more")
    lines += (f"not proven by the file: {what}" for what in found.not_proven)
    number = len(found.disagreements)
    lines.append("all agree" if found.agrees else f"{number} disagree")
    return lines
