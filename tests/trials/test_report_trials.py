"""Reports of real size: linear to write, cheap for a browser to open, never much in memory.

Times are compared with others of the same machine and minute as well; `benchmarks.report` has them
in the benchmark table.
"""

from __future__ import annotations

import re
import time
import tracemalloc
from collections.abc import Iterable
from pathlib import Path

import pytest

from core.export import FORMATS
from core.export.export_document import Document
from core.export.report import html_report
from core.records import replace
from tests.support.browser import find_browser, load_time
from tests.support.made_reports import made_document
from tests.trials.conftest import Report

TRIES = 3
WRITTEN_S = 5.0  # processor time for 300 attempts
OPENED_MS = 1_000
MOST_MIB = 64  # above what the assessed attempts themselves take


def consume(pieces: Iterable[str]) -> int:
    return sum(len(piece.encode("utf-8")) for piece in pieces)


def written(document: Document, name: str) -> tuple[int, float]:
    """A report's size and the processor time it takes, the least of some tries."""
    times = []
    for _ in range(TRIES):
        start = time.process_time()
        size = consume(FORMATS[name].render(document))
        times.append(time.process_time() - start)
    return size, min(times)


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Document:
    """300 attempts at 96 commits, with patches of 10 KB."""
    return made_document(tmp_path_factory.mktemp("runs") / "runs", 300, 96, 23)


@pytest.mark.parametrize("name", ("html", "md"))
def test_four_times_the_attempts_cost_less_than_six_times_as_much(
    document: Document, tmp_path: Path, report: Report, name: str
) -> None:
    _, of_few = written(made_document(tmp_path / "runs", 75, 24, 23), name)
    size, took = written(document, name)
    assert took < WRITTEN_S
    assert took < 6 * of_few
    report(f"300 attempts, {size / 1e6:.1f} MB in {took:.2f} s of processor time; 75 {of_few:.2f}")


def test_a_browser_opens_the_page_of_300_attempts_at_once(
    document: Document, tmp_path: Path, report: Report
) -> None:
    browser = find_browser()
    if browser is None:
        pytest.skip("needs Chromium, which is not here")
    text = "".join(FORMATS["html"].render(document))
    words = re.sub(r"<style>.*?</style>|<[^>]*>", "", text, flags=re.DOTALL)
    pages = {
        "page": text,
        "plain": f"<!DOCTYPE html><pre>{words}</pre>",
        "unfolded": text.replace("<details>", "<details open>"),
    }
    times: dict[str, list[int]] = {name: [] for name in pages}
    for name, content in pages.items():
        (tmp_path / f"{name}.html").write_text(content, "utf-8")
    for _ in range(TRIES):  # in turn: a machine's speed changes
        for name, taken in times.items():
            taken.append(load_time(browser, tmp_path / f"{name}.html", tmp_path))
    # A slow machine takes longer, but never longer than for the bare words.
    assert min(times["page"]) < max(OPENED_MS, min(times["plain"]))
    report(", ".join(f"{name} {taken} ms" for name, taken in times.items()))


@pytest.mark.timeout(3600)
def test_20000_attempts_make_pages_without_much_memory(tmp_path: Path, report: Report) -> None:
    document = made_document(tmp_path / "runs", 20_000, 1_000, 4)
    assert len(document.attempts) == 20_000
    start = time.process_time()
    sizes = [consume(pieces) for _, pieces in html_report.render_pages(document)]
    took = time.process_time() - start
    assert len(sizes) == 1_001
    few = replace(document, commits=document.commits[:50])
    tracemalloc.start()
    for _, pieces in html_report.render_pages(few):
        consume(pieces)
    peak = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    assert peak < MOST_MIB
    report(
        f"1,001 pages, {sum(sizes) / 1e6:.0f} MB (index {sizes[-1] / 1e6:.1f} MB) in {took:.0f} s "
        f"of processor time; at most {peak:.0f} MiB beside the document"
    )
