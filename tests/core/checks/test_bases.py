"""On which base a patch was made, from blob ids alone and with a repository."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from core.checks.bases import BaseIndex, old_versions
from core.checks.pipeline import check_runs
from core.checks.rules.leak import changed_texts, count_shown
from core.git.repository import Repository
from core.models import CheckReport
from core.readers import read_runs
from tests.core.checks.check_samples import BASE as FILES
from tests.core.checks.check_samples import Bench

ONE, TWO, THREE = "1" * 40, "2" * 40, "3" * 40


def patch(path: str, version: str, new: bool = False) -> str:
    mode = "new file mode 100644\n" if new else ""
    old = "/dev/null" if new else f"a/{path}"
    head = f"diff --git a/{path} b/{path}\n{mode}index {version}..abcdef0 100644\n"
    return f"{head}--- {old}\n+++ b/{path}\n@@ -1 +1 @@\n-x\n+y\n"


def test_versions_are_of_files_that_existed() -> None:
    text = patch("a.py", "1111111") + patch("b.py", "0000000", new=True)
    text += patch("model_patch.diff", "2222222")
    text += "diff --git a/c.py b/c.py\n--- a/c.py\n+++ b/c.py\n@@ -1 +1 @@\n-index 3..4\n+y\n"
    assert old_versions(text) == {"a.py": "1111111"}


def index() -> BaseIndex:
    bases = BaseIndex()
    bases.add_task(ONE, "one", patch("a.py", "1111111aa"))
    bases.add_task(TWO, "two", patch("a.py", "2222222") + patch("b.py", "3333333"))
    return bases


def test_the_recorded_base_and_that_of_another_task() -> None:
    bases = index()
    bases.add_patch("own", ONE, patch("a.py", "1111111"))
    bases.add_patch("other", ONE, patch("a.py", "2222222"))
    bases.add_patch("elsewhere", ONE, patch("a.py", "9999999"))
    bases.add_patch("unseen", ONE, patch("z.py", "1111111"))
    bases.add_patch("new", ONE, patch("z.py", "0000000", new=True))
    bases.add_patch("unrecorded", "", patch("q.py", "7777777"))
    told = bases.made_on()
    assert {key: made.recorded for key, made in told.items()} == {
        "own": True,
        "other": False,
        "elsewhere": False,
        "unseen": None,
        "new": None,
        "unrecorded": None,
    }
    assert told["other"].tasks == ("two",)
    assert told["elsewhere"].tasks == ()
    assert "no blob id" in told["new"].reason


def test_what_is_assigned_tells_more_of_its_base() -> None:
    bases = index()
    bases.add_patch("first", ONE, patch("b.py", "3333333") + patch("c.py", "5555555"))
    bases.add_patch("second", ONE, patch("c.py", "5555555"))
    told = bases.made_on()
    assert (told["second"].recorded, told["second"].tasks) == (False, ("two",))


def test_with_a_repository_every_file_is_known(bench: Bench) -> None:
    with Repository.open(bench.repository) as repository:
        held = repository.object_id(bench.sha, "README.md")
        assert held is not None
        assert FILES["README.md"]
        bases = BaseIndex()
        bases.add_patch("own", bench.sha, patch("README.md", held[:9]))
        bases.add_patch("other", bench.sha, patch("README.md", "1234567"))
        bases.add_patch("gone", bench.sha, patch("nothing.md", "1234567"))
        bases.add_patch("unknown commit", THREE, patch("README.md", held[:9]))
        told = {key: made.recorded for key, made in bases.made_on(repository).items()}
    assert told == {"own": True, "other": False, "gone": False, "unknown commit": None}


def test_lines_shown_and_repeated() -> None:
    diff = patch("a.py", "1111111")
    assert count_shown(f"Do it.\n{diff}</diff>\n+y\n", diff) == (7, 7)
    assert count_shown("Do it.\n-x\n+y\n", diff) == (0, 7)
    assert changed_texts(diff + "+\n+ y\n") == {"x", "y"}


@pytest.fixture(scope="module")
def codex(shared: Path) -> list[CheckReport]:
    folder = shared / "isobench/state/runs/vllm/codex/gpt-5/2025-11-20_11-05-30"
    run_set = read_runs(folder, commits=[shared / "isobench/tmp_single_commit"])
    with ThreadPoolExecutor(1) as here:
        events = check_runs(run_set, executor=here, families=("base", "leak"))
        return [event.report for event in events]


def test_the_real_run_that_was_made_on_wrong_bases(codex: list[CheckReport]) -> None:
    made_on = Counter(report.measures["base.made_on"] for report in codex)
    assert made_on == {"recorded": 39, "other": 59, None: 1}
    rules = Counter(f.rule for report in codex for f in report.findings)
    assert (rules["base.other-task"], rules["base.unknown"]) == (59, 1)


def test_the_real_run_whose_prompts_show_the_answer(codex: list[CheckReport]) -> None:
    shown = [(r.measures["leak.shown"], r.measures["leak.lines"]) for r in codex]
    assert (sum(int(s or 0) for s, _ in shown), sum(int(n or 0) for _, n in shown)) == (2602, 28890)


def test_marks_without_an_end_take_no_time() -> None:
    assert count_shown("<diff>" * 200_000, patch("a.py", "1111111")) == (0, 7)
    many = "".join(f"<diff{n}>" for n in range(100_000))
    assert count_shown(many, patch("a.py", "1111111")) == (0, 7)


def test_how_much_is_repeated_falls_with_what_was_shown(codex: list[CheckReport]) -> None:
    def figure(report: CheckReport, name: str) -> float:
        return float(report.measures[name] or 0)

    classes = ((1.0, 99.0), (0.75, 1.0), (0.5, 0.75), (0.0, 0.5))
    found = []
    for low, high in classes:
        members = [r for r in codex if low <= figure(r, "leak.share") < high]
        repeated = sum(figure(r, "leak.repeated") for r in members) / len(members)
        found.append((len(members), round(repeated, 2)))
    assert found == [(16, 0.52), (7, 0.38), (15, 0.18), (61, 0.12)]
