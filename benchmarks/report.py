"""How quickly reports of 300 attempts are written, and opened by a browser if one is here."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from core.export import FORMATS
from tests.support.browser import find_browser, load_time
from tests.support.made_reports import made_document

ATTEMPTS, COMMITS, HUNKS = 300, 96, 23
"""As in `../shared/isobench`, with patches of 10 KB."""
TRIES = 3

Figure = tuple[str, str, str]


def run() -> list[Figure]:
    """Processor time of both formats, and how soon the page is there."""
    with tempfile.TemporaryDirectory() as folder:
        return [*_figures(Path(folder))]


def _figures(folder: Path) -> Iterator[Figure]:
    document = made_document(folder / "runs", ATTEMPTS, COMMITS, HUNKS)
    for name in ("html", "md"):
        start = time.process_time()
        pieces = [*FORMATS[name].render(document)]
        took = time.process_time() - start
        (folder / f"report.{name}").write_text("".join(pieces), "utf-8")
        what = f"report of {ATTEMPTS} attempts, {name}: time of the processor"
        yield what, f"{took:.2f} s", "5 s"
    what, browser = f"report of {ATTEMPTS} attempts, html: opened by Chromium", find_browser()
    if browser is None:
        yield what, "skipped: Chromium is not here", "1 s"
    else:
        times = [load_time(browser, folder / "report.html", folder) for _ in range(TRIES)]
        yield what, f"{min(times) / 1000:.2f} s", "1 s"
