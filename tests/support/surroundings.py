"""What every test finds around it: an empty home, nothing that the user has set, files in memory.

It is put right in a hook, not in a fixture: to ask whether anything differs costs a twentieth of
what fixtures and 17 variables cost each of some thousand tests.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

_FOREIGN = ("OPENAI_API_KEY", "OPENAI_BASE_URL", "NO_COLOR", "XDG_RUNTIME_DIR")
_SAME = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "A Tester",
    "GIT_AUTHOR_EMAIL": "tester@example.org",
    "GIT_COMMITTER_NAME": "A Tester",
    "GIT_COMMITTER_EMAIL": "tester@example.org",
    "USER": "tester",
    "TEXTUAL_ANIMATIONS": "none",
}


_MEMORY = Path("/dev/shm")
_ROOM = 2 * 1024**3  # the suite has a small part of it at once, the trials more


def keep_files_in_memory() -> None:
    """Let temporary files be in memory where there is room, unless somebody chose their place.

    Tests make some ten thousand small files and remove them at once. On ext4 that took a third of
    the time of those that do: it does not use the number of a file again for five seconds, and
    looks through all that are waiting for each new one; and others wait for the disk.
    """
    names = ("TMPDIR", "PYTEST_DEBUG_TEMPROOT")
    if any(name in os.environ for name in names):
        return
    folder = _MEMORY / f"patchjury-tests-{os.getuid()}"
    try:
        found = os.statvfs(_MEMORY)
        if found.f_bavail * found.f_frsize < _ROOM or found.f_flag & os.ST_NOEXEC:
            return
        folder.mkdir(mode=0o700, exist_ok=True)
        if folder.lstat().st_uid != os.getuid():
            return
    except OSError:
        return
    os.environ |= dict.fromkeys(names, str(folder))
    tempfile.tempdir = str(folder)  # it may have been asked for before


class Surroundings:
    """The environment and the home of the tests of one process."""

    def __init__(self, config: pytest.Config) -> None:
        # the fixture of this name gives it too, to those who may ask for a fixture
        self._folders: pytest.TempPathFactory = config._tmp_path_factory  # type: ignore[attr-defined]
        self._inherited = {
            name: value
            for name, value in os.environ.items()
            if name not in _FOREIGN and not name.startswith("PATCHJURY_")
        }
        self._move()

    def restore(self) -> None:
        """Undo what a test left behind: a home that is not empty, variables."""
        if os.listdir(self._home):  # most tests write nothing there
            self._move()
        if os.environ.copy() != self._wanted:
            os.environ.clear()
            os.environ.update(self._wanted)

    def _move(self) -> None:
        """Have a new home."""
        self._home = home = self._folders.mktemp("home")
        self._wanted = self._inherited | _SAME | _at(home)


def _at(home: Path) -> dict[str, str]:
    """The variables that name places in a home."""
    places = {f"XDG_{name.upper()}_HOME": name for name in ("config", "data", "cache", "state")}
    places["GIT_CONFIG_GLOBAL"] = "gitconfig"
    return {"HOME": str(home)} | {name: str(home / place) for name, place in places.items()}
