"""What a decision was based on, and whether it still holds."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from core.assess.basis import basis_of, human_id, identify, patch_id, what_changed
from core.models import NO_PATCH, Attempt, Basis, HumanCommit, PatchEvidence, PatchState
from core.patch.parse import Patch
from core.readers import read_runs
from core.records import replace
from core.sources import FileText, RecordText
from tests.core.assess.verdict_samples import ONE, SHA
from tests.core.patch.test_change_hash import PATCH

SAMPLE = Path(__file__).parents[3] / "sample_runs"


@pytest.mark.parametrize(
    ("now", "changed"),
    [
        (ONE, ()),
        (replace(ONE, patch="p2", patch_bytes="pb2"), ("patch",)),
        (replace(ONE, human="h2", human_bytes="hb2"), ("human change",)),
        (replace(ONE, patch_bytes="written otherwise"), ()),
        (replace(ONE, patch="parsed otherwise"), ()),
        (replace(ONE, human="", human_bytes=""), ()),
        (replace(ONE, patch="", patch_bytes=""), ()),
        (replace(ONE, patch=NO_PATCH, patch_bytes=NO_PATCH), ("patch",)),
        (Basis("p2", "h2", "pb2", "hb2"), ("patch", "human change")),
        (None, ()),
    ],
)
def test_what_changed(now: Basis | None, changed: tuple[str, ...]) -> None:
    assert what_changed(ONE, now) == changed
    assert what_changed(None, now) == ()


def test_a_json_file_and_a_plain_diff_of_one_commit_agree(tmp_path: Path) -> None:
    plain = tmp_path / "c.diff"
    plain.write_text("commit 1\n\n    Faster\n\n" + PATCH)
    record = tmp_path / "c.json"
    data = '{"diff": ' + repr(PATCH.rstrip("\n")).replace("'", '"') + "}"
    record.write_text(data)
    one = human_id(HumanCommit(SHA, diff=FileText(str(plain))))
    two = human_id(HumanCommit(SHA, diff=RecordText(str(record), 0, len(data), ("diff",))))
    assert one.data != two.data
    patch = identify(PATCH)
    assert what_changed(basis_of(patch, one), basis_of(patch, two)) == ()


def test_a_patch_that_is_gone_is_another_and_one_that_cannot_be_read_is_not_known(
    tmp_path: Path,
) -> None:
    def attempt(state: PatchState, name: str | None = None) -> Attempt:
        source = FileText(str(tmp_path / name)) if name else None
        return Attempt("a", SHA, patch=PatchEvidence(state, source))

    (tmp_path / "p.diff").write_text(PATCH)
    held = basis_of(patch_id(attempt(PatchState.WHOLE, "p.diff")), human_id(None))
    assert held.human == "" and len(held.patch) == 64
    for state, changed in (
        (PatchState.MISSING, ("patch",)),
        (PatchState.EMPTY, ("patch",)),
        (PatchState.UNREADABLE, ()),
    ):
        now = basis_of(patch_id(attempt(state)), human_id(None))
        assert what_changed(held, now) == changed, state
    vanished = basis_of(patch_id(attempt(PatchState.WHOLE, "gone.diff")), human_id(None))
    assert what_changed(held, vanished) == ()


def test_bytes_that_are_known_are_not_parsed_again() -> None:
    known = identify(PATCH)

    def refuse(_: str) -> Patch:
        raise AssertionError("parsed again")

    assert identify(PATCH, [known], refuse) == known
    with pytest.raises(AssertionError):
        identify(PATCH + "\n", [known], refuse)


def test_commits_from_json_files_and_from_their_repository_agree(tmp_path: Path) -> None:
    """Every human commit of the sample, read both ways by the readers themselves."""
    by_file = read_runs(SAMPLE).commits
    shutil.copytree(SAMPLE / "state", tmp_path / "state")
    by_repository = read_runs(tmp_path, repository=SAMPLE / "engine.bundle").commits
    assert set(by_file) == set(by_repository) and len(by_file) == 8
    for sha, commit in by_file.items():
        one, two = human_id(commit), human_id(by_repository[sha])
        assert one.parsed and two.parsed, sha
        patch = identify(PATCH)
        assert what_changed(basis_of(patch, one), basis_of(patch, two)) == (), commit.subject
        assert one.parsed == two.parsed, commit.subject
