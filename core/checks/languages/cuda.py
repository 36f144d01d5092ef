"""A second reading of CUDA, where its grammar stops at what a preprocessor would take away.

The grammar knows no macros. So a text that it does not read is read again once for each choice of
branches, without directives, and with the words blanked out that stand beside C++: CUDA's
specifiers, launches, attributes and names in capitals where only a macro can stand. A text that is
read so in every choice counts as read. Measured on flashinfer's 560 files: `docs/rules.md`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from core.checks.languages.answers import ParseError
from core.checks.languages.grammars import parse, tree_errors

MAX_BRANCHES = 3
MAX_BYTES = 1024 * 1024

_NESTED = rb"\((?:[^()]|\((?:[^()]|\((?:[^()]|\([^()]*+\))*+\))*+\))*+\)"
_DIRECTIVE = re.compile(
    rb"^[ \t]*+\#[ \t]*+(if|ifdef|ifndef|elif|else|endif)?\b(?:[^\n\\]|\\.)*+",
    re.MULTILINE | re.DOTALL,
)
_CONSTANTS = re.compile(rb"=\s*+\{\s*+\}(?=\s*+[,)])")
_SPECIFIERS = re.compile(
    rb"\b__(?:global|device|host|shared|constant|managed|forceinline|noinline|restrict"
    rb"|grid_constant)__\b|\b__restrict\b"
    rb"|\b(?:__align__|__launch_bounds__|__cluster_dims__|__attribute__|__maxnreg__)\s*+" + _NESTED
)
_LAUNCH = re.compile(rb"<<<(?:[^<>;{}]|<(?!<<)|>(?!>>))*+>>>")
_INSTANTIATION = re.compile(
    rb"\b(?:extern\s++)?template\s++(?=(?:class|struct)\s++[\w:]++\s*+<[^;{}]{0,2000}+\s*+;)"
)
_DEPENDENT = re.compile(
    rb"\btypename\s++(?=(?:::)?\w++(?:<[^;{}<>]*+(?:<[^;{}<>]*+>[^;{}<>]*+)*+>)?::)"
    rb"|(?<=[.>:])\s*+\btemplate\s++(?=\w)"
)
_STATEMENT = re.compile(
    rb"^([ \t]*+)[A-Z_][A-Z0-9_]{2,}+[ \t]*+"
    + _NESTED
    + rb"(?=[ \t]*+(?:\Z|\n\s*+(?:[A-Za-z_}#/]|\Z)))",
    re.MULTILINE,
)
_BEFORE = re.compile(rb"\b[A-Z_][A-Z0-9_]{2,}+\b(?=\s++[A-Za-z_~])")
_BEHIND = re.compile(rb"(?<=[\w>)\]])\s++[A-Z_][A-Z0-9_]{3,}+(?=\s*+[),{])")


def second_reading(data: bytes) -> ParseError | None:
    """The first error that no way of reading a text avoids; None when it is read."""
    if len(data) > MAX_BYTES:
        return ParseError(f"{len(data)} bytes are more than is read twice", 1, 1)
    before = b""
    for number in range(MAX_BRANCHES):
        text = choose_branches(data, number)
        if text == before:
            break
        before = text
        errors = [_first_error(*way) for way in _ways(text)]
        if all(errors):
            return errors[-1]
    return None


def _ways(text: bytes) -> Iterator[tuple[bytes, str]]:
    yield text, "cuda"
    for plain in (_without_cuda(text), _without_macros(_without_cuda(text))):
        yield plain, "cpp"
        yield plain, "cuda"


def _first_error(text: bytes, language: str) -> ParseError | None:
    errors = tree_errors(parse(text, language))
    return errors[0] if errors else None


def _without_cuda(text: bytes) -> bytes:
    for pattern in (_LAUNCH, _SPECIFIERS, _INSTANTIATION, _DEPENDENT):
        text = pattern.sub(_blank, text)
    return _CONSTANTS.sub(_first_kept(b"=0"), text)


def _without_macros(text: bytes) -> bytes:
    text = _STATEMENT.sub(
        lambda match: match[1] + b";" + _blanked(match[0])[len(match[1]) + 1 :], text
    )
    return _BEHIND.sub(_blank, _BEFORE.sub(_blank, text))


def choose_branches(data: bytes, number: int) -> bytes:
    """The text with one branch of each conditional, the last where it has fewer; line by line."""
    parts: list[bytes] = []
    position, keep = 0, True
    stack: list[_Branch] = []
    for match in _DIRECTIVE.finditer(data):
        between = data[position : match.start()]
        parts += [between if keep else _blanked(between), _blanked(match[0])]
        position = match.end()
        word = match[1] or b""
        if word.startswith(b"if"):
            stack.append(_Branch(keep))
            keep = stack[-1].take(number, is_last=False)
        elif word in (b"elif", b"else") and stack:
            stack[-1].index += 1
            keep = stack[-1].take(number, is_last=word == b"else")
        elif word == b"endif" and stack:
            keep = stack.pop().is_outer_kept
    between = data[position:]
    return b"".join([*parts, between if keep else _blanked(between)])


class _Branch:
    """A conditional that is open, and which of its branches is read."""

    def __init__(self, is_outer_kept: bool) -> None:
        self.is_outer_kept = is_outer_kept
        self.index = 0
        self._is_taken = False

    def take(self, number: int, *, is_last: bool) -> bool:
        """Is the branch that begins now the one to be kept?"""
        is_it = self.index == number or (is_last and self.index < number)
        keep = self.is_outer_kept and is_it and not self._is_taken
        self._is_taken |= is_it
        return keep


def _blanked(text: bytes) -> bytes:
    return re.sub(rb"[^\n]", b" ", text)


def _blank(match: re.Match[bytes]) -> bytes:
    return _blanked(match[0])


def _first_kept(word: bytes) -> Callable[[re.Match[bytes]], bytes]:
    return lambda match: word + _blanked(match[0])[len(word) :]
