"""The triage screen as an analyst meets it: real files, real store, keys and what is seen."""

from __future__ import annotations

import asyncio
import fcntl
import json
from pathlib import Path

import pytest

from core.models import Outcome
from core.store import Store
from core.store.place import LOCK
from tests.support.runs import SHAS, build_runs, unified, write_attempt
from tests.support.screen import press, running, screen_after, screen_text, triage_screen, until
from tests.support.textual_private import record_layouts, send_burst
from tests.support.waiting import wait_for

FIRST = "state/runs/repo/codex/gpt-5/2025-01-02_03-04-05/item-0000"


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    return build_runs(tmp_path / "runs")


def stored_outcomes(runs: Path) -> dict[str, list[str]]:
    verdicts = Store(runs / ".patchjury").load().verdicts
    return {key: [v.outcome.value for v in history] for key, history in verdicts.items()}


async def test_the_screen_shows_commits_attempts_and_the_patch(runs: Path) -> None:
    async with running(runs) as (app, pilot):
        layouts = record_layouts(app)
        await press(pilot, "j", "k")
        assert not layouts, "a text of another length has no other place"
        text = await screen_after(pilot, "A")
    assert "2 commits  5 attempts" in text
    assert "Make ten larger" in text and "Make it all faster" in text
    assert "codex 01-02 03:04/0000" in text
    assert "codex · gpt-5 · 1m02s · return 0" in text and "marked success" in text
    assert "+ value_10 = 100" in text and "- value_10 = 10" in text


async def test_a_verdict_key_is_on_disk_and_moves_to_the_next_undecided(runs: Path) -> None:
    async with running(runs) as (app, pilot):
        text = await screen_after(pilot, "1")
        assert triage_screen(app).attempt_key != FIRST
        assert "reviewed 1/3" in text
    assert stored_outcomes(runs) == {FIRST: ["true_success"]}


async def test_attempts_without_a_patch_are_not_in_the_way_of_the_next_undecided(
    runs: Path,
) -> None:
    async with running(runs) as (app, pilot):
        seen = [triage_screen(app).attempt_key]
        for _ in range(3):
            await press(pilot, "n")
            seen.append(triage_screen(app).attempt_key)
    assert len(set(seen[:3])) == 3 and seen[3] == seen[0]


async def test_a_letter_says_yes_its_capital_no_and_the_same_again_takes_it_back(
    runs: Path,
) -> None:
    async with running(runs) as (app, pilot):
        answers = []
        for key in ("l", "L", "L", "l"):
            await press(pilot, key)
            known = triage_screen(app).triage.assessment(FIRST)
            answers.append(known.criteria.optimization_logic_match)
    assert answers == [True, False, None, True]


async def test_the_outcome_follows_from_the_criteria_and_is_no_decision(runs: Path) -> None:
    async with running(runs) as (app, pilot):
        triage = triage_screen(app).triage
        await press(pilot, "L")
        assert triage.assessment(FIRST).outcome is Outcome.FALSE_POSITIVE
        text = await screen_after(pilot, "l", "s", "f", "m", "T")
        assert triage.assessment(FIRST).outcome is Outcome.TRUE_SUCCESS
        assert "reviewed 0/3" in text and triage.needs_decision(FIRST)


async def test_undo_goes_back_to_the_attempt_and_keeps_the_history(runs: Path) -> None:
    async with running(runs) as (app, pilot):
        await press(pilot, "3")
        text = await screen_after(pilot, "u")
        assert triage_screen(app).attempt_key == FIRST
        assert "reviewed 0/3" in text
    history = Store(runs / ".patchjury").load().verdicts[FIRST]
    assert [v.undoes for v in history] == [None, history[0].id]


async def test_a_note_and_tags_are_written_in_a_window_and_survive_a_restart(runs: Path) -> None:
    async with running(runs) as (app, pilot):
        await press(pilot, "e", *"slow", "ctrl+s")
        await press(pilot, "number_sign", *"a, b", "ctrl+s")
    async with running(runs) as (app, pilot):
        text = screen_text(app)
    assert "slow" in text and "#a #b" in text


async def test_a_comment_stands_at_the_line_under_the_cursor(runs: Path) -> None:
    async with running(runs) as (app, pilot):
        screen = triage_screen(app)
        await press(pilot, "A", "tab", "right_square_bracket", *["j"] * 5)
        place = screen.attempt_pane.document_view.place
        assert place is not None and place.file == "engine/core.py"
        await press(pilot, "c", *"why", "ctrl+s")
        verdict = screen.triage.own(FIRST)
    assert verdict is not None
    assert [(c.file, c.line, c.side, c.text) for c in verdict.comments] == [
        (place.file, place.line, place.side, "why")
    ]


async def test_search_in_each_list_and_escape_clears_it(runs: Path) -> None:
    async with running(runs) as (app, pilot):
        screen = triage_screen(app)
        await press(pilot, "slash", *"[/bold]", "enter")
        assert screen.lists.attempt_list.keys == []
        await press(pilot, "escape", "slash", *"0001", "enter")
        assert [key[-4:] for key in screen.lists.attempt_list.keys] == ["0001"]
        await press(pilot, "escape")
        assert len(screen.lists.attempt_list.keys) == 3
        await press(pilot, "shift+tab", "slash", *"FASTER", "enter")
        assert screen.lists.commit_list.keys == [SHAS[1]]


async def test_search_in_the_text_moves_from_match_to_match(runs: Path) -> None:
    async with running(runs) as (app, pilot):
        await press(pilot, "A", "tab", "slash", *"value_1", "enter")
        view = triage_screen(app).attempt_pane.document_view
        first = view.cursor
        await press(pilot, "full_stop")
        second = view.cursor
        await press(pilot, "comma")
        assert first < second and view.cursor == first
        assert "value_1" in view.document.text_of(second)


async def test_tab_goes_round_the_panes(runs: Path) -> None:
    async with running(runs) as (app, pilot):
        seen = []
        for _ in range(4):
            await press(pilot, "tab")
            assert app.focused is not None
            seen.append(app.focused.id)
    assert seen == ["document", "evidence", "commits", "attempts"]


async def test_prompt_and_logs_show_what_was_recorded(runs: Path) -> None:
    async with running(runs) as (_app, pilot):
        assert "make it faster" in await screen_after(pilot, "P")
        assert '"returncode": 0' in await screen_after(pilot, "O")


async def test_load_problems_are_counted_and_listed(runs: Path) -> None:
    broken = runs / "state/runs/repo/codex/gpt-5/2025-01-02_03-04-05/item-0009"
    broken.mkdir()
    (broken / "journal.json").write_text("{not json", encoding="utf-8")
    async with running(runs) as (app, pilot):
        assert "2 load problems" in screen_text(app)
        assert "item-0009/journal.json" in await screen_after(pilot, "exclamation_mark")


async def test_export_window_writes_what_was_decided(
    runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    target = tmp_path / "o.json"
    async with running(runs) as (app, pilot):
        await press(pilot, "1", "x")
        await press(pilot, "ctrl+a", "ctrl+k", *target.name, "enter")
        assert app.screen is triage_screen(app)
        await press(pilot, "slash", *"agent:trae", "enter")
        assert "only 2 listed attempts: agent:trae" in await screen_after(pilot, "x")
        await press(pilot, "ctrl+a", "ctrl+k", *"part.json", "enter")
        await press(pilot, "x", "ctrl+a", "ctrl+k", *"pages/", "enter")
    assert (tmp_path / "pages/index.html").is_file()
    part = json.loads((tmp_path / "part.json").read_text(encoding="utf-8"))
    assert {a["agent"] for a in part["attempts"]} == {"trae"}
    assert (part["filter"], part["statistics"]["attempts"]) == ("agent:trae", 2)
    exported = json.loads(target.read_text(encoding="utf-8"))
    outcomes = {a["key"]: a["outcome"] for a in exported["attempts"]}
    assert outcomes[FIRST] == "true_success" and len(outcomes) == 5


async def test_a_verdict_that_cannot_be_saved_stays_and_is_saved_on_request(
    runs: Path, tmp_path: Path
) -> None:
    blocked = tmp_path / "store"
    blocked.write_text("a file where the folder should be", encoding="utf-8")
    async with running(runs, db=blocked) as (app, pilot):
        text = await screen_after(pilot, "1")
        assert "1 not saved" in text
        assert triage_screen(app).triage.is_reviewed(FIRST)
        blocked.unlink()
        text = await screen_after(pilot, "ctrl+s")
        assert "not saved (" not in text
    assert Store(blocked).load().verdicts[FIRST][0].outcome is Outcome.TRUE_SUCCESS


async def test_verdicts_that_wait_for_the_store_are_saved_though_the_screen_ends(
    runs: Path,
) -> None:
    store = Store(runs / ".patchjury")
    async with running(runs) as (app, pilot):
        await press(pilot, "1")  # makes the store, and goes on
        triage, key = triage_screen(app).triage, triage_screen(app).attempt_key
        assert key
        with (store.folder / LOCK).open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            for letter, criterion in (("l", "optimization_logic_match"), ("m", "is_complete")):
                send_burst(pilot, letter)
                said = lambda c=criterion: getattr(triage.assessment(key).criteria, c)  # noqa: E731
                await until(pilot, said, f"{letter} is not answered")
            app.workers.cancel_all()  # as it ends
            await asyncio.sleep(0)
    wait_for(lambda: len(store.load().verdicts.get(key, ())) == 2, "both are saved")


@pytest.mark.parametrize("size", [(160, 48), (100, 30), (80, 24)])
async def test_every_size_shows_lists_patch_criteria_and_keys(
    runs: Path, size: tuple[int, int]
) -> None:
    async with running(runs, size=size) as (_app, pilot):
        text = await screen_after(pilot, "A")
    lines = text.split("\n")
    assert len(lines) == size[1] and max(map(len, lines)) <= size[0]
    for wanted in ("a1a1a1a1", "03:04/0000", "diff --git", "syntax", "? help", "q quit"):
        assert wanted in text


HOSTILE = "\x1b[31mred\x07 [/bold] [red] \u202egnp \u200bzero \x00nul \x9b2J"


async def test_hostile_text_is_shown_harmlessly(tmp_path: Path) -> None:
    runs = build_runs(tmp_path / "runs")
    patch = unified("a\n", f"{HOSTILE}\n").replace("engine/core.py", "engine/[/bold]core.py")
    patch += "+" + "y" * 1_000_000 + "\n"
    write_attempt(
        runs,
        "repo/[red]agent\x1b[2J/m/2025-03-04_05-06-07/item-0000",
        SHAS[0],
        patch,
        error=HOSTILE,
        status=HOSTILE,
    )
    async with running(runs) as (_app, pilot):
        shown = [
            await screen_after(pilot, *keys) for keys in (("A",), ("n", "A"), ("n", "A"), ("O",))
        ]
    text = "\n".join(shown)
    assert "[/bold]" in text and "[red]" in text
    assert not any(c in text for c in "\x1b\x07\x00\x9b\u202e\u200b")
    assert "<U+202E>" in text and "␛" in text
