"""Inspect's zip files: what method their entries have, and those that are broken or too large."""

from __future__ import annotations

import json
import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any

import pytest
from backports import zstd

from core.errors import InputError
from core.files import UnusableError
from core.readers import read_runs
from core.readers.zip_entries import opened_zip, read_entry
from tests.core.runs_on_disk import BASE, DIFF


def sample(identity: str, epoch: int = 1, **fields: Any) -> dict[str, Any]:
    """A sample of SWE-bench as Inspect logs it."""
    score = {"value": "C", "metadata": {"model_patch": DIFF}}
    return {
        "id": identity,
        "epoch": epoch,
        "input": "Fix it",
        "metadata": {"patch": DIFF, "base_commit": BASE, "problem_statement": "slow"},
        "scores": {"scorer": score},
        "messages": [{"role": "assistant", "content": "x" * 100_000}],
        "model_usage": {"m": {"input_tokens": 7, "output_tokens": 3}},
    } | fields


HEADER = {"version": 2, "status": "success", "eval": {"task": "swe", "model": "org/m"}}


def write_eval(path: Path, samples: list[dict[str, Any]], method: int) -> Path:
    """A log with entries of a method; Zstandard's are written by hand (APPNOTE 4.3)."""
    entries = {"header.json": HEADER}
    entries |= {f"samples/{s['id']}_epoch_{s['epoch']}.json": s for s in samples}
    if method != 93:
        with zipfile.ZipFile(path, "w", method) as archive:
            for name, value in entries.items():
                archive.writestr(name, json.dumps(value))
        return path
    body, directory = b"", b""
    for name, value in entries.items():
        data = json.dumps(value).encode()
        packed, raw = zstd.compress(data), name.encode()
        sizes = struct.pack("<LLL", zlib.crc32(data), len(packed), len(data))
        head = struct.pack("<HHHHH", 63, 0, 93, 0, 33) + sizes
        place = struct.pack("<HHHHHLL", len(raw), 0, 0, 0, 0, 0, len(body))
        directory += b"PK\1\2\x3f\3" + head + place + raw
        body += b"PK\3\4" + head + struct.pack("<HH", len(raw), 0) + raw + packed
    count = len(entries)
    end = struct.pack("<HHHHLLH", 0, 0, count, count, len(directory), len(body), 0)
    path.write_bytes(body + directory + b"PK\5\6" + end)
    return path


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, 93])
def test_a_log_opens_whatever_its_method(tmp_path: Path, method: int) -> None:
    failed = sample("b", error={"message": "sandbox died"}, scores={})
    path = write_eval(tmp_path / "x.eval", [sample("a"), sample("a", 2), failed], method)
    runs = read_runs(path)
    assert [a.key for a in runs.attempts] == [
        "x.eval/org_m/a",
        "x.eval/org_m/a/epoch_2",
        "x.eval/org_m/b",
    ]
    one, _, two = runs.attempts
    assert (one.marked_success, one.model, one.execution.tokens_in) == (True, "org/m", 7)
    assert (two.marked_success, two.status, two.execution.error) == (None, "error", "sandbox died")
    assert one.patch.source is not None
    assert one.patch.source.read() == DIFF
    assert one.prompts[0].read() == "Fix it"
    commit = runs.commits["a"]
    assert commit.diff is not None
    assert (commit.diff.read(), commit.parent) == (DIFF, BASE)


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, 93])
def test_an_entry_is_bounded_by_what_comes_out_of_it(tmp_path: Path, method: int) -> None:
    huge = sample("a", padding="0" * 2**22)
    path = write_eval(tmp_path / "x.eval", [huge], method)
    assert path.stat().st_size < 2**20
    with opened_zip(str(path)) as archive, pytest.raises(UnusableError, match="larger than"):
        read_entry(archive, "samples/a_epoch_1.json", 2**20)


@pytest.mark.parametrize("content", [b"", b"PK", b"PK\5\6" + b"\0" * 18, b"no zip"])
def test_what_is_no_log_is_a_load_problem(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.eval").write_bytes(content)
    with pytest.raises(InputError, match="no attempts") as raised:
        read_runs(tmp_path)
    assert "x.eval" in raised.value.hint


def test_a_torn_entry_is_a_load_problem_and_the_rest_opens(tmp_path: Path) -> None:
    path = write_eval(tmp_path / "x.eval", [sample("a")], 93)
    write_eval(tmp_path / "y.eval", [sample("a")], 93)
    data = bytearray(path.read_bytes())
    at = data.index(b"samples/") + 60
    data[at : at + 8] = b"\0" * 8
    path.write_bytes(data)
    runs = read_runs(tmp_path)
    assert [a.key for a in runs.attempts] == ["y.eval/org_m/a"]
    assert any(problem.path == "x.eval" for problem in runs.problems)
