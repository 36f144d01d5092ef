"""Tables of measurements and claims: which attempt a row is of, and the published figures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from core.assess.speed import HardOutcome, Quadrant, quadrant_of, speed_facts
from core.checks.pipeline import check_runs
from core.errors import InputError
from core.models import Direction, RunSet, SpeedLimits, Subject
from core.readers import read_runs
from core.readers.tables.opinion_tables import read_opinions
from core.readers.tables.table_mapping import from_toml, propose, propose_with_opinions, to_toml
from core.records import replace
from core.stats.measured import measure
from tests.conftest import ROOT
from tests.core.runs_on_disk import DIFF, HUMAN, write, write_attempt
from tests.support.growth import grows_in_proportion

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


@pytest.mark.usefixtures("quick_checks")
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


def test_a_mapping_of_columns_that_the_table_lacks_is_told(tmp_path: Path) -> None:
    predictions(tmp_path, "m")
    table = tmp_path / "speed.csv"
    write(table, "task_id,agent_time,human_time\nacme__w-1,1,2\n")
    mapping = to_toml(propose(["task_id", "agent_time", "human_time"]), table.name)
    write(tmp_path / "speed.csv.map.toml", mapping.replace("agent_time", "agent_tiem"))
    said = [p.reason for p in read_runs(tmp_path).problems]
    assert "its mapping names columns that it does not have: agent_tiem" in said
    with pytest.raises(InputError, match="has no column 'agent_tiem'"):
        read_opinions(table)
    write(tmp_path / "speed.csv.map.toml", mapping)
    said = [p.reason for p in read_runs(tmp_path).problems]
    assert not any("mapping" in reason for reason in said)


def test_dates_are_no_opinions() -> None:
    days = ("2026-01-14", "2026-01-15", "2026-01-14", "2026-01-15")
    rows = [{"task_id": f"w-{n}", "day": day} for n, day in enumerate(days)]
    assert propose_with_opinions(rows).opinions == ()
    words = [{**row, "day": "good" if n % 2 else "bad"} for n, row in enumerate(rows)]
    assert propose_with_opinions(words).opinions == ("day",)


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
    by_agent = {
        row.agent: row for row in measure(replace(measured, limits=SpeedLimits(0.01)), ()).speed
    }
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
    assert found["trae", "has_patch"] == (41, 55)  # gpt-5; the table has 96 rows of another
    assert found["claude_code", "has_patch"] == (0, 91)  # five more rows say nothing


def test_only_claims_that_the_files_answer_are_counted(tmp_path: Path) -> None:
    predictions(tmp_path, "m")
    rows = "instance_id,model,has_patch,verdict,correctness\nacme__w-1,m,{},bad,1.0\n"
    write(tmp_path / "said.csv", rows.format("False"))
    found = [(c.claim, c.contradicted, c.claims) for c in measure(read_runs(tmp_path), ()).claims]
    assert found == [("has_patch", 1, 1)]
    write(tmp_path / "said.csv", rows.format(""))
    assert measure(read_runs(tmp_path), ()).claims == ()


def test_values_of_different_settings_are_not_compared(measured: RunSet) -> None:
    facts = speed_facts(measured.attempts, measured.measurements, measured.claims)
    by_key = {attempt.key: attempt for attempt in measured.attempts}
    hard = {(by_key[k].agent, f.hard) for k, f in facts.items() if f.advantage is not None}
    assert ("codex", HardOutcome.UNKNOWN) in hard
    assert ("codex", HardOutcome.SLOWER) not in hard
    assert ("claude_code", HardOutcome.SLOWER) in hard


def test_the_published_table_costs_no_more_than_its_length(
    shared: Path, measured: RunSet, tmp_path: Path
) -> None:
    from core.readers.problems import Problems
    from core.readers.tables.measurements import read_table
    from core.readers.walk import File

    table = (shared / "isobench/results/full_dataset.csv").read_bytes().splitlines(keepends=True)
    quarter = len(table) // 4
    for rows in (quarter, 4 * quarter):
        (tmp_path / f"{rows}.csv").write_bytes(b"".join(table[:rows]))

    def read(rows: int) -> None:
        file = File(str(tmp_path / f"{rows}.csv"))
        read_table(file, measured.attempts, Problems(tmp_path), is_named=True)

    assert grows_in_proportion(read, quarter)


SPEEDS = "instance_id,pred_speedup_ratio,gold_speedup_ratio,correctness\n"


def predictions(folder: Path, *models: str) -> None:
    for model in models:
        record = {"instance_id": "acme__w-1", "model_name_or_path": model, "model_patch": DIFF}
        write(folder / f"preds/{model}.jsonl", json.dumps(record) + "\n")


def hard_outcomes(folder: Path) -> dict[str, HardOutcome]:
    runs = read_runs(folder)
    facts = speed_facts(runs.attempts, runs.measurements, runs.claims, runs.limits)
    return {a.model: facts[a.key].hard for a in runs.attempts if a.key in facts}


def test_a_table_speaks_of_the_model_that_its_file_is_named_after(tmp_path: Path) -> None:
    predictions(tmp_path, "m-1", "m-1.5")
    write(tmp_path / "eval_reports/eval_report_m-1.csv", f"{SPEEDS}acme__w-1,1.1,2,1.0\n")
    write(tmp_path / "eval_reports/eval_report_gold.csv", f"{SPEEDS}acme__w-1,2,2,1.0\n")
    assert hard_outcomes(tmp_path) == {"m-1": HardOutcome.SLOWER}
    write(tmp_path / "eval_reports/eval_report_m-1.5.csv", f"{SPEEDS}acme__w-1,2,2,0.5\n")
    assert hard_outcomes(tmp_path) == {"m-1": HardOutcome.SLOWER, "m-1.5": HardOutcome.FAILED}


def test_the_reference_measured_beside_one_model_is_not_the_models(tmp_path: Path) -> None:
    predictions(tmp_path, "m-1")
    write(tmp_path / "eval_report_gold.csv", f"{SPEEDS}acme__w-1,2,2,1.0\n")
    assert hard_outcomes(tmp_path) == {}


def test_a_table_that_could_be_of_several_models_is_not_believed(tmp_path: Path) -> None:
    predictions(tmp_path, "m-1", "m-2")
    write(tmp_path / "speed.csv", f"{SPEEDS}acme__w-1,1.1,2,1.0\n")
    assert hard_outcomes(tmp_path) == {}
    said = [p.reason for p in read_runs(tmp_path).problems]
    assert "does not say which of several models it is about: ignored" in said


def test_rows_of_other_models_are_not_those_of_the_one_that_is_here(tmp_path: Path) -> None:
    predictions(tmp_path, "m-1")
    head = "instance_id,model,pred_speedup_ratio,gold_speedup_ratio\n"
    write(tmp_path / "all.csv", f"{head}acme__w-1,m-2,9,2\nacme__w-1,m-1,1,2\n")
    assert hard_outcomes(tmp_path) == {"m-1": HardOutcome.SLOWER}


@pytest.mark.parametrize("other", ["m-2", "model-1.5", "model-12", "sonnet-4.5"])
def test_rows_of_an_agents_other_model_are_not_those_of_the_one_that_is_here(
    other: str, tmp_path: Path
) -> None:
    predictions(tmp_path, "model-1")
    head = "instance_id,agent_name,model,pred_speedup_ratio,gold_speedup_ratio\n"
    rows = f"acme__w-1,trae,{other},9,2\nacme__w-2,trae,model-1,1,2\n"
    write(tmp_path / "all.csv", head + rows)
    assert hard_outcomes(tmp_path) == {}
    write(tmp_path / "all.csv", f"{head}acme__w-1,trae,{other},9,2\nacme__w-1,trae,model-1,1,2\n")
    assert hard_outcomes(tmp_path) == {"model-1": HardOutcome.SLOWER}


def test_of_two_models_with_one_beginning_each_has_its_own_rows(tmp_path: Path) -> None:
    predictions(tmp_path, "model-1", "model-1-mini")
    head = "instance_id,agent_name,model,pred_speedup_ratio,gold_speedup_ratio\n"
    rows = "acme__w-1,a,model-1-mini,9,2\nacme__w-1,a,provider/model-1-20250807,1,2\n"
    write(tmp_path / "all.csv", head + rows)
    found = {"model-1": HardOutcome.SLOWER, "model-1-mini": HardOutcome.FASTER_OR_EQUAL}
    assert hard_outcomes(tmp_path) == found


def gso_report(reached: bool = True, over_human: float = 0.97, **more: Any) -> dict[str, Any]:
    row: dict[str, Any] = {
        "patch_exists": True,
        "base_successfully_run": True,
        "patch_successfully_applied": True,
    }
    stats = {
        "hm_speedup_patch_commit": over_human,
        "hm_speedup_patch_base": 1.9,
        "hm_speedup_commit_base": 2.0,
        "gsd_speedup_patch_base": float("nan"),
        "speedup_patch_commit": None,
    }
    times = {"base_mean": 2.0, "commit_mean": 1.0, "patch_mean": 1.03, "main_mean": None}
    row |= {"test_passed": True, "opt_commit": reached, "opt_stats": stats, "time_stats": times}
    return {"acme__w-1": row | more}


def write_gso(folder: Path, run: str, report: dict[str, Any]) -> None:
    path = f"logs/run_evaluation/{run}/m-1/acme__w-1/report.json"
    write(folder / path, json.dumps(report))


def test_what_gso_measured_decides_as_it_does_there(tmp_path: Path) -> None:
    predictions(tmp_path, "m-1")
    write_gso(tmp_path, "r1", gso_report())
    stats = gso_report()["acme__w-1"]
    merged = stats["opt_stats"] | stats["time_stats"]
    sets = {"completed_ids": ["acme__w-1"], "opt_commit_ids": ["acme__w-1"]}
    run = {"instance_sets": sets, "opt_stats": {"acme__w-1": merged}}
    write(tmp_path / "reports/m-1.r1.report.json", json.dumps(run))
    runs = read_runs(tmp_path)
    assert [(m.name, m.subject.value, m.value) for m in runs.measurements] == [
        ("speed beside the human commit", "human", 1.0),
        ("speed beside the human commit", "attempt", 0.97),
        ("speedup", "human", 2.0),
        ("speedup", "attempt", 1.9),
        ("runtime", "baseline", 2.0),
        ("runtime", "human", 1.0),
        ("runtime", "attempt", 1.03),
    ]
    assert hard_outcomes(tmp_path) == {"m-1": HardOutcome.FASTER_OR_EQUAL}
    slow = replace(runs, limits=SpeedLimits(threshold=0.01))
    facts = speed_facts(slow.attempts, slow.measurements, slow.claims, slow.limits)
    assert [fact.hard for fact in facts.values()] == [HardOutcome.SLOWER]


def test_two_runs_that_measured_differently_are_told_and_neither_counts(tmp_path: Path) -> None:
    predictions(tmp_path, "m-1")
    write_gso(tmp_path, "r1", gso_report())
    write_gso(tmp_path, "r2", gso_report(over_human=0.5))
    runs = read_runs(tmp_path)
    assert not runs.measurements
    assert any("measured acme__w-1 differently" in p.reason for p in runs.problems)


@pytest.mark.parametrize(
    ("more", "status", "marked", "hard"),
    [
        ({"test_passed": False}, "unresolved", False, HardOutcome.FAILED),
        ({"base_successfully_run": False, "test_passed": False}, "error", None, None),
    ],
)
def test_failed_tests_fail_and_a_base_that_did_not_run_says_nothing(
    tmp_path: Path,
    more: dict[str, Any],
    status: str,
    marked: bool | None,
    hard: HardOutcome | None,
) -> None:
    predictions(tmp_path, "m-1")
    write_gso(tmp_path, "r1", gso_report(False, opt_stats={}, time_stats={}, **more))
    (attempt,) = read_runs(tmp_path).attempts
    assert (attempt.status, attempt.marked_success) == (status, marked)
    assert hard_outcomes(tmp_path).get("m-1") is hard
