"""Tables of measurements and claims: which attempt a row is of, and the published figures."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from core.assess.speed import HardOutcome, Quadrant, quadrant_of, speed_facts
from core.checks.pipeline import check_runs
from core.errors import InputError
from core.models import Direction, RunSet, Subject
from core.readers import read_runs
from core.readers.tables.table_mapping import from_toml, propose, to_toml
from core.stats.measured import measure
from tests.conftest import ROOT
from tests.core.runs_on_disk import HUMAN, write, write_attempt

ISO = ["commit_hash", "agent_name", "has_agent_patch", "baseline_ttft_mean", "human_ttft_mean"]
ISO += ["agent_ttft_mean", "human_throughput", "agent_throughput", "agent_vs_human_ttft_mean"]


def test_a_mapping_is_proposed_and_survives_being_written() -> None:
    mapping = propose(ISO)
    assert (mapping.commit, mapping.agent) == ("commit_hash", "agent_name")
    assert mapping.claims == {"has_agent_patch": "has_patch"}
    first, second = mapping.values
    assert (first.name, first.baseline, first.attempt, first.better) == (
        "ttft_mean",
        "baseline_ttft_mean",
        "agent_ttft_mean",
        Direction.LOWER,
    )
    assert (second.name, second.unit, second.better) == (
        "throughput",
        "tokens/s",
        Direction.HIGHER,
    )
    assert from_toml(to_toml(mapping, 'a "table".csv'), "x") == mapping


@pytest.mark.parametrize("text", ["a = ", "colour = 1", "values = 3", "[[values]]\nbetter = 'up'"])
def test_a_mapping_that_is_none_is_named(text: str) -> None:
    with pytest.raises(InputError, match=r"x\.map"):
        from_toml(text, "x.map.toml")


def table(tmp_path: Path, *rows: str) -> Path:
    return write(tmp_path / "results/t.csv", "\n".join((",".join(ISO), *rows)) + "\n")


def test_rows_become_measurements_and_claims(tmp_path: Path) -> None:
    write_attempt(tmp_path / "runs/vllm/trae/gpt-5/2025-10-09_12-49-33/item")
    path = table(
        tmp_path,
        f"{HUMAN[:8]},TRAE,False,10,8,9,100,nan,7",
        f"{HUMAN},codex,True,,8,,,,",
        f"{'0' * 40},trae,True,,8,9,,,",
    )
    runs = read_runs(tmp_path / "runs", measurements=[path])
    (attempt,) = runs.attempts
    mine = [m for m in runs.measurements if m.attempt == attempt.key]
    assert [(m.name, m.subject, m.value) for m in mine] == [
        ("ttft_mean", Subject.BASELINE, 10.0),
        ("ttft_mean", Subject.HUMAN, 8.0),
        ("ttft_mean", Subject.ATTEMPT, 9.0),
        ("throughput", Subject.HUMAN, 100.0),
    ]
    assert [(c.name, c.value) for c in runs.claims] == [("has_patch", False)]
    assert any("2 of 3 rows fit no attempt" in p.reason for p in runs.problems)
    fact = speed_facts(runs.attempts, runs.measurements, runs.claims)[attempt.key]
    assert (fact.hard, fact.advantage) == (HardOutcome.SLOWER, -0.125)
    assert "but a patch of" in fact.contradicted[0]
    (checked,) = check_runs(runs, jobs=1, families=("speed",))
    assert {f.rule for f in checked.report.findings} == {"speed.slower", "speed.claim"}
    assert checked.report.measures["speed.hard"] == "slower"


def test_an_edited_mapping_is_used(tmp_path: Path) -> None:
    write_attempt(tmp_path / "item")
    path = write(tmp_path / "t.csv", f"wo,was\n{HUMAN},3\n")
    with pytest.raises(InputError, match="no column that names attempts") as raised:
        read_runs(tmp_path, measurements=[path])
    assert "patchjury map" in raised.value.hint
    write(tmp_path / "t.csv.map.toml", 'commit = "wo"\n[claims]\nwas = "stars"\n')
    (claim,) = read_runs(tmp_path, measurements=[path]).claims
    assert (claim.name, claim.value, claim.attempt) == ("stars", 3.0, "item")


def test_a_table_among_the_runs_is_found_and_another_is_no_problem(tmp_path: Path) -> None:
    write_attempt(tmp_path / "item")
    write(tmp_path / "other.csv", "a,b\n1,2\n")
    write(tmp_path / "t.csv", f"commit_hash,human_ttft,agent_ttft\n{HUMAN},4,2\n")
    runs = read_runs(tmp_path)
    assert [m.value for m in runs.measurements] == [4.0, 2.0]
    assert not [p for p in runs.problems if p.path.endswith(".csv")]


def test_swefficiency_and_iso_bench_rows_are_found_beside_the_runs() -> None:
    cases = ROOT / "tests/cases/formats"
    speedups = read_runs(cases / "swefficiency").measurements
    assert [(m.name, m.subject.value, m.value) for m in speedups] == [
        ("speedup_ratio", "human", 2.0),
        ("speedup_ratio", "attempt", 1.5),
    ]
    rows = read_runs(cases / "iso-bench-benchmarks").measurements
    assert [(m.subject.value, m.value) for m in rows] == [
        ("baseline", 1.0),
        ("human", 2.0),
        ("attempt", 1.5),
    ]


@pytest.mark.parametrize(
    ("hard", "logic", "expected"),
    [
        (HardOutcome.FASTER_OR_EQUAL, True, Quadrant.TRUE_SUCCESS),
        (HardOutcome.FASTER_OR_EQUAL, False, Quadrant.LUCKY_WIN),
        (HardOutcome.SLOWER, True, Quadrant.GOOD_INTENT),
        (HardOutcome.SLOWER, False, Quadrant.FAILURE),
        (HardOutcome.FAILED, True, Quadrant.FAILURE),
        (HardOutcome.UNKNOWN, True, None),
        (HardOutcome.SLOWER, None, None),
    ],
)
def test_quadrants(hard: HardOutcome, logic: bool | None, expected: Quadrant | None) -> None:
    assert quadrant_of(hard, logic) is expected


@pytest.fixture(scope="module")
def measured(shared: Path) -> RunSet:
    return read_runs(
        shared / "isobench/state",
        commits=[shared / "isobench/tmp_single_commit"],
        measurements=[shared / "isobench/results/full_dataset.csv"],
    )


def test_the_published_comparisons(measured: RunSet) -> None:
    by_agent = {row.agent: row for row in measure(measured, (), threshold=0.01).speed}
    claude = by_agent["claude-code"]
    assert claude.measurement == "ttft_mean"
    assert (claude.rows, claude.faster, claude.equal, claude.slower) == (20, 7, 3, 10)
    shares = [round(100 * share, 2) for share in (claude.mean, claude.best, claude.worst)]
    assert shares == [-0.06, 17.24, -16.67]
    found = {a: (round(r.correlation or 0, 3), r.rows) for a, r in by_agent.items()}
    assert (found["codex"], found["trae"]) == ((0.507, 23), (0.561, 37))


def test_the_published_claims_that_files_contradict(measured: RunSet) -> None:
    found = {(c.agent, c.claim): (c.contradicted, c.claims) for c in measure(measured, ()).claims}
    assert found["codex", "has_patch"] == (63, 96)


def test_values_of_different_settings_are_not_compared(measured: RunSet) -> None:
    facts = speed_facts(measured.attempts, measured.measurements, measured.claims)
    by_key = {attempt.key: attempt for attempt in measured.attempts}
    hard = {(by_key[k].agent, f.hard) for k, f in facts.items() if f.advantage is not None}
    assert ("codex", HardOutcome.UNKNOWN) in hard
    assert ("codex", HardOutcome.SLOWER) not in hard
    assert ("claude_code", HardOutcome.SLOWER) in hard


def test_the_published_table_opens_quickly(shared: Path, measured: RunSet) -> None:
    from core.readers.problems import Problems
    from core.readers.tables.measurements import read_table
    from core.readers.walk import File

    path = (shared / "isobench/results/full_dataset.csv").resolve()
    begin = time.process_time()
    read_table(File(str(path)), measured.attempts, Problems(path.parent), is_named=True)
    assert time.process_time() - begin < 1
