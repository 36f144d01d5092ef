"""The header read in one step says what the reading line by line says."""

from __future__ import annotations

import random

from core.patch.parse.git_header import GitHeader, RawLines
from core.patch.parse.patch_records import Header
from core.patch.parse.paths import Paths, read_paths
from core.patch.parse.usual_header import usual_header

NAMES = ("m.py", "a/b/c.py", "./m.py", "b/b/x", "dev/null", "a b", "x\t", "é", "@=+")
PIECES = (
    *("a/", "b/", "\t", " ", "\n", "\r\n", '"', "//", "/dev/null", "index ", "--- ", "+++ "),
    *("100644", "0", "@@ -1 +1 @@\n", "new file mode 100644\n", "\\", "\0", ".."),
)
INDEXES = ("", "index 1234567..89abcde 100644\n", "index 1234567..89abcde\n", "index 12..34 1\n")


def _header(rng: random.Random) -> bytes:
    name, index = rng.choice(NAMES), rng.choice(INDEXES)
    text = f"diff --git a/{name} b/{name}\n{index}--- a/{name}\n+++ b/{name}\n@@ -1 +1 @@\n-a\n+b\n"
    for _ in range(rng.choice((0, 0, 1, 2))):
        at = rng.randrange(len(text))
        text = text[:at] + rng.choice(PIECES) + text[at + rng.randrange(3) :]
    return text.encode()


def test_what_is_read_in_one_step_is_what_git_reads() -> None:
    rng = random.Random(5)
    usual_ones = 0
    for _ in range(3_000):
        data = _header(rng)
        usual = usual_header(data, 0)
        if usual is None:
            continue
        usual_ones += 1
        lines, header = RawLines(data), Header()
        stop = GitHeader(lines, 0, 1, header).read()
        assert (stop, header) == (usual.lines, usual.header), data
        paths = read_paths(lines, (0, stop), header, strip=1, is_guess=False)
        assert paths == Paths(usual.name, usual.name), data
    assert 500 < usual_ones < 2_500


def test_what_git_reads_otherwise_is_left_to_it() -> None:
    usual = b"diff --git a/m.py b/m.py\n--- a/m.py\n+++ b/m.py\n@@ -1 +1 @@\n"
    assert usual_header(usual, 0) is not None
    assert usual_header(usual.replace(b"m.py", b"dev/null"), 0) is None
    assert usual_header(usual.replace(b"m.py", b"n" * 5_000), 0) is None
    assert usual_header(usual.replace(b"+++ b/m.py", b"+++ b/n.py"), 0) is None
    assert usual_header(usual.replace(b"@@", b"old mode 100644\n@@", 1), 0) is None
