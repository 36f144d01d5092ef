"""A stripped end is put back where only that was lost, and nothing else is touched."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.patch.parse.repair import parse_reference

HEAD = "diff --git a/x b/x\n--- a/x\n+++ b/x\n"
SOUND = [
    f"{HEAD}@@ -1,2 +1,2 @@\n-a\n+b\n c\n",
    f"{HEAD}@@ -1,3 +1,3 @@\n-a\n+b\n c\n \n",
    f"{HEAD}@@ -1,5 +1,4 @@\n a\n-b\n \n \n \n",
    f"{HEAD}@@ -1,2 +1,2 @@\n-a\n+b\n \n@@ -9,3 +9,3 @@\n-a\n+b\n \n \n",
    f"{HEAD}@@ -1,101 +1,101 @@\n-a\n+b\n" + " \n" * 100,
    "diff --git a/x b/x\nold mode 100644\nnew mode 100755\n",
    f"{HEAD}@@ -1 +1 @@\n-a\n+b\n\\ No newline at end of file\n",
]


@pytest.mark.parametrize("text", SOUND)
def test_what_was_stripped_is_put_back(text: str) -> None:
    assert parse_reference(text.strip()).text == text
    assert parse_reference(text).text == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no diff",
        f"{HEAD}@@ -1,9 +1,4 @@\n-a\n+b",  # more is missing than blank lines
        f"{HEAD}@@ -1,102 +1,102 @@\n-a\n+b",  # and more than any diff ends with
        f"{HEAD}@@ -1,2 +1,3 @@\n-a\n+b",
        f"{HEAD}@@ -1,3 +1,3 @@\n-a\n+b\n c\n",  # not stripped: it ends with a line feed
        f"{HEAD}@@ -1,3 +1,3 @@\n-a\n+b\n c\n{HEAD}@@ -1,2 +1,2 @@\n-a\n+b\n c",
    ],
)
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert parse_reference(text).text == text


def test_the_human_diffs_of_isobench_are_whole_again(shared: Path) -> None:
    paths = sorted((shared / "isobench/tmp_single_commit").glob("*.json"))
    texts = [json.loads(path.read_text("utf-8"))["diff_text"] for path in paths]
    assert len(texts) == 99
    assert [p for t in texts if (p := parse_reference(t)).refusal] == []
    assert all(parse_reference(text).is_sound for text in texts)
