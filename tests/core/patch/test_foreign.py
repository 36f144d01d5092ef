"""Texts that are not unified diffs are called what they are."""

from __future__ import annotations

import pytest

from core.patch.parse import parse_patch
from core.patch.parse.foreign import foreign_form

DIFF = "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n"


def coloured(text: str) -> str:
    return "".join(f"\x1b[1m{line}\x1b[m\n" for line in text.splitlines())


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (coloured(DIFF), "colour"),
        (coloured(DIFF).replace("\x1b", "^["), "colour"),
        (repr(DIFF), "line breaks"),
        ("".join(f"+{line}\n" for line in DIFF.splitlines()), "quoted"),
        ("".join(f"\u00a0{line}\n" for line in DIFF.splitlines()), "indented"),
        ("*** Begin Patch\n*** Update File: x\n@@\n-a\n+b\n*** End Patch\n", "Begin Patch"),
        ("x\n```python\n<<<<<<< SEARCH\na\n=======\nb\n>>>>>>> REPLACE\n```\n", "SEARCH/REPLACE"),
        ("------- SEARCH\na\n=======\nb\n+++++++ REPLACE\n", "SEARCH/REPLACE"),
        ("<file_edit>\n<path>x</path>\n</file_edit>\n", "XML"),
        ("".join(f"    {line}\n" for line in DIFF.splitlines()), "indented"),
        ("".join(f"> {line}\n" for line in DIFF.splitlines()), "quoted"),
        (DIFF.replace("\n", "\\n"), "line breaks"),
        ("".join(f"{n}: {line}\n" for n, line in enumerate(DIFF.splitlines(), 1)), "numbers"),
        ("*** a/x\n--- b/x\n***************\n*** 1 ****\n! a\n--- 1 ----\n! b\n", "context diff"),
        ("1c1\n< a\n---\n> b\n", "normal form"),
        (DIFF.encode("utf-16").decode("utf-8", "surrogateescape"), "UTF-16"),
        (DIFF.encode("utf-16-le").decode(), "UTF-16"),
        ('{"edits": [{"path": "x"}]}', "JSON"),
        ("<edit>\n<search>a</search>\n</edit>\n", "XML"),
        (DIFF + "*** Begin Patch\n*** Add File: y\n+b\n*** End Patch\n", "Begin Patch"),
    ],
)
def test_other_forms_are_named(text: str, word: str) -> None:
    assert word in (foreign_form(parse_patch(text)) or "")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "I changed the scheduler.\n",
        DIFF,
        f"Subject: [PATCH] x\n\n---\n x | 2 +-\n\n{DIFF}-- \n2.39.5\n",
        f"```diff\n{DIFF}```\n",
        "diff --git a/n b/n\nnew file mode 100644\n--- /dev/null\n+++ b/n\n"
        "@@ -0,0 +1,2 @@\n+*** Begin Patch\n+\x1b[1mdiff --git a/x b/x\n",
    ],
)
def test_diffs_and_prose_are_not(text: str) -> None:
    assert foreign_form(parse_patch(text)) is None
