"""Data files: what the strict parsers say, and which texts have the same values."""

from __future__ import annotations

import pytest

from core.checks.languages.data_formats import (
    json_values,
    read_json,
    read_json_lines,
    read_jsonc,
    read_toml,
    read_xml,
    read_yaml,
    toml_values,
    yaml_values,
)


@pytest.mark.parametrize(
    ("text", "is_sound", "is_certain"),
    [
        (b'{"a": [1, 2.5e3, null, true, "x\\u00e9"]}', True, True),
        (b'{"a": 1, "a": 2}', True, True),
        (b'{"a": 1}\n{"b": 2}\n', False, True),
        (b'{"a": NaN}', False, True),
        (b"{'a': 1}", False, True),
        (b'{"a": 01}', False, True),
        (b'{\n // no\n "a": 1\n}', False, False),  # a reader that takes comments may read it
        (b'{"a": [1, 2,]}', False, False),
        (b"", False, True),
    ],
)
def test_json_is_strict(text: bytes, is_sound: bool, is_certain: bool) -> None:
    reading = read_json(text)
    assert (reading.is_sound, reading.certain) == (is_sound, is_certain)


@pytest.mark.parametrize(
    ("text", "is_sound"),
    [
        (b'{ /* a */ "a": 1, // b\n "b": [1, /* c */ ], }', True),
        (b'{"url": "http://x/*y*/", "t": "a,]"}', True),
        (b'{"a": "// no comment, }"}', True),
        (b"[,]", False),
        (b'{"a": 1 "b": 2}', False),
        (b"{a: 1}", False),
        (b'{"a": 1,, }', False),
        (b'{"a": 1 /* open', False),
    ],
)
def test_json_with_comments(text: bytes, is_sound: bool) -> None:
    assert read_jsonc(text).is_sound is is_sound


def test_a_line_of_json_lines_is_named() -> None:
    assert read_json_lines(b'{"a": 1}\n\n{"b": 2}\n').is_sound
    reading = read_json_lines(b'{"a": 1}\n{"b": }\n')
    assert reading.error is not None and reading.error.line == 2


def test_a_byte_order_mark_is_nobodys_error() -> None:
    assert "byte order mark" in read_json(b'\xef\xbb\xbf{"a": 1}').unjudged


@pytest.mark.parametrize(
    ("text", "is_sound"),
    [
        (b"a = { p = 1,\n  q = 2,\n}\n", True),  # TOML 1.1
        (b"t = 07:32\n", True),
        (b'a."b.c" = 1\n[x.y]\nz = 1979-05-27\n', True),
        (b"a = 1\na = 2\n", False),
        (b"[a]\n[a]\n", False),
        (b"a = 'x\n", False),
    ],
)
def test_toml_1_1(text: bytes, is_sound: bool) -> None:
    assert read_toml(text).is_sound is is_sound


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (b"a: !Ref x\n---\nb: !GetAtt y.z\n...\n---\n? [k]\n: &anchor {x: 1}\n", None),
        (b"run: |\n  {a b: c\n  \tx\nnext: 1\n", None),
        (b"on: ${{ github.ref }}\n", None),
        (b"a:\n\tb: 1\n", 2),
        (b"a:\n  b: 1\n c: 2\n", 3),
        (b"a: [1, 2\nb: 3\n", 2),
        (b"a: 'x\n", 2),
    ],
)
def test_yaml_and_where_it_stops(text: bytes, line: int | None) -> None:
    reading = read_yaml(text)
    assert (reading.error.line if reading.error else None) == line
    assert not reading.unjudged


@pytest.mark.parametrize(
    "text", [b"a: {{ x }}\n", b"{%- if y %}\na: 1\n{% endif %}\n", b"a: {# b #}\n"]
)
def test_a_template_is_no_yaml_yet(text: bytes) -> None:
    assert read_yaml(text).unjudged == "it is a template"


def test_xml_is_well_formed_or_not() -> None:
    assert read_xml(b"<?xml version='1.0'?><a><b c='d'/>text</a>").is_sound
    assert not read_xml(b"<a><b></a>").is_sound
    assert read_xml(b"<a>&nbsp;</a>").certain is False  # something elsewhere may define it


# -- what a text says ------------------------------------------------------------------------------


def test_values_of_json_keep_how_numbers_are_written_and_in_which_order_keys_stand() -> None:
    assert json_values(b'{"a": 1,\n "b": 2}') == json_values(b'{ "a":1, "b":2 }')
    assert json_values(b'{"a": 1}') != json_values(b'{"a": 1.0}')
    assert json_values(b'{"a": 1, "b": 2}') != json_values(b'{"b": 2, "a": 1}')
    assert json_values(b'{"a": "1"}') != json_values(b'{"a": 1}')
    assert json_values(b'{"a": 1, // x\n}', comments=True) == json_values(b'{"a": 1}')


def test_values_of_toml_know_quoted_keys() -> None:
    assert toml_values(b"a = 1 # x\n\n[t]\nb=2\n") == toml_values(b"a=1\n[t]\n  b = 2\n")
    assert toml_values(b'"a b" = 1\n') != toml_values(b'"a c" = 1\n')


@pytest.mark.parametrize(
    ("one", "other", "are_same"),
    [
        (b"a: 1 # x\n", b"a:   1\n", True),
        (b"a: 'x'\n", b'a: "x"\n', True),
        (b"a: 'yes'\n", b"a: yes\n", False),
        (b"a: '1'\n", b"a: 1\n", False),
        (b"image: 'engine:1'\n", b"image: 'engine:2'\n", False),
        (b"run: |\n  make\n  # a\n", b"run: |\n  make\n", False),
        (b"run: |\n  make -j8 test\n", b"run: |\n  rm -rf build\n", False),
        (b"run: |\n  a\n", b"run: >\n  a\n", True),
        (b"a: &x 1\nb: *x\n", b"a: &y 1\nb: *y\n", False),
        (b"#cloud-config\na: 1\n", b"a: 1\n", False),
        (b"a: !Ref x\n", b"a: x\n", False),
    ],
)
def test_values_of_yaml(one: bytes, other: bytes, are_same: bool) -> None:
    assert yaml_values(one) is not None
    assert (yaml_values(one) == yaml_values(other)) is are_same
