"""Long lists, window by window: the same as reading the whole text, wherever it is cut."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.readers.long_lists import Element, LongLists
from core.readers.problems import Problems
from core.readers.record_scan import scan_content
from core.readers.walk import File

_PLAIN = [{"n": n, "text": "x" * (n % 40), "more": [1.5, -2e10, None, True]} for n in range(60)]
_WIDE = [
    {"n": n, "naïve": "é漢🙂" * (n % 9), "escaped": "\\u00e9 \\ud83d\\ude42"} for n in range(60)
]
_TEXTS = {
    "plain": json.dumps(_PLAIN),
    "indented": json.dumps(_PLAIN, indent=2),
    "wide": json.dumps(_WIDE, ensure_ascii=False),
    "escaped": json.dumps(_WIDE),
    "empty": "[]",
    "numbers": '[1.25e+10, -7, 12345678901234567890, 0.5e-3 ,  true, null, NaN, "a"]' * 4,
    "several lists": json.dumps(_PLAIN[:5]) + "\n" + json.dumps(_WIDE[:5]) + "\n \n",
    "an element that is longer than several windows": json.dumps(["y" * 5_000, {"z": 1}]),
    "something after it": json.dumps(_PLAIN[:9], indent=1) + '\n{"a": 1}',
    "broken in the middle": json.dumps(_PLAIN[:20], indent=1) + ",\n oops, \n" + "[1]" * 900,
    "a comma too many": json.dumps(_WIDE[:20])[:-1] + ", ]",
    "no separator": "[" + " ".join(map(json.dumps, _PLAIN[:20])) + "]",
    "ends early": json.dumps(_WIDE[:20], indent=1)[:-9],
    "ends in a string": json.dumps(_PLAIN[:39])[:-60],
    "nested too deeply": json.dumps(_PLAIN[:9])[:-1] + ", " + "[" * 100_000,
}


def _by_window(data: bytes, window: int) -> tuple[list[Element], list[str]]:
    told: list[str] = []
    lists = LongLists(
        lambda offset, length: data[offset : offset + length],
        told.append,
        window=window,
        most=2**20,
    )
    return list(lists.elements()), told


def _in_one(data: bytes) -> tuple[list[Element], list[str]]:
    problems = Problems(Path("/runs"))
    file = File("/runs/list.json")
    records = scan_content(file, data, lambda value, name: False, problems)
    found = [Element(one.offset, one.length, one.value) for one in records]
    return found, [problem.reason for problem in problems.all()]


@pytest.mark.parametrize("name", _TEXTS)
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_windows_of_any_size_give_what_the_whole_text_gives(name: str, mark: bytes) -> None:
    data = mark + _TEXTS[name].encode()
    wanted, said = _in_one(data)
    for window in (80, 97, 256, 1_009, 2**16):
        found, told = _by_window(data, window)
        assert list(map(repr, found)) == list(map(repr, wanted)), window  # NaN is no NaN
        assert told == said, window
    for one in wanted[:3]:
        json.loads(data[one.offset : one.offset + one.length])


def test_bytes_that_are_not_utf8_cost_their_element_only() -> None:
    data = json.dumps(_WIDE, ensure_ascii=False).encode().replace("漢".encode(), b"\xff\xfe", 1)
    wanted, said = _in_one(data)
    assert len(wanted) == len(_WIDE) - 1
    assert said == ["is not UTF-8 in record 2, which is left out"]
    for window in (96, 331, 2**16):
        assert _by_window(data, window) == (wanted, said)


def test_an_element_that_is_too_long_is_told_and_ends_it() -> None:
    data = json.dumps([{"a": 1}, "y" * 3_000_000]).encode()
    found, told = _by_window(data, 128)
    assert [one.value for one in found] == [{"a": 1}]
    assert told == ["is not JSON (an element is longer than 1 MiB); 1 record before that"]
