"""The user's own editor: what it may do wrong, and that nothing written in it is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import InputError
from core.session import open_session
from tests.support.command import OnTerminal
from tests.support.runs import build_runs
from tui.work.outside_editor import chosen_editor, edit_outside


def test_visual_comes_before_editor_and_may_have_arguments() -> None:
    assert chosen_editor({"EDITOR": "vim -n", "VISUAL": ""}) == ["vim", "-n"]
    assert chosen_editor({"EDITOR": "vim", "VISUAL": "code --wait"}) == ["code", "--wait"]
    with pytest.raises(InputError, match="no editor is set"):
        chosen_editor({})
    with pytest.raises(InputError, match="EDITOR cannot be read"):
        chosen_editor({"EDITOR": "vim '"})


def test_the_stored_bytes_go_out_and_what_is_written_comes_back(tmp_path: Path) -> None:
    """The shell stands in for an editor that appends a line to its file."""
    taken: list[str] = []
    copy = tmp_path / "copy"
    command = ["sh", "-c", f'cp "$1" {copy}; printf "new\\n" >>"$1"', "sh"]
    edit_outside(command, "a \u200d joiner \udcff\n", taken.append)
    assert copy.read_bytes() == b"a \xe2\x80\x8d joiner \xff\n", "stored, not as it is shown"
    assert taken == ["a \u200d joiner \udcff\nnew\n"]
    edit_outside(["true"], "same", taken.append)
    assert len(taken) == 1, "nothing changed"


def test_a_failure_takes_nothing_over_and_names_the_file_with_what_was_written() -> None:
    def refuse(text: str) -> None:
        raise InputError("a heading is missing")

    for command in (
        ["sh", "-c", 'echo much >"$1"; exit 3', "sh"],
        ["sh", "-c", 'echo much >"$1"', "sh"],
    ):
        with pytest.raises(InputError) as caught:
            edit_outside(command, "text", refuse)
        path = Path(str(caught.value).rpartition(" is in ")[2].removesuffix("."))
        assert path.read_text("utf-8") == "much\n"
        path.unlink()
    with pytest.raises(InputError, match="cannot be started") as caught:
        edit_outside(["/no/such/editor"], "text", refuse)
    assert not caught.value.hint


def test_the_editor_gets_the_terminal_and_what_it_wrote_is_recorded(tmp_path: Path) -> None:
    """On a real terminal, with keys typed at once: `^g`, and `^s` after it."""
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\ntest -t 0 && test -t 1 && sed -i s/good/better/ "$1"\n')
    editor.chmod(0o755)
    runs = build_runs(tmp_path / "runs")
    chosen = {"PATCHJURY_REVIEWER": "ann", "EDITOR": str(editor), "VISUAL": ""}
    with OnTerminal("open", runs, "--no-checks", env=chosen) as terminal:
        terminal.wait_for("value_10")
        terminal.wait_until_quiet()
        terminal.press("a" + "good" + "\x07" + "\x13")
        terminal.wait_for("recorded What is right")
        terminal.press("q")
        assert terminal.exit_code() == 0
    (analysis,) = open_session(runs, reviewer="ann").triage.analyses.everything()
    assert analysis.texts == {"right": "better"}
