"""Errors in JavaScript and its relatives that the grammar accepts, and what is not an error."""

from __future__ import annotations

import pytest

from core.checks.languages.source import CodeSource

BROKEN = [
    "function f(a, a) {}",
    "const f = (a, { b: [a] }) => 1;",
    "function f(...a, b) {}",
    "function f(a) { let a = 1; }",
    "class A { set a() {} }",
    "class A { get a(b) { return b; } }",
    "async function (a) {}",
    "function f() {\n  {\n    ...a,\n    b\n  }\n}",
    "const a = b()\n- c = { d: 1 }",
    "a = b()\n    += c",
    "f() = 1;",
    "a = b || c => d;",
    "a = -b ** c;",
    "a = b ?? c || d;",
    "a = b = c ? d : e ?? f && g;",
    "a?.b`c`;",
    "class A extends B { constructor() { super`a`; } }",
    "if (a)\n  const b = 1;",
    "for (;;) function f() {}",
    "while (a) class B {}",
    "delete a;",
    "class A { b() { const static = 1; } }",
    "class A { #a; }\nclass B { b() { return this.#a; } }",
    "class A { #a = 1; #a() {} }",
    "class A { a = 010; }",
    "function f(a.b) {}",
    "class A extends B { c() { return d ? e : super; } }",
    "a = /(b/;",
    "a = /b)/;",
    "a = /*/.b;\nc = /**d/;",
    "a = /b|?c/;",
    "a = /b**/;",
    "a = /(?b)/;",
    "a = /b/gg;",
    "a = /b/x;",
    "const { a } = b;\nconst a = 1;",
    "import { a } from './a.js';\nexport { b };",
    "import { a as b } from './a.js';\nexport { a };",
    "const a = 1;\nexport { a };\nexport { a };",
]
SOUND = [
    "function f(a, { b: a1, c = a } = {}, ...d) { { let a = 1; } }",
    "class A { get a() { return 1; } set a(b) {} get(a) {} set(a, b) {} static get = 1; }",
    "(async function (a) {})();\nasync () => {};",
    "const f = () => ({ ...a, b });\n({ a } = b);\n{ f(); }",
    "a = b - (c = 1);\na = b ? c = 1 : d => 1;",
    "[a, b.c, ...d] = e;\n({ a, b: b.c } = e);\n(a) = 1;\na[0] += 1;\nb.c++;",
    "a = (-b) ** c ** -d;\na = (b ?? c) || d;\na = b ?? c ?? d;\na = b && c || d;",
    "a.b`c`;\nclass A extends B { constructor() { super(a); super.b`c`; } }",
    "if (a) b();\nelse if (c) { const d = 1; }\nfor (const a of b) { class C {} }",
    r"a = /[(*]\(b{2,}?(?:c|d)*?(?<e>f)+[^\]]{}\/$/giu.test(b);",
    "class A { #a; b() { return class { #c; d(e) { return #c in e && e.#a; } }; } }",
    "class A { get #a() { return 0.1; } set #a(b) {} }\nc = 010;",
    "const package = a('./package.json');",
    "delete a.b;\ndelete a[b];",
    "import a, { b as c, d } from './a.js';\nimport * as e from './e.js';\nvar { f, g: [h] } = a;\n"
    "export { a, c, d as default, e, f, h, k, M };\nexport { z } from './z.js';\n"
    "export * from './y.js';\nfunction k() {}\nclass M {}",
]


@pytest.mark.parametrize("text", BROKEN)
def test_what_no_engine_reads_is_not_taken_for_sound(text: str) -> None:
    assert not CodeSource(text.encode(), "javascript", "a.js").reading.is_sound


@pytest.mark.parametrize("text", SOUND)
def test_what_engines_read_stays_sound(text: str) -> None:
    reading = CodeSource(text.encode(), "javascript", "a.mjs").reading
    assert reading.is_sound, reading.error


def test_typescript_is_looked_at_alike_and_its_own_forms_stay_sound() -> None:
    sound = "class A { set a(this: A, b: number) {} }\n(a as B).c = 1;\na! += 1;\n(<B>a) = c;\n"
    sound += "function f(this: A, a?: number, ...b: string[]): void {}\nexport { T };\n"
    assert CodeSource(sound.encode(), "typescript", "a.ts").reading.is_sound
    for broken in (b"function f(a: B, a?: C) {}\n", b"function f(...a: B[], c: D) {}\n"):
        assert not CodeSource(broken, "typescript", "a.ts").reading.is_sound
