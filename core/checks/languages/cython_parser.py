"""What Cython's own parser says of a text.

Nothing is compiled, evaluated or included: `DEF`, `IF` and `include` are read and not obeyed.
"""

from __future__ import annotations

from importlib import import_module
from io import StringIO
from typing import Any

from core.checks.languages.answers import SOUND, ParseError, Reading

MAX_CYTHON_BYTES = 1024 * 1024


def read_cython(data: bytes, *, is_pxd: bool = False) -> Reading:
    """What Cython's parser says; unknown where it is not installed or gives up."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return Reading(unjudged="it is not UTF-8")
    if len(data) > MAX_CYTHON_BYTES:
        return Reading(unjudged=f"{len(data)} bytes are more than is parsed")
    try:
        errors = _errors(text, is_pxd)
    except ImportError:
        return Reading(unjudged="Cython is not installed")
    except (RecursionError, ValueError, AttributeError, AssertionError) as error:
        return Reading(unjudged=f"Cython's parser gave up ({type(error).__name__})")
    if not errors:
        return SOUND
    _, line, column = errors[0].position or (None, 1, 0)
    return Reading(ParseError(str(errors[0].message_only), int(line), int(column) + 1))


def _errors(text: str, is_pxd: bool) -> list[Any]:
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
    return list(errors)
