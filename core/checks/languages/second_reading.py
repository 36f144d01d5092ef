"""A second reading of CUDA, where a grammar stops at what a preprocessor would remove.

The grammars know no macros. So a text that they cannot read is read again once for each choice of
branches, without directives, and with the non-C++ words blanked out: CUDA's specifiers, launches,
attributes and upper-case names where only a macro can be. A text that can be read so under every
choice counts as read. Measured on flashinfer's 560 files: `docs/rules.md`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from core.checks.languages.grammars import parse, tree_errors
from core.late_patterns import LatePattern

if TYPE_CHECKING:
    from tree_sitter import Tree

MAX_BRANCHES = 3
MAX_BYTES = 1024 * 1024

_GRAMMARS = {"c": ("c",), "cpp": ("cpp",), "cuda": ("cpp", "cuda")}

_NESTED = rb"\((?:[^()]|\((?:[^()]|\((?:[^()]|\([^()]*+\))*+\))*+\))*+\)"
_DIRECTIVE = LatePattern(
    rb"^[ \t]*+\#[ \t]*+(?:(if|ifdef|ifndef|elif|else|endif)\b)?((?:[^\n\\]|\\.)*+)",
    re.MULTILINE | re.DOTALL,
)
_CONSTANTS = LatePattern(rb"=\s*+\{\s*+\}(?=\s*+[,)])")
_SPECIFIERS = LatePattern(
    rb"\b__(?:global|device|host|shared|constant|managed|forceinline|noinline|restrict"
    rb"|grid_constant)__\b|\b__restrict\b"
    rb"|\b(?:__align__|__launch_bounds__|__cluster_dims__|__attribute__|__maxnreg__)\s*+" + _NESTED
)
_LAUNCH = LatePattern(rb"<<<(?:[^<>;{}]|<(?!<<)|>(?!>>))*+>>>")
_INSTANTIATION = LatePattern(
    rb"\b(?:extern\s++)?template\s++(?=(?:class|struct)\s++[\w:]++\s*+<[^;{}]{0,2000}+\s*+;)"
)
_DEPENDENT = LatePattern(
    rb"\btypename\s++(?=(?:::)?\w++(?:<[^;{}<>]*+(?:<[^;{}<>]*+>[^;{}<>]*+)*+>)?::)"
    rb"|(?<=[.>:])\s*+\btemplate\s++(?=\w)"
)
_STATEMENT = LatePattern(
    rb"^([ \t]*+)([A-Z_][A-Z0-9_]{2,}+)[ \t]*+"
    + _NESTED
    + rb"(?=[ \t]*+(?:\Z|\n\s*+(?:[A-Za-z_}#/]|\Z)))",
    re.MULTILINE,
)
_BEFORE = LatePattern(rb"\b[A-Z_][A-Z0-9_]{2,}+\b(?=\s++[A-Za-z_~])")
_BEHIND = LatePattern(rb"(?<=[\w>)\]])\s++[A-Z_][A-Z0-9_]{3,}+(?=\s*+[),{])")


class SecondReading(Struct, frozen=True):
    """Error-free trees of a text, one for each choice of branches."""

    trees: tuple[tuple[Tree, bytes, str], ...]  # with the text that was read and its grammar
    has_macros: bool  # upper-case names were blanked out as well


def second_reading(data: bytes, language: str) -> SecondReading | None:
    """Read a text once for each choice of branches; None if one of them cannot be read at all.

    `data` is a text that its own grammar could not read: nothing unreadable is read again.
    """
    if len(data) > MAX_BYTES:
        return None
    trees: list[tuple[Tree, bytes, str]] = []
    unreadable = {(data, language)}
    before, has_macros = None, False
    for number in range(MAX_BRANCHES):
        text = choose_branches(data, number)
        if text == before:
            break
        before = text
        for way, grammar, is_bare in _ways(text, language):
            if (way, grammar) in unreadable:
                continue
            tree = parse(way, grammar)
            if not tree_errors(tree):
                trees.append((tree, way, grammar))
                has_macros |= is_bare
                break
            unreadable.add((way, grammar))
        else:
            return None
    return SecondReading(tuple(trees), has_macros)


def macro_words(data: bytes) -> set[bytes]:
    """The upper-case names where C++ allows nothing and only a macro can be."""
    found = {match[2] for match in _STATEMENT.compiled.finditer(data)}
    return found | {
        m[0].strip() for each in (_BEFORE, _BEHIND) for m in each.compiled.finditer(data)
    }


def _ways(text: bytes, language: str) -> Iterator[tuple[bytes, str, bool]]:
    """Texts to read, with their grammars, and whether upper-case names are blanked out."""
    yield text, language, False
    plain = without_cuda(text)
    for grammar in _GRAMMARS[language]:
        yield plain, grammar, False
    bare = _without_macros(plain)
    for grammar in _GRAMMARS[language]:
        yield bare, grammar, True


def without_cuda(text: bytes) -> bytes:
    """A text with the words blanked out that CUDA adds to C++; its length is unchanged."""
    for pattern in (_LAUNCH, _SPECIFIERS, _INSTANTIATION, _DEPENDENT):
        text = pattern.compiled.sub(_blank, text)
    return _CONSTANTS.compiled.sub(_first_kept(b"=0"), text)


def _without_macros(text: bytes) -> bytes:
    text = _STATEMENT.compiled.sub(
        lambda match: match[1] + b";" + _blanked(match[0])[len(match[1]) + 1 :], text
    )
    return _BEHIND.compiled.sub(_blank, _BEFORE.compiled.sub(_blank, text))


def choose_branches(data: bytes, number: int) -> bytes:
    """The text with one branch of each conditional, the last if it has fewer; line by line."""
    parts: list[bytes] = []
    position, keep = 0, True
    stack: list[_Branch] = []
    for match in _DIRECTIVE.compiled.finditer(data):
        between = data[position : match.start()]
        parts += [between if keep else _blanked(between), _blanked(match[0])]
        position = match.end()
        word = match[1] or b""
        if word.startswith(b"if"):
            stack.append(_Branch(keep))
            if match[2].split(b"//")[0].strip() in (b"0", b"false"):
                stack[-1].index -= 1  # never compiled, so the one after it is the first
                keep = False
            else:
                keep = stack[-1].take(number, is_last=False)
        elif word in (b"elif", b"else") and stack:
            stack[-1].index += 1
            keep = stack[-1].take(number, is_last=word == b"else")
        elif word == b"endif" and stack:
            keep = stack.pop().is_outer_kept
    between = data[position:]
    return b"".join([*parts, between if keep else _blanked(between)])


class _Branch:
    """An open conditional, and which of its branches is read."""

    def __init__(self, is_outer_kept: bool) -> None:
        self.is_outer_kept = is_outer_kept
        self.index = 0
        self._is_taken = False

    def take(self, number: int, *, is_last: bool) -> bool:
        """Is the branch that begins now the one to keep?"""
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
