"""Reports of real size: quickly written, quickly opened by a browser, never much in memory."""

from __future__ import annotations

import re
import shutil
import subprocess
import time
import tracemalloc
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.assess.outcome import assess
from core.export import FORMATS
from core.export.export_document import Document, build_document
from core.export.report import html_report
from core.models import (
    Assessment,
    Attempt,
    CheckReport,
    Criteria,
    Finding,
    HumanCommit,
    PatchEvidence,
    PatchState,
    RunSet,
    Severity,
)
from core.records import replace
from core.sources import FileText
from core.stats.patch_facts import read_patch_facts
from tests.core.patch.results import NOON
from tests.trials.conftest import Report

WRITTEN_S = 5.0  # processor time for 300 attempts
OPENED_MS = 1_000
MOST_MIB = 64  # above what the assessed attempts themselves take

_WRAPPER = """<!DOCTYPE html><title>wait</title>
<iframe id="page" width="1400" height="900"></iframe>
<pre id="took"></pre><script>
const page = document.getElementById("page"), start = performance.now();
page.onload = () => {
  document.getElementById("took").textContent = Math.round(performance.now() - start) + " ms";
};
page.src = "PAGE";
</script>"""


def made_patch(number: int, hunks: int) -> str:
    """A patch with changed, added and removed lines in hunks of code."""
    parts = [
        "diff --git a/engine/core.py b/engine/core.py\n--- a/engine/core.py\n+++ b/engine/core.py\n"
    ]
    for at in range(hunks):
        start = 1 + 40 * at
        parts.append(f"@@ -{start},8 +{start},9 @@ def function_{at}(values):\n")
        parts.append("".join(f"     before = compute({number}, {at}, {i})\n" for i in range(3)))
        parts.append(f"-    total = sum(values[{at}:]) + {number}\n-    return total\n")
        parts.append(f"+    total = fsum(values[{at}:]) + {number}\n+    cache[{at}] = total\n")
        parts.append("+    return cache\n")
        parts.append("".join(f"     after = finish({number}, {at}, {i})\n" for i in range(3)))
    return "".join(parts)


def made_document(root: Path, attempts: int, commits: int, hunks: int) -> Document:
    """A document of checked attempts with patches on disk."""
    (root / "patches").mkdir(parents=True)
    members: list[Attempt] = []
    human = FileText(str(root / "human.diff"))
    Path(human.path).write_text(made_patch(0, 3), "utf-8")
    for number in range(attempts):
        path = root / "patches" / f"{number}.diff"
        text = made_patch(number, hunks)
        path.write_text(text, "utf-8")
        members.append(
            Attempt(
                f"run/{number}",
                f"{number % commits:040x}",
                agent="trae",
                model="gpt-5",
                run="run",
                status="success",
                marked_success=True,
                patch=PatchEvidence(PatchState.WHOLE, FileText(str(path)), len(text)),
            )
        )
    found = {
        f"{number:040x}": HumanCommit(f"{number:040x}", f"Faster {number}", "Because.", diff=human)
        for number in range(commits)
    }
    run_set = RunSet(root, tuple(members), found)
    return build_document(
        run_set,
        [assessed(attempt) for attempt in members],
        {},
        read_patch_facts(run_set.attempts),
        store=root / ".patchjury",
        created=datetime(2026, 1, 1, tzinfo=UTC),
        version="1",
    )


def assessed(attempt: Attempt) -> Assessment:
    finding = Finding("files.missed", Severity.ERROR, "it misses a file", True, "engine/a.py")
    criteria = Criteria(syntax_correct=True, files_match=False)
    return assess(attempt, report=CheckReport(attempt.key, criteria, (finding,) * 3, created=NOON))


def consume(pieces: Iterable[str]) -> int:
    return sum(len(piece.encode("utf-8")) for piece in pieces)


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Document:
    """300 attempts at 96 commits, with patches of 10 KB."""
    return made_document(tmp_path_factory.mktemp("runs") / "runs", 300, 96, 23)


def test_a_report_of_300_attempts_is_written_in_time(document: Document, report: Report) -> None:
    for name in ("html", "md"):
        start = time.process_time()
        size = consume(FORMATS[name].render(document))
        took = time.process_time() - start
        assert took < WRITTEN_S
        report(f"{name}: 300 attempts, {size / 1e6:.1f} MB in {took:.2f} s of processor time")


def load_times(page: Path, folder: Path) -> Sequence[int]:
    """Milliseconds until the load event of a page, of three tries."""
    browser = next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "chrome"))), None
    )
    if browser is None:
        pytest.skip("needs Chromium, which is not here")
    wrapper = folder / "wrapper.html"
    wrapper.write_text(_WRAPPER.replace("PAGE", page.as_uri()), "utf-8")
    words = [browser, "--headless=new", "--no-sandbox", "--disable-gpu", "--dump-dom"]
    times = []
    for _ in range(3):
        done = subprocess.run(
            [*words, f"--user-data-dir={folder / 'profile'}", wrapper.as_uri()],
            capture_output=True,
            text=True,
            timeout=120,
        )
        found = re.search(r'id="took">(\d+) ms', done.stdout)
        assert found, done.stderr[-2000:]
        times.append(int(found[1]))
    return times


def test_a_browser_opens_the_page_of_300_attempts_at_once(
    document: Document, tmp_path: Path, report: Report
) -> None:
    page = tmp_path / "report.html"
    page.write_text("".join(FORMATS["html"].render(document)), "utf-8")
    times = load_times(page, tmp_path)
    assert min(times) < OPENED_MS
    opened = tmp_path / "opened.html"
    opened.write_text(page.read_text("utf-8").replace("<details>", "<details open>"), "utf-8")
    report(f"load event after {times} ms; all unfolded {load_times(opened, tmp_path)} ms")


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
