"""Comments and docstrings of Python that have an effect, and so are more than comments."""

from __future__ import annotations

import re

_EFFECT = re.compile(
    rb"^\s*#\s*(?:cython|distutils|cython_directives)\s*:.*$"
    rb"|^#[ \t]*-\*-.*$|^#(?:SBATCH|MSUB|PBS|BSUB|OAR|COBALT)\b.*$",
    re.MULTILINE,
)
_COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_INLINE_SCRIPT = re.compile(rb"^# /// \w+$(?:\n#[^\n]*)*", re.MULTILINE)
_DOC_READERS = re.compile(rb"__doc__|\bdocopt\b|\bgetdoc\b|\bcleandoc\b|\bdoctest\b|\bgetsource\b")

_LINE_READERS = re.compile(rb"\bf_lineno\b|\btb_lineno\b|\bgetframeinfo\b|\bco_firstlineno\b")


def effective_comments(data: bytes) -> tuple[bytes, ...]:
    """Whatever a comment tells an interpreter, a build or a runner; line endings too."""
    first = data.split(b"\n", 2)[:2]
    shebang = first[0].rstrip() if data.startswith(b"#!") else b""
    cookies = tuple(found[1] for line in first if (found := _COOKIE.match(line)))
    directives = tuple(match[0].strip() for match in _EFFECT.finditer(data))
    scripts = tuple(match[0] for match in _INLINE_SCRIPT.finditer(data))
    marks = (b"bom" if data.startswith(b"\xef\xbb\xbf") else b"", line_ends(data))
    return (*marks, shebang, *cookies, *directives, *scripts)


def line_ends(data: bytes) -> bytes:
    """Which line endings a text has: all alike, or how many of each."""
    windows, returns, all_ends = data.count(b"\r\n"), data.count(b"\r"), data.count(b"\n")
    if not returns:
        return b"\n"
    if windows == returns == all_ends:
        return b"\r\n"
    return b"%d %d" % (windows, returns)


def asks_for_lines(data: bytes) -> bool:
    """Does the text ask for its line numbers, so that one more line may have an effect?"""
    return _LINE_READERS.search(data) is not None


def reads_docstrings(data: bytes) -> bool:
    """Does the text ask for docstrings, so that their content may have an effect?"""
    return _DOC_READERS.search(data) is not None
