"""What is in the wheel and the source distribution, and that an unpacked wheel works."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).resolve().parents[2]


def build(kind: str, target: Path, source: Path = ROOT) -> Path:
    """Build the project with hatchling; returns the file."""
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", target],
        cwd=source,
        capture_output=True,
        check=True,
    )
    (file,) = target.iterdir()
    return file


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built once."""
    return build("wheel", tmp_path_factory.mktemp("wheel"))


@pytest.fixture
def unpacked(wheel: Path, tmp_path: Path) -> Path:
    """The wheel as an installer unpacks it."""
    folder = tmp_path / "site"
    with ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def from_package(unpacked: Path, *words: str | Path) -> subprocess.CompletedProcess[str]:
    """Run Python with the unpacked wheel in place of the checkout."""
    return subprocess.run(
        [sys.executable, *words],
        cwd=unpacked.parent,
        env={**os.environ, "PYTHONPATH": str(unpacked)},
        capture_output=True,
        text=True,
        check=True,
    )


def files_below(folder: Path) -> set[str]:
    """Every file of a folder that belongs to the project, below it."""
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    return {name for name in names if "__pycache__" not in name and ".patchjury" not in name}


def test_the_wheel_holds_the_packages_and_the_sample_runs_and_nothing_else(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        names = set(archive.namelist())
    expected = {
        f"{package}/{name}" for package in ("core", "tui") for name in files_below(ROOT / package)
    }
    sample = {f"core/sample_runs/{name}" for name in files_below(ROOT / "sample_runs")}
    scripts = {name for name in sample if "/recipe/" in name or name.endswith("/build.py")}
    assert scripts
    assert {name for name in names if ".dist-info/" not in name} == expected | sample - scripts
    assert {"core/py.typed", "tui/py.typed", "tui/screens/triage.tcss"} <= names
    for name in ("README.md", "planted.json", "engine.bundle", "gpt5_evaluations.json"):
        assert f"core/sample_runs/{name}" in names
    assert any(name.endswith("/licenses/LICENSE") for name in names)


def test_the_wheel_names_its_command_and_every_dependency(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        texts = {name.rpartition("/")[2]: name for name in archive.namelist()}
        metadata = archive.read(texts["METADATA"]).decode()
        scripts = archive.read(texts["entry_points.txt"]).decode()
    assert "patchjury = tui.cli:main" in scripts
    assert "Name: patchjury\n" in metadata and "Requires-Python: >=3.11\n" in metadata
    assert "License-Expression: Apache-2.0\n" in metadata
    assert "Requires-Dist: textual" in metadata


def test_an_unpacked_wheel_finds_its_sample_runs(unpacked: Path) -> None:
    code = """\
import sys
from tui.cli import main
from tui.cli.demo_command import sample_runs
found = str(sample_runs())
print(found, flush=True)
sys.exit(main(["doctor", found, "--json"]))"""
    found, _, told = from_package(unpacked, "-c", code).stdout.partition("\n")
    assert Path(found) == unpacked / "core" / "sample_runs"
    by_subject = {item["subject"]: item["detail"] for item in json.loads(told)["diagnoses"]}
    assert by_subject["runs"] == "39 attempts"
    assert by_subject["human commits"] == "8 of 8 found"


def test_the_source_distribution_builds_the_same_wheel_without_verdicts(
    wheel: Path, tmp_path: Path
) -> None:
    with tarfile.open(build("sdist", tmp_path / "sdist")) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
        needed = [file for file in archive if file.name.split("/")[1] not in ("docs", "tests")]
        archive.extractall(tmp_path, needed, filter="data")
    assert {"Makefile", "constraints.txt", "sample_runs/build.py", "tests/conftest.py"} <= names
    assert not [name for name in names if "__pycache__" in name or ".venv" in name]
    (source,) = tmp_path.glob("patchjury-*")
    verdicts = source / "sample_runs" / ".patchjury" / "commits" / "a.json"
    verdicts.parent.mkdir(parents=True)
    verdicts.write_text("{}", "utf-8")
    again = build("wheel", tmp_path / "wheel", source)
    with ZipFile(wheel) as first, ZipFile(again) as second:
        assert sorted(first.namelist()) == sorted(second.namelist())
