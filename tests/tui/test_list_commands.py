"""`patchjury list`, `adjudicate`, and `--filter` of other commands: real runs, no screen."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from core.models import Outcome
from core.session import open_session
from core.triage import Triage
from tests.support.runs import build_runs
from tests.tui.test_cli import FIRST, Cli, cli  # noqa: F401 - a fixture
from tui.cli import main


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    return build_runs(tmp_path / "runs")


def decide(runs: Path, reviewer: str, key: str, **changes: Any) -> Triage:
    """One verdict of one reviewer, durable."""
    triage = open_session(runs, reviewer=reviewer).triage
    triage.decide(key, **changes)
    triage.save()
    return triage


def listed(cli: Cli, *words: str | Path) -> list[dict[str, Any]]:  # noqa: F811
    data = json.loads(cli("list", *words, "--json"))
    return list(data["attempts"])


def test_list_prints_a_table_and_counts(runs: Path, cli: Cli) -> None:  # noqa: F811
    lines = cli("list", runs, "--columns", "key,size,rc").splitlines()
    assert lines[0].split() == ["key", "size", "rc"]
    assert FIRST[-40:] in lines[1]
    assert lines[-1] == "5 of 5 attempts"


def test_in_a_blind_study_the_list_tells_no_claim_that_is_sealed(
    runs: Path,
    cli: Cli,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATCHJURY_REVIEWER", "ann")
    decide(runs, "ann", FIRST, outcome=Outcome.FAILURE)
    assert len(listed(cli, runs, "--filter", "marked:yes")) == 4
    monkeypatch.setenv("PATCHJURY_BLIND", "true")
    assert [one["key"] for one in listed(cli, runs, "--filter", "marked:yes")] == [FIRST]


def test_list_filters_sorts_and_says_what_was_asked(runs: Path, cli: Cli) -> None:  # noqa: F811
    text = cli("list", runs, "--filter", "has:size", "--sort=-size", "--columns", "size", "--json")
    data = json.loads(text)
    sizes = [attempt["size"] for attempt in data["attempts"]]
    assert sizes == sorted(sizes, reverse=True) and len(sizes) > 1
    asked = {name: data[name] for name in ("schema_version", "queue", "filter", "sort", "total")}
    assert asked == {
        "schema_version": 1,
        "queue": "all",
        "filter": "has:size",
        "sort": "-size",
        "total": 5,
    }


def test_list_shows_a_queue(runs: Path, cli: Cli) -> None:  # noqa: F811
    before = listed(cli, runs, "--queue", "undecided")
    decide(runs, "ada", FIRST, outcome=Outcome.TRUE_SUCCESS)
    after = listed(cli, runs, "--queue", "undecided")
    assert [a["key"] for a in before if a not in after] == [FIRST]
    sample = listed(cli, runs, "--queue", "random", "--sample", "2", "--seed", "3")
    assert sample == listed(cli, runs, "--queue", "random", "--sample", "2", "--seed", "3")
    assert len(sample) == 2


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--filter", "agnt:x"], "there is no field `agnt`. Did you mean `agent:`?"),
        (["--queue", "mine"], "there is no queue 'mine'. Queues: all, undecided"),
        (["--sort", "colour"], "there is no column `colour`. Columns: "),
        (["--columns", "key,colour"], "there is no column `colour`"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_printed(
    words: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["list", "/nowhere/at/all", *words]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert told in printed.err


def test_an_export_of_a_filter_holds_those_attempts_and_says_so(
    runs: Path,
    tmp_path: Path,
    cli: Cli,  # noqa: F811
) -> None:
    decide(runs, "ada", FIRST, outcome=Outcome.TRUE_SUCCESS)
    words = ("--filter", "state:reviewed")
    cli("export", runs, "--to", tmp_path / "out.json", *words)
    data = json.loads((tmp_path / "out.json").read_text())
    assert [a["key"] for a in data["attempts"]] == [FIRST]
    assert data["filter"] == "state:reviewed"
    assert (data["statistics"]["attempts"], data["stray_verdicts"]) == (1, [])
    cli("export", runs, "--to", tmp_path / "out.csv", *words)
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [row["key"] for row in csv.DictReader(file)] == [FIRST]
    cli("export", runs, "--to", tmp_path / "out.md", *words)
    assert "`state:reviewed` lets through: 1 of 5 attempts" in (tmp_path / "out.md").read_text()


def test_a_verdict_outside_the_filter_is_no_stray(
    runs: Path,
    tmp_path: Path,
    cli: Cli,  # noqa: F811
) -> None:
    decide(runs, "ada", FIRST, outcome=Outcome.TRUE_SUCCESS)
    cli("export", runs, "--to", tmp_path / "out.json", "--filter", "state:open")
    data = json.loads((tmp_path / "out.json").read_text())
    assert FIRST not in [a["key"] for a in data["attempts"]]
    assert (data["stray_verdicts"], data["statistics"]["decisions"]["stray_verdicts"]) == ([], 0)


def test_judge_takes_a_filter(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["judge", str(runs), "--model", "gpt-5", "--dry-run", "--json", "--canaries", "0"]
    assert main([*words, "--filter", f'key:"{FIRST}"']) == 0
    one = json.loads(capsys.readouterr().out)
    assert main(words) == 0
    whole = json.loads(capsys.readouterr().out)
    assert one["calls"] < whole["calls"]
    assert main([*words, "--filter", "agent:nobody"]) == 2
    assert "no attempt matches the filter" in capsys.readouterr().err


def test_adjudicate_lists_disputes_and_settles_one(
    runs: Path,
    cli: Cli,  # noqa: F811
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert cli("adjudicate", runs) == ""
    decide(runs, "ada", FIRST, outcome=Outcome.TRUE_SUCCESS, note="it is the same")
    decide(runs, "bo", FIRST, outcome=Outcome.FAILURE)
    said = cli("adjudicate", runs, code=1)
    assert FIRST in said
    assert "ada: true_success: it is the same" in said
    assert "bo: not_a_success" in said
    monkeypatch.setenv("PATCHJURY_REVIEWER", "cy")
    cli("adjudicate", runs, "--attempt", FIRST, "--side-with", "ada", "--note", "ada is right")
    assert cli("adjudicate", runs) == ""
    triage = open_session(runs, reviewer="ada").triage
    known = triage.assessment(FIRST)
    assert known.outcome is Outcome.TRUE_SUCCESS
    assert known.verdict is not None and known.verdict.reviewer == "cy"
    assert {v.reviewer for v in known.verdicts} == {"ada", "bo"}
    assert main(["adjudicate", str(runs), "--attempt", FIRST, "--outcome", "true_success"]) == 2
    assert "is not in dispute" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--attempt", "nothing/here", "--outcome", "true_success"], "there is no attempt"),
        (["--attempt", FIRST], "no decision was given"),
        (["--outcome", "true_success"], "no attempt was named"),
        (
            ["--attempt", FIRST, "--side-with", "dee"],
            "'dee' has not decided on this attempt. Who did: ",
        ),
    ],
)
def test_adjudicate_says_what_is_missing(
    runs: Path, words: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    decide(runs, "ada", FIRST, outcome=Outcome.TRUE_SUCCESS)
    decide(runs, "bo", FIRST, outcome=Outcome.FAILURE)
    assert main(["adjudicate", str(runs), *words]) == 2
    assert told in capsys.readouterr().err


def test_assign_gives_everybody_their_queue(
    runs: Path,
    cli: Cli,  # noqa: F811
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert cli("assign", runs) == "nothing is assigned\n"
    words = ("--reviewers", "ada, bo", "--each", "1", "--seed", "7", "--again", "0.5")
    assert cli("assign", runs, *words, "--dry-run") == ""
    assert cli("assign", runs) == "nothing is assigned\n"
    table = cli("assign", runs, *words).splitlines()
    assert [line.split()[0] for line in table] == ["reviewer", "ada", "bo"]
    assert cli("assign", runs, *words).splitlines() == table, "the same plan adds nothing"
    monkeypatch.setenv("PATCHJURY_REVIEWER", "ada")
    mine = listed(cli, runs, "--queue", "assigned")
    assert mine
    decide(runs, "ada", mine[0]["key"], outcome=Outcome.FAILURE)
    data = json.loads(cli("assign", runs, "--json"))
    (ada,) = [one for one in data["reviewers"] if one["reviewer"] == "ada"]
    assert ada["open"] == ada["assigned"] - 1
    assert main(["assign", str(runs), "--reviewers", "ada", "--each", "2"]) == 2
    assert "cannot assign 2 reviewers to each attempt" in capsys.readouterr().err


def test_a_plan_is_withdrawn_but_for_what_was_answered(
    runs: Path,
    cli: Cli,  # noqa: F811
    capsys: pytest.CaptureFixture[str],
) -> None:
    main(["assign", str(runs), "--reviewers", "ada"])
    plan = capsys.readouterr().err.split()[1].rstrip(":")
    decide(runs, "ada", FIRST, outcome=Outcome.FAILURE)
    assert main(["assign", str(runs), "--withdraw", plan]) == 0
    table = capsys.readouterr().out.splitlines()
    assert table[1].split() == ["ada", "1", "0"]
    assert main(["assign", str(runs), "--withdraw", plan]) == 2
    assert f"Plans: {plan}" in capsys.readouterr().err


def test_verdicts_that_belong_to_no_attempt_are_listed(runs: Path, cli: Cli) -> None:  # noqa: F811
    assert cli("list", runs, "--strays") == "0 verdicts of no attempt here\n"
    triage = decide(runs, "ada", FIRST, outcome=Outcome.FAILURE)
    shutil.rmtree(runs / triage.attempt(FIRST).key)
    lines = cli("list", runs, "--strays").splitlines()
    assert lines[0].split() == ["key", "reviewer", "when", "decision"]
    assert lines[-1].startswith("1 verdict of")
    assert "ada" in lines[1] and "not_a_success" in lines[1]
    data = json.loads(cli("list", runs, "--strays", "--json"))
    assert [(s["key"], s["decision"]) for s in data["strays"]] == [(FIRST, "not_a_success")]
    assert json.loads(cli("stats", runs, "--json"))["decisions"]["stray_verdicts"] == 1
