"""`patchjury check` as it is used: figures, JSON, exit codes, what is kept, and on a terminal."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.checks.pipeline import GROUP
from core.store import Store
from tests.support.command import COMMAND, OnTerminal, command
from tests.support.runs import BASE, HUMAN, SHAS, build_runs, unified
from tests.support.waiting import wait_for
from tui.cli import main

CRITERIA = [
    "applies",
    "syntax_correct",
    "files_match",
    "optimization_logic_match",
    "is_complete",
    "is_template_code",
]

Cli = Callable[..., str]

pytestmark = pytest.mark.usefixtures("quick_checks")


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    return build_runs(tmp_path / "runs")


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str]) -> Cli:
    """Run `patchjury check` in this process with one job; returns what it printed."""

    def run(*words: str | Path, code: int = 0) -> str:
        assert main(["check", *map(str, words), "--jobs", "1"]) == code
        return capsys.readouterr().out

    return run


def table(text: str) -> dict[str, list[str]]:
    """The rows of the summary by their first word."""
    rows = [line.split() for line in text.splitlines() if line]
    return {name: rest for name, *rest in rows}


def test_the_summary_counts_criteria_and_rules(cli: Cli, runs: Path, tmp_path: Path) -> None:
    rows = table(cli(runs, "--db", tmp_path / "db"))
    assert rows["5"] == ["attempts"]
    assert rows["applies"] == ["0", "0", "5"]  # there is no repository to try it on
    assert rows["files_match"] == ["3", "2", "0"]
    assert rows["patch.empty"] == ["1", "error"]
    assert rows["patch.missing"] == ["1", "error"]
    assert rows["copies.human"] == ["2", "warning"]


def test_the_json_names_every_attempt_once_with_null_for_unknown(
    cli: Cli, runs: Path, tmp_path: Path
) -> None:
    (runs / "state/runs/repo/codex/gpt-5/2025-01-02_03-04-05/item-0000/journal.json").write_text(
        "{", "utf-8"
    )
    printed = cli(runs, "--db", tmp_path / "db", "--json", "-")
    document: dict[str, Any] = json.loads(printed)
    assert list(document) == ["schema_version", "attempts", "load_problems"]
    assert document["schema_version"] == 1
    assert document["load_problems"]
    keys = [entry["attempt"] for entry in document["attempts"]]
    assert len(keys) == len(set(keys)) == 5
    for entry in document["attempts"]:
        assert list(entry["criteria"]) == CRITERIA
        assert set(entry["criteria"].values()) <= {True, False, None}
        assert entry["outcome"] in ("undecided", "failure", "false_positive", "true_success")
        for finding in entry["findings"]:
            assert {"rule", "severity", "message", "certain", "file", "line"} <= finding.keys()
    target = tmp_path / "report.json"
    assert table(cli(runs, "--db", tmp_path / "db", "--json", target))["5"] == ["attempts"]
    assert json.loads(target.read_text("utf-8")) == document


def test_a_report_that_cannot_be_written_says_where(runs: Path, tmp_path: Path) -> None:
    done = command("check", runs, "--db", tmp_path / "db", "--json", tmp_path / "no/such/place")
    assert done.returncode != 0
    assert "cannot write" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("severity", "families", "code"),
    [
        ("error", ["patch"], 1),
        ("error", ["copies"], 0),
        ("warning", ["copies"], 1),
        ("warning", ["applies"], 0),
        ("info", ["copies"], 1),
    ],
)
def test_fail_on_counts_findings_at_least_that_severe(
    cli: Cli, runs: Path, tmp_path: Path, severity: str, families: list[str], code: int
) -> None:
    cli(runs, "--db", tmp_path / "db", "--fail-on", severity, "--only", *families, code=code)


def test_only_runs_those_families_and_stores_nothing(cli: Cli, runs: Path, tmp_path: Path) -> None:
    printed = cli(runs, "--db", tmp_path / "db", "--only", "files", "copies", "--json", "-")
    entries = json.loads(printed)["attempts"]
    rules = {finding["rule"] for entry in entries for finding in entry["findings"]}
    assert {rule.partition(".")[0] for rule in rules} == {"files", "copies"}
    assert all(entry["criteria"]["syntax_correct"] is None for entry in entries)
    assert not kept(tmp_path / "db", entries)


def kept(db: Path, entries: list[dict[str, Any]]) -> set[str]:
    """The attempts whose reports are stored."""
    store = Store(db)
    humans = {entry["human_commit"] for entry in entries}
    return {report.attempt for human in humans for report in store.facts(human)}


def test_a_second_run_gives_the_same_and_reads_it_from_the_store(
    cli: Cli, runs: Path, tmp_path: Path
) -> None:
    first = cli(runs, "--db", tmp_path / "db", "--json", "-")
    assert len(kept(tmp_path / "db", json.loads(first)["attempts"])) == 5
    assert cli(runs, "--db", tmp_path / "db", "--json", "-") == first


def test_an_interrupt_keeps_what_is_done_and_writes_it(tmp_path: Path) -> None:
    """The signal comes while reports are stored, as Ctrl-C does to a long pass."""
    runs = build_runs(tmp_path / "runs")
    patch = unified(BASE, HUMAN)
    more = [
        {
            "run_id": "repo_core-0000",
            "item_id": f"repo_core-{number:04}",
            "commit": SHAS[0][:8],
            "status": "success",
            "patch": {"exists": True, "size_bytes": len(patch), "content": patch},
            "execution": {"returncode": 0, "duration_seconds": 61.5},
        }
        for number in range(1500)
    ]
    (runs / "all_attempts_more.json").write_text(json.dumps(more), "utf-8")
    report = tmp_path / "report.json"
    db = tmp_path / "db"
    words = ["check", runs, "--db", db, "--jobs", "1", "--json", report]
    process = subprocess.Popen(
        [*COMMAND, *map(str, words)], stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    first: list[dict[str, Any]] = [{"human_commit": SHAS[0]}]
    stored = lambda: process.poll() is not None or len(kept(db, first)) > GROUP  # noqa: E731
    wait_for(stored, "more than the reports that are stored at once are stored")
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert "Traceback" not in said
    assert process.returncode == 130, said
    assert "interrupted: " in said
    done = json.loads(report.read_text("utf-8"))["attempts"]
    assert 0 < len(done) < 1505
    assert {entry["attempt"] for entry in done} <= kept(db, done)


def test_a_terminal_shows_how_far_it_is(runs: Path, tmp_path: Path) -> None:
    with OnTerminal("check", runs, "--db", tmp_path / "db", "--jobs", "1") as terminal:
        terminal.wait_for("5/5")
        terminal.wait_for("5 attempts")
        assert terminal.exit_code() == 0


def test_a_pipe_gets_no_progress_bar(runs: Path, tmp_path: Path) -> None:
    done = command("check", runs, "--db", tmp_path / "db", "--jobs", "1")
    assert done.returncode == 0
    assert done.stderr == ""


def test_the_figures_of_the_real_attempts(cli: Cli, shared: Path, tmp_path: Path) -> None:
    """Without a repository nothing about applying and syntax is invented.

    All families on these attempts: `tests/trials/test_golden_story.py`.
    """
    whole = shared / "isobench/analysis_reports/all_attempts_comprehensive.json"
    commits = shared / "isobench/tmp_single_commit"
    only = ("--only", "applies", "files", "patch", "syntax")
    rows = table(cli(whole, "--commits", commits, "--db", tmp_path / "db", *only))
    assert rows["applies"] == ["0", "0", "300"]
    assert rows["files_match"] == ["67", "167", "66"]
    assert rows["patch.empty"] == ["153", "error"]
    assert rows["syntax_correct"] == ["0", "0", "300"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--scheduler", "host:8786"), "is not an address such as tcp://host:8786"),
        (("--scheduler", "tcp://host:8786", "--jobs", "1"), "not allowed with"),
    ],
)
def test_a_scheduler_has_an_address_and_decides_how_many_work(
    words: tuple[str, ...], told: str, runs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(runs), *words]) == 2
    assert told in capsys.readouterr().err
