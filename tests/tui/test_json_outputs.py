"""Every `--json` says of which version it is, and fits the schema that is shipped for it."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

import pytest

from core.export.schemas.json_schemas import SCHEMAS, schema_text
from core.judge.fake_server import FakeOpenAI
from tests.core.export.test_json_schemas import faults
from tests.support.runs import build_runs
from tests.tui.test_cli import SAMPLE
from tui.cli import COMMANDS, main

RUNS = SAMPLE / "all_attempts_sample.json"

OUTPUTS: Sequence[tuple[str, list[str]]] = (
    ("import", ["import", str(SAMPLE / "gpt5_evaluations.json"), "--json"]),
    ("check", ["check", "--json", "-"]),
    ("stats", ["stats", "--json"]),
    ("audit", ["audit", "--json", "--fail-on", "never"]),
    ("list", ["list", "--json", "--columns", "key,size,rc,marked,outcome"]),
    ("list", ["list", "--json", "--strays"]),
    ("export", ["export", "--to", "-", "--format", "json"]),
    ("assign", ["assign", "--json"]),
    ("doctor", ["doctor", "--json"]),
    ("settings", ["settings", "--json"]),
    ("gate", ["gate", "--json", "--min-true-success", "0"]),
)


def test_schemas_are_printed_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema"]) == 0
    assert {line.split()[0] for line in capsys.readouterr().out.splitlines()} == {*SCHEMAS}
    assert main(["schema", "stats"]) == 0
    assert json.loads(capsys.readouterr().out) == json.loads(schema_text("stats"))
    assert main(["schema", "nothing"]) == 2


@pytest.mark.usefixtures("quick_checks")
def test_json_of_every_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In one store, so that what one command found is in what the next one prints."""
    for schema, (name, *words) in OUTPUTS:
        store = [] if name == "settings" else ["--db", str(tmp_path / "db")]
        assert main([name, str(RUNS), *words, *store]) in (0, 1), name
        data = json.loads(capsys.readouterr().out)
        assert isinstance(data["schema_version"], int), name
        assert faults(schema, data) == [], name


@pytest.mark.usefixtures("quick_judge")
def test_json_of_the_judge(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    runs = str(build_runs(tmp_path / "runs"))
    with FakeOpenAI() as server:
        monkeypatch.setenv("PATCHJURY_BASE_URL", server.base_url)
        monkeypatch.setenv("OPENAI_API_KEY", "sk-none")
        asked = ["judge", runs, "--model", "gpt-5", "--json"]
        for schema, words in (
            ("judge-estimate", ["--dry-run"]),
            ("judge-batch", ["--batch"]),
            ("judge-collect", ["--collect"]),
            ("judge", ["--votes", "3", "--canaries", "1"]),
        ):
            main([*asked, *words])
            data = json.loads(capsys.readouterr().out)
            assert data["schema_version"] == 1 and faults(schema, data) == [], schema


def test_json_about_other_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    runs = build_runs(tmp_path / "runs")
    export = tmp_path / "export.json"
    assert main(["export", str(runs), "--to", str(export)]) == 0
    table = tmp_path / "labels.csv"
    keys = [attempt["key"] for attempt in json.loads(export.read_text("utf-8"))["attempts"]]
    rows = [f"{key},pass,{'pass' if n else 'fail'},{n / 2}" for n, key in enumerate(keys)]
    table.write_text("\n".join(["item,judge,human,speedup", *rows, "x,odd,,"]), "utf-8")
    audit = ["--key", "item", "--against", str(table), "--measured", str(table)]
    audit += ["--measure", "speedup:0.4", "--fail-on", "never"]
    for schema, words in (
        ("replay", ["replay", str(export)]),
        ("merge", ["merge", str(runs), str(export)]),
        ("stats-table", ["stats", str(table), "--drawn"]),
        ("audit-table", ["audit", str(runs), str(table), *audit]),
    ):
        capsys.readouterr()
        assert main([*words, "--json"]) == 0, schema
        data = json.loads(capsys.readouterr().out)
        assert data["schema_version"] == 1 and faults(schema, data) == [], schema
        if schema == "audit-table":
            assert data["measured"] and data["against"]["judge"]["kappa"] is not None


def test_every_command_that_prints_json_has_a_schema() -> None:
    described = {word for shipped in SCHEMAS.values() for word in shipped.written_by.split()}
    with_json = set()
    for name in COMMANDS:
        parser = argparse.ArgumentParser()
        import_module(f"tui.cli.{name.replace('-', '_')}_command").add_options(parser)
        if any("--json" in action.option_strings for action in parser._actions):
            with_json.add(name)
    assert "check" in with_json and with_json <= described
