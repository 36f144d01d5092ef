"""What one test leaves behind, the next does not find: variables, and files in its home.

These run in their order, as all tests of a file do.
"""

from __future__ import annotations

import os
from pathlib import Path


def test_a_test_may_leave_something_behind() -> None:
    os.environ["PATCHJURY_MODEL"] = os.environ["HTTP_PROXY"] = "left behind"
    del os.environ["GIT_AUTHOR_NAME"]
    (Path.home() / "left").write_text("behind", "utf-8")
    os.environ["HOME"] = "/nowhere"


def test_the_next_finds_nothing_of_it() -> None:
    assert "left behind" not in os.environ.values()
    assert os.environ["GIT_AUTHOR_NAME"] == "A Tester"
    home = Path.home()
    assert home.is_dir() and os.listdir(home) == []
    assert Path(os.environ["XDG_CONFIG_HOME"]).parent == home
