"""Sources that parsers get wrong, after the kinds of public bug reports: what may be said of them.

`sound` and `broken` are what the language's own parser says; `not broken` is new or odd syntax that
a parser here need not know; `not sound` is wrong in a way that need not be found.
"""

from __future__ import annotations

import json
import runpy
import subprocess
import sys
from collections.abc import Iterator, Sequence
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path

import pytest

from core.checks.languages.file_source import Source, source_of
from core.checks.languages.python_judge import SecondOpinion, judge_python, looks_python2
from core.checks.languages.python_source import PythonSource
from core.checks.languages.source import CodeSource, judge


def _cases() -> Iterator[tuple[str, bytes | None, bytes, str]]:
    """Path, base, patched text and what is right; the texts are bytes, a character each."""
    for line in Path(__file__).with_name("certainty.jsonl").read_text("utf-8").splitlines():
        case = json.loads(line)
        base = case["base"]
        before = None if base is None else base.encode("latin-1")
        yield case["path"], before, case["patched"].encode("latin-1"), case["right"]


def say(base: Source | None, patched: Source, *, python2: bool = False) -> str:
    """The answer on a change, in a word."""
    if isinstance(patched, PythonSource):
        before = base if isinstance(base, PythonSource) else None
        second = SecondOpinion([source for source in (before, patched) if source])
        answer = judge_python(
            before, patched, second, lambda source: python2 and looks_python2(source)
        )
        return type(answer).__name__.lower()
    if isinstance(patched, CodeSource):
        found = judge(base if isinstance(base, CodeSource) else None, patched)
        return type(found).__name__.lower()
    return "inert" if patched.is_inert else "unread"


def check(path: str, base: bytes | None, patched: bytes, right: str) -> None:
    before = None if base is None else source_of(path, base)
    said = say(before, source_of(path, patched))
    if right == "not broken":
        assert said != "broken"
    elif right == "not sound":
        assert said not in ("sound", "inert")
    else:
        assert said == right


CYTHON = [case for case in _cases() if case[0].endswith((".pyx", ".pxd"))]


@pytest.mark.parametrize(
    ("path", "base", "patched", "right"), [case for case in _cases() if case not in CYTHON]
)
def test_no_answer_is_wrong(path: str, base: bytes | None, patched: bytes, right: str) -> None:
    check(path, base, patched, right)


def _run_here(command: Sequence[str], data: bytes) -> subprocess.CompletedProcess[bytes]:
    """What a program in Python prints, run in this process."""
    _, _, program, *words = command
    printed = StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.argv", [program, *words])
        patch.setattr("sys.stdin", TextIOWrapper(BytesIO(data)))
        patch.setattr("sys.stdout", printed)
        patch.setattr("gc.disable", lambda: None)
        runpy.run_path(program, run_name="__main__")
    return subprocess.CompletedProcess(command, 0, printed.getvalue().encode(), b"")


def test_no_answer_about_cython_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that has imported Cython is dear: one case has it, the others share this one."""
    in_a_process, *others = sorted(CYTHON)
    check(*in_a_process)
    monkeypatch.setattr("core.checks.languages.cython_parser.ask", _run_here)
    assert {right for _, _, _, right in others} == {"sound", "broken"}
    for case in others:
        check(*case)


@pytest.mark.parametrize(
    "text",
    [
        b"print 'a'\n",
        b"exec 'x'\n",
        b"raise E, 'm'\n",
        b"x = 0777\n",
        b"x = 10L\n",
        b"if a <> b: pass\n",
        b"x = `y`\n",
        b"x = ur'a'\n",
    ],
)
def test_python_2_among_python_2_is_unknown_and_else_broken(text: bytes) -> None:
    assert say(None, source_of("m.py", text), python2=True) == "unknown"
    assert say(None, source_of("m.py", text)) == "broken"


def test_python_2_that_newer_python_reads_otherwise_is_unknown() -> None:
    assert say(None, source_of("m.py", b"try:\n    f()\nexcept A, e:\n    pass\n")) == "unknown"


NEWER = b'A = t"{int}"\n'
"""What no Python before 3.14 reads."""

before_3_14 = pytest.mark.skipif(sys.version_info >= (3, 14), reason="this Python reads it all")


@before_3_14
def test_what_only_newer_python_reads_is_unknown_before_and_after_a_fault() -> None:
    base = source_of("m.py", NEWER + b"def f(x):\n    return x\n")
    assert say(base, source_of("m.py", NEWER + b"def f(x:\n    return x\n")) == "unknown"
    assert say(base, source_of("m.py", NEWER)) == "unknown"


def test_a_null_byte_is_reported_on_its_line() -> None:
    source = source_of("m.py", b"x = 1\ny = '\0'\n")
    assert isinstance(source, PythonSource)
    assert source.error is not None
    assert (source.error.line, source.error.column) == (2, 6)


@before_3_14
def test_nesting_that_overflows_the_second_parser_costs_no_other_file() -> None:
    deep = source_of("a.py", b"x = " + b"(" * 190 + b"[" * 3_000 + b"\n")
    plain = source_of("b.py", NEWER)
    assert isinstance(deep, PythonSource) and isinstance(plain, PythonSource)
    second = SecondOpinion([deep, plain])
    assert second(plain).is_sound
