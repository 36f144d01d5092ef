"""Write verdicts and evidence to a file. The file's ending selects the format: .json (everything,
can be imported again), .jsonl (one attempt per line), .csv (one attempt per row), .md or .html (a
report to read); a folder/ gets a report of many pages. Names ending in preds.jsonl or
predictions.jsonl get SWE-bench predictions, in score_edits.jsonl score edits for Inspect logs, in
evaluations.json the judge's opinions (gpt5_evaluations.json). `--to -` writes to standard output.

patchjury export RUNS --to report.html --filter 'agent:codex marked:yes'
patchjury export RUNS --to report/ --without patches
patchjury export RUNS --to - --format csv --commits 8aa1485f,0ec82edd
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import InputError
from core.text import counted
from tui.cli.options import add_filter_option, add_run_options, open_runs, tell_unread
from tui.cli.output import emit, emit_json, say

if TYPE_CHECKING:
    from core.export.export_document import Document

_IDS = re.compile(r"[0-9a-f]{4,64}(?:,[0-9a-f]{4,64})*")
_STANDARD_OUTPUT = "-"


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of this command."""
    from core.export import FORMATS, PAGES

    add_run_options(parser)
    add_filter_option(parser)
    parser.add_argument(
        "--to", required=True, metavar="FILE", help="where to write: a file, a folder/, or -"
    )
    names = (*FORMATS, PAGES)
    parser.add_argument(
        "--format", choices=names, default="", metavar="FORMAT", help=f"one of {', '.join(names)}"
    )
    parser.add_argument(
        "--without",
        choices=("patches",),
        action="append",
        default=[],
        metavar="PART",
        help="leave patches, human diffs and prompts out of a report: --without patches",
    )
    parser.add_argument("--force", action="store_true", help="replace FILE if it exists")
    parser.epilog = (
        "--commits takes ids of human commits as well (8aa1485f,0ec82edd): only these are "
        f"written.\n\n{parser.epilog or ''}"
    )


def run(options: argparse.Namespace) -> int:
    """Write it; 1 if part of what is stored could not be read, and so is missing from it."""
    from core.assess.filters import parse_filter
    from core.export import refuse_target, write_export

    target, name = Path(options.to), _format(options)
    is_printed = options.to == _STANDARD_OUTPUT
    if not is_printed:
        refuse_target(target, name, overwrite=options.force)  # before the work, not after it
    ids = _take_ids(options)
    asked = parse_filter(" ".join([options.filter, *([f"commit:{','.join(ids)}"] if ids else [])]))
    session = open_runs(options)
    _refuse_unknown(ids, session.triage.commit_shas)
    session.take_in_reports()
    document = session.document(asked, patches="patches" not in options.without)
    if is_printed:
        _print(name, document)
    else:
        written = write_export(target, document, name, overwrite=options.force)
        asked_for = len(document.attempts)
        of = "" if written == asked_for else f"{written} of "
        say(f"{of}{counted(asked_for, 'attempt')} written to {options.to}")
    return 1 if tell_unread(session) else 0


def _format(options: argparse.Namespace) -> str:
    """The requested format; "" leaves it to the file name."""
    from core.export import PAGES, asked_format

    if options.to == _STANDARD_OUTPUT and options.format in ("", PAGES):
        raise InputError("--to - needs a format that fits in one file", "Name it with --format.")
    return asked_format(options.to, options.format)


def _take_ids(options: argparse.Namespace) -> list[str]:
    """The ids among what --commits names; the paths stay in the options."""
    ids: list[str] = []
    paths: list[Path] = []
    for path in options.commits:
        if _IDS.fullmatch(str(path)) and not path.exists():
            ids += str(path).split(",")
        else:
            paths.append(path)
    options.commits = paths
    return ids


def _refuse_unknown(ids: Iterable[str], shas: Sequence[str]) -> None:
    for found in ids:
        if not any(sha.startswith(found) for sha in shas):
            hint = "Name a commit by its id, or a folder that exists."
            raise InputError(f"no attempt here is at a human commit {found}", hint)


def _print(name: str, document: Document) -> None:
    """Print it, without the byte order mark that only a file needs."""
    from core.export import FORMATS, render_as

    for piece in render_as(name, document):
        if FORMATS[name].is_json:
            emit_json(piece)
        else:
            emit(piece.removeprefix("\ufeff").replace("\r\n", "\n"))
