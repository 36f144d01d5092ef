"""Grammars: what they read, and when they give up."""

from __future__ import annotations

import pytest

from core.checks.languages.grammars import GrammarGaveUp, parse, tree_errors
from core.checks.languages.second_reading import choose_branches, second_reading
from core.checks.languages.source import CodeSource
from tests.support.growth import grows_in_proportion

SLOW = b",/**/"
"""What the Rust grammar goes on after in quadratic time."""


def test_a_grammar_that_takes_too_long_gives_up_and_reads_the_next_text() -> None:
    def give_up(length: int) -> None:
        with pytest.raises(GrammarGaveUp):
            parse(b"[1" + SLOW * length, "rust", seconds=0.1)

    assert grows_in_proportion(give_up, 20_000), "it is not read to its end first"
    assert not tree_errors(parse(b"fn f() {}\n", "rust"))


def test_texts_longer_than_a_chunk_are_read_whole() -> None:
    text = b"const a = 1;\n" * 20_000
    assert not tree_errors(parse(text, "javascript"))
    assert tree_errors(parse(text + b"const = ;\n", "javascript"))[0].line == 20_001


READ_TWICE = {
    "alignment": b"struct __align__(128) Map { int opaque[16]; };\n",
    "a macro as a specifier": b"FAST_DEVICE static float f(float v) { return v; }\n",
    "a macro as a statement": b"DEFINE_MEMBER(v_scale)\nint f() { return 1; }\n",
    "a macro behind": b"int f(int a EXTRA_PARAMS) { return a; }\n",
    "a launch": b"void f() {\n#if A\n  k<<<dim3(1), 32, 0, s>>>(a);\n#endif\n}\n",
    "branches that open": b"#ifdef A\nint f(int a) {\n#else\nint f() {\n#endif\n  return 1;\n}\n",
    "an instantiation": b"template class Runner<half, int>;\n",
}


@pytest.mark.parametrize("text", READ_TWICE.values(), ids=READ_TWICE)
def test_cuda_is_read_again_without_what_a_preprocessor_takes_away(text: bytes) -> None:
    assert second_reading(text, "cuda")
    assert CodeSource(text, "cuda", "k.cu").reading.is_sound


@pytest.mark.parametrize(
    "text",
    [
        b"FAST_DEVICE static float f(float v) { return v; \n",
        b"struct __align__(128) Map { int opaque[16] };\n",
        b"#ifdef A\nint f(int a) { return 1 }\n#endif\n",
        b"#ifdef A\nint g();\n#else\nint f( { return 1; }\n#endif\n",
        b"void f() { k<<<1, 2>>>(a; }\n",
    ],
)
def test_a_fault_is_not_read_away(text: bytes) -> None:
    assert second_reading(text, "cuda") is None


def test_a_branch_is_chosen_and_lines_are_kept() -> None:
    text = b"a\n#if X\nb\n#elif Y\nc\n#else\nd\n#endif\ne\n"
    chosen = [choose_branches(text, number).split() for number in range(4)]
    assert chosen == [
        [b"a", b"b", b"e"],
        [b"a", b"c", b"e"],
        [b"a", b"d", b"e"],
        [b"a", b"d", b"e"],
    ]
    assert choose_branches(text, 1).count(b"\n") == text.count(b"\n")


@pytest.mark.parametrize(
    "text",
    [
        b"f(, a);\n",
        b"f(a,, b);\n",
        b"const x = { a, , b };\n",
        b"const { a, , b } = c;\n",
        b"function f() { await x; }\n",
        b"const o = { async (r) { await r; } };\n",
        b"function f() {}\n\n.exports.x = f;\n",
        b"import a from 'x';\nimport a from 'y';\n",
        b"import {a as b} from 'x';\nconst b = 1;\n",
        b"class A extends B { m() { super(); } }\n",
        b"class A { constructor() { super(); } }\n",
        b"class A extends B { x = super(); }\n",
        b"class A extends B { constructor() { function g() { super(); } } }\n",
        b"const o = {constructor() { super(); }};\n",
        b"function f() { super.x(); }\n",
    ],
)
def test_what_the_grammar_of_javascript_lets_pass_is_not_taken_for_sound(text: bytes) -> None:
    assert not CodeSource(text, "javascript", "a.js").reading.is_sound


@pytest.mark.parametrize(
    "text",
    [
        b"const a = [, , 1];\n",
        b"f(a, /* b */ c,);\n",
        b"async function f() { await x; }\n",
        b"const f = async () => { await x; };\n",
        b"const o = { async m() { await x; }, };\n",
        b"await x;\n",
        b"(function () { return 1; })();\n",
        b"for await (const a of b) { c(a); }\n",
        b"import a, {b, c as d} from 'x';\nimport * as n from 'y';\nconst e = 1;\n",
        b"class A extends B { constructor(x = super()) { const f = () => super.m(); } }\n",
        b"class A { x = super.y; static { super.z; } m() { return () => super.m(); } }\n",
        b"class A extends (class {}) { 'constructor'() { super(1); } }\n",
        b"const o = { m() { return super.m(); } };\n",
    ],
)
def test_sound_javascript_stays_sound(text: bytes) -> None:
    assert CodeSource(text, "javascript", "a.mjs").reading.is_sound


@pytest.mark.parametrize(
    ("language", "sound", "broken"),
    [
        ("go", b"package a\n\nvar x = 1\n\nfunc f() {}\n", b"package a\n\nx = 1\n"),
        ("rust", b"use std::env;\nthread_local! {}\n#[test]\nfn f() {}\n", b"std::env;\n"),
        ("java", b"import a.B;\nclass A {}\n", b"class A {}\nx();\n"),
    ],
)
def test_statements_outside_of_functions_are_not_sound(
    language: str, sound: bytes, broken: bytes
) -> None:
    assert CodeSource(sound, language).reading.is_sound
    assert not CodeSource(broken, language).reading.is_sound
