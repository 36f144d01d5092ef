"""Patches with faults of every kind, made from sound ones; the same seed gives the same mutants."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

Mutation = Callable[[bytes, random.Random], bytes]

_HUNK = re.compile(rb"(?m)^@@ -(\d+)(,\d+)? \+(\d+)(,\d+)? @@")
_NUMBERS = [
    b"0",
    b"1",
    b"2",
    b"3",
    b"7",
    b"12",
    b"40",
    b"999",
    b"4294967297",
    b"99999999999999999999",
]
_JUNK = [
    b"\n", b" \n", b"junk\n", b"\\ No newline at end of file\n", b"\\ No\n", b"\\\n", b"+\n",
    b"-\n",
    b"--- a/plain.txt\n", b"+++ b/plain.txt\n", b"--- /dev/null\n", b"+++ /dev/null\n",
    b"diff --git a/plain.txt b/plain.txt\n", b"@@ -1 +1 @@\n", b"@@ -1,2 +1,2\n", b"@@ junk\n",
    b"index 1234567..89abcde 100644\n", b"index 1234567..89abcde\n", b"old mode 100644\n",
    b"new mode 100755\n", b"new mode 100644\n", b"new mode 120000\n", b"new file mode 100644\n",
    b"deleted file mode 100644\n", b"new file mode 644\n", b"old mode x\n",
    b"rename from plain.txt\n",
    b"rename to other.txt\n", b"copy from plain.txt\n", b"copy to other.txt\n",
    b"similarity index 100%\n", b"GIT binary patch\n", b"literal 0\nHcmV?d00001\n\n",
    b"Binary files a/x and b/x differ\n", b"-- \n", b"Only in a: x\n", b"diff --cc plain.txt\n",
]  # fmt: skip
_PATHS = [
    b"../plain.txt", b"/etc/passwd", b".git/config", b".GIT/hooks/x", b"a/../b", b"./plain.txt",
    b"dir//deep/file.py", b"link/inside.txt", b"dir", b"plain.txt/below", b"absent.txt", b"git~1/x",
    b'"plain.txt"', b'"b/plain.txt"', b'"b/caf\\303\\251.txt"', b'"unclosed', b"with space.txt",
    b"with space.txt \t2024-01-02 03:04:05.678 +0100", b"plain.txt\t", b"plain.txt\r", b"",
    b"plain.txt\t1970-01-01 00:00:00 +0000", b"plain.txt 1970-01-01 01:00:00.000 +0100",
    b"PLAIN.TXT",
    b".gitmodules", b"sub", b"dev/null", b"windows\\.git\\x", b"empty.txt", b"x/.git ./y",
]  # fmt: skip


def mutants(patch: bytes, seed: int, count: int) -> list[bytes]:
    """`count` variants of a patch, each with one to three faults."""
    chance = random.Random(seed)
    return [_mutate(patch, chance) for _ in range(count)]


def _mutate(patch: bytes, chance: random.Random) -> bytes:
    for _ in range(chance.choice((1, 1, 1, 2, 2, 3))):
        patch = chance.choice(MUTATIONS)(patch, chance)
    return patch


def _lines(patch: bytes) -> list[bytes]:
    return re.findall(rb"[^\n]*\n|[^\n]+", patch)


def _on_lines(change: Callable[[list[bytes], random.Random], None]) -> Mutation:
    def mutation(patch: bytes, chance: random.Random) -> bytes:
        lines = _lines(patch)
        if lines:
            change(lines, chance)
        return b"".join(lines)

    return mutation


def _drop_line(lines: list[bytes], chance: random.Random) -> None:
    del lines[chance.randrange(len(lines))]


def _double_line(lines: list[bytes], chance: random.Random) -> None:
    at = chance.randrange(len(lines))
    lines.insert(at, lines[at])


def _swap_lines(lines: list[bytes], chance: random.Random) -> None:
    a, b = chance.randrange(len(lines)), chance.randrange(len(lines))
    lines[a], lines[b] = lines[b], lines[a]


def _swap_neighbours(lines: list[bytes], chance: random.Random) -> None:
    a = chance.randrange(len(lines))
    b = (a + 1) % len(lines)
    lines[a], lines[b] = lines[b], lines[a]


def _insert_junk(lines: list[bytes], chance: random.Random) -> None:
    lines.insert(chance.randrange(len(lines) + 1), chance.choice(_JUNK))


def _change_marker(lines: list[bytes], chance: random.Random) -> None:
    at = chance.randrange(len(lines))
    lines[at] = chance.choice((b" ", b"+", b"-", b"", b"\t", b"\\")) + lines[at][1:]


def _change_white_space(lines: list[bytes], chance: random.Random) -> None:
    at = chance.randrange(len(lines))
    pairs = ((b" ", b"\t"), (b"    ", b"  "), (b"\n", b" \n"), (b"\n", b"\r\n"), (b"\r\n", b"\n"))
    lines[at] = lines[at].replace(*chance.choice(pairs))


def _drop_open_mark(lines: list[bytes], chance: random.Random) -> None:
    marks = [at for at, line in enumerate(lines) if line.startswith(b"\\")]
    if marks:
        del lines[chance.choice(marks)]


def _drop_header_line(lines: list[bytes], chance: random.Random) -> None:
    words = (
        b"diff ",
        b"index ",
        b"--- ",
        b"+++ ",
        b"new ",
        b"old ",
        b"deleted ",
        b"rename ",
        b"copy ",
    )
    headers = [at for at, line in enumerate(lines) if line.startswith(words)]
    if headers:
        del lines[chance.choice(headers)]


def _change_path(lines: list[bytes], chance: random.Random) -> None:
    words = (b"--- ", b"+++ ", b"rename to ", b"rename from ", b"copy from ", b"copy to ")
    headers = [at for at, line in enumerate(lines) if line.startswith(words)]
    if headers:
        at = chance.choice(headers)
        word = next(word for word in words if lines[at].startswith(word))
        prefix = chance.choice((b"a/", b"b/", b"", b"x/y/"))
        lines[at] = word + prefix + chance.choice(_PATHS) + b"\n"


def _change_git_path(lines: list[bytes], chance: random.Random) -> None:
    headers = [at for at, line in enumerate(lines) if line.startswith(b"diff --git")]
    if headers:
        a, b = chance.choice(_PATHS), chance.choice(_PATHS)
        b = chance.choice((a, b))
        lines[chance.choice(headers)] = b"diff --git a/" + a + b" b/" + b + b"\n"


def _rename_everywhere(patch: bytes, chance: random.Random) -> bytes:
    names = re.findall(rb"(?m)^diff --git a/(\S+) ", patch)
    return patch.replace(chance.choice(names), chance.choice(_PATHS)) if names else patch


def _drop_git_headers(patch: bytes, chance: random.Random) -> bytes:
    return re.sub(
        rb"(?m)^(diff --git|index|new file|deleted file|old mode|new mode).*\n", b"", patch
    )


def _drop_prefixes(patch: bytes, chance: random.Random) -> bytes:
    return re.sub(rb"(?m)^(---|\+\+\+) [ab]/", rb"\1 ", patch)


def _change_number(patch: bytes, chance: random.Random) -> bytes:
    headers = list(_HUNK.finditer(patch))
    if not headers:
        return patch
    header = chance.choice(headers)
    numbers = list(re.finditer(rb"\d+", header[0]))
    number = chance.choice(numbers)
    value = int(number[0])
    other = chance.choice([b"%d" % max(0, value + chance.choice((-2, -1, 1, 2, 5))), *_NUMBERS])
    start = header.start() + number.start()
    return patch[:start] + other + patch[start + len(number[0]) :]


def _drop_counts(patch: bytes, chance: random.Random) -> bytes:
    return _HUNK.sub(rb"@@ -\1 +\3 @@", patch, count=1)


def _truncate(patch: bytes, chance: random.Random) -> bytes:
    return patch[: chance.randrange(len(patch) + 1)]


def _cut_start(patch: bytes, chance: random.Random) -> bytes:
    return patch[chance.randrange(len(patch) + 1) :]


def _drop_byte(patch: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(patch) + 1)
    return patch[:at] + patch[at + 1 :]


def _change_byte(patch: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(patch) + 1)
    return patch[:at] + bytes([chance.choice(b"x \n\t\r+-@\\\"'/0\xff\x00")]) + patch[at + 1 :]


def _to_crlf(patch: bytes, chance: random.Random) -> bytes:
    return patch.replace(b"\n", b"\r\n")


def _strip_blanks(patch: bytes, chance: random.Random) -> bytes:
    return re.sub(rb"(?m)^ $", b"", patch)


def _strip_end(patch: bytes, chance: random.Random) -> bytes:
    return patch.rstrip()


def _reverse(patch: bytes, chance: random.Random) -> bytes:
    table = bytes.maketrans(b"+-", b"-+")
    return re.sub(rb"(?m)^[+-](?![+-]{2} )", lambda m: m[0].translate(table), patch)


def _sections(patch: bytes) -> list[bytes]:
    return [s for s in re.split(rb"(?m)^(?=diff --git )", patch) if s]


def _repeat_section(patch: bytes, chance: random.Random) -> bytes:
    sections = _sections(patch)
    if sections:
        sections.insert(chance.randrange(len(sections) + 1), chance.choice(sections))
    return b"".join(sections)


def _shuffle_sections(patch: bytes, chance: random.Random) -> bytes:
    sections = _sections(patch)
    chance.shuffle(sections)
    return b"".join(sections)


def _keep_one_section(patch: bytes, chance: random.Random) -> bytes:
    return chance.choice(_sections(patch) or [patch])


def _change_hunks(patch: bytes, chance: random.Random) -> bytes:
    parts = re.split(rb"(?m)^(?=@@ |diff )", patch)
    hunks = [at for at, part in enumerate(parts) if part.startswith(b"@@ ")]
    if hunks:
        a, b = chance.choice(hunks), chance.choice(hunks)
        match chance.randrange(3):
            case 0:
                parts[a], parts[b] = parts[b], parts[a]
            case 1:
                parts.insert(a, parts[b])
            case _:
                del parts[a]
    return b"".join(parts)


def _surround(patch: bytes, chance: random.Random) -> bytes:
    before = chance.choice(
        (b"", b"\n\n", b"Here is the patch:\n\n```diff\n", b"From: x\n---\n file | 2 +-\n")
    )
    after = chance.choice((b"", b"```\n", b"\n\n", b"-- \n2.39.5\n", b"trailing"))
    return before + patch + after


MUTATIONS: tuple[Mutation, ...] = (
    *map(
        _on_lines,
        (
            _drop_line, _double_line, _swap_lines, _swap_neighbours, _insert_junk, _insert_junk,
            _change_marker, _change_white_space, _drop_open_mark, _drop_header_line, _change_path,
            _change_git_path,
        ),
    ),
    _rename_everywhere, _drop_git_headers, _drop_prefixes, _change_number, _change_number,
    _drop_counts, _truncate, _truncate, _cut_start, _drop_byte, _change_byte, _to_crlf,
    _strip_blanks, _strip_end, _reverse, _repeat_section, _shuffle_sections, _keep_one_section,
    _change_hunks, _surround,
)  # fmt: skip
