"""What of a text has an effect: pairs that do the same, and pairs that do not."""

from __future__ import annotations

import pytest

from core.checks.languages.file_source import same_code, source_of

SAME = [
    ("k.cu", b"int f() { return 1; }\n", b"// x\nint f()\n{\n  return 1; /* y */\n}\n"),
    ("k.cu", b"CHECK(a,  b(c));\n", b"CHECK( a, // one\n  b(c) );\n"),
    ("a.go", b"package a\n\nfunc f() {}\n", b"package a\n\n// f does.\nfunc f() {}\n"),
    ("a.rs", b"fn f() -> u8 { 1 }\n", b"fn f() -> u8 {\n    // one\n    1\n}\n"),
    ("A.java", b"class A { int x = 1; }\n", b"class A {\n  int x = 1; // one\n}\n"),
    ("a.js", b"const a = 1;\n", b"// one\nconst a = 1;\n\n"),
    ("r.sh", b"echo a\n", b"# say a\necho a\n"),
    ("a.json", b'{"a": 1}\n', b'{\n  "a": 1\n}\n'),
    ("a.toml", b"a = 1\n", b"# one\na=1\n"),
    ("a.yaml", b"a: 1\n", b"# \na:  1  # one\n"),
    ("CMakeLists.txt", b"add(a b)\n", b"# x\nadd( a\n  b)\n"),
    ("m.py", b"def f():\n    return 1\n", b'def f():\n    """One."""\n    return (1)\n'),
    ("m.py", b"p(a.__doc__)\ndef f(): r()\n", b"p(a.__doc__)\ndef f():\n    r()  # one\n"),
]
OTHER = [
    ("k.cu", b"int a; // x\nint b;\n", b"int a; // x \\\nint b;\n"),
    ("k.cu", b"#define A 1\nint x;\n", b"#define A 1 int x;\n"),
    ("k.cu", b'char *s = "a b";\n', b'char *s = "a  b";\n'),
    ("a.go", b"//go:noinline\nfunc f() {}\n", b"func f() {}\n"),
    ("a.go", b"// +build linux\n\npackage a\n", b"package a\n"),
    ("a.go", b'package a\n\n// int x;\nimport "C"\n', b'package a\n\n// int y;\nimport "C"\n'),
    ("a.go", b"package a\n\nvar s = `a b`\n", b"package a\n\nvar s = `a  b`\n"),
    ("a.rs", b"/// Doc.\nfn f() {}\n", b"fn f() {}\n"),
    ("a.rs", b'fn f() { g!("a b" x) }\n', b'fn f() { g!("a b"  x) }\n'),
    ("A.java", b"class A { /* \\u002a/ int y; /* */ }\n", b"class A { /* */ }\n"),
    ("a.js", b"f(/a b/);\n", b"f(/a  b/);\n"),
    ("a.js", b"const a = `x y`;\n", b"const a = `x  y`;\n"),
    ("a.js", b"function f() { return a\n}\n", b"function f() { return\na\n}\n"),
    ("a.jsx", b"const a = <p><b>x</b> <i>y</i></p>;\n", b"const a = <p><b>x</b><i>y</i></p>;\n"),
    ("a.tsx", b"const a = <p>one</p>;\n", b"const a = <p>two</p>;\n"),
    ("a.ts", b"// @ts-nocheck\nconst a = 1;\n", b"const a = 1;\n"),
    ("a.ts", b'/// <reference types="x" />\nconst a = 1;\n', b"const a = 1;\n"),
    ("r.sh", b"#!/bin/bash\necho a\n", b"#!/bin/sh\necho a\n"),
    ("r.sh", b"cat <<E\nthreads 1 for $USER\nE\n", b"cat <<E\nthreads 64 for $USER\nE\n"),
    ("r.sh", b"cat <<'E'\n# a\nE\n", b"cat <<'E'\n# b\nE\n"),
    ("r.sh", b'echo "a  b"\n', b'echo "a b"\n'),
    ("r.sh", b"echo a\\\nb\n", b"echo a\nb\n"),
    ("r.sh", b"#!/bin/bash\r\necho a\r\n", b"#!/bin/bash\necho a\n"),
    ("r.sh", b"#SBATCH -n 1\necho a\n", b"#SBATCH -n 8\necho a\n"),
    ("a.json", b'{"a": 1}\n', b'\xef\xbb\xbf{"a": 1}\n'),
    ("a.toml", b'"a b" = 1\n', b'"a c" = 1\n'),
    ("a.toml", b's = """\na\n"""\n', b's = """\na\n\n"""\n'),
    ("a.yaml", b"run: |\n  a\n", b"run: |\n  b\n"),
    ("CMakeLists.txt", b'add("a b")\n', b'add("a  b")\n'),
    ("m.py", b"#!/usr/bin/python\nx = 1\n", b"#!/usr/bin/env python3\nx = 1\n"),
    ("m.py", b"# cython: boundscheck=False\nx = 1\n", b"x = 1\n"),
    ("m.py", b"# -*- coding: latin-1 -*-\nx = 'a'\n", b"x = 'a'\n"),
    ("m.py", b"# /// script\n# dependencies = ['a']\n# ///\nx = 1\n", b"x = 1\n"),
    ("m.py", b"@tool\ndef f():\n    'a'\n    g()\n", b"@tool\ndef f():\n    'b'\n    g()\n"),
    ("m.py", b"'use: a'\nprint(__doc__)\n", b"'use: b'\nprint(__doc__)\n"),
    ("m.py", b"x = 'a  b'\n", b"x = 'a b'\n"),
    ("m.py", b"f(); g()\ng()\n", b"f()\nf(); g()\n"),
    ("m.py", b"x = 1\r\n", b"x = 1\n"),
    ("Makefile", b"a:\n\techo a\n", b"a:\n\techo  a\n"),
    ("notes.txt", b"a\n", b"a \n"),
    ("Dockerfile", b"FROM a\nRUN b\n", b"# x\nFROM a\nRUN b\n"),
    ("a.cu", b"int f( {\n", b"int  f( {\n"),
    ("a.js", b"throw\nnew E()\n", b"throw new E()\n"),
    (
        "a.go",
        b"package a\n\nfunc ExampleA() {\n\t// Output: 1\n}\n",
        b"package a\n\nfunc ExampleA() {\n}\n",
    ),
    ("a.go", b"package a\n\n// +kubebuilder:object\ntype A int\n", b"package a\n\ntype A int\n"),
    ("a.go", b"package a\n\n// @Summary x\nfunc f() {}\n", b"package a\n\nfunc f() {}\n"),
    ("a.rs", b"fn f() { p(line!()); }\n", b"\nfn f() { p(line!()); }\n"),
    ("A.java", b"class A { /** @deprecated */ void f() {} }\n", b"class A { void f() {} }\n"),
    ("k.cc", b"#define S(x) #x\nauto a = S(a+b);\n", b"#define S(x) #x\nauto a = S(a + b);\n"),
    ("k.cu", b"int x = LITERAL(a-b);\n", b"int x = LITERAL(a - b);\n"),
    ("k.cu", b"int x = __LINE__;\n", b"\nint x = __LINE__;\n"),
    ("r.sh", b"echo $LINENO\n", b"\necho $LINENO\n"),
    ("r.sh", b"#MSUB -l nodes=1\na\n", b"#MSUB -l nodes=2\na\n"),
    (
        "r.sh",
        b"### BEGIN INIT INFO\n# Provides: a\na\n",
        b"### BEGIN INIT INFO\n# Provides: b\na\n",
    ),
    ("m.py", b"class A(Model):\n    'a'\n    x: int\n", b"class A(Model):\n    'b'\n    x: int\n"),
    ("m.py", b"def f():\n    '>>> f()'\n    g()\n", b"def f():\n    g()\n"),
    ("m.py", b"x = a.f_lineno\n", b"\nx = a.f_lineno\n"),
]


@pytest.mark.parametrize(("path", "one", "other"), SAME)
def test_comments_and_white_space_without_effect(path: str, one: bytes, other: bytes) -> None:
    assert same_code(source_of(path, one), source_of(path, other)) is True
    assert same_code(source_of(path, other), source_of(path, one)) is True


@pytest.mark.parametrize(("path", "one", "other"), OTHER)
def test_every_byte_that_may_have_an_effect_counts(path: str, one: bytes, other: bytes) -> None:
    assert same_code(source_of(path, one), source_of(path, other)) is not True
    assert same_code(source_of(path, one), source_of(path, one)) is True
