"""Drafts: what was half written when a process was killed is offered again, to its writer only."""

from __future__ import annotations

import os
import signal
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from core.store import Store
from core.store.drafts import Draft

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


def test_damaged_and_foreign_drafts_are_passed_over(tmp_path: Path) -> None:
    drafts = Store(tmp_path / "db").drafts
    drafts.save(DRAFT)
    folder = tmp_path / "db" / "drafts"
    (folder / "torn.json").write_text('{"reviewer": "ada"', "utf-8")
    (folder / "link.json").symlink_to("/etc/passwd")
    (folder / "folder.json").mkdir()
    assert drafts.of("ada") == [DRAFT]
    assert Store(tmp_path / "db").load().problems == ()
