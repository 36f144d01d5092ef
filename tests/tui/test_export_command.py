"""`patchjury export`: to a file, a folder, standard output; what is left out, and the messages."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from tests.support.runs import SHAS, build_runs
from tests.tui.test_cli import FIRST, Cli, cli  # noqa: F401 - a fixture


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    return build_runs(tmp_path / "runs")


def test_export_prints_in_a_format_that_is_named(runs: Path, cli: Cli) -> None:  # noqa: F811
    rows = list(csv.DictReader(io.StringIO(cli("export", runs, "--to", "-", "--format", "csv"))))
    assert [len(rows), rows[0]["key"], rows[0]["subject"]] == [5, FIRST, "Make ten larger"]
    data = json.loads(cli("export", runs, "--to", "-", "--format", "json"))
    assert [a["key"] for a in data["attempts"]] == [row["key"] for row in rows]
    page = cli("export", runs, "--to", "-", "--format", "html", "--without", "patches")
    assert page.startswith("<!DOCTYPE html>") and "<ins" not in page
    for words in (("--to", "-"), ("--to", "-", "--format", "pages")):
        cli("export", runs, *words, code=2)


def test_ids_of_commits_choose_attempts_and_one_that_is_not_there_is_told(
    runs: Path,
    capsys: pytest.CaptureFixture[str],
    cli: Cli,  # noqa: F811
) -> None:
    words = ("export", runs, "--to", "-", "--format", "json")
    data = json.loads(cli(*words, "--commits", SHAS[1][:8], "--filter", "marked:no"))
    assert {a["human"] for a in data["attempts"]} == {SHAS[1]}
    assert data["filter"] == f"marked:no commit:{SHAS[1][:8]}"
    both = json.loads(cli(*words, "--commits", f"{SHAS[0][:7]},{SHAS[1]}"))
    assert len(both["attempts"]) == 5
    cli(*words, "--commits", "abcdef1", code=2)
    folder = cli(*words, "--commits", runs / "commits")
    assert len(json.loads(folder)["attempts"]) == 5, "a folder of commits as everywhere"


def test_a_folder_gets_an_index_and_a_page_for_each_commit(
    runs: Path,
    tmp_path: Path,
    cli: Cli,  # noqa: F811
) -> None:
    target = tmp_path / "report"
    cli("export", runs, "--to", f"{target}/")
    names = sorted(p.relative_to(target).as_posix() for p in target.rglob("*.html"))
    assert names == [f"commits/{n:05d}-{SHAS[n - 1][:12]}.html" for n in (1, 2)] + ["index.html"]
    index = (target / "index.html").read_text("utf-8")
    for name in names[:2]:
        assert f'href="{name}"' in index
        assert "<ins" in (target / name).read_text("utf-8")
    cli("export", runs, "--to", f"{target}/", code=2)
    cli("export", runs, "--to", target, "--force", "--without", "patches")
    assert "<ins" not in (target / names[0]).read_text("utf-8")
    (target / "mine.txt").write_text("mine", "utf-8")
    cli("export", runs, "--to", target, "--force", code=2)
    assert (target / "mine.txt").read_text("utf-8") == "mine"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["report", "runs"], "nothing stays beside"


def test_the_same_result_makes_the_same_bytes(
    runs: Path,
    monkeypatch: pytest.MonkeyPatch,
    cli: Cli,  # noqa: F811
) -> None:
    words = ("export", runs, "--to", "-", "--format")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    texts = {name: cli(*words, name) for name in ("json", "jsonl", "csv", "md", "html")}
    assert texts == {name: cli(*words, name) for name in texts}
    assert json.loads(texts["json"])["created"] == "2023-11-14T22:13:20Z"
    assert "Written 2023-11-14 22:13 UTC" in texts["md"]
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
    cli(*words, "json", code=2)
