"""Parquet files and saved Hugging Face datasets; and the message without pyarrow."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from core.errors import InputError, SourceError
from core.models import RunSet
from core.readers import read_runs
from tests.core.runs_on_disk import BASE, DIFF, write

TASK = {
    "instance_id": "acme__w-1",
    "patch": DIFF,
    "base_commit": BASE,
    "problem_statement": "It is slow\n\nVery.",
    "created_at": datetime(2024, 1, 2, tzinfo=UTC),
    "FAIL_TO_PASS": ["a", "b"],
}
ROLLOUT = {
    "instance_id": "acme__w-1",
    "model_name": "org/m",
    "target": True,
    "exit_status": "submitted",
    "generated_patch": DIFF,
    "trajectory": [{"role": "user", "content": "Fix it"}, {"role": "assistant", "content": "ok"}],
}


def save_parquet(path: Path, rows: list[dict[str, Any]]) -> None:
    import pyarrow as pa  # as late as in the product: every worker collects these tests
    import pyarrow.parquet as pq

    pq.write_table(pa.Table.from_pylist(rows), path, row_group_size=2)


def save_dataset(folder: Path, rows: list[dict[str, Any]]) -> None:
    """As `datasets.save_to_disk` leaves it."""
    import pyarrow as pa

    table = pa.Table.from_pylist(rows)
    write(folder / "state.json", {"_data_files": [{"filename": "data-00000-of-00001.arrow"}]})
    write(folder / "dataset_info.json", {"features": {}})
    with pa.ipc.new_stream(str(folder / "data-00000-of-00001.arrow"), table.schema) as writer:
        writer.write_table(table, max_chunksize=2)


def rows_of(number: int) -> list[dict[str, Any]]:
    return [ROLLOUT | {"instance_id": f"acme__w-{n}"} for n in range(1, number + 1)]


def look_at(runs: RunSet) -> None:
    assert len(runs.attempts) == 5
    attempt = runs.attempts[0]
    assert (attempt.item, attempt.model, attempt.status) == ("acme__w-1", "org/m", "submitted")
    assert attempt.marked_success is True
    for one in runs.attempts:
        assert one.patch.source is not None
        assert one.patch.source.read() == DIFF
        assert '"Fix it"' in one.logs[0].read()
    assert attempt.prompts[0].read() == "Fix it"
    assert attempt.base == BASE
    commit = runs.commits["acme__w-1"]
    assert commit.diff is not None
    assert (commit.diff.read(), commit.date) == (DIFF, TASK["created_at"])


def test_parquet(tmp_path: Path) -> None:
    save_parquet(tmp_path / "rollouts.parquet", rows_of(5))
    save_parquet(tmp_path / "tasks.parquet", [TASK])
    look_at(read_runs(tmp_path))


def test_saved_datasets(tmp_path: Path) -> None:
    save_dataset(tmp_path / "runs", rows_of(5))
    save_dataset(tmp_path / "tasks/test", [TASK])
    look_at(read_runs(tmp_path))


def test_a_reference_dataset_in_parquet_may_be_named(tmp_path: Path) -> None:
    save_parquet(tmp_path / "tasks.parquet", [TASK])
    prediction = {"instance_id": "acme__w-1", "model_patch": DIFF, "model_name_or_path": "m"}
    path = write(tmp_path / "runs/p.jsonl", prediction)
    runs = read_runs(path, commits=[tmp_path / "tasks.parquet"])
    assert runs.attempts[0].base == BASE


def test_without_pyarrow_the_message_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_parquet(tmp_path / "rollouts.parquet", rows_of(1))
    for name in [name for name in sys.modules if name.split(".")[0] == "pyarrow"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(InputError) as raised:
        read_runs(tmp_path)
    assert "pip install 'patchjury[parquet]'" in raised.value.hint


@pytest.mark.parametrize("content", [b"", b"PAR1", b"PAR1" + b"\0" * 100 + b"PAR1", b"x" * 50])
@pytest.mark.parametrize("ending", ["parquet", "arrow"])
def test_a_broken_table_is_a_load_problem(tmp_path: Path, content: bytes, ending: str) -> None:
    (tmp_path / f"x.{ending}").write_bytes(content)
    with pytest.raises(InputError, match="no attempts") as raised:
        read_runs(tmp_path)
    assert "is not a readable table" in raised.value.hint


def test_a_table_that_changed_says_so(tmp_path: Path) -> None:
    path = tmp_path / "rollouts.parquet"
    save_parquet(path, rows_of(3))
    source = read_runs(tmp_path).attempts[2].patch.source
    assert source is not None
    save_parquet(path, rows_of(1))
    with pytest.raises(SourceError, match="rollouts"):
        source.read()
