"""Rows of figures for the screen: the numbers of `core.stats`, each with the attempts it counts."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.assess.filters import parse_filter
from core.export.openable_figures import FigureRow, figure_rows, quoted
from core.models import Outcome
from core.session import Session, open_session
from core.stats.patch_facts import read_patch_facts
from tests.conftest import ROOT
from tests.support.runs import build_runs


def rows_of(session: Session) -> list[FigureRow]:
    triage = session.triage
    known = triage.assessments()
    facts = read_patch_facts(triage.run_set.attempts)
    return figure_rows(session.statistics(), known, triage.run_set.commits, facts)


@pytest.fixture
def session(tmp_path: Path) -> Session:
    opened = open_session(build_runs(tmp_path / "runs"), reviewer="ann")
    first = opened.triage.run_set.attempts[0].key
    opened.triage.decide(first, outcome=Outcome.TRUE_SUCCESS)
    return opened


def test_every_number_that_opens_opens_as_many_attempts_as_it_says(session: Session) -> None:
    rows = rows_of(session)
    by_label = {row.label.strip(): row for row in rows}
    said_true = [row for row in rows if row.label == "true success" and row.count == 1]
    assert all(len(row.opens) == row.count for row in rows if row.opens)
    first = session.triage.run_set.attempts[0].key
    assert [row.opens for row in said_true] and all(row.opens == (first,) for row in said_true)
    assert by_label["codex gpt-5"].count == 3 and len(by_label["codex gpt-5"].opens) == 3
    assert by_label["marked"].count == 4 and by_label["another return code"].count == 1
    assert [row.label for row in rows if row.is_heading][:2] == [
        "Levels: how far attempts get, each level including those before it",
        "Funnel",
    ]


def test_on_the_sample_runs_every_count_can_be_opened() -> None:
    session = open_session(ROOT / "sample_runs", reviewer="ann", db=Path("/nonexistent/db"))
    rows = rows_of(session)
    counted = [row for row in rows if row.count]
    assert len(counted) > 60
    assert [row.label for row in counted if not row.opens] == []
    assert all(len(row.opens) == row.count for row in counted)


@pytest.mark.parametrize("name", ['a "b"', "a\\", "x, y", "a*", "!x"])
def test_a_name_is_looked_for_literally(name: str) -> None:
    assert len(parse_filter(f"agent:{quoted(name)}").sieves) == 1
