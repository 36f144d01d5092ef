"""JSON of strangers: what the quick parser takes is what Python's own takes, to the byte."""

from __future__ import annotations

import json
from random import Random

import pytest

from core.readers.problems import load_json

ODD = (
    b'{"a":1,"a":2}', b"123456789012345678901234567890", b"1e400", b"-1e400", b"NaN", b"-Infinity",
    b'"\\ud800"', b'"\xed\xa0\x80"', b'\xef\xbb\xbf{"a":1}', b"01", b"[1,]", b'"a\nb"', b'"\xff"',
    b"1" * 5000, b"[" * 100_000, b'{"a":1}\x00', '{"ä":"\U0001f600"}'.encode("utf-16"), b"", b" 1 ",
    b"-0", b"-0.0", b"5e-324", b"18446744073709551616",
)  # fmt: skip
WHOLE = json.dumps({"a": [1, -2.5e3, "é\n\\", None, True, {}], "b": "😀"}, ensure_ascii=False)


def outcome(parse: object, data: bytes) -> str:
    """The value as it prints, which tells NaN and -0.0 too, or the error's kind."""
    assert callable(parse)
    try:
        return repr(parse(data))
    except (ValueError, RecursionError) as error:
        return f"{type(error).__name__}: {error}"


@pytest.mark.parametrize("data", ODD, ids=lambda data: repr(data[:20]))
def test_odd_values_and_errors_are_those_of_python(data: bytes) -> None:
    assert outcome(load_json, data) == outcome(json.loads, data)


def test_damaged_values_are_refused_as_python_refuses_them() -> None:
    random = Random(7)
    taken = 0
    for _ in range(4000):
        data = bytearray(WHOLE.encode())
        for _ in range(random.randint(1, 3)):
            data[random.randrange(len(data))] = random.choice(b'{}[],:"\\0123e.-+ntfu \xff\xc3\n')
        found = outcome(load_json, bytes(data))
        taken += "Error: " not in found
        assert found == outcome(json.loads, bytes(data)), bytes(data)
    assert taken > 100
