"""`docs/isobench.md` holds what its commands print on the public data, line by line.

Needs the public runs (`PATCHJURY_SHARED`) and a clone of vLLM (`PATCHJURY_VLLM`).
"""

from __future__ import annotations

import os
import shlex
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.trials.conftest import Report
from tui.cli import main

PAGE = ROOT / "docs" / "isobench.md"
REPOSITORY = os.environ.get("PATCHJURY_VLLM")  # tests themselves see no such variable


def blocks() -> list[tuple[list[str], list[str]]]:
    """Each command of the page, as words, with the lines that it quotes."""
    found: list[tuple[list[str], list[str]]] = []
    for line in PAGE.read_text("utf-8").splitlines():
        if line.startswith("    $ patchjury "):
            found.append((shlex.split(line.removeprefix("    $ patchjury ")), []))
        elif line.startswith("    "):
            found[-1][1].append(" ".join(line.split()))
    return found


@pytest.mark.timeout(1800)
def test_every_line_is_what_the_command_prints(
    shared: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], report: Report
) -> None:
    if REPOSITORY is None:
        pytest.skip("needs a clone of vLLM (PATCHJURY_VLLM), which is not here")
    places = {
        "vllm": REPOSITORY,
        "judged": str(tmp_path / "judged"),
        "runs": str(tmp_path / "runs"),
    }
    printed: dict[str, set[str]] = {}
    lines = 0
    for words, quoted in blocks():
        asked = [
            str(shared / word) if word.startswith("isobench/") else places.get(word, word)
            for word in words
        ]
        if str(asked) not in printed:
            assert main(asked) in (0, 1)
            told = capsys.readouterr().out.splitlines()
            printed[str(asked)] = {" ".join(line.split()) for line in told}
        missing = [line for line in quoted if line not in printed[str(asked)]]
        assert not missing, f"{' '.join(words)} does not print {missing}"
        lines += len(quoted)
    report(f"{lines} lines of {len(blocks())} commands")
    assert lines > 40
