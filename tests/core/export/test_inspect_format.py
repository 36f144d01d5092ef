"""Verdicts as score edits, for the attempts out of Inspect's logs that somebody decided on."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from core.errors import ExportError
from core.models import LineComment, Outcome
from core.readers import read_runs
from core.session import Session, open_session
from tests.core.runs_on_disk import DIFF, write

HEAD = {"version": 2, "status": "success", "eval": {"task": "t", "model": "m/m-1"}}


def sample(id: str | int, value: object, epoch: int = 1, **score: object) -> dict[str, Any]:
    scores = {"s": {"value": value, "metadata": {"model_patch": DIFF}, **score}}
    row = {"patch": DIFF, "base_commit": "1" * 40}
    return {"id": id, "epoch": epoch, "input": "Fix it", "metadata": row, "scores": scores}


def opened(folder: Path, *samples: dict[str, Any]) -> Session:
    write(folder / "logs/a.json", json.dumps({**HEAD, "samples": list(samples)}))
    return open_session(folder, reviewer="ann")


def edits_of(session: Session, target: Path) -> list[dict[str, Any]]:
    count = session.export(target)
    edits = [json.loads(line) for line in target.read_text("utf-8").splitlines()]
    assert count == len(edits)
    return edits


def test_a_decision_is_an_edit_in_the_form_of_the_score(tmp_path: Path) -> None:
    samples = (sample("a", 1.0), sample(7, "C"), sample("b", True), sample("c", 1), sample("d", 0))
    session = opened(tmp_path, *samples, sample("a", 0.0, epoch=2))
    keys = {a.key.partition("m_m-1/")[2]: a.key for a in session.triage.run_set.attempts}
    comment = LineComment("x.py", 3, "too late")
    session.triage.decide(
        keys["a"], outcome=Outcome.FALSE_POSITIVE, note="No.", comments=(comment,)
    )
    session.triage.decide(keys["7"], outcome=Outcome.PARTIAL_SUCCESS, tags=("slow",))
    session.triage.decide(keys["b"], outcome=Outcome.TRUE_SUCCESS)
    session.triage.decide(keys["c"], cannot_tell="it is cut")
    session.triage.decide(keys["d"], note="no decision")
    session.triage.decide(keys["a/epoch_2"], outcome=Outcome.TRUE_SUCCESS)
    edits = {
        (e["sample_id"], e["epoch"]): e for e in edits_of(session, tmp_path / "score_edits.jsonl")
    }
    values = {of: edit["edit"]["value"] for of, edit in edits.items()}
    assert math.isnan(values.pop(("c", 1)))
    assert values == {("a", 1): 0.0, (7, 1): "P", ("b", 1): True, ("a", 2): 1.0}
    assert {(e["log"], e["score_name"]) for e in edits.values()} == {("logs/a.json", "s")}
    first = edits["a", 1]["edit"]
    assert first["explanation"] == "not a success (ann)\nNo.\nx.py:3 (attempt): too late"
    assert first["provenance"]["author"] == "ann"
    assert first["provenance"]["reason"] == "patchjury verdict: not a success"
    assert first["provenance"]["metadata"]["outcome"] == "false_positive"
    assert edits[7, 1]["edit"]["provenance"]["metadata"]["tags"] == ["slow"]


def test_what_was_edited_is_read_as_the_pipeline_left_it(tmp_path: Path) -> None:
    """An edit is a person's decision; it must not come back as the pipeline's own claim."""
    by_ann = {"value": 0, "provenance": {"author": "ann", "reason": "no"}}
    was = {"value": 1.0, "metadata": {"model_patch": DIFF + " " * 70_000}}
    added = {"value": 1, "history": [{"value": 1, "provenance": {"author": "ann"}}]}
    edited, only_added = sample("a", 0.0, history=[was, by_ann]), sample("b", 1.0)
    only_added["scores"] = {"patchjury": added}
    session = opened(tmp_path, edited, only_added)
    found = session.triage.run_set.attempts
    assert [attempt.marked_success for attempt in found] == [True, None]


def test_attempts_of_no_log_cannot_be_edited(tmp_path: Path) -> None:
    record = {"instance_id": "acme__w-1", "model_patch": DIFF}
    write(tmp_path / "preds.json", json.dumps([record]))
    session = open_session(tmp_path, reviewer="ann")
    with pytest.raises(ExportError, match="none of these attempts comes from an Inspect log"):
        session.export(tmp_path / "score_edits.jsonl")
    assert len(read_runs(tmp_path).attempts) == 1
