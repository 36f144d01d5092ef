"""Anybody's opinions beside the attempts: gaps, opinions on nothing, measurements, two judges."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.errors import InputError
from core.models import Attempt, PatchEvidence, PatchState
from core.readers import read_runs
from core.readers.tables.opinion_tables import read_opinions
from core.stats.foreign_judges import (
    OpinionAndMeasurement,
    audit_table,
    beside_measurement,
    two_judges,
)

ATTEMPTS = [
    Attempt("p.jsonl/m/a-1", "", item="a-1", patch=PatchEvidence(PatchState.WHOLE)),
    Attempt("p.jsonl/m/a-2", "", item="a-2", patch=PatchEvidence(PatchState.EMPTY)),
    Attempt("p.jsonl/m/a-3", "", item="a-3", patch=PatchEvidence(PatchState.WHOLE)),
]
ROWS = [
    {"task": "a-1", "judge": {"logic": "good", "sure": 0.9}, "why": "one reason"},
    {"task": "a-2", "judge": {"logic": "bad", "sure": 0.2}, "why": "another reason"},
    {"task": "zz", "judge": {"logic": "good", "sure": 0.4}, "why": "a third"},
    {"task": "zz", "judge": {"logic": "bad", "sure": 0.4}, "why": "a fourth"},
]


@pytest.mark.parametrize("kind", ["jsonl", "json", "csv"])
def test_a_table_is_understood_by_looking(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"judge.{kind}"
    if kind == "csv":
        flat = [(r["task"], r["judge"]["logic"]) for r in ROWS]  # type: ignore[index]
        path.write_text("task,judge.logic\n" + "".join(f"{a},{b}\n" for a, b in flat), "utf-8")
    elif kind == "json":
        path.write_text(json.dumps(ROWS), "utf-8")
    else:
        lines = [*map(json.dumps, ROWS), "{torn"]
        path.write_text("\n".join(lines), "utf-8")
    table = read_opinions(path, ATTEMPTS)
    assert (table.mapping.naming, table.mapping.opinions) == (("task",), ("judge.logic",))
    found = audit_table(table, ["judge.logic"], ATTEMPTS)
    assert (found.rows, found.matched, found.missing, found.unknown) == (4, 2, 1, 1)
    assert (found.empty, found.judged_empty, found.doubled) == (1, 1, 1)
    assert found.bad == (kind == "jsonl")
    assert found.opinions == {"judge.logic": {"good": 1, "bad": 2}}


def test_a_table_that_names_nobody_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "judge.json"
    path.write_text('[{"id": "x", "said": "yes"}]', "utf-8")
    with pytest.raises(InputError, match=r"no column .* names an attempt"):
        read_opinions(path, ATTEMPTS)
    with pytest.raises(InputError, match="has no column 'verdict'"):
        read_opinions(path).require("verdict")
    path.write_text("nothing", "utf-8")
    with pytest.raises(InputError, match="has no rows"):
        read_opinions(path)


def test_a_column_that_names_attempts_is_found_whatever_it_is_called(tmp_path: Path) -> None:
    path = tmp_path / "judge.csv"
    path.write_text(
        "wen,task,sagt\na-1,x,gut\na-3,y,schlecht\na-1,z,gut\na-2,z,schlecht\n", "utf-8"
    )
    table = read_opinions(path, ATTEMPTS)
    assert (table.mapping.naming, table.mapping.opinions) == (("wen",), ("sagt",))
    found = audit_table(table, ["sagt"], ATTEMPTS)
    assert (found.matched, found.judged_empty) == (3, 1)


def test_an_edited_mapping_says_what_is_an_opinion(tmp_path: Path) -> None:
    path = tmp_path / "judge.csv"
    path.write_text("task,a,b\na-1,x,y\na-3,u,v\n", "utf-8")
    assert read_opinions(path, ATTEMPTS).mapping.opinions == ()
    (tmp_path / "judge.csv.map.toml").write_text(
        'instance = "task"\n[claims]\nb = "mood"\n', "utf-8"
    )
    table = read_opinions(path, ATTEMPTS)
    assert table.mapping.opinions == ("b",)
    assert audit_table(table, table.mapping.opinions, ATTEMPTS).opinions == {"b": {"y": 1, "v": 1}}


def test_opinions_stand_beside_measurements() -> None:
    opinions = {"a": "good", "b": "good", "c": "bad", "d": "good"}
    measured = {"a": 0.5, "b": 0.0, "c": 0.0, "d": -1.0, "e": 1.0}
    assert beside_measurement(opinions, measured, 0.0) == [
        OpinionAndMeasurement("good", 3, 2),
        OpinionAndMeasurement("bad", 1, 1),
    ]


def test_the_published_judge_of_swefficiency(shared: Path) -> None:
    """The figures of `labels/README.md`, each computed there by a script that stands alone."""
    labels = shared / "labels/swefficiency"
    attempts = read_runs(labels / "predictions_claude37sonnet.jsonl").attempts
    judge = read_opinions(labels / "judge_claude37sonnet.jsonl", attempts)
    aligned = "lm_attributes.HotspotAlignment"
    assert aligned in judge.mapping.opinions
    found = audit_table(judge, [aligned], attempts)
    assert (found.judged_empty, found.empty) == (8, 8)
    profile = read_opinions(labels / "profile_claude37sonnet.jsonl", attempts)
    opinions = judge.column(aligned)
    credited = beside_measurement(opinions, profile.column("ERC.func"), 0.0)[0]
    assert credited == OpinionAndMeasurement("Aligned", 245, 98)
    ratio = profile.column("Improvement.llm_workload_speedup_ratio_of_pre")
    assert beside_measurement(opinions, ratio, 0.05)[0].not_above == 48
    first, second = (read_opinions(labels / f"classification_v{n}.jsonl") for n in (1, 2))
    same = two_judges(first.column("classification"), second.column("classification"))
    assert (same.items, round((same.percent or 0) * same.items)) == (498, 367)
    assert same.kappa is not None
    assert round(same.kappa, 3) == 0.647
