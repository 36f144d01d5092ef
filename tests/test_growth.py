"""The helper that says how costs grow: it can say no."""

from __future__ import annotations

from tests.support.growth import grows_in_proportion


def test_what_grows_faster_than_its_input_is_told() -> None:
    assert not grows_in_proportion(lambda size: sum(range(size**3)), 40)
    assert grows_in_proportion(lambda size: sum(range(5_000 * size)), 40)
