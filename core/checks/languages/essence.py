"""The part of a text that has an effect: all but provable white space and idle comments.

Two texts with the same essence do the same. Data are compared by value, code by a tree that the
grammar reads without an error: its leaves and whatever lies between them that is not white space;
strings, regular expressions, here-documents and marked-up text byte by byte. Comments that instruct
a tool count. None: unknown.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from core.checks.languages.cmake import cmake_tokens
from core.checks.languages.data_formats import json_values, toml_values, yaml_values
from core.checks.languages.grammars import MAX_SOURCE_BYTES, GrammarGaveUp
from core.checks.languages.python_comments import line_ends

if TYPE_CHECKING:
    from tree_sitter import Node

    from core.checks.languages.source import CodeSource

_WHOLE = re.compile(
    r"string|heredoc|regex|jsx|template|char_literal|character|rune|raw|preproc_arg|system_lib"
    r"|macro_invocation|token_tree|expansion|word|test_command|concatenation"
)
"""Nodes in which white space may have an effect: their bytes count verbatim."""
_BUT = re.compile(r"template_(?:declaration|parameter|argument|type|function|method)|jsx_attribute")

_EFFECT: dict[str, re.Pattern[bytes]] = {
    "bash": re.compile(rb"#!|^#(?:SBATCH|MSUB|PBS|BSUB|OAR|COBALT|flux:|compdef|autoload|\$|@)"),
    "go": re.compile(
        rb"//\s*[+@]\w|//(?:go:|line |export |extern |nolint)|/\*line |//\w+:\w"
        rb"|(?i:(?://|/\*)\s*(?:unordered )?output:)"
    ),
    "java": re.compile(rb"\\u|@deprecated"),
    "rust": re.compile(rb"///(?!/)|//[!@]|/\*[*!]"),
    **dict.fromkeys(
        ("c", "cpp", "cuda"), re.compile(rb"\\[ \t]*\r?\n|\?\?/|\b(?:RUN|CHECK[A-Z-]*):|expected-")
    ),
    **dict.fromkeys(
        ("javascript", "typescript", "tsx"),
        re.compile(
            rb"[@#]|///|eslint|webpack|vite|istanbul|c8 |v8 |prettier|jsx|flow|tslint|biome|global"
            rb"|sourceMapping|use strict|!"
        ),
    ),
}
"""Comments that a compiler, a build or a loader reads, by language."""


_ASKS_FOR_LINES = re.compile(
    rb"__LINE__|source_location|\b(?:line|column)!|Location::caller|\bLINENO\b|runtime\.Caller"
    rb"|getLineNumber|getStackTrace"
)
"""What makes line numbers have an effect."""
_HEADER_IN_COMMENTS = re.compile(rb"^# *(?:## BEGIN INIT INFO|chkconfig:)", re.MULTILINE)
_MACRO = re.compile(rb"[A-Z][A-Z0-9_]*")
_DEFINED = re.compile(rb"^[ \t]*#[ \t]*define[ \t]+(\w+)\(", re.MULTILINE)
_SPACE_IN_MACRO = re.compile(
    rb"(\"(?:\\.|[^\"\\])*+\"|'(?:\\.|[^'\\])*+')|(?:\s|//[^\n]*|/\*(?s:.)*?\*/)++"
)

_LINE_COMMENTS: dict[str, bytes] = {
    **dict.fromkeys(("bash", "cmake", "cython", "dockerfile", "toml", "yaml"), b"#"),
    **dict.fromkeys((*(name for name in _EFFECT if name != "bash"), "jsonc"), b"//"),
}


def is_idle_comment(line: bytes, language: str) -> bool:
    """Is a whole line, seen alone, a comment that no tool reads?"""
    mark = _LINE_COMMENTS.get(language)
    text = line.strip()
    if mark is None or not text.startswith(mark) or text.endswith(b"\\"):
        return False
    effect = _EFFECT.get(language)
    return not text.startswith(b"#!") and not (effect and effect.search(text))


def essence(source: CodeSource) -> bytes | None:
    """A digest unaffected by white space and idle comments; None if unknown."""
    if len(source.data) > MAX_SOURCE_BYTES:
        return None
    parts = _parts(source)
    if parts is None:
        return None
    digest = hashlib.sha256(line_ends(source.data))
    digest.update(b"bom" if source.data.startswith(b"\xef\xbb\xbf") else b"")
    for part in parts:
        digest.update(b"%d:" % len(part))
        digest.update(part)
    return digest.digest()


def _parts(source: CodeSource) -> Iterator[bytes] | None:
    language, data = source.language, source.data
    values: str | None = None
    if language in ("json", "jsonc"):
        values = json_values(data, comments=language == "jsonc")
    elif language == "toml":
        values = toml_values(data)
    elif language == "yaml":
        values = yaml_values(data)
    elif language == "cmake":
        return cmake_tokens(data)
    elif language in _EFFECT:
        return _tree_parts(source)
    return None if values is None else iter([values.encode("utf-8", "surrogatepass")])


def _tree_parts(source: CodeSource) -> Iterator[bytes] | None:
    try:
        root = source.tree.root_node
    except GrammarGaveUp:
        return None
    if root.has_error or not source.reading.is_sound or _ASKS_FOR_LINES.search(source.data):
        return None
    macros = None
    if source.language in ("c", "cpp", "cuda"):
        macros = frozenset(_DEFINED.findall(source.data))
    return _walk(root, source.data, _EFFECT[source.language], _comments_count(source), macros)


def _comments_count(source: CodeSource) -> bool:
    """Does every comment count? In Go one above `import "C"` is C; so are init script headers."""
    if source.language == "go":
        return b'"C"' in source.data
    return source.language == "bash" and bool(_HEADER_IN_COMMENTS.search(source.data))


def _macro_call(node: Node, data: bytes, macros: frozenset[bytes]) -> bytes | None:
    """A call that may be a macro's, which may stringify its arguments; else None."""
    if node.type != "call_expression" or not node.children:
        return None
    name = data[node.children[0].start_byte : node.children[0].end_byte]
    if name not in macros and not _MACRO.fullmatch(name):
        return None
    text = data[node.children[0].end_byte : node.end_byte].strip()
    inner = _SPACE_IN_MACRO.sub(lambda found: found[1] or b" ", text[1:-1]).strip()
    return name + text[:1] + inner + text[-1:]


def _walk(
    root: Node,
    data: bytes,
    effect: re.Pattern[bytes],
    counts_all: bool,
    macros: frozenset[bytes] | None,
) -> Iterator[bytes]:
    """The tree's shape, its leaves, and what lies between them, in text order."""
    position = 0
    pending = [root]
    while pending:
        node = pending.pop()
        if macros is not None and (call := _macro_call(node, data, macros)) is not None:
            if between := data[position : node.start_byte].strip():
                yield between
            position = max(position, node.end_byte)
            yield b"macro"
            yield call
            continue
        is_whole = not node.children or (_WHOLE.search(node.type) and not _BUT.search(node.type))
        if not is_whole and "comment" not in node.type:
            kept = [c for c in node.children if "comment" not in c.type]
            yield f"{node.type} {len(kept)}".encode()
            pending.extend(reversed(node.children))
            continue
        if between := data[position : node.start_byte].strip():
            yield between
        text = data[node.start_byte : node.end_byte]
        position = max(position, node.end_byte)
        if "comment" not in node.type:
            yield node.type.encode()
            yield text
        elif counts_all or effect.search(text):
            yield text
    if rest := data[position:].strip():
        yield rest
