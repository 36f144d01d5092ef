"""Whoever reads a batch of folders: the same attempts, problems and looks, in the same order."""

from __future__ import annotations

import io
import logging
from collections import deque
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest

from core.models import LoadProblem
from core.readers.folder_batches import FolderBatches, OtherProcess, Read
from core.readers.patch_looks import Looks
from core.readers.problems import Problems
from core.readers.walk import Folder, Walk
from core.run_index.folder_helper import FolderHelper, read_answer
from core.run_index.folder_helper_process import serve
from core.run_index.messages import framed, frames, unpacked
from core.run_index.set_rows import RowReader
from tests.support.logged import all_logged
from tests.support.runs import SHAS, write_attempt

ATTEMPTS = 11


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Attempts, some of them damaged; the fourth contains a copy of its own diff."""
    for number in range(ATTEMPTS):
        text = f"--- a/x{number}\n+++ b/x{number}\n@@ -1 +1 @@\n-a\n+b\n"
        if number == 4:
            text += "--- /dev/null\n+++ b/model_patch.diff\n@@ -0,0 +1 @@\n+a\n"
        write_attempt(tmp_path, f"engine/trae/gpt-5/run/item-{number:02}", SHAS[0], text)
        folder = tmp_path / f"state/runs/engine/trae/gpt-5/run/item-{number:02}"
        if number in (1, 6, 7):
            (folder / "journal.json").write_text("{")
        if number == 8:
            (folder / "model_patch.diff").write_bytes(b"")
    return tmp_path


class Beside:
    """The process's own code without the process; it is gone after so many answers."""

    def __init__(self, root: Path, answers: int = 1000) -> None:
        self._root, self._left = root, answers
        self._given: deque[bytes] = deque()
        self.ended = 0

    @property
    def is_free(self) -> bool:
        return len(self._given) < 2

    def give(self, folders: Sequence[Folder]) -> bool:
        self._given.append(framed(msgspec.msgpack.encode(folders)))
        return True

    def take(self, problems: Problems, *, wait: bool) -> Read | None:
        if not wait and len(self._given) < 2:
            return None
        if not self._left:
            raise OSError("gone")
        self._left -= 1
        sent: list[bytes] = []
        batch = frames(io.BytesIO(self._given.popleft()).read)
        serve(self._root, batch, sent.append, wants_looks=True)
        (answer,) = unpacked(io.BytesIO(sent[0]).read)
        return read_answer(answer, RowReader(), problems)

    def end(self) -> None:
        self.ended += 1


def read(root: Path, other: OtherProcess | None) -> tuple[list[str], list[LoadProblem], Looks]:
    """Everything below a root, with a problem of another kind beside the third batch."""
    problems, looks = Problems(root), Looks()
    start = None if other is None else lambda: other
    batches = FolderBatches(root, problems, looks, start, batch=2, alone=1)
    walk = Walk(root, problems)
    for folder in walk:
        if "journal.json" in folder.files:
            batches.add(folder)
        if folder.path.endswith("item-06"):
            problems.add(f"{folder.path}/beside", "is odd")
        walk.enter(folder)
    batches.finish()
    return [repr(one) for one in batches.attempts], list(problems.all()), looks


@pytest.mark.parametrize("answers", [1000, 1, 0])
def test_what_is_read_elsewhere_is_as_if_it_were_read_here(root: Path, answers: int) -> None:
    other = Beside(root, answers)
    attempts, problems, looks = alone = read(root, None)
    assert len(attempts) == ATTEMPTS
    assert [problem.path[-15:] for problem in problems] == [
        "01/journal.json", "06/journal.json", "/item-06/beside", "07/journal.json",
    ]  # fmt: skip
    assert sum(look.own_diff for look in looks.values()) == 1
    assert read(root, other) == alone
    assert other.ended == 1


def test_a_process_of_its_own_reads_the_same_also_when_it_is_killed(root: Path) -> None:
    alone = read(root, None)
    with all_logged(logging.WARNING) as logged:
        assert read(root, FolderHelper(root, looks=True)) == alone
        assert not logged.text
        killed = FolderHelper(root, looks=True)
        killed.process.kill()
        assert read(root, killed) == alone
    assert "the process that helps to read is gone: " in logged.text  # and why
