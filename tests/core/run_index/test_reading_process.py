"""What the process that reads runs tells: the runs, that nothing changed, or what did."""

from __future__ import annotations

import io
import json
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from core.errors import InputError
from core.models import RunSet
from core.readers import read_runs
from core.run_index.asked import Asked
from core.run_index.index_file import find_index
from core.run_index.messages import Message, unpacked
from core.run_index.reading_process import serve
from core.run_index.set_rows import RowReader
from tests.support.runs import SHAS, build_runs, write_attempt, write_commit


def _served(asked: Asked, shown: str = "", *, later_s: int = 10) -> list[Message]:
    """What is reported with a clock that is ahead: nothing is too recent to be believed."""
    told: list[bytes] = []
    serve(asked, shown, told.append, lambda: time.time_ns() + later_s * 10**9)
    return list(unpacked(io.BytesIO(b"".join(told)).read))


def _run_set(told: list[Message]) -> RunSet | None:
    rows, result = RowReader(), None
    start = [message[0] for message in told].index("whole")
    for message in told[start + 1 : -1]:
        result = rows.take(message)
    return result


def _shown(asked: Asked) -> str:
    index = find_index(asked)
    assert index is not None
    return index.id


def test_the_first_time_all_is_told_and_then_that_it_is_the_same(tmp_path: Path) -> None:
    root = build_runs(tmp_path / "runs")
    asked = Asked(str(root))
    told = _served(asked)
    assert _run_set(told) == read_runs(root)
    assert told[-1] == ["kept"]
    assert _served(asked, _shown(asked)) == [["same"]]
    # An index that another app has since put in its place proves nothing about what is shown.
    assert _run_set(_served(asked, "another")) == read_runs(root)


def _patch(root: Path) -> Path:
    return min(root.rglob("model_patch.diff"))


def _rewrite(path: Path) -> None:
    """In place, as long as before and with the time of before."""
    info = path.stat()
    path.write_bytes(path.read_bytes().replace(b"value", b"eulav"))
    os.utime(path, ns=(info.st_atime_ns, info.st_mtime_ns))


def _add(root: Path) -> None:
    write_attempt(root, "engine/trae/gpt-5/2025-02-02_00-00-00/new", SHAS[0], "diff")


_CHANGES: dict[str, Callable[[Path], None]] = {
    "a patch rewritten in place": lambda root: _rewrite(_patch(root)),
    "a patch removed": lambda root: _patch(root).unlink(),
    "an attempt added": _add,
    "a human commit beside the runs": lambda root: write_commit(
        root.parent / "commits", "d" * 40, "Another", "", []
    ),
}


@pytest.mark.parametrize("change", _CHANGES.values(), ids=_CHANGES)
def test_what_changed_is_read_anew(tmp_path: Path, change: Callable[[Path], None]) -> None:
    root = build_runs(tmp_path / "runs")
    asked = Asked(str(root))
    _served(asked)
    shown = _shown(asked)
    change(root)
    told = _served(asked, shown)
    assert told[0][0] == "changed"
    assert told[0][1]
    assert _run_set(told) == read_runs(root)
    assert _served(asked, _shown(asked)) == [["same"]]


def test_what_was_written_just_now_is_read_again_the_next_time(tmp_path: Path) -> None:
    asked = Asked(str(build_runs(tmp_path / "runs")))
    _served(asked, later_s=0)
    told = _served(asked, _shown(asked))
    assert told[0] == ["changed", []]  # nothing is known to differ
    assert _served(asked, _shown(asked)) == [["same"]]


def test_a_file_alone_is_looked_at_with_what_is_beside_it(tmp_path: Path) -> None:
    root = build_runs(tmp_path / "runs")
    patch = _patch(root).read_text()
    record = {"instance_id": "a__b-1", "model_name_or_path": "m", "model_patch": patch}
    file = tmp_path / "alone" / "preds.json"
    file.parent.mkdir()
    file.write_text(json.dumps([record]))
    asked = Asked(str(file))
    _served(asked)
    assert _served(asked, _shown(asked)) == [["same"]]
    (file.parent / "report.json").write_text('{"resolved_ids": ["a__b-1"]}')
    assert _served(asked, _shown(asked))[0][0] == "changed"


def test_links_out_of_the_runs_are_not_remembered(tmp_path: Path) -> None:
    asked = Asked(str(build_runs(tmp_path / "runs")), follow_links=True)
    assert _served(asked)[-1] == ["kept"]
    assert find_index(asked) is None


def test_where_nothing_is_that_is_raised(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no attempts were found"):
        _served(Asked(str(tmp_path)))
