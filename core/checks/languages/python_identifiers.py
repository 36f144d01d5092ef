"""Identifiers of Python code that stand nowhere in another text: then that is other code.

Every identifier of a syntax tree stands in the text that was parsed, letter by letter where that is
ASCII. So the tree of one text is enough to tell that two differ, looked at where its lines are not
the other's.
"""

from __future__ import annotations

import ast
import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import islice

_WORD = re.compile(rb"[A-Za-z_]\w*")
_MOST_WORDS = 500
"""So many words, of the lines that differ, are looked up in the other text."""


def names_something_new(tree: ast.Module, code: bytes, text: bytes) -> bool:
    """Does code, whose tree is given too, name what stands nowhere in another text?

    False if that is not certain.
    """
    lines, known = code.splitlines(), text.splitlines()
    if not (code.isascii() and text.isascii()) or any(
        b"coding" in x for x in lines[:2] + known[:2]
    ):
        return False  # letters may not be what Python reads
    others = frozenset(known)
    differing = [number for number, line in enumerate(lines, 1) if line not in others]
    words = dict.fromkeys(w for number in differing for w in _WORD.findall(lines[number - 1]))
    new = {word.decode() for word in islice(words, _MOST_WORDS) if word not in text}
    return bool(new) and any(not new.isdisjoint(_identifiers(n)) for n in _nodes(tree, differing))


def _nodes(tree: ast.Module, lines: Sequence[int]) -> Iterator[ast.AST]:
    """The nodes of a tree that touch one of these lines, given in order; perhaps some others."""
    pending: list[ast.AST] = [tree]
    while pending:
        node = pending.pop()
        yield node
        pending.extend(child for child in ast.iter_child_nodes(node) if _touches(child, lines))


def _touches(node: ast.AST, lines: Sequence[int]) -> bool:
    first, last = getattr(node, "lineno", None), getattr(node, "end_lineno", None)
    if first is None or last is None:
        return True
    first = min([first, *(d.lineno for d in getattr(node, "decorator_list", ()))])
    at = bisect_left(lines, first)
    return at < len(lines) and lines[at] <= last


def _identifiers(node: ast.AST) -> Iterator[str]:
    """The names that a node itself holds, not those in it; dotted ones part by part."""
    if isinstance(node, ast.Constant):
        return
    for value in vars(node).values():
        for name in value if isinstance(value, list) else (value,):
            if isinstance(name, str):
                yield from name.split(".")
