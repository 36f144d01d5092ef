"""Lines of patches: without their signs, and those that say something."""

from __future__ import annotations

import pytest

from core.patch.align.aligned import line_text
from core.patch.parse import parse_patch
from core.patch.parse.patch_lines import added_lines

PATCH = """\
--- a/x.py
+++ b/x.py
@@ -1,2 +1,4 @@
 kept
-gone
+    spoken = 1
+
+++ odd
+}
"""


def test_only_added_lines_that_hold_a_letter() -> None:
    assert added_lines(parse_patch(PATCH)) == {"spoken = 1", "++ odd"}


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("+x", "x"),
        ("-x", "x"),
        (" x", "x"),
        ("", ""),
        ("x", "x"),
        ("\\ No newline", " No newline"),
        ("++x", "+x"),
    ],
)
def test_a_line_without_its_sign(line: str, text: str) -> None:
    assert line_text(line) == text
