"""Drafts: what was half written when a process was killed is offered again, to its writer only."""

from __future__ import annotations

import os
import shutil
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path

from core import codec
from core.places import state_folder
from core.records import replace
from core.store import Store
from core.store.drafts import Draft
from tests.support.store_writer import verdict

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
DRAFT = Draft("ada", "run/0", "errors", "half a sent\udc80", NOON)


def test_a_draft_is_offered_again_until_it_is_dropped(tmp_path: Path) -> None:
    drafts = Store(tmp_path / "db").drafts
    assert drafts.of("ada") == []
    drafts.drop("ada", "run/0", "errors")
    assert not (tmp_path / "db").exists()
    longer = replace(DRAFT, text="half a sentence", created=NOON + timedelta(1))
    other = replace(DRAFT, heading="note")
    for draft in (DRAFT, other, longer):
        drafts.save(draft)
    assert Store(tmp_path / "db").drafts.of("ada") == [longer, other]
    assert not (tmp_path / "db").exists(), "they lie with the user, not with the runs"
    assert drafts.of("grace") == []
    drafts.drop("ada", "run/0", "errors")
    assert drafts.of("ada") == [other]


def test_a_draft_outlives_a_killed_process(tmp_path: Path) -> None:
    child = os.fork()
    if child == 0:
        Store(tmp_path / "db").drafts.save(DRAFT)
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
    assert Store(tmp_path / "db").drafts.of("ada") == [DRAFT]


def test_damaged_drafts_are_passed_over(tmp_path: Path) -> None:
    drafts = Store(tmp_path / "db").drafts
    drafts.save(DRAFT)
    (kept,) = state_folder().rglob("drafts/*/*.json")
    kept.with_name("torn.json").write_text('{"reviewer": "ada"', "utf-8")
    kept.with_name("link.json").symlink_to("/etc/passwd")
    kept.with_name("folder.json").mkdir()
    assert drafts.of("ada") == [DRAFT]


def test_a_folder_brings_no_drafts_and_claims_none(tmp_path: Path) -> None:
    mine = Store(tmp_path / "mine")
    mine.add("a" * 40, [verdict(0)])
    mine.drafts.save(DRAFT)
    (own,) = mine.drafts.of("ada")
    assert own == replace(DRAFT, store=mine.ids()[0])
    shutil.copytree(tmp_path / "mine", tmp_path / "copy")
    assert Store(tmp_path / "copy").drafts.of("ada") == [], "an id is no secret"
    foreign = tmp_path / "foreign"
    (foreign / "drafts").mkdir(parents=True)
    (foreign / "store.jsonl").write_text(
        (tmp_path / "mine/store.jsonl").read_text().replace(mine.ids()[0], "f" * 32)
    )
    (foreign / "drafts/a.json").write_text(codec.dumps(codec.to_data(DRAFT)))
    assert Store(foreign).ids() == ("f" * 32,)
    assert Store(foreign).drafts.of("ada") == []
    shutil.rmtree(tmp_path / "mine")
    shutil.copytree(foreign, tmp_path / "mine")
    assert Store(tmp_path / "mine").drafts.of("ada") == [], "another store in the same place"


def test_drafts_of_an_older_patchjury_are_taken_over_and_said_to_be_found(tmp_path: Path) -> None:
    store = Store(tmp_path / "db")
    store.add("a" * 40, [verdict(0)])
    (tmp_path / "db/drafts").mkdir()
    old = codec.to_data(DRAFT)
    assert isinstance(old, dict)
    (tmp_path / "db/drafts/a.json").write_text(codec.dumps(old))
    found = replace(DRAFT, store=store.ids()[0], found=True)
    assert store.drafts.of("grace") == []
    assert store.drafts.of("ada") == [found] == store.drafts.of("ada")
    assert not list((tmp_path / "db/drafts").iterdir())
    store.drafts.drop("ada", "run/0", "errors")
    assert store.drafts.of("ada") == []
