"""Texts under headings go through any editor and come back as they were."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.assess.headed_text import compose, parse
from core.errors import InputError

HEADINGS = {"right": "What is right", "errors": "Critical errors (all)"}

lines = st.sampled_from(
    ["", "plain", "## What is right", "\\## Critical errors (all)", "\\\\## What is right ", "# x"]
)


@given(*[st.lists(lines | st.text(st.characters(exclude_characters="\n")), max_size=4)] * 2)
def test_nothing_is_lost_whatever_is_written(right: list[str], errors: list[str]) -> None:
    texts = {"right": "\n".join(right).strip(), "errors": "\n".join(errors).strip()}
    assert parse(compose(texts, HEADINGS), HEADINGS) == texts


def test_an_editor_may_move_the_parts_and_add_space() -> None:
    text = "\n## Critical errors (all)  \n\n  two\n\n\n## What is right\none\n\n"
    assert parse(text, HEADINGS) == {"right": "one", "errors": "two"}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("## What is right\none", "'Critical errors (all)' is missing"),
        ("one\n## What is right\n## Critical errors (all)", "above the first heading"),
        ("## What is right\n## What is right\n## Critical errors (all)", "stands twice"),
    ],
)
def test_what_cannot_be_put_in_its_place_is_refused(text: str, why: str) -> None:
    with pytest.raises(InputError, match=why.replace("(", r"\(").replace(")", r"\)")):
        parse(text, HEADINGS)
