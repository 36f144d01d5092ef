"""Every `--json` says of which version it is, and fits the schema that is shipped for it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from core.export.schemas.json_schemas import SCHEMAS, schema_text
from tests.core.export.test_json_schemas import faults
from tests.tui.test_cli import SAMPLE
from tui.cli import main

RUNS = SAMPLE / "all_attempts_sample.json"

OUTPUTS: Sequence[tuple[str, list[str]]] = (
    ("", ["import", str(SAMPLE / "gpt5_evaluations.json"), "--json"]),
    ("check", ["check", "--json", "-"]),
    ("stats", ["stats", "--json"]),
    ("audit", ["audit", "--json", "--fail-on", "never"]),
    ("list", ["list", "--json", "--columns", "key,size,rc,marked,outcome"]),
    ("list", ["list", "--json", "--strays"]),
    ("export", ["export", "--to", "-", "--format", "json"]),
    ("", ["assign", "--json"]),
    ("", ["doctor", "--json"]),
    ("", ["settings", "--json"]),
    ("", ["gate", "--json", "--min-true-success", "0"]),
)


def test_schemas_are_printed_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema"]) == 0
    assert {line.split()[0] for line in capsys.readouterr().out.splitlines()} == {*SCHEMAS}
    assert main(["schema", "stats"]) == 0
    assert json.loads(capsys.readouterr().out) == json.loads(schema_text("stats"))
    assert main(["schema", "nothing"]) == 2


def test_json_of_every_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In one store, so that what one command found is in what the next one prints."""
    for schema, (name, *words) in OUTPUTS:
        store = [] if name == "settings" else ["--db", str(tmp_path / "db")]
        assert main([name, str(RUNS), *words, *store]) in (0, 1), name
        data = json.loads(capsys.readouterr().out)
        assert isinstance(data["schema_version"], int), name
        if schema:
            assert faults(schema, data) == []
