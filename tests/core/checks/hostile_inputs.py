"""Inputs that made rules take quadratic time, in any size: patches, prompts and logs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.core.checks.check_samples import CONFIG, KERNEL


@dataclass(frozen=True)
class Hostile:
    """One attempt's material: files that it leaves, and what it was told and logged."""

    files: dict[str, bytes]
    prompt: str = ""
    log: str = ""


def _python(added: bytes) -> Hostile:
    return Hostile({"engine/config.py": CONFIG + added})


def _in_every_language(line: bytes) -> Hostile:
    ends = ("py", "cu", "json", "yaml", "toml", "sh", "js", "ts", "rs", "go", "java", "xml")
    files = {f"new/a.{end}": line + b"\n" for end in ends}
    return Hostile({**files, "new/CMakeLists.txt": line, "new/Dockerfile": line})


def _everywhere(text: str) -> Hostile:
    """A text as a line of a patch, in a prompt and in a log."""
    files = {"engine/config.py": CONFIG + b"# " + text.encode() + b"\n"}
    return Hostile(files, text, text)


def _repeat(pattern: str, count: int) -> bytes:
    return "".join(pattern.format(number) for number in range(count)).encode()


def _nested(depth: int) -> bytes:
    """Functions within functions: by their depth they grow in bytes too, and Python reads 100."""
    lines = [b" " * level + b"def f%d():\n" % level for level in range(depth)]
    return b"".join(lines) + b" " * depth + b"pass\n"


HOSTILE: dict[str, tuple[Callable[[int], Hostile], int]] = {
    "angle brackets": (lambda n: _everywhere("<" * n), 10_000),
    "idle names": (lambda n: _python(_repeat("dummy_{0} = 1\n", n)), 1_000),
    "stub methods": (
        lambda n: _python(b"class A:\n" + _repeat("    def optimized_{0}(self): pass\n", n)),
        800,
    ),
    "stubs that are called": (
        lambda n: _python(
            b"class A:\n"
            + _repeat("    def fast_{0}(self): pass\n    def g{0}(self): self.fast_{0}()\n", n)
        ),
        500,
    ),
    "new functions": (lambda n: _python(_repeat("def fast_{0}(x):\n    return x\n", n)), 800),
    "inner functions": (
        lambda n: _python(b"def f():\n" + _repeat("    def g{0}(x):\n        return x\n", n)),
        500,
    ),
    "nested functions": (lambda n: _python(_nested(20) * n), 32),
    "undefined names": (lambda n: _python(_repeat("x{0} = y{0}\n", n)), 1_000),
    "new files": (
        lambda n: Hostile({f"pkg/mod_{i}.py": b"VALUE = %d\n" % i for i in range(n)}),
        400,
    ),
    "escaped quotes": (
        lambda n: _python(b's = "' + b'\\"' * 200 + b"\n" + _repeat('t{0} = "\\"\n', n)),
        1_000,
    ),
    "one line of escaped quotes": (lambda n: _in_every_language(b's = "' + b'\\"' * n), 20_000),
    "blanks": (lambda n: _in_every_language(b" " * n + b"x"), 50_000),
    "blanks in texts": (lambda n: _everywhere("ignore" + " " * n + "x"), 50_000),
    "many blank starts": (lambda n: _everywhere("ignore \t" * n), 10_000),
    "one long line": (lambda n: _in_every_language(b"a" * n), 100_000),
    "one long line of words": (lambda n: _everywhere("your optimized code " * n), 5_000),
    "a long word": (lambda n: _everywhere("a_" * n), 50_000),
    "open brackets": (lambda n: _in_every_language(b"{([" * n), 10_000),
    "open brackets in Cython": (  # whose parser starts a process
        lambda n: Hostile({"new/a.pyx": b"{([" * n + b'"' + b'\\"' * n}),
        10_000,
    ),
    "open comments": (lambda n: _in_every_language(b"/*" * n), 20_000),
    "commas": (
        lambda n: Hostile(
            {f"new/a.{end}": b"[1" + b",/**/" * n for end in ("json", "jsonc", "cu")}
        ),
        10_000,
    ),
    "remarks": (lambda n: _python(_repeat("# Example usage: step {0} optimized code\n", n)), 1_000),
    "branches": (
        lambda n: Hostile({"csrc/scale.cu": KERNEL + _repeat("#if A{0}\n{{\n#endif\n", n)}),
        500,
    ),
    "capitals": (lambda n: Hostile({"csrc/scale.cu": KERNEL + b"ABC (" * n + b"\n"}), 4_000),
    "launches": (lambda n: Hostile({"csrc/scale.cu": KERNEL + b"<<<a" * n + b"\n"}), 4_000),
    "templates": (
        lambda n: Hostile({"csrc/scale.cu": KERNEL + b"template class A<" * n + b"\n"}),
        3_000,
    ),
    "here-documents": (
        lambda n: Hostile(
            {"run.sh": b"cat <<A\n" * n, "Dockerfile": b"FROM a\n" + b"RUN <<A\n" * n}
        ),
        500,
    ),
    "calls of macros": (
        lambda n: Hostile(
            {"csrc/scale.cu": KERNEL + b"void f() { ABC(" + b"/*a*/ 'b" * n + b"); }\n"}
        ),
        4_000,
    ),
    "declarations": (
        lambda n: Hostile({"new/a.js": _repeat("let a{0} = /a/;\n", n), "new/b.js": b"[" * n}),
        1_000,
    ),
    "private names": (
        lambda n: Hostile(
            {"new/a.js": b"class A {" + _repeat(" #x{0} = this.#x{0};\n", n) + b"}\n"}
        ),
        400,
    ),
    "hidden letters": (lambda n: _everywhere("\u202e" * n), 5_000),
}
"""Name to builder and a size that is linear work for a blink."""
