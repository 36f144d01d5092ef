"""Labelled mutants of commits: what an attempt may get wrong, made on purpose, with the truth.

A mutant is the human's own change with one fault put into it, so that the faultless parts are as
real as the commit. Truth comes from construction or from Python itself, never from the checks.
"""

from __future__ import annotations

import ast
import difflib
import random
import re
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

Files = Mapping[str, bytes | None]
"""Paths and contents; None: there is no such file."""

SNIPPETS: tuple[str, ...] = (
    "def optimized_tensor_allocation(size):\n    return allocate(size)\n",
    "# Example usage:\n# result = fast_path((10, 10))\n",
    "# Optimization: Use empty instead of zeros where applicable\n",
    "def optimize_performance():\n    pass\n",
    "def your_function_here(data):\n    raise NotImplementedError\n",
    "# TODO: implement the actual optimization here\n",
    "def process_quickly(data):\n    # Add your optimization logic here\n    return data\n",
    "some_tensor_attribute = None\n",
    "class OptimizedProcessor:\n    def process(self):\n        ...\n",
    "# This is a placeholder for the optimized version\n",
    "def faster_function(x):\n    return x\n",
    "# In a real implementation this would be cached\n",
)
"""Template code as agents write it when they do not know what to do."""


@dataclass(frozen=True)
class Commit:
    """A human commit as file contents."""

    base: Files
    human: Files


@dataclass(frozen=True)
class Mutant:
    """A patch and what is true of it. Keys of `truth` are criteria, or rules that must speak."""

    kind: str
    patch: str
    truth: dict[str, bool | None] = field(default_factory=dict)
    rules: tuple[str, ...] = ()  # any one of them (a prefix when it ends with a dot)
    after: Files | None = None  # what the patch leaves of the files it knows; None: it says nothing


def make_patch(base: Files, after: Files) -> str:
    """The difference of two sets of files as git writes it."""
    parts = []
    for path in sorted(base.keys() | after.keys()):
        old, new = base.get(path), after.get(path)
        if old != new:
            parts.append(_file_patch(path, old, new))
    return "".join(parts)


def _file_patch(path: str, old: bytes | None, new: bytes | None) -> str:
    header = [f"diff --git a/{path} b/{path}\n"]
    if old is None:
        header.append("new file mode 100644\n")
    if new is None:
        header.append("deleted file mode 100644\n")
    lines = difflib.unified_diff(
        _lines(old),
        _lines(new),
        "/dev/null" if old is None else f"a/{path}",
        "/dev/null" if new is None else f"b/{path}",
    )
    body = [x if x.endswith("\n") else f"{x}\n\\ No newline at end of file\n" for x in lines]
    return "".join(header + body)


def _lines(data: bytes | None) -> list[str]:
    text = (data or b"").decode("utf-8", "surrogateescape")
    return [line for line in re.split(r"(?<=\n)", text) if line]


def compiles(data: bytes) -> bool:
    """Is it Python?"""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(ast.parse(data), "x", "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return False
    return True


def mutants(commit: Commit, other_patch: str, seed: int = 0) -> Iterator[Mutant]:
    """Every kind of mutant that a commit allows."""
    chance = random.Random(seed)
    patch = make_patch(commit.base, commit.human)
    human = commit.base.keys() | commit.human.keys()
    yield Mutant("verbatim", patch, _ALL_GOOD, ("copies.human",), commit.human)
    yield Mutant("empty", "", _NOTHING, ("patch.empty",))
    yield Mutant("other commit", other_patch, {"files_match": False})
    yield Mutant("wrong count", _wrong_count(patch), {"applies": False})
    if reversed_patch := _reversed_context(patch):
        yield Mutant("reversed context", reversed_patch, {"applies": False})
    if len(human) > 1:
        path = chance.choice(sorted(human))
        rest = {p: d for p, d in commit.human.items() if p != path}
        left = {p: d for p, d in commit.base.items() if p != path}
        truth: dict[str, bool | None] = {"files_match": False, "is_complete": False}
        after = {**rest, path: commit.base.get(path)}
        yield Mutant("file left out", make_patch(left, rest), truth, ("files.missed",), after)
    yield from _extra_mutants(commit)
    yield from _python_mutants(commit, chance)
    yield from _brace_mutants(commit, chance)
    yield from _fault_mutants(commit, chance)


def _extra_mutants(commit: Commit) -> Iterator[Mutant]:
    """The human's change and a file more."""
    after = {**commit.human, "notes_of_the_agent.md": b"# Notes\n"}
    patch = make_patch(commit.base, after)
    yield Mutant("file too many", patch, {"files_match": False}, ("files.extra",), after)


_ALL_GOOD: dict[str, bool | None] = {
    "applies": True,
    "syntax_correct": True,
    "files_match": True,
    "optimization_logic_match": True,
    "is_complete": True,
    "is_template_code": False,
}
_NOTHING: dict[str, bool | None] = {"files_match": False, "is_complete": False}


def _python_mutants(commit: Commit, chance: random.Random) -> Iterator[Mutant]:
    changed = [
        path
        for path, data in commit.human.items()
        if path.endswith(".py") and data and compiles(data) and commit.base.get(path)
    ]
    if not changed:
        return
    for kind, mutate in _PYTHON.items():
        path = chance.choice(changed)
        before, after = commit.base[path], commit.human[path]
        assert before is not None and after is not None
        for _ in range(30):
            data = mutate(before, after, chance)
            if data is None or data == after:
                continue
            broken = not compiles(data)
            if broken != (kind in _BREAKS):
                continue
            patch = make_patch(commit.base, {**commit.human, path: data})
            truth: dict[str, bool | None] = {"applies": True, "syntax_correct": not broken}
            after_files = {**commit.human, path: data}
            known = {**truth, **_TRUTH.get(kind, {})}
            yield Mutant(kind, patch, known, _RULES.get(kind, ()), after_files)
            break
    commented = {path: _comment(commit.base[path] or b"", chance) for path in changed}
    if any(commented[path] != commit.base[path] for path in changed):
        after_files = {**commit.base, **commented}
        patch = make_patch(commit.base, after_files)
        rules = ("patch.comments-only",)
        yield Mutant("comment only", patch, {"applies": True}, rules, after_files)


def _brace_mutants(commit: Commit, chance: random.Random) -> Iterator[Mutant]:
    for path, data in sorted(commit.human.items()):
        if not path.endswith((".cu", ".cuh", ".cpp", ".h", ".hpp")) or data is None:
            continue
        for brace in (b"{", b"}"):
            places = [
                number
                for number in _new_lines(commit.base.get(path) or b"", data)
                if brace in (line := data.split(b"\n")[number])
                and not re.match(rb"\s*(//|\*|/\*|#)", line)
                and b'"' not in line
            ]
            if places:
                lines = data.split(b"\n")
                number = chance.choice(places)
                lines[number] = lines[number].replace(brace, b"", 1)
                after = {**commit.human, path: b"\n".join(lines)}
                patch = make_patch(commit.base, after)
                rules = ("syntax.parse-error", "syntax.suspect")
                yield Mutant("brace dropped", patch, {}, rules, after)


_FAULTS: dict[str, tuple[bytes, bytes]] = {
    ".json": (rb"[\]}\"]", b""),
    ".toml": (rb"^\[([\w.-]+)\]", rb"[\1"),
    ".yaml": (rb"^(\w+):(?= |$)", rb"[\1: ["),
    ".yml": (rb"^(\w+):(?= |$)", rb"[\1: ["),
    ".sh": (rb"^(\s*)(?:fi|done|esac)\b", rb"\1"),
    "CMakeLists.txt": (rb"^(\s*\w+)\(", rb"\1"),
    ".cmake": (rb"^(\s*\w+)\(", rb"\1"),
    "Dockerfile": (rb"^(?:RUN|COPY|ENV|FROM)\b", b"RNU"),
}
"""By the end of a file's name: what is changed so that its own parser refuses it, and to what."""


def _fault_mutants(commit: Commit, chance: random.Random) -> Iterator[Mutant]:
    for path, data in sorted(commit.human.items()):
        fault = next((f for end, f in _FAULTS.items() if path.endswith(end)), None)
        base = commit.base.get(path)
        if fault is None or data is None or base is None or data == base:
            continue
        if b"<<" in data or b'"""' in data:
            continue  # text inside a string is no fault
        lines = data.split(b"\n")
        places = [n for n, line in enumerate(lines) if re.search(fault[0], line)]
        places = [n for n in places if not re.match(rb"\s*(?:#|//)", lines[n])]
        places = [n for n in places if not n or not lines[n - 1].endswith(b"\\")]
        if not places:
            continue
        number = chance.choice(places)
        lines[number] = re.sub(fault[0], fault[1], lines[number], count=1)
        after = {**commit.human, path: b"\n".join(lines)}
        yield Mutant("fault in another language", make_patch(commit.base, after), {}, (), after)


def _new_lines(before: bytes, after: bytes) -> list[int]:
    known = set(before.split(b"\n"))
    return [n for n, line in enumerate(after.split(b"\n")) if line not in known and line.strip()]


def _change_line(pattern: bytes, replacement: bytes) -> Callable[..., bytes | None]:
    def mutate(before: bytes, after: bytes, chance: random.Random) -> bytes | None:
        lines = after.split(b"\n")
        places = [n for n in _new_lines(before, after) if re.search(pattern, lines[n])]
        if not places:
            return None
        number = chance.choice(places)
        lines[number] = re.sub(pattern, replacement, lines[number], count=1)
        return b"\n".join(lines)

    return mutate


def _undefined(before: bytes, after: bytes, chance: random.Random) -> bytes | None:
    lines = after.split(b"\n")
    places = [
        number
        for number in _new_lines(before, after)
        if re.match(rb" +(\w+ = .*[\w)]|return .*[\w)])$", lines[number])
    ]
    if not places:
        return None
    number = chance.choice(places)
    indent = re.match(rb" *", lines[number])
    assert indent
    lines.insert(number, indent[0] + b"precompute_lookup(cached_state_table)")
    return b"\n".join(lines)


def _template(before: bytes, after: bytes, chance: random.Random) -> bytes | None:
    lines = after.split(b"\n")
    tops = [n for n, line in enumerate(lines) if re.match(rb"(def|class) ", line)]
    tops = [n for n in tops if n == 0 or not lines[n - 1].startswith(b"@")]
    place = chance.choice(tops) if tops else len(lines)
    snippet = chance.choice(SNIPPETS).encode().split(b"\n")
    return b"\n".join([*lines[:place], *snippet, b"", *lines[place:]])


def _reformat(before: bytes, after: bytes, chance: random.Random) -> bytes | None:
    """Other comments, blank lines, and brackets' line breaks; the same code."""
    lines = after.split(b"\n")
    out = []
    for line in lines:
        if re.match(rb"(def|class|@)", line):
            out.append(b"# what follows is the same")
        out.append(line)
    data = b"\n".join(out)
    try:
        same = ast.dump(ast.parse(data)) == ast.dump(ast.parse(after))
    except (SyntaxError, ValueError):
        return None
    return data if same else None


def _constant(before: bytes, after: bytes, chance: random.Random) -> bytes | None:
    data = _change_line(rb"\b(\d+)\b", rb"1\1")(before, after, chance)
    return data if data and _numbers(data) != _numbers(after) else None


def _numbers(data: bytes) -> list[complex]:
    nodes = ast.walk(ast.parse(data)) if compiles(data) else ()
    values = (node.value for node in nodes if isinstance(node, ast.Constant))
    return [value for value in values if isinstance(value, int | float | complex)]


_PYTHON: dict[str, Callable[[bytes, bytes, random.Random], bytes | None]] = {
    "colon dropped": _change_line(rb":\s*$", b""),
    "parenthesis dropped": _change_line(rb"[()]", b""),
    "keyword dropped": _change_line(rb"\b(def|in|import|class|is|if|else) ", b""),
    "wrong indentation": _change_line(rb"^    ", b"   "),
    "undefined name": _undefined,
    "template inserted": _template,
    "reformatted": _reformat,
    "constant changed": _constant,
}
_BREAKS = {"colon dropped", "parenthesis dropped", "keyword dropped", "wrong indentation"}
_TRUTH: dict[str, dict[str, bool | None]] = {
    "reformatted": _ALL_GOOD,
    "constant changed": {"optimization_logic_match": None},
}
_RULES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(_BREAKS, ("syntax.parse-error",)),
    "undefined name": ("names.undefined",),
    "template inserted": ("template.",),
    "reformatted": ("coverage.equal-tree",),
}


def _comment(data: bytes, chance: random.Random) -> bytes:
    """The same code with comments before a few top-level statements."""
    lines = data.split(b"\n")
    tops = [n for n, line in enumerate(lines) if re.match(rb"(def|class|import|from) ", line)]
    for number in sorted(chance.sample(tops, min(3, len(tops))), reverse=True):
        lines.insert(number, b"# faster now")
    mutated = b"\n".join(lines)
    try:
        same = ast.dump(ast.parse(mutated)) == ast.dump(ast.parse(data))
    except (SyntaxError, ValueError):
        return data
    return mutated if same else data


def _wrong_count(patch: str) -> str:
    """The first hunk claims two lines more than it has."""
    found = re.search(r"^@@ -\d+(?:,(\d+))? ", patch, re.MULTILINE)
    assert found
    count = int(found[1] or "1") + 2
    start = found[0].split(",")[0].removesuffix(" ")
    return patch.replace(found[0], f"{start},{count} ", 1)


def _reversed_context(patch: str) -> str:
    """The first hunk's context lines in reverse order; "" where that changes nothing."""
    lines = patch.split("\n")
    start = next(n for n, line in enumerate(lines) if line.startswith("@@ ")) + 1
    stop = start
    while stop < len(lines) and lines[stop][:1] in (" ", "+", "-") and lines[stop][:4] != "--- ":
        stop += 1
    places = [n for n in range(start, stop) if lines[n].startswith(" ")]
    texts = [lines[n] for n in places]
    if len(texts) < 2 or texts == texts[::-1]:
        return ""
    for place, text in zip(places, reversed(texts), strict=True):
        lines[place] = text
    return "\n".join(lines)
