"""The log: what is written, how much is kept, and that none of it reaches a terminal."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from core.logs import KEPT, MAX_BYTES, LogFile, hide_in_log, log_file, record_fault, start_logging
from core.places import state_folder
from core.settings.secret import Secret


@pytest.fixture(autouse=True)
def _logging(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Each test starts without our handler and leaves logging as it was."""
    monkeypatch.setattr("core.logs._hidden", {})
    root = logging.getLogger()
    before, level, last = list(root.handlers), root.level, logging.lastResort
    yield
    root.handlers[:] = before
    root.setLevel(level)
    logging.lastResort = last
    logging.captureWarnings(False)


def test_nothing_is_created_before_there_is_something_to_say() -> None:
    start_logging()
    logging.getLogger("core.x").debug("quiet")
    assert not state_folder().exists()
    logging.getLogger("core.x").info("loud")
    assert "INFO core.x: loud" in log_file().read_text()
    assert log_file().stat().st_mode & 0o077 == 0, "it may quote what others should not read"


def test_verbose_logs_everything_of_ours_and_more_of_others() -> None:
    start_logging()
    logging.getLogger("httpx").info("a request")
    start_logging(verbose=True)
    logging.getLogger("httpx").info("another")
    logging.getLogger("tui.x").debug("detail")
    text = log_file().read_text()
    assert "a request" not in text
    assert "another" in text
    assert "detail" in text
    assert sum(isinstance(h, LogFile) for h in logging.getLogger().handlers) == 1


def test_strangers_text_is_made_visible() -> None:
    start_logging()
    logging.getLogger("core").warning("%s", "\x1b]52;c;aGk=\x07 \u202eevil\nline two")
    text = log_file().read_text()
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "␛]52;c;aGk=␇ <U+202E>evil\nline two" in text


def test_a_key_is_taken_out_of_messages_and_tracebacks() -> None:
    start_logging()
    for _ in range(2):  # as every client does
        hide_in_log(Secret("sk-secret"))
    try:
        raise ValueError("refused sk-secret")
    except ValueError as error:
        where = record_fault(error, "the key sk-secret failed")
    text = log_file().read_text()
    assert where == f"the traceback is in {log_file()}"
    assert "Traceback (most recent call last)" in text
    assert "ValueError: refused [key]" in text
    assert "sk-secret" not in text


def test_a_full_file_is_put_aside_and_few_are_kept() -> None:
    start_logging()
    log = logging.getLogger("core")
    for number in range(KEPT + 3):
        log.warning("%d %s", number, "x" * (MAX_BYTES - 200))
    files = sorted(path.name for path in state_folder().iterdir())
    assert files == ["patchjury.log", *(f"patchjury.log.{n}" for n in range(1, KEPT + 1))]
    aside = log_file().with_suffix(".log.1")
    newest, older = (path.read_text()[:60] for path in (log_file(), aside))
    assert f": {KEPT + 2} xxx" in newest
    assert f": {KEPT + 1} xxx" in older


def test_many_writers_lose_nothing(tmp_path: Path) -> None:
    """Threads stand in for processes here: each write reopens the file, as theirs do."""
    start_logging()
    handlers = [LogFile() for _ in range(4)]
    size = 40_000

    def write(handler: LogFile) -> None:
        for number in range(20):
            message = f"{id(handler)} {number} {'x' * size}"
            handler.emit(logging.LogRecord("core", 30, "", 0, message, None, None))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, handlers))
    assert all(handler.is_written for handler in handlers)
    lines = [line for path in state_folder().iterdir() for line in path.read_text().splitlines()]
    assert len(lines) == 80
    assert all(line.endswith("x" * size) for line in lines)


def test_a_log_that_cannot_be_written_stops_nothing_and_is_said(
    capfd: pytest.CaptureFixture[str],
) -> None:
    state_folder().parent.mkdir(parents=True, exist_ok=True)
    state_folder().write_text("in the way")
    start_logging()
    where = record_fault(ValueError("x"), "a fault")
    assert where == f"the log {log_file()} could not be written"
    assert capfd.readouterr() == ("", "")


def test_the_log_is_never_written_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "private").write_text("mine")
    state_folder().mkdir(parents=True)
    log_file().symlink_to(tmp_path / "private")
    start_logging()
    logging.getLogger("core").warning("x")
    assert (tmp_path / "private").read_text() == "mine"


_NOISE = """\
import logging, threading, warnings
from core.logs import log_uncaught, start_logging
start_logging()
log_uncaught()
logging.getLogger("somebody").error("raw \\x1b]0;title\\x07")
warnings.warn("raw \\x1b]0;title\\x07")
def work():
    raise ValueError("raw \\x1b]0;title\\x07")
thread = threading.Thread(target=work)
thread.start()
thread.join()
class Broken:
    def __del__(self):
        raise ValueError("in a destructor")
Broken()
logging.getLogger("core").error("%d", "no number")
"""


def test_nothing_that_is_logged_warned_or_uncaught_reaches_a_terminal() -> None:
    done = subprocess.run([sys.executable, "-c", _NOISE], capture_output=True, check=True)
    assert (done.stdout, done.stderr) == (b"", b"")
    text = log_file().read_text()
    assert text.count("raw ␛]0;title␇") >= 3
    assert "uncaught in thread" in text
    assert "in a destructor" in text
