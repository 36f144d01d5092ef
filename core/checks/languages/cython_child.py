"""Cython's parser as a program: a text on standard input, its errors as JSON on standard output.

It has its own process because deep enough nesting kills the process that parses it. Nothing is
compiled, evaluated or included: `DEF`, `IF` and `include` are parsed but not obeyed. It imports
nothing from patchjury, so that it starts quickly.
"""

from __future__ import annotations

import gc
import json
import sys
from importlib import import_module
from io import StringIO
from typing import Any


def errors_of(text: str, *, is_pxd: bool) -> list[tuple[str, int, int]]:
    """Message, line and column of each error that Cython's parser reports."""
    names = ("Errors", "Parsing", "Scanning", "TreeFragment")
    modules: list[Any] = [import_module(f"Cython.Compiler.{name}") for name in names]
    Errors, Parsing, Scanning, TreeFragment = modules  # they come without types
    Errors.init_thread()
    context = TreeFragment.StringParseContext("patch")
    scope = context.find_module("patch", pos=("patch", 1, 0), need_pxd=False)
    with Errors.local_errors() as errors:
        scanner = Scanning.PyrexScanner(
            StringIO(text),
            Scanning.StringSourceDescriptor("patch", text),
            source_encoding="UTF-8",
            scope=scope,
            context=context,
            initial_pos=("patch", 1, 0),
        )
        scanner.compile_time_eval = 0  # neither evaluate DEF and IF nor open what is included
        try:
            Parsing.p_module(scanner, is_pxd, "patch", ctx=Parsing.Ctx())
        except Errors.CompileError as error:
            errors.append(error)
    return [_place(error) for error in errors]


def _place(error: Any) -> tuple[str, int, int]:
    _, line, column = error.position or (None, 1, 0)
    return str(error.message_only), int(line), int(column) + 1


if __name__ == "__main__":
    gc.disable()  # it ends before there is much to collect
    source = sys.stdin.buffer.read().decode("utf-8")
    json.dump(errors_of(source, is_pxd="pxd" in sys.argv), sys.stdout)
