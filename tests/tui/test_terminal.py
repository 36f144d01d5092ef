"""The app on a real pseudo-terminal: odd bytes, signals, stops, hang-ups, faults."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.logs import log_file
from core.session import open_session
from core.store import Store
from tests.support.command import OnTerminal, command
from tests.support.runs import build_runs

FIRST = "state/runs/repo/codex/gpt-5/2025-01-02_03-04-05/item-0000"
RESTORED = b"\x1b[?1049l"
COLOUR = re.compile(rb"\x1b\[(?:[\d;]*;)?(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])(?:;[\d;]*)?m")
REVERSE = re.compile(rb"\x1b\[(?:[\d;]*;)?7(?:;[\d;]*)?m")


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    return build_runs(tmp_path / "runs")


@pytest.fixture
def terminal(runs: Path) -> Iterator[OnTerminal]:
    """The screen on the runs, its first attempt painted."""
    with OnTerminal("open", runs, "--no-checks") as opened:
        opened.wait_for("Attempts")
        opened.wait_for("help")
        yield opened


def assert_answers(terminal: OnTerminal) -> None:
    """It draws, and does what keys say."""
    terminal.press("?")
    terminal.wait_for("patchjury: keys")
    terminal.press("q")
    terminal.wait_for("Attempts")


def leave(terminal: OnTerminal) -> int:
    assert_answers(terminal)
    terminal.press("q")
    return terminal.exit_code()


NO_TEXT = {
    "mouse": b"\x1b[M#\xc80",
    "mouse by chance UTF-8": b"\x1b[M\xc8\xb70",
    "pasted Latin-1": b"\x1b[200~caf\xe9 \xff\xfe\x1b[201~",
    "no text": b"\xff\xfe\x80",
    "cut": b"\xe2\x82",
    "no such numbers": b"\x1b[999999999999u\x1b[48;99999999;9;0;0t\x1b[48;0;0;0;0t",
}


def test_bytes_that_are_no_text_do_no_harm(terminal: OnTerminal, runs: Path) -> None:
    """Nor does a report that comes in pieces."""
    for sent in NO_TEXT.values():
        terminal.press(sent)
        assert_answers(terminal)
        assert not Store(runs / ".patchjury").load().verdicts, "a report's bytes are no keys"
    for piece in (b"\x1b", b"[", b"M", b"#\xc8", b"0") * 3:
        terminal.press(piece)
    assert leave(terminal) == 0
    assert not Store(runs / ".patchjury").load().verdicts


def test_a_terminal_that_vanishes_ends_the_app(terminal: OnTerminal) -> None:
    terminal.hang_up()
    assert terminal.exit_code() == 128 + signal.SIGHUP


@pytest.mark.parametrize("how", ["ctrl-z", "SIGTSTP", "SIGSTOP"])
def test_after_a_stop_the_screen_is_drawn_anew(terminal: OnTerminal, how: str) -> None:
    if how == "ctrl-z":
        terminal.press("\x1a")
    else:
        terminal.signal(getattr(signal, how))
    terminal.wait_until_stopped()
    terminal.signal(signal.SIGCONT)
    terminal.wait_for("Attempts")
    assert leave(terminal) == 0


def test_a_dumb_terminal_is_none(runs: Path) -> None:
    with OnTerminal("open", runs, env={"TERM": "dumb"}, fresh=True) as terminal:
        assert terminal.exit_code() == 2
        assert b"the screen needs a terminal" in terminal.painted


def test_no_color_keeps_the_terminals_own_colours(runs: Path) -> None:
    chosen = {"NO_COLOR": "1"}
    with OnTerminal("open", runs, "--no-checks", env=chosen, fresh=True) as terminal:
        terminal.wait_for("Attempts")
        terminal.wait_for("help")
        painted = terminal.painted
        assert not COLOUR.search(painted)
        assert REVERSE.search(painted), "the selected row stands out all the same"
        assert leave(terminal) == 0


_PLANTED = """\
import sys
from importlib.abc import MetaPathFinder

class Plant(MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name == "tui.app":
            sys.meta_path.remove(self)
            import tui.screens.help
            def fault(*_):
                stranger = "raw \\x1b]52;c;aGk=\\x07 text"
                raise KeyError(stranger)
            tui.screens.help.help_lines = fault
        return None

sys.meta_path.insert(0, Plant())
"""


def test_a_fault_ends_with_3_a_line_and_a_traceback_in_the_log(runs: Path, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(_PLANTED)
    path = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
    chosen = {"PYTHONPATH": path}
    with OnTerminal("open", runs, "--no-checks", env=chosen, fresh=True) as terminal:
        terminal.wait_for("help")
        terminal.press("?")
        assert terminal.exit_code() == 3
        after = terminal.painted.partition(RESTORED)[2]
    assert b"patchjury: internal error: KeyError: 'raw" in after
    assert str(log_file()).encode() in after
    assert b"Traceback" not in terminal.painted
    assert b"\x1b]52" not in terminal.painted
    assert "in fault" in log_file().read_text()


def test_hostile_names_reach_the_terminal_in_their_visible_form(tmp_path: Path) -> None:
    """A folder name with OSC 52 and a hunk header of 5,000 digits wrote the clipboard."""
    runs = build_runs(tmp_path / "evil\x1b]52;c;ZXZpbA==\x07")
    patch = next(runs.rglob("model_patch.diff"))
    lines = patch.read_text().replace("@@ -1", f"@@ -{'9' * 5000}", 1)
    patch.write_text(lines)
    with OnTerminal("open", runs) as terminal:
        terminal.wait_for("52;c;ZXZpbA==")
        terminal.wait_for("checked")
        terminal.press("j")
        terminal.press("j")
        assert leave(terminal) == 0
        assert b"\x1b]52" not in terminal.painted
    done = command("stats", runs)
    assert "\x1b" not in done.stdout + done.stderr


def open_note(terminal: OnTerminal) -> None:
    """Open the note of the first attempt, as soon as a key counts for it."""
    terminal.wait_for("value_11")
    opened = ("^s records", "draft was restored")
    answers = (*opened, "too soon")
    for _ in range(20):
        terminal.wait_until_quiet()
        terminal.press("e")
        terminal.until(lambda: any(map(terminal.shows, answers)), "e is answered")
        if any(map(terminal.shows, opened)):
            return
    raise TimeoutError(f"no note was opened: {terminal.painted[-1000:]!r}")


AS_ANN = {"PATCHJURY_REVIEWER": "ann"}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_to_end_keeps_a_half_written_note_and_restores_the_terminal(
    runs: Path, number: signal.Signals
) -> None:
    drafts = Store(runs / ".patchjury").drafts
    with OnTerminal("open", runs, "--no-checks", env=AS_ANN) as terminal:
        open_note(terminal)
        terminal.press("half a thought")
        terminal.wait_for("half a thought")
        during = terminal.modes()
        terminal.signal(number)
        assert terminal.exit_code() == 128 + number
        assert RESTORED in terminal.painted
        assert terminal.modes() != during
    (draft,) = drafts.of("ann")
    assert "half a thought" in str(draft)


def test_a_half_written_note_survives_any_end_and_is_offered_and_recorded(runs: Path) -> None:
    """It is kept half a second after a key, when nobody tells the app that it ends."""
    drafts = Store(runs / ".patchjury").drafts
    with OnTerminal("open", runs, "--no-checks", env=AS_ANN) as terminal:
        open_note(terminal)
        terminal.press("half a thought")
        terminal.until(lambda: bool(drafts.of("ann")), "a draft is kept")
        terminal.signal(signal.SIGKILL)
        terminal.exit_code()
    with OnTerminal("open", runs, "--no-checks", env=AS_ANN) as terminal:
        open_note(terminal)
        terminal.wait_for("Your unfinished draft was restored")
        terminal.wait_for("half a thought")
        terminal.press("\x13")
        terminal.until(lambda: bool(Store(runs / ".patchjury").load().verdicts), "it is saved")
        terminal.press("q")
        assert terminal.exit_code() == 0
    (history,) = Store(runs / ".patchjury").load().verdicts.values()
    assert history[-1].note == "half a thought"
    assert not drafts.of("ann"), "what was saved is no draft any more"


def test_keys_typed_at_once_on_a_terminal(runs: Path) -> None:
    """Typed ahead while the app starts, then in one write."""
    ann = {"PATCHJURY_REVIEWER": "ann"}
    with OnTerminal("open", runs, "--no-checks", env=ann) as terminal:
        terminal.press("?")
        terminal.wait_for("patchjury: keys")
        terminal.press("q")
        terminal.wait_for("value_10")
        terminal.wait_until_quiet()
        terminal.press("$]jj\ry")  # a number that opens attempts, the history of the first
        terminal.wait_for("Recorded on")
        terminal.press("\x1b")
        terminal.wait_until_quiet()
        terminal.press("a" + "good" + "\t" + "bad" + "\x13" + "e" + "noted" + "\x13" + "q")
        assert terminal.exit_code() == 0
    triage = open_session(runs, reviewer="ann").triage
    (analysis,) = triage.analyses.everything()
    assert analysis.texts == {"right": "good", "errors": "bad", "note": "noted"} or triage.own(
        FIRST
    )
