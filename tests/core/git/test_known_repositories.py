"""The repository of some runs is remembered in the user's state, and nowhere else."""

from __future__ import annotations

import subprocess
from pathlib import Path

from core.git.known_repositories import last_repository, remember_repository
from core.places import state_folder
from core.session import open_session
from tests.support.runs import build_runs


def test_the_last_repository_is_offered_while_it_is_there(tmp_path: Path) -> None:
    runs, one, other = (tmp_path / name for name in ("runs", "one", "other"))
    for folder in (runs, one, other):
        folder.mkdir()
    assert last_repository(runs) is None
    for repository in (one, other):
        remember_repository(runs, repository)
    assert last_repository(runs) == other
    assert last_repository(runs / ".." / "runs") == other
    assert last_repository(one) is None
    other.rmdir()
    assert last_repository(runs) is None
    assert list(runs.iterdir()) == []


def test_what_cannot_be_understood_is_begun_anew(tmp_path: Path) -> None:
    (state_folder()).mkdir(parents=True)
    (state_folder() / "repositories.json").write_text("{", encoding="utf-8")
    assert last_repository(tmp_path) is None
    remember_repository(tmp_path, tmp_path)
    assert last_repository(tmp_path) == tmp_path


def test_a_session_offers_the_repository_it_had(tmp_path: Path) -> None:
    runs = build_runs(tmp_path / "runs")
    repository = tmp_path / "engine"
    subprocess.run(["git", "init", "-q", repository], check=True)
    assert open_session(runs).offered_repository is None
    assert open_session(runs, repository=repository).offered_repository is None
    assert open_session(runs).offered_repository == repository
