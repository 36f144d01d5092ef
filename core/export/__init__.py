"""Writing an assessed run set to a file or a folder, in some format: all of it or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from core.errors import ExportError
from core.export import (
    csv_format,
    evaluations_format,
    inspect_format,
    json_format,
    jsonl_format,
    predictions_format,
)
from core.export.export_document import Document
from core.export.report import html_report, markdown_report
from core.writing import refuse, refuse_folder, write_folder, write_whole

PAGES = "pages"
"""The format that is a folder: an index, and a page for each human commit."""

MOST_ON_ONE_PAGE = 2_000
"""The most attempts on one HTML page; more make a folder of pages."""


class Format(Struct, frozen=True):
    """One format: the endings of its file names, and what yields its text, piece by piece."""

    name: str
    endings: tuple[str, ...]
    render: Callable[[Document], Iterator[str]]
    is_json: bool = False
    is_partial: bool = False
    """Are attempts without anything to write skipped? Then each piece is one attempt."""


FORMATS: Mapping[str, Format] = {
    one.name: one
    for one in (
        # Endings that are whole names come before the general ones.
        Format("predictions", predictions_format.NAMES, predictions_format.render, True, True),
        Format("score_edits", inspect_format.NAMES, inspect_format.render, True, True),
        Format("gpt5_evaluations", evaluations_format.NAMES, evaluations_format.render, True),
        Format("json", (".json",), json_format.render, True),
        Format("jsonl", (".jsonl",), jsonl_format.render, True),
        Format("csv", (".csv",), csv_format.render),
        Format("md", (".md",), markdown_report.render),
        Format("html", (".html", ".htm"), html_report.render),
    )
}
"""Every single-file format, by name."""


def asked_format(target: str, name: str = "") -> str:
    """The format implied by a target as typed: "report/" is a folder; "" leaves it open."""
    return PAGES if target.endswith("/") and name in ("", "html") else name


def format_of(path: Path, name: str = "") -> str:
    """The name of the requested format: by `name`, else by a folder or a file's ending.

    Raises `ExportError` if neither names one.
    """
    if name:
        return name
    lowered = path.name.lower()
    for one in FORMATS.values():
        if lowered.endswith(one.endings):
            return one.name
    if path.is_dir():
        return PAGES
    endings = ", ".join(ending for one in FORMATS.values() for ending in one.endings)
    raise ExportError(
        f"no format is known for the ending of {path.name}",
        f"Use one of {endings}; a folder for pages of HTML; or name it with --format.",
    )


def refuse_target(path: Path, name: str = "", *, overwrite: bool = False) -> None:
    """Raise `ExportError` if `write_export` would refuse that target, before any work is done."""
    if format_of(path, name) == PAGES:
        refuse_folder(path, html_report.is_page, overwrite=overwrite)
    else:
        refuse(path, overwrite=overwrite)


def write_export(path: Path, document: Document, name: str = "", *, overwrite: bool = False) -> int:
    """Write the export and return how many attempts are in it; replace only with `overwrite`.

    Raises `ExportError` for an unknown ending and in the cases of `write_whole` and `write_folder`;
    nothing new is left behind then.
    """
    chosen = format_of(path, name)
    if chosen == PAGES:
        pages = html_report.render_pages(document)
        write_folder(path, pages, html_report.is_page, overwrite=overwrite)
        return len(document.attempts)
    pieces = _Counted(render_as(chosen, document))
    write_whole(path, pieces, overwrite=overwrite)
    return pieces.count if FORMATS[chosen].is_partial else len(document.attempts)


class _Counted(Struct):
    """The pieces of a text, counted as they are taken."""

    pieces: Iterator[str]
    count: int = 0

    def __iter__(self) -> Iterator[str]:
        for piece in self.pieces:
            self.count += 1
            yield piece


def render_as(name: str, document: Document) -> Iterator[str]:
    """The text of a single-file format. Raises `ExportError` if there is too much for one file."""
    if name == "html" and len(document.attempts) > MOST_ON_ONE_PAGE:
        raise ExportError(
            f"{len(document.attempts)} attempts are too many for one page of HTML",
            "Name a folder (--to report/): it gets an index and a page for each human commit.",
        )
    return FORMATS[name].render(document)
