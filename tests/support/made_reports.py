"""Documents of any size for reports: checked attempts with patches on disk."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from core.assess.outcome import assess
from core.export.export_document import Document, build_document
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
from core.sources import FileText
from core.stats.patch_facts import read_patch_facts
from tests.core.patch.results import NOON


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
