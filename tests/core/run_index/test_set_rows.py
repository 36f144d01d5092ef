"""A run set comes out of its messages as it went in."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from core.models import Attempt, RunSet
from core.readers import read_runs
from core.records import replace
from core.run_index.messages import pack, unpacked
from core.run_index.set_rows import RowReader, RowWriter
from core.sources import FileText
from tests.conftest import ROOT

_CASES = ROOT / "tests/cases/formats"
_WITHOUT_ATTEMPTS = ("kernelbench", "terminal-bench")


def _through(run_set: RunSet) -> RunSet | None:
    data = b"".join(map(pack, RowWriter().whole(run_set)))
    reader, result = RowReader(), None
    for message in unpacked(io.BytesIO(data).read):
        result = reader.take(message)
    return result


@pytest.mark.parametrize(
    "folder",
    [
        *(case for case in sorted(_CASES.iterdir()) if case.name not in _WITHOUT_ATTEMPTS),
        ROOT / "sample_runs",
    ],
    ids=lambda folder: folder.name,
)
def test_every_kind_of_input_comes_back_as_it_was(folder: Path) -> None:
    run_set = read_runs(folder)
    assert _through(run_set) == run_set


def test_names_that_are_not_utf8_come_back_as_they_were() -> None:
    attempt = Attempt("a/b\udcff", "c" * 40, item="\ud800", prompts=(FileText("/a/\udcfe"),))
    run_set = RunSet(Path("/a\udcff"), (attempt,), {})
    assert _through(run_set) == run_set


def test_attempts_that_are_known_are_not_held_twice() -> None:
    known = Attempt("a", "c" * 40), Attempt("b", "c" * 40)
    reader = RowReader({attempt.key: attempt for attempt in known})
    for message in RowWriter().whole(RunSet(Path("/"), (known[0], replace(known[1], run="r")), {})):
        reader.take(message)
    assert reader.found[0] is known[0]
    assert reader.found[1] == replace(known[1], run="r")


def test_a_torn_stream_ends_and_what_is_no_message_is_refused() -> None:
    data = pack(["one"]) + pack(["two"])
    assert list(unpacked(io.BytesIO(data[:-2]).read)) == [["one"]]
    with pytest.raises(ValueError, match="no length"):
        list(unpacked(io.BytesIO(b"\xff" * 99).read))
