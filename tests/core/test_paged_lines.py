"""A text by its lines, of which only the pages that are looked at are read."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import paged_lines
from core.errors import SourceError
from core.paged_lines import PagedLines

never = lambda: False  # noqa: E731


@given(st.lists(st.text("ab\n é", max_size=30), max_size=20), st.booleans())
def test_lines_are_those_of_the_text(
    tmp_path_factory: pytest.TempPathFactory, parts: list[str], ends: bool
) -> None:
    text = "\n".join(parts) + ("\n" if ends else "")
    path = tmp_path_factory.mktemp("paged") / "log.txt"
    path.write_text(text, "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(paged_lines, "PAGE_BYTES", 16)
        paged = PagedLines(str(path)).count(never)
    expected = text.split("\n")[:-1] if text.endswith("\n") else text.split("\n") if text else []
    assert [paged.line(number) for number in range(len(paged))] == expected
    assert list(paged.find("A", never)) == [n for n, line in enumerate(expected) if "a" in line]
    assert list(paged.find("É", never)) == [n for n, line in enumerate(expected) if "é" in line]


def test_a_line_longer_than_a_page_is_read_at_its_beginning_only(tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    long = b"x" * (3 * 1024 * 1024)
    path.write_bytes(b"first\n" + long + b"\nlast\nend")
    paged = PagedLines(str(path)).count(never)
    assert len(paged) == 4
    assert (paged.line(0), paged.line(2), paged.line(3)) == ("first", "last", "end")
    assert len(paged.line(1)) == paged_lines.LONGEST_LINE_BYTES


def test_only_the_beginning_is_counted_where_that_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    path.write_bytes(b"0123456789\n" * 100_000)
    assert len(PagedLines(str(path)).count(never, 1100)) == 100
    assert len(PagedLines(str(path)).count(never)) == 100_000
    assert len(PagedLines(str(path)).count(lambda: True)) == 0


def test_a_file_that_is_gone_is_told(tmp_path: Path) -> None:
    with pytest.raises(SourceError):
        PagedLines(str(tmp_path / "gone")).count(never)
