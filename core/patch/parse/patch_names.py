"""File names in patch headers, found as git's `apply.c` finds them.

The functions take the whole patch and an offset, since git itself reads across line ends in places.
White space is git's: blank, tab, line feed, carriage return.
"""

from __future__ import annotations

import re

SPACE = b" \t\n\r"
TAB_ENDS = re.compile(rb"[\n\r\t]")
LINE_ENDS = re.compile(rb"[\n\r]")

_PLAIN = re.compile(rb'[^"\\\0]*')
_GAP = re.compile(rb"[ \t]")
_OCTAL = re.compile(rb"[0-3][0-7][0-7]")
_ESCAPES = {
    **dict(zip(b"abfnrtv", b"\a\b\f\n\r\t\v", strict=True)),
    **dict(zip(b'\\"', b'\\"', strict=True)),
}
_DATE = re.compile(  # diff_timestamp_len(): what diff puts after a name
    rb"(?:\t|(?<! ) ++)(?:[0-9]{2})?[0-9]{2}-[0-9]{2}-[0-9]{2}"
    rb"(?: [0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?)?(?: [-+](?:[0-9]{4}|[0-9]{2}:[0-9]{2}))?\Z"
)
_EPOCH = re.compile(  # has_epoch_timestamp()
    rb"(1969-12-31|1970-01-01) ([0-2][0-9]):([0-5][0-9]):00(?:\.0+)?"
    rb" ([-+])([0-2][0-9]):?([0-5][0-9])\Z"
)


def is_dev_null(data: bytes, at: int) -> bool:
    """Does the name at an offset say that there is no file?"""
    return data.startswith(b"/dev/null", at) and data[at + 9] in SPACE


def find_name(data: bytes, at: int, strip: int, ends: re.Pattern[bytes] = TAB_ENDS) -> bytes | None:
    """The name at an offset without `strip` leading folders; None if there is none."""
    if data[at : at + 1] == b'"':
        name = _quoted_name(data, at, strip)
        if name is not None:
            return name
    end = ends.search(data, at)
    return _strip_folders(data[at : end.start() if end else len(data)], strip, None)


def find_traditional_name(
    data: bytes, at: int, strip: int, default: bytes | None = None
) -> bytes | None:
    """The name in a `---` or `+++` line without a preceding `diff --git`; a date may follow it."""
    if data[at : at + 1] == b'"':
        name = _quoted_name(data, at, strip)
        if name is not None:
            return name
    line = data[at : data.index(b"\n", at)]
    date = _DATE.search(line)
    if date:
        return _strip_folders(line[: date.start()], strip, default)
    return _strip_folders(re.split(rb"[\t\r]", line, maxsplit=1)[0], strip, default)


def has_epoch_date(data: bytes, at: int) -> bool:
    """Does the line say by the start of Unix time that there is no file?"""
    line = data[at : data.index(b"\n", at)]
    found = _EPOCH.match(line, line.rfind(b"\t") + 1)
    if b"\t" not in line or not found:
        return False
    day, hour, minute, sign, zone_hours, zone_minutes = found.groups()
    zone = int(zone_hours) * 60 + int(zone_minutes)
    elapsed = int(hour) * 60 + int(minute) - (zone if sign == b"+" else -zone)
    return elapsed == (24 * 60 if day == b"1969-12-31" else 0)


def header_name(data: bytes, at: int, stop: int, strip: int) -> bytes | None:
    """The name that is repeated in `diff --git a/name b/name`, None if it is not.

    `at` is after `diff --git `, `stop` after the line feed.
    """
    if data[at : at + 1] == b'"':
        return _name_quoted_first(data, at, stop, strip)
    start = _skip_folders(data, at, stop, strip)
    if start is None:
        return None
    quote = data.find(b'"', start, stop)
    if quote >= 0:
        return _name_quoted_second(data, start, quote, strip)
    end = data.find(b"\n", start)
    return _name_twice(data[start:end], strip) if end >= 0 else None


def _name_twice(names: bytes, strip: int) -> bytes | None:
    """The name that begins and ends a text, with white space and the second's folders between."""
    slash = -1
    for gap in _GAP.finditer(names):
        length = gap.start()
        second = len(names) - length
        if second <= length or (strip and names[second - 1] != 0x2F):
            continue
        if strip and slash <= length:
            slash = names.find(b"/", length + 1)
        # as `_skip_folders()` for the one folder, or none, that is stripped
        if strip:
            is_second = slash + 1 == second and slash > length + 1
        else:
            is_second = second == length + 1 and names[second : second + 1] != b"/"
        if is_second and names[second:] == names[:length]:
            return names[:length]
    return None


def unquote(data: bytes, at: int) -> tuple[bytes, int] | None:
    """A name quoted as in C and the offset after it (`unquote_c_style()`); None: not quoted."""
    if data[at : at + 1] != b'"':
        return None
    at += 1
    name = bytearray()
    while True:
        plain = _PLAIN.match(data, at)
        assert plain
        name += plain[0]
        at = plain.end()
        mark = data[at : at + 1]
        if mark == b'"':
            return bytes(name), at + 1
        if mark != b"\\":
            return None
        escaped = data[at + 1 : at + 2]
        octal = _OCTAL.match(data, at + 1)
        if octal:
            name.append(int(octal[0], 8))
            at += 4
        elif escaped and escaped[0] in _ESCAPES:
            name.append(_ESCAPES[escaped[0]])
            at += 2
        else:
            return None


def _quoted_name(data: bytes, at: int, strip: int) -> bytes | None:
    found = unquote(data, at)
    if found is None:
        return None
    parts = found[0].split(b"/", strip)
    return squash(parts[-1]) if len(parts) == strip + 1 else None


def _strip_folders(name: bytes, strip: int, default: bytes | None) -> bytes | None:
    parts = name.split(b"/", strip)
    rest = parts[-1] if len(parts) == strip + 1 else b""
    if not rest:
        return default and squash(default)
    if default and rest.startswith(default):
        return squash(default)
    return squash(rest)


def squash(name: bytes) -> bytes:
    """A path without doubled slashes."""
    return re.sub(rb"/+", b"/", name) if b"//" in name else name


def _skip_folders(data: bytes, at: int, stop: int, strip: int) -> int | None:
    """The offset after `strip` slashes (`skip_tree_prefix()`); absolute names have none."""
    if strip == 0:
        return None if at < stop and data[at : at + 1] == b"/" else at
    position = at - 1
    for _ in range(strip):
        position = data.find(b"/", position + 1, stop)
        if position < 0:
            return None
    return None if position == at else position + 1


def _name_quoted_first(data: bytes, at: int, stop: int, strip: int) -> bytes | None:
    found = unquote(data, at)
    if found is None:
        return None
    first, second = found
    start = _skip_folders(first, 0, len(first), strip)
    if start is None:
        return None
    name = first[start:]
    while second < stop and data[second] in SPACE:
        second += 1
    if second >= stop:
        return None
    if data[second : second + 1] == b'"':
        other = unquote(data, second)
        start = _skip_folders(other[0], 0, len(other[0]), strip) if other else None
        return name if other and start is not None and other[0][start:] == name else None
    start = _skip_folders(data, second, stop, strip)
    return name if start is not None and data[start:stop] == name else None


def _name_quoted_second(data: bytes, start: int, quote: int, strip: int) -> bytes | None:
    found = unquote(data, quote)
    if found is None:
        return None
    skip = _skip_folders(found[0], 0, len(found[0]), strip)
    if skip is None:
        return None
    name = found[0][skip:]
    end = start + len(name)
    same = end < quote and data[start:end] == name and data[end] in SPACE
    return name if same else None
