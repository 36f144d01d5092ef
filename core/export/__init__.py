"""Writing an assessed run set to a file or a folder, whole or not at all, in a format."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

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
"""Attempts that one page of HTML takes; more make a folder of pages."""


@dataclass(frozen=True, slots=True)
class Format:
    """One format: how names of its files end, and what yields its text, piece by piece."""

    name: str
    endings: tuple[str, ...]
    render: Callable[[Document], Iterator[str]]
    is_json: bool = False
    is_partial: bool = False
    """Are attempts left out that have nothing for it? Then each piece is one that has."""


FORMATS: Mapping[str, Format] = {
    one.name: one
    for one in (
        # Endings of whole names stand before those of every such file.
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
"""By name, every format that is one file."""


def asked_format(target: str, name: str = "") -> str:
    """The format that a target as typed asks for: "report/" is a folder; "" leaves it open."""
    return PAGES if target.endswith("/") and name in ("", "html") else name


def format_of(path: Path, name: str = "") -> str:
    """The name of the format that is asked for: by `name`, else a folder's or a name's ending.

    Raises `ExportError` where neither names one.
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
        f"the ending of {path.name} names no format",
        f"Use one of {endings}; a folder for pages of HTML; or name it with --format.",
    )


def refuse_target(path: Path, name: str = "", *, overwrite: bool = False) -> None:
    """Raise `ExportError` if `write_export` would not write there, before work is done for it."""
    if format_of(path, name) == PAGES:
        refuse_folder(path, html_report.is_page, overwrite=overwrite)
    else:
        refuse(path, overwrite=overwrite)


def write_export(path: Path, document: Document, name: str = "", *, overwrite: bool = False) -> int:
    """Write the export, replacing what is there only with `overwrite`: how many attempts are in it.

    Raises `ExportError` for an unknown ending and for what `write_whole` and `write_folder` raise
    it; then nothing new stands there.
    """
    chosen = format_of(path, name)
    if chosen == PAGES:
        pages = html_report.render_pages(document)
        write_folder(path, pages, html_report.is_page, overwrite=overwrite)
        return len(document.attempts)
    pieces = _Counted(render_as(chosen, document))
    write_whole(path, pieces, overwrite=overwrite)
    return pieces.count if FORMATS[chosen].is_partial else len(document.attempts)


@dataclass(slots=True)
class _Counted:
    """The pieces of a text, counted as they are taken."""

    pieces: Iterator[str]
    count: int = 0

    def __iter__(self) -> Iterator[str]:
        for piece in self.pieces:
            self.count += 1
            yield piece


def render_as(name: str, document: Document) -> Iterator[str]:
    """The text of a format that is one file. Raises `ExportError` for what is too much for it."""
    if name == "html" and len(document.attempts) > MOST_ON_ONE_PAGE:
        raise ExportError(
            f"{len(document.attempts)} attempts are too many for one page of HTML",
            "Name a folder (--to report/): it gets an index and a page for each human commit.",
        )
    return FORMATS[name].render(document)
