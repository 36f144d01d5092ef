"""Binary data of a patch: read as git wrote it, applied to its base, refused where git refuses."""

from __future__ import annotations

import base64
import random
import zlib

import pytest

from core.patch.parse.binary import (
    BinaryHunk,
    CorruptBinary,
    TooLarge,
    apply_delta,
    read_binary_hunk,
)


def written(packed: bytes, width: int = 52) -> list[bytes]:
    """Bytes in the lines that git writes: a letter for how many, then base 85, padded to four."""
    lines = []
    for at in range(0, len(packed), width):
        piece = packed[at : at + width]
        letter = len(piece) + (0x40 if len(piece) <= 26 else 0x60 - 26)
        padded = piece + bytes(-len(piece) % 4)
        lines.append(bytes([letter]) + base64.b85encode(padded) + b"\n")
    return lines


def hunk(content: bytes, head: bytes = b"literal", width: int = 52) -> list[bytes]:
    """A whole hunk: its first line, its data and the blank line after it."""
    lines = written(zlib.compress(content), width)
    return [b"%s %d\n" % (head, len(content)), *lines, b"\n"]


def test_what_git_wrote_is_read() -> None:
    lines = [b"literal 0\n", b"HcmV?d00001\n", b"\n"]
    assert read_binary_hunk(lines, 0) == (3, BinaryHunk(False, b""))
    lines = [b"x\n", *hunk(b"hello\n"), b"x\n"]
    assert read_binary_hunk(lines, 1) == (4, BinaryHunk(False, b"hello\n"))


@pytest.mark.parametrize("width", [1, 3, 4, 5, 25, 26, 27, 28, 51, 52])
@pytest.mark.parametrize("head", [b"literal", b"delta"])
def test_lines_of_every_length_are_read(width: int, head: bytes) -> None:
    content = random.Random(width).randbytes(130)
    lines = [*hunk(content, head, width), b"literal 1\n"]
    assert read_binary_hunk(lines, 0) == (len(lines) - 1, BinaryHunk(head == b"delta", content))


@pytest.mark.parametrize("first", [b"", b"literal", b"binary 3\n", b"Literal 3\n", b"xliteral 3\n"])
def test_a_line_of_another_kind_begins_no_hunk(first: bytes) -> None:
    assert read_binary_hunk([first, b"\n"], 0) == (0, None)
    assert read_binary_hunk([first], 1) == (1, None)


def test_a_size_may_stand_behind_white_space_and_zeros() -> None:
    lines = hunk(b"hello")
    for size in (b"literal  5\n", b"literal \t0005 bytes\n", b"literal " + b"0" * 30 + b"5\n"):
        assert read_binary_hunk([size, *lines[1:]], 0)[1] == BinaryHunk(False, b"hello")
    empty = hunk(b"")
    assert read_binary_hunk([b"literal \n", *empty[1:]], 0)[1] == BinaryHunk(False, b"")


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (b"", "the end of the text"),
        (b"A0000\n", "too short for one group"),
        (b"B000000\n", "not whole groups"),
        (b"E00000\n", "more bytes than its groups hold"),
        (b"A0000000000\n", "fewer bytes than its groups hold"),
        (b"D0000000000\n", "as many as one group less holds"),
        (b"@00000\n", "the character before A"),
        (b"[00000\n", "the one behind Z"),
        (b"`00000\n", "the one before a"),
        (b"{00000\n", "the one behind z"),
        (b"A0000 \n", "a blank is no digit"),
        (b"A~~~~~\n", "more than four bytes hold"),
    ],
)
def test_a_line_that_is_wrong_is_named(line: bytes, says: str) -> None:
    lines = [b"x\n", b"literal 4\n", *written(b"abcd"), line, b"\n"]
    with pytest.raises(CorruptBinary, match="the binary patch is corrupt") as raised:
        read_binary_hunk(lines, 1)
    assert raised.value.line == 4, says


@pytest.mark.parametrize(
    ("size", "packed"),
    [
        (4, zlib.compress(b"hello")),
        (6, zlib.compress(b"hello")),
        (0, zlib.compress(b"hello")),
        (5, zlib.compress(b"hello")[:-2]),
        (5, b"no stream at all"),
        (0, b""),
    ],
)
def test_data_that_is_not_what_its_first_line_says_is_corrupt(size: int, packed: bytes) -> None:
    lines = [b"literal %d\n" % size, *written(packed), b"\n"]
    with pytest.raises(CorruptBinary, match="the binary patch is corrupt") as raised:
        read_binary_hunk(lines, 0)
    assert raised.value.line == len(lines)


@pytest.mark.parametrize(("size", "most"), [(11, 10), (10**17, 10), (10**40, 2**200)])
def test_what_is_too_large_is_not_looked_at(size: int, most: int) -> None:
    lines = [b"delta %d\n" % size, *written(b"abcd"), b"\n", b"x\n"]
    with pytest.raises(TooLarge, match="the binary content is too large") as raised:
        read_binary_hunk(lines, 0, most)
    assert raised.value.line == 3
    assert read_binary_hunk(hunk(b"0123456789"), 0, 10)[1] == BinaryHunk(False, b"0123456789")


def number(size: int) -> bytes:
    """A size as a delta states it: seven bits a byte, least first."""
    digits = [size >> shift & 0x7F for shift in range(0, max(1, size.bit_length()), 7)]
    return bytes([*(digit | 0x80 for digit in digits[:-1]), digits[-1]])


def delta(base: int, size: int, *commands: bytes) -> bytes:
    return number(base) + number(size) + b"".join(commands)


BASE = bytes(range(256)) * 300  # 76,800 bytes: offsets of three bytes, lengths of more than two


@pytest.mark.parametrize(
    ("commands", "made"),
    [
        ((b"\x03new",), b"new"),
        ((b"\x7f" + b"n" * 127,), b"n" * 127),
        ((b"\x91\x05\x04",), BASE[5:9]),
        ((b"\x90\x04",), BASE[:4]),
        ((b"\x92\x01\x07",), BASE[256:263]),
        ((b"\x93\x02\x01\x07",), BASE[258:265]),
        ((b"\x94\x01\x03",), BASE[65536:65539]),
        ((b"\xa0\x01",), BASE[:256]),
        ((b"\xb1\x01\x02\x01",), BASE[1:259]),
        ((b"\x80",), BASE[:65536]),
        ((b"\x81\x09",), BASE[9 : 9 + 65536]),
        ((b"\xc0\x01",), BASE[:65536]),
        ((b"\xf0\x01\x01\x01",), BASE[:65793]),
        ((b"\x90\x02", b"\x02xy", b"\x91\x0a\x02"), b"\x00\x01xy\x0a\x0b"),
    ],
)
def test_a_delta_copies_from_its_base_and_puts_in(commands: tuple[bytes, ...], made: bytes) -> None:
    assert apply_delta(BASE, delta(len(BASE), len(made), *commands)) == made


def test_an_offset_has_four_bytes() -> None:
    assert apply_delta(b"ab", delta(2, 1, b"\x9f\x01\x00\x00\x00\x01")) == b"b"
    assert apply_delta(b"ab", delta(2, 1, b"\x9f\x00\x00\x00\x01\x01")) is None


@pytest.mark.parametrize(
    ("patch", "says"),
    [
        (delta(2, 3, b"\x03new"), "another base"),
        (delta(3, 3, b"\x00\x03new"), "a command without meaning"),
        (delta(3, 4, b"\x03new"), "less than it announces"),
        (delta(3, 2, b"\x03new"), "more than it announces"),
        (delta(3, 3, b"\x04new"), "it ends inside what it puts in"),
        (delta(3, 3, b"\x91\x01\x03"), "it copies from behind the base's end"),
        (delta(3, 1, b"\x91\x01"), "it ends inside a command"),
        (delta(3, 1, b"\x90"), "it ends before a length"),
        (b"\x03", "a size alone"),
        (b"", "nothing"),
        (b"\x83\x80\x80", "sizes without an end"),
    ],
)
def test_a_delta_that_does_not_fit_makes_nothing(patch: bytes, says: str) -> None:
    assert apply_delta(b"abc", patch) is None, says


def test_a_delta_is_four_bytes_long_at_least_and_sizes_may_be_large() -> None:
    assert apply_delta(b"abc", b"\x03\x01\x01x") == b"x"
    assert apply_delta(b"abc", b"\x03\x00\x00") is None, "git asks for four bytes"
    large = b"x" * 20_000
    assert apply_delta(large, delta(20_000, 16_384, b"\xa0\x40")) == large[:16_384]
    assert apply_delta(b"abc", delta(3, 2**40, b"\x01x")) is None
