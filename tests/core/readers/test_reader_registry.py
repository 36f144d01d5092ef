"""The registry of readers: documented, and nothing is read by two."""

from __future__ import annotations

from core.readers.reader_registry import READERS, files_reader
from tests.support.inputs_document import PATH, document


def test_the_page_of_inputs_is_what_the_readers_say() -> None:
    hint = "run python -m tests.support.inputs_document"
    assert PATH.read_text("utf-8") == document(), hint


def test_every_reader_reads_something_and_says_what() -> None:
    assert len({reader.name for reader in READERS}) == len(READERS)
    for reader in READERS:
        assert reader.records or reader.files or reader.folders
        assert reader.recognised
        assert reader.mapped
        assert reader.unread


def test_files_are_recognised_by_their_ending() -> None:
    for name in ("a.traj", "a.TRAJ", "a.traj.json", "a.pred", "a.eval", "metadata.yaml"):
        assert files_reader(name) is not None
    assert files_reader("a.json") is None
