"""Completion: what can be typed next, and only what can."""

from __future__ import annotations

import pytest

from core.assess.filters import FIELDS, complete, parse_filter
from core.assess.filters.filter_completion import seen_values
from tests.core.assess.filters.test_attempt_filter import COMMITS, samples


def offered(text: str, cursor: int | None = None) -> tuple[str, list[str]]:
    """The part that would be replaced, and by what."""
    found = complete(text, len(text) if cursor is None else cursor, samples(), COMMITS)
    return text[found.start : found.end], list(found.candidates)


@pytest.mark.parametrize(
    ("text", "part", "candidates"),
    [
        ("ag", "ag", ["agent:"]),
        ("rc:0 -re", "re", ["reviewer:"]),
        ("agent:", "", ["Codex", "trae"]),
        ("agent:c", "c", ["Codex"]),
        ("agent:trae,c", "c", ["Codex"]),
        ("agent:!", "", ["Codex", "trae"]),
        ("marked:", "", ["yes", "no"]),
        ("patch:un", "un", ["unreadable"]),
        ("tag:wr", "wr", ['"wrong location"']),
        ('tag:"wrong l', '"wrong l', ['"wrong location"']),
        ("outcome:success", "success", ["true_success", "partial_success"]),
        ("size>", "", []),
        ("nothing:", "", []),
        ("zzz", "zzz", []),
        ("has:com", "com", ["comment", "commit", "complete", "outcome"]),
    ],
)
def test_what_is_offered(text: str, part: str, candidates: list[str]) -> None:
    replaced, found = offered(text)
    assert replaced == part
    assert list(dict.fromkeys(found)) == list(dict.fromkeys(candidates))


def test_an_empty_filter_offers_every_field() -> None:
    assert offered("")[1] == [f"{name}:" for name in FIELDS]


def test_completion_is_at_the_cursor_not_at_the_end() -> None:
    assert offered("ag rc:0", 2) == ("ag", ["agent:"])


def test_every_value_that_is_offered_is_a_filter_that_finds_something() -> None:
    known = samples()
    for name in FIELDS:
        for value in complete(f"{name}:", len(name) + 1, known, COMMITS).candidates:
            chosen = parse_filter(f"{name}:{value}").select(known, COMMITS)
            assert chosen or FIELDS[name].choices, f"{name}:{value}"


def test_values_come_by_how_often_they_are_seen() -> None:
    known = [*samples(), samples()[1]]
    assert seen_values(FIELDS["agent"], known, COMMITS) == ("Codex", "trae")
