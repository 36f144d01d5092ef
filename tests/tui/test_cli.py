"""What each command does, on the sample runs, on small runs, and on real ones."""

from __future__ import annotations

import csv
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.store import Store
from tests.support.command import OnTerminal, command
from tests.support.runs import build_runs
from tui.cli import COMMANDS, main

SAMPLE = Path(__file__).resolve().parents[2] / "sample_runs"
FIRST = "state/runs/repo/codex/gpt-5/2025-01-02_03-04-05/item-0000"
NO_TERMINAL = "patchjury: the screen needs a terminal, and there is none."

Cli = Callable[..., str]


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    return build_runs(tmp_path / "runs")


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str]) -> Cli:
    """Run a command in this process; returns what it printed."""

    def run(*words: str | Path, code: int = 0) -> str:
        assert main([str(word) for word in words]) == code
        return capsys.readouterr().out

    return run


@pytest.fixture(scope="session")
def comprehensive(shared: Path) -> Path:
    return shared / "isobench/analysis_reports/all_attempts_comprehensive.json"


def figures(text: str) -> dict[str, str]:
    """The figures of `patchjury stats`, by their labels."""
    section = text.split("\n\n", 1)[0].splitlines()[1:]
    rows = [re.split(r" {2,}", line.strip(), maxsplit=2) for line in section]
    return {label: " ".join(rest) for label, *rest in rows}


def decide(runs: Path, key: str, reviewer: str = "Ada") -> None:
    """Start the screen on the runs, decide on the first attempt with a key, and leave."""
    with OnTerminal("open", runs, "--no-checks", env={"PATCHJURY_REVIEWER": reviewer}) as terminal:
        terminal.wait_for("reviewed 0/3")
        terminal.wait_for("value_11")
        terminal.decide(key, "reviewed 1/3")
        terminal.press("q")
        assert terminal.exit_code() == 0


# stats


def test_stats_of_the_attempts_file(cli: Cli, comprehensive: Path, tmp_path: Path) -> None:
    text = cli("stats", comprehensive, "--db", tmp_path / "db")
    found = figures(text)
    assert found["attempts"].startswith("300 ")
    assert found["commits"] == "96 human commit found for 96 of 96"
    assert found["marked success"].startswith("134 ")
    assert found["non-empty patches"].startswith("143 ")
    assert found["cut patches"].startswith("66 ")
    assert found["marked, return code not 0"].startswith("65 of 134 marked")
    assert found["patches with their own diff"].startswith("55 52 without, 36 unknown")
    assert found["distinct patches"].startswith("126 of 143 read")
    assert found["judgements"] == "0" and found["load problems"] == "0"


def test_stats_as_json_say_the_same(
    cli: Cli, shared: Path, comprehensive: Path, tmp_path: Path
) -> None:
    named = ("--commits", shared / "isobench/tmp_single_commit")
    data = json.loads(cli("stats", comprehensive, *named, "--db", tmp_path / "db", "--json"))
    assert {name: data[name] for name in ("attempts", "commits", "human_commits_found")} == {
        "attempts": 300,
        "commits": 96,
        "human_commits_found": 96,
    }
    assert (data["marked_success"], data["marked_success_nonzero_return"]) == (134, 65)
    assert (data["patches"], data["cut_patches"]) == (143, 66)
    assert (data["own_diff_patches"], data["distinct_patches"]) == (55, 126)


@pytest.mark.parametrize(
    ("folder", "attempts", "without_journal"), [("isobench/state", 509, 0), ("real_runs", 33, 5)]
)
def test_stats_of_real_folders(
    cli: Cli, shared: Path, tmp_path: Path, folder: str, attempts: int, without_journal: int
) -> None:
    found = figures(cli("stats", shared / folder, "--db", tmp_path / "db"))
    assert found["attempts"] == f"{attempts} {without_journal} without a journal"


def test_stats_of_the_sample_runs_name_what_did_not_load(tmp_path: Path) -> None:
    done = command("stats", SAMPLE, "--db", tmp_path / "db")
    planted = json.loads((SAMPLE / "planted.json").read_text("utf-8"))
    assert figures(done.stdout)["attempts"].startswith(f"{len(planted['attempts'])} ")
    assert figures(done.stdout)["load problems"] == "1"
    assert done.stderr.startswith("1 load problem: runs/minnow_core-5e1f9a02/")
    assert done.stderr.count("\n") == 2 and "not JSON" in done.stderr
    assert "opinions and rubrics from elsewhere are set aside" in done.stderr
    assert not (tmp_path / "db").exists()  # looking writes nothing


# import and export


def test_import_of_earlier_evaluations_twice(
    cli: Cli, shared: Path, comprehensive: Path, tmp_path: Path
) -> None:
    on_top = (comprehensive, "--db", tmp_path / "db")
    evaluations = shared / "isobench/analysis_reports/gpt5_evaluations.json"
    assert cli("import", *on_top, evaluations) == (
        "0 verdicts (0 new), 143 judgements (143 new), 0 rubrics (0 new)\n"
    )
    again = json.loads(cli("import", *on_top, evaluations, "--json"))
    assert (again["judgements"], again["judgements_added"]) == (143, 0)
    data = json.loads(cli("stats", *on_top, "--json"))
    states = {state: count for state, count in data["judgements"].items() if count}
    assert states == {"verdict": 29, "error": 114}
    assert figures(cli("stats", *on_top))["judgements"] == "143 29 verdict, 114 error"


@pytest.mark.parametrize("ending", ["json", "jsonl", "csv", "md"])
def test_export_in_the_format_of_the_ending(runs: Path, tmp_path: Path, ending: str) -> None:
    target = tmp_path / f"out.{ending}"
    done = command("export", runs, "--to", target)
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == f"5 attempts written to {target}\n"
    text = target.read_text("utf-8")
    read: dict[str, Callable[[], object]] = {
        "json": lambda: len(json.loads(text)["attempts"]),
        "jsonl": lambda: len([json.loads(line) for line in text.splitlines()]),
        "csv": lambda: len(list(csv.DictReader(text.splitlines()))),
        "md": lambda: 5 if text.startswith("# ") and FIRST in text else 0,
    }
    assert read[ending]() == 5
    assert str(tmp_path) not in text


def test_export_replaces_a_file_only_by_force(cli: Cli, runs: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    target.write_text("mine", "utf-8")
    cli("export", runs, "--to", target, code=2)
    assert target.read_text("utf-8") == "mine"
    cli("export", runs, "--to", target, "--force")
    assert FIRST in target.read_text("utf-8")


def test_an_export_inside_the_runs_folder_is_no_input(cli: Cli, runs: Path) -> None:
    before = json.loads(cli("stats", runs, "--json"))
    for ending in ("json", "jsonl", "csv", "md"):
        cli("export", runs, "--to", runs / f"out.{ending}")
    assert json.loads(cli("stats", runs, "--json")) == before


def test_no_path_of_the_machine_is_in_an_export_of_real_runs(
    cli: Cli, shared: Path, tmp_path: Path
) -> None:
    target = tmp_path / "out.json"
    cli("export", shared / "real_runs", "--db", tmp_path / "db", "--to", target)
    text = target.read_text("utf-8")
    assert str(shared) not in text and str(tmp_path) not in text


def verdicts_of(cli: Cli, runs: Path, target: Path) -> dict[str, Any]:
    """The standing verdicts and histories, as an export of the runs holds them."""
    cli("export", runs, "--to", target, "--force")
    attempts = json.loads(target.read_text("utf-8"))["attempts"]
    return {
        attempt["key"]: (attempt["verdict"], attempt["history"], attempt["outcome"])
        for attempt in attempts
    }


def test_verdicts_travel_by_export_and_move_with_the_folder(
    cli: Cli, runs: Path, tmp_path: Path
) -> None:
    copy = shutil.copytree(runs, tmp_path / "copy")
    decide(runs, "2", reviewer="Ada Löwe")
    decided = verdicts_of(cli, runs, tmp_path / "out.json")
    verdict = decided[FIRST][0]
    assert (verdict["outcome"], verdict["reviewer"]) == ("partial_success", "Ada Löwe")
    words = ("import", copy, tmp_path / "out.json")
    assert cli(*words) == "1 verdict (1 new), 0 judgements (0 new), 0 rubrics (0 new)\n"
    assert cli(*words) == "1 verdict (0 new), 0 judgements (0 new), 0 rubrics (0 new)\n"
    assert verdicts_of(cli, copy, tmp_path / "copy.json") == decided
    moved = runs.rename(tmp_path / "moved")
    assert verdicts_of(cli, moved, tmp_path / "moved.json") == decided


def test_import_says_what_it_could_not_use(cli: Cli, runs: Path, tmp_path: Path) -> None:
    cli("export", runs, "--to", tmp_path / "out.json")
    data = json.loads((tmp_path / "out.json").read_text("utf-8"))
    data["attempts"][0]["key"] = "somewhere/\x1b[31melse"
    (tmp_path / "out.json").write_text(json.dumps(data), "utf-8")
    done = command("import", runs, tmp_path / "out.json")
    assert done.returncode == 1
    assert "not in this run set: 1 attempt " in done.stderr
    assert "␛[31melse" in done.stderr and "\x1b" not in done.stderr


# open and demo


def test_runs_alone_are_opened(runs: Path) -> None:
    for words in ((runs,), ("open", runs), ("--db", runs / "db", runs), ("demo",)):
        done = command(*words)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith(NO_TERMINAL) and done.stderr.count("\n") == 1
        assert all(name in done.stderr for name in ("stats", "list", "check", "export"))


def test_a_verdict_given_on_the_terminal_is_there_the_next_time(runs: Path) -> None:
    decide(runs, "1")
    (verdict,) = Store(runs / ".patchjury").load().verdicts[FIRST]
    assert (verdict.outcome.value, verdict.reviewer) == ("true_success", "Ada")
    with OnTerminal("open", runs) as terminal:
        terminal.wait_for("reviewed 1/3")
        terminal.press("q")
        assert terminal.exit_code() == 0


def test_verdicts_that_cannot_be_saved_are_not_left_silently(runs: Path, tmp_path: Path) -> None:
    db = tmp_path / "db"
    db.mkdir()
    (db / "commits").write_text("in the way", "utf-8")
    with OnTerminal("open", runs, "--db", db, env={"PATCHJURY_REVIEWER": "Ada"}) as terminal:
        terminal.wait_for("value_11")
        terminal.decide("1", "Not saved")
        terminal.press("q")
        terminal.wait_for("not saved: 1 verdict")
        terminal.press("q")
        terminal.wait_for("patchjury: 1 verdict not saved: ")
        assert terminal.exit_code() == 1


def test_demo_opens_the_sample_runs_and_leaves_them_alone() -> None:
    before = {path: path.stat().st_mtime_ns for path in SAMPLE.rglob("*.*")}
    with OnTerminal("demo", fresh=True) as terminal:
        terminal.wait_for("reviewed 0/31")
        terminal.press("q")
        assert terminal.exit_code() == 0
    assert before == {path: path.stat().st_mtime_ns for path in SAMPLE.rglob("*.*")}


# doctor, help and version


def test_doctor_looks_at_this_machine(cli: Cli) -> None:
    text = cli("doctor")
    for subject in ("python", "textual", "tree-sitter-rust", "git", "terminal", "judge's key"):
        assert re.search(rf"^(ok|-) +{subject} ", text, re.MULTILINE), subject


def test_doctor_as_json_with_runs(cli: Cli, tmp_path: Path) -> None:
    found = json.loads(cli("doctor", SAMPLE, "--db", tmp_path / "db", "--json"))
    by_subject = {diagnosis["subject"]: diagnosis for diagnosis in found["diagnoses"]}
    assert by_subject["runs"] == {"subject": "runs", "ok": True, "detail": "39 attempts"}
    assert by_subject["human commits"]["detail"] == "8 of 8 found"
    assert str(tmp_path / "db") in by_subject["store"]["detail"]
    assert by_subject["load problems"] == {"subject": "load problems", "ok": None, "detail": "1"}
    assert not (tmp_path / "db").exists()


def test_doctor_finds_what_is_missing(cli: Cli, tmp_path: Path) -> None:
    text = cli("doctor", tmp_path, code=1)
    assert re.search(r"^MISSING +runs +no attempts were found", text, re.MULTILINE)


@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_every_command(
    name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    with pytest.raises(SystemExit) as left:
        main([name, "--help"])
    text = capsys.readouterr().out
    assert left.value.code == 0
    assert text.startswith(f"usage: patchjury {name} ")
    assert "exit codes: 0 done; 1 " in text and "130 interrupted" in text
    assert text.isascii()  # so that it can be read in any locale


def test_help_lists_every_command() -> None:
    done = command("--help")
    assert done.returncode == 0 and done.stderr == ""
    for name, summary in COMMANDS.items():
        assert re.search(rf"^ +{name}\s+{re.escape(summary)}$", done.stdout, re.MULTILINE)


def test_version() -> None:
    assert re.fullmatch(r"patchjury \d+\.\d+\.\d+\n", command("--version").stdout)
