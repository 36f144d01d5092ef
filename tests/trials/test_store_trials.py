"""The store under fire, for as long as it takes: kills and writers."""

from __future__ import annotations

from pathlib import Path

from tests.core.store.test_durability import check_kills, check_writers
from tests.trials.conftest import Report

KILLS = 200


def test_200_kills_lose_no_acknowledged_verdict(tmp_path: Path, report: Report) -> None:
    acknowledged = check_kills(tmp_path / "db", KILLS)
    assert acknowledged > KILLS / 2
    report(f"{KILLS} kills, {acknowledged} verdicts acknowledged, none lost, none doubled")


def test_16_writers_lose_and_double_none(tmp_path: Path, report: Report) -> None:
    check_writers(tmp_path / "db", processes=4, threads=4, each=250)
    check_writers(tmp_path / "db16", processes=16, threads=1, each=125)
    report("4 processes with 4 threads, then 16 processes: 3,000 verdicts, none lost, none doubled")
