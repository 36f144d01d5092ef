"""Records of batches: a file that cannot be used is named, with what is wrong with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.judge.books.batches import FOLDER, BatchError, read_records
from core.store import Store


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("notes.json", "{}", "patchjury did not write it"),
        ("a" * 32 + ".json", "{", "cannot be used"),
        ("a" * 32 + ".json", "[]", "cannot be used"),
    ],
)
def test_a_file_that_cannot_be_used_is_named(
    tmp_path: Path, name: str, content: str, reason: str
) -> None:
    store = Store(tmp_path)
    path = store.folder / FOLDER / name
    path.parent.mkdir(parents=True)
    path.write_text(content)
    with pytest.raises(BatchError) as caught:
        read_records(store)
    assert str(path) in caught.value.title
    assert reason in caught.value.title
