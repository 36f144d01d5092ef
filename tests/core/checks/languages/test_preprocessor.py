"""Brackets under every choice of branches, and what of a text may explain one too many."""

from __future__ import annotations

import pytest

from core.checks.languages.preprocessor import balance, may_be_macro, outline
from core.checks.languages.source import CodeSource, judge

SOUND = {
    "digit separator": b"void k() { while (i < 16'384) { if (s[i] == 'x') { o++; } } }",
    "hex and exponent": b"double d = 0x1'0p-3 + 1e+5; char c = '}';",
    "an error with an apostrophe": b"#ifdef N\n#error Don't do (\n#endif\nint f() { return ')'; }",
    "a brace in each branch": b"#if A\nif (a) {\n#elif B\nif (b) {\n#else\nif (c) {\n#endif\n}",
    "braces in two conditionals": b"#ifdef A\nnamespace x {\n#endif\nint a;\n#ifdef A\n}\n#endif",
    "prose that is never compiled": b"#if 0\nit's a ( { story\n#endif\nint f() { return 0; }",
    "a comment that goes on": b"// not code { \\\n still ( not\nint f();",
    "a condition over lines": b"#if defined(A) && \\\n    (B(1) || \\\n C)\nint f() { }\n#endif",
    "a raw string": b'auto s = R"x({[(]) " )x"; int f() { }',
    "digraphs": b"int f() <% int a<:3:>; %>",
    "a macro that opens": b"#define BEGIN(T) [&] {\n#define END }\nint f() { }",
    "an include with a bracket": b'#include "a(b.h"\nint f() { }',
}


@pytest.mark.parametrize("text", SOUND.values(), ids=SOUND)
def test_brackets_that_some_choice_closes(text: bytes) -> None:
    assert outline(text).can_be_closed is True


BROKEN = {
    "plain": b"int f() { if (a) { return 1; }\n",
    "in every branch": b"#if A\nif (a) {\n#else\nif (b) {\n#endif\n",
    "one branch closes too much": b"int f() {\n#if A\n}}\n#else\n}}}\n#endif\n",
    "behind a literal": b"char c = '{'; int f() { return 0; }}",
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
def test_brackets_that_no_choice_closes(text: bytes) -> None:
    assert outline(text).can_be_closed is False


@pytest.mark.parametrize("text", [b"int f() { char c = '; }\n", b"#if A\n{", b'R"x({'])
def test_what_cannot_be_counted_is_unknown(text: bytes) -> None:
    assert outline(text).can_be_closed is None


def test_a_balance_leaves_out_comments_and_strings() -> None:
    assert balance(b"{ // }\n /* } */ \"}\" '}' ( [") == (1, 1, 1)


def test_names_in_capitals_may_be_macros() -> None:
    assert may_be_macro(b"DISPATCH_BEGIN")
    assert not any(map(may_be_macro, (b"T", b"int", b"blockIdx", b"_1", b"N1")))


BASE = (
    b"void go();\nvoid k(int a) {\n#ifdef ROCM\n  if (a) {\n#else\n  if (!a) {\n#endif\n"
    b"    go();\n  }\n}\n"
)


def _answer(patched: bytes, base: bytes = BASE) -> str:
    answer = judge(CodeSource(base, "cuda", "k.cu"), CodeSource(patched, "cuda", "k.cu"))
    return type(answer).__name__


def test_a_bracket_dropped_is_certain() -> None:
    assert _answer(BASE.replace(b"  }\n}", b"}")) == "Broken"
    assert _answer(BASE.replace(b"go();\n  }", b"go(;\n  }")) == "Broken"


def test_a_bracket_that_a_macro_may_hold_is_not() -> None:
    assert _answer(BASE.replace(b"  }\n}", b"  SCOPE_END\n}")) == "Unknown"
    assert _answer(b"#define SCOPE_END }\n" + BASE.replace(b"  }\n}", b"}")) == "Unknown"


def test_a_constant_that_the_text_declares_is_no_macro() -> None:
    with_constant = BASE.replace(b"go();\n  }", b"const int LANES = 4;\n    go();\n")
    assert _answer(with_constant) == "Broken"


def test_brackets_of_a_base_that_were_never_closed_say_nothing() -> None:
    base = b"OPEN_NAMESPACE\nint a;\n}\n"
    assert _answer(b"OPEN_NAMESPACE\nint a;\n", base) != "Broken"
