"""Several apps on one index at once, as processes: what is shown in the end is what is there."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from core.files import UnusableError
from core.models import RunSet
from core.places import cache_folder
from core.readers import read_runs
from core.run_index.asked import Asked
from core.run_index.index_file import find_index
from core.run_index.reading_along import ReadingAlong, Remembered, Whole
from core.run_index.reading_process import serve
from core.run_index.set_rows import RowReader
from tests.support.runs import build_runs


def _shown(reading: ReadingAlong) -> tuple[RunSet | None, bool]:
    """What one app shows in the end, and whether that was remembered."""
    remembered, result = None, None
    for event in reading.iterate():
        if isinstance(event, Remembered):
            remembered = event.run_set
        elif isinstance(event, Whole):
            result = event.run_set or remembered
    return result, remembered is not None


def _looked_at(asked: Asked) -> RunSet | None:
    """The content of the index found at this moment; None if there is none."""
    index, rows, found = find_index(asked), RowReader(), None
    try:
        for message in index.messages() if index is not None else ():
            found = rows.take(message)
    except UnusableError:  # another took its place meanwhile
        return None
    return found


def test_two_apps_that_read_and_write_one_index_at_once(tmp_path: Path) -> None:
    root = build_runs(tmp_path / "runs")
    asked, wanted = Asked(str(root)), read_runs(root)
    looks: list[RunSet | None] = []
    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(_shown, ReadingAlong(asked)) for _ in range(2)]  # no index is there
        while not all(one.done() for one in both):
            looks.append(_looked_at(asked))
    assert [one.result() for one in both] == [(wanted, False)] * 2
    assert {*map(_key, looks)} <= {None, _key(wanted)}  # never half of one
    assert _looked_at(asked) == wanted
    assert [path.suffix for path in (cache_folder() / "runs").iterdir()] == [".index"]

    reading = ReadingAlong(asked)  # knows of an index, of which another app takes the place now
    serve(asked, "", lambda _: None, lambda: time.time_ns() + 10**10)
    assert _shown(reading)[0] == wanted
    assert _shown(ReadingAlong(asked)) == (wanted, True)


def _key(run_set: RunSet | None) -> tuple[str, ...] | None:
    return None if run_set is None else tuple(map(repr, run_set.attempts))
