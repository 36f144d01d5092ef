"""One version of a non-Python file: what its language's parser says, asked once.

This decides which parser reads which language. A language's own parser is trusted when it rejects;
YAML's and the shell's if a grammar rejects as well; other grammars never.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property, partial
from typing import TYPE_CHECKING

from core.checks.languages import data_formats
from core.checks.languages.answers import (
    Answer,
    Broken,
    ParseError,
    Reading,
    Unknown,
    compare,
)
from core.checks.languages.cmake import read_cmake
from core.checks.languages.cython_parser import read_cython
from core.checks.languages.directives import unread_directive
from core.checks.languages.dockerfile import read_dockerfile
from core.checks.languages.grammars import (
    MAX_SOURCE_BYTES,
    GrammarGaveUp,
    has_grammar,
    parse,
    tree_errors,
)
from core.checks.languages.lenient import LENIENT, passed_over
from core.checks.languages.preprocessor import changed_line, excess, outline
from core.checks.languages.second_reading import SecondReading, macro_words, second_reading
from core.checks.languages.shell import read_shell

if TYPE_CHECKING:
    from tree_sitter import Tree

_READERS: dict[str, Callable[[bytes], Reading]] = {
    "bash": read_shell,
    "cmake": read_cmake,
    "cython": read_cython,
    "cython definitions": partial(read_cython, is_pxd=True),
    "dockerfile": read_dockerfile,
    "json": data_formats.read_json,
    "json lines": data_formats.read_json_lines,
    "jsonc": data_formats.read_jsonc,
    "toml": data_formats.read_toml,
    "xml": data_formats.read_xml,
    "yaml": data_formats.read_yaml,
}
"""A language's own parser; the others have only a grammar."""

PREPROCESSED = frozenset({"c", "cpp", "cuda"})
"""Languages in which the compiler sees another text than the file's."""

_DEFINED = re.compile(rb"^[ \t]*#[ \t]*define[ \t]+(\w+)", re.MULTILINE)

_CUDA = re.compile(rb"\b__(?:global|device|host|shared|forceinline)__\b|<<<")
"""What identifies CUDA in a file whose name does not."""


class CodeSource:
    """One version of a file; everything about it is computed on first use."""

    def __init__(self, data: bytes, language: str, path: str = "") -> None:
        self.data = data
        self.language = language
        self.path = path

    @cached_property
    def reading(self) -> Reading:
        """What its parser says."""
        size = len(self.data)
        if size > MAX_SOURCE_BYTES:
            return Reading(unjudged=f"too large to parse ({size} bytes)")
        try:
            return self._read()
        except GrammarGaveUp as error:
            return Reading(unjudged=str(error))

    def _read(self) -> Reading:
        reader = _READERS.get(self.language)
        if reader is None:
            return self._grammar_reading()
        found = reader(self.data)
        if found.error and not found.certain and has_grammar(self.language):
            return Reading(found.error, certain=bool(tree_errors(self.tree)))
        return found

    def _grammar_reading(self) -> Reading:
        trees: tuple[tuple[Tree, bytes, str], ...] = ((self.tree, self.data, self.language),)
        if errors := tree_errors(self.tree):
            if self.second is None:
                return Reading(errors[0], certain=False)
            trees = self.second.trees
        wrong = (passed_over(*each) for each in trees if self.language in LENIENT)
        first = next(filter(None, wrong), None)
        return Reading(first, certain=False) if first else Reading()

    @cached_property
    def second(self) -> SecondReading | None:
        """How its text reads without what a preprocessor removes; None: not at all."""
        is_cuda = self.language in PREPROCESSED and (
            self.path.endswith((".cu", ".cuh")) or _CUDA.search(self.data) is not None
        )
        return second_reading(self.data, self.language) if is_cuda else None

    @property
    def needs_macros(self) -> bool:
        """Can it be read only if upper-case names are macros?"""
        if not tree_errors(self.tree):
            return False
        return self.second is not None and self.second.has_macros

    @cached_property
    def tree(self) -> Tree:
        """The tree of its grammar, which must exist. Raises `GrammarGaveUp`."""
        return parse(self.data, self.language)


def judge(base: CodeSource | None, patched: CodeSource) -> Answer:
    """What a patch did to the syntax of a file; `base` None: there was none."""
    if patched.language in PREPROCESSED and len(patched.data) <= MAX_SOURCE_BYTES:
        answer = _judge_brackets(base.data if base else b"", patched.data)
        if answer is not None:
            return answer
        if error := unread_directive(base.data if base else b"", patched.data, patched.language):
            return Unknown(f"{error.message} (line {error.line})", error)
        if base is not None and (error := _new_macro(base, patched)):
            return Unknown(f"{error.message} (line {error.line})", error)
    # What a sound text was before does not matter: it is not parsed for nothing.
    before = base.reading if base is not None and patched.reading.error is not None else None
    return compare(before, patched.reading)


def _judge_brackets(base: bytes, patched: bytes) -> Answer | None:
    """Brackets that a patch left open under every choice of branches; None if there are none."""
    before, after = outline(base), outline(patched)
    if after.is_torn and not before.is_torn:
        return Unknown("unbalanced preprocessor conditional or unterminated string", None)
    if not before.can_be_closed or after.can_be_closed is not False or after.balances is None:
        return None
    error = ParseError(excess(after.balances), changed_line(base, patched), 1)
    if before.macros != after.macros or before.defines != after.defines:
        return Unknown("a macro may contain the missing bracket", error)
    return Broken(error)


def _new_macro(base: CodeSource, patched: CodeSource) -> ParseError | None:
    """Where a patched text can be read only if a new word is a macro; None: it needs none."""
    if patched.reading.unjudged or not patched.needs_macros:
        return None
    new = macro_words(patched.data) - macro_words(base.data) - set(_DEFINED.findall(patched.data))
    if not new:
        return None
    word = min(new)
    line = patched.data[: patched.data.index(word)].count(b"\n") + 1
    return ParseError(f"'{word.decode()}' is valid here only as a macro", line, 1)
