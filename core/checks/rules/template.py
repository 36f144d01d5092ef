"""Signs of template code: text that stands in for an optimisation instead of being one.

Only added lines count, and no sign settles a criterion: a person or the judge decides.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from pathlib import PurePosixPath

from core.checks.context import Context
from core.checks.languages.kinds import language_of
from core.checks.registry import Fact, Found, rule
from core.checks.template_words import (
    BOILERPLATE,
    EMPTY_NAME,
    EXAMPLE,
    EXAMPLE_HEADING,
    IDLE_NAME,
    is_placeholder,
)
from core.models import Severity
from core.patch.parse import DiffLine, FilePatch, FileStatus, file_lines

_STRING = re.compile(r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'")
_ATTRIBUTE = re.compile(r"(?:has|get|set)attr\([^,]+,\s*[\"'](\w+)[\"']")
_LONG = 1000  # characters; longer lines are data
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_COMMENT = re.compile(
    r"(?:^|\s)(?:#(?!\s*(?:include|define|if|else|endif|pragma))|//|/\*+|\*)\s*(.*)"
)
_REFUSAL = re.compile(r"\s*raise NotImplementedError\((.+)\)")
_QUOTES = re.compile(r"\"\"\"|'''")


@rule(
    "template.placeholder-name",
    Severity.WARNING,
    "A new name that is only a placeholder",
    version=2,
    criteria=("is_template_code",),
)
def placeholder_name(context: Context) -> Iterator[Fact]:
    for file, lines in _code(context):
        known = set(_words(line.text for line in lines if line.kind != "+"))
        known |= _base_words(context, file)
        counts = Counter(w for line in lines if line.kind != "-" for w in _NAME.findall(line.text))
        for line in lines:
            if line.kind != "+":
                continue
            words = [*_words([line.text]), *_attributes(line.text)]
            words = [word for word in words if is_placeholder(word)]
            if not _SHOWS.search(file.path):
                words += [name for name in _defined(line.text) if name]
                # Set and never used: it occurs only once in the hunks of the file.
                words += [name for name in _idle_names(line.text) if counts[name] == 1]
            new = [word for word in words if word not in known]
            if new:
                known.update(new)
                yield from _sign(context, f"the name {new[0]} is a placeholder", file, line)


def _defined(text: str) -> tuple[str | None, ...]:
    found = EMPTY_NAME.compiled.match(text) if len(text) <= _LONG else None
    return found.groups() if found else ()


def _idle_names(text: str) -> list[str]:
    return IDLE_NAME.compiled.findall(text) if len(text) <= _LONG else []


def _attributes(text: str) -> list[str]:
    """The attribute names that a line asks for in quotes."""
    return _ATTRIBUTE.findall(text) if len(text) <= _LONG else []


@rule(
    "template.example-usage",
    Severity.WARNING,
    "A comment that shows how the new code is used",
    version=3,
    criteria=("is_template_code",),
)
def example_usage(context: Context) -> Iterator[Fact]:
    yield from _comments(context, EXAMPLE.compiled, "example usage in a comment")
    for file, lines in _python(context):
        for line in lines:
            if line.kind == "+" and EXAMPLE_HEADING.compiled.fullmatch(line.text[:_LONG]):
                yield from _sign(context, "example usage in a comment", file, line)


@rule(
    "template.boilerplate",
    Severity.WARNING,
    "A comment in place of the code it describes",
    version=3,
    criteria=("is_template_code",),
)
def boilerplate(context: Context) -> Iterator[Fact]:
    yield from _comments(context, BOILERPLATE.compiled, "template comment")


_DEFINITION = re.compile(r"(\s*)(?:async\s+)?def\s+(\w+)\s*\(")
_STUB_BODY = re.compile(
    r"(?:pass|\.\.\.|return(?: None)?|raise NotImplementedError(?:\(.*\))?)\s*(?:#.*)?"
)


@rule(
    "template.stub",
    Severity.WARNING,
    "A new function without a body of its own",
    version=2,
    criteria=("is_template_code",),
)
def stub(context: Context) -> Iterator[Fact]:
    relied_on = _relied_on(context)
    for file, lines in _python(context):
        for run in _added_runs(lines):
            for index, line in enumerate(run):
                found = _DEFINITION.match(line.text[:_LONG])
                if not found or _is_decorated(run, index) or not _is_stub(run, index):
                    continue
                # A method without a body is often deliberate: it overrides, or is to be overridden.
                is_meant = found[1] and not is_placeholder(found[2])
                if not is_meant or found[2] in relied_on:
                    yield from _sign(context, f"{found[2]} does nothing", file, line)


def _relied_on(context: Context) -> set[str]:
    """The methods that the patch defines only once and calls, on the object itself."""
    defined: Counter[str] = Counter()
    called: set[str] = set()
    for file in context.files:
        for line in file_lines(context.patch, file, "+") if context.patch else ():
            if len(line.text) <= _LONG:
                defined.update(_DEFINED.findall(line.text))
                called.update(_CALLED.findall(line.text))
    return {name for name in called if defined[name] == 1}


_DEFINED = re.compile(r"def (\w+)\(")
_CALLED = re.compile(r"self\.(\w+)\(")
_MAX_STUB = 400
"""Lines in which a do-nothing function ends, its docstring included."""


def _is_stub(run: list[DiffLine], index: int) -> bool:
    """Does the function that starts there have only a docstring and a statement without effect?"""
    indent = _indent(run[index].text)
    body: list[str] = []
    opened = 0
    header = True
    for line in run[index : index + _MAX_STUB + 1]:
        if len(body) >= _MAX_STUB or len(line.text) > _LONG:
            return False
        text = line.text.split("#")[0].rstrip()
        if header:
            opened += sum(text.count(c) for c in "([{") - sum(text.count(c) for c in ")]}")
            if opened <= 0 and text.endswith(":"):
                header = False
            elif opened <= 0:
                after = text.rpartition(":")[2].strip()
                return bool(_STUB_BODY.fullmatch(after))
            continue
        if not text.strip():
            continue
        if _indent(text) <= indent:
            break
        body.append(text.strip())
    statements = _without_docstring(body)
    return len(statements) == 1 and bool(_STUB_BODY.fullmatch(statements[0]))


def _without_docstring(body: list[str]) -> list[str]:
    if not body or not re.match(r"[rbuf]*(\"\"\"|'''|\"|')", body[0], re.IGNORECASE):
        return body
    quotes = '"""' if '"""' in body[0] else "'''" if "'''" in body[0] else ""
    if not quotes or body[0].count(quotes) > 1:
        return body[1:]
    for index, line in enumerate(body[1:], 1):
        if quotes in line:
            return body[index + 1 :]
    return []


_NEW = re.compile(r"(\s*)(?:(?:async\s+)?def|class)\s+(\w+)\b")
_NEUTRAL = re.compile(
    r"@(?:(?:functools\.)?(?:lru_cache|cache|wraps)|staticmethod|classmethod|(?:\w+\.)?dataclass"
    r"|(?:contextlib\.)?(?:async)?contextmanager"
    r"|torch\.(?:no_grad|inference_mode|compile|jit\.script))\b"
)
"""Decorators of functions that nobody calls directly."""
_CALLED_BY_NAME = re.compile(r"main|setup|[tT]est\w*|pytest_\w+|__\w+__|_Z\w*")
_HELPER_METHOD = re.compile(
    r"_[a-z]\w*|(?:\w+_)?(?:optimi[sz]ed?|fast|faster|efficient|cached|improved|precompute)(?:_\w+)?"
)
"""Methods unlikely to be called by a framework or a subclass: uncalled ones are idle."""


@rule(
    "template.unused-function",
    Severity.INFO,
    "A new function or class that nothing in the patch uses",
    version=4,
    criteria=("is_template_code",),
)
def unused_function(context: Context) -> Iterator[Fact]:
    used: set[str] | None = None
    for file, lines in _code(context):
        if not file.path.endswith(".py") or file.status is FileStatus.ADDED:
            continue  # what a new file offers is used from elsewhere
        removed = {word for line in lines if line.kind == "-" for word in _words([line.text])}
        for run in _added_runs(lines):
            for index, line in enumerate(run):
                found = _NEW.match(line.text) if len(line.text) <= _LONG else None
                if not found or _CALLED_BY_NAME.fullmatch(found[2]) or _is_used_by(run, index):
                    continue
                if found[2] in removed or (found[1] and not _HELPER_METHOD.fullmatch(found[2])):
                    continue
                if used is None:
                    used = {w for text in _texts(context) for w in _used_words(text)}
                if found[2] not in used:
                    message = f"{found[2]} is new, and nothing in the changed files uses it"
                    yield from _sign(context, message, file, line)


def _is_used_by(run: list[DiffLine], index: int) -> bool:
    """Does a decorator ensure that what it decorates is used?"""
    above = run[index - 1].text.strip() if index else ""
    return above.startswith(("@", ")")) and not _NEUTRAL.match(above)


def _used_words(text: str) -> Iterator[str]:
    """The names in a text other than definitions, outside of comments."""
    for line in text.split("\n"):
        code = line.partition("#")[0]
        defined = _NEW.match(code) if len(code) <= _LONG else None
        for word in _NAME.findall(code):
            if defined is None or word != defined[2]:
                yield word


_NAME = re.compile(r"\w+")


@rule(
    "template.unused-file",
    Severity.INFO,
    "A new Python file that nothing in the patch refers to",
    version=2,
    criteria=("is_template_code",),
)
def unused_file(context: Context) -> Iterator[Fact]:
    if context.patch is None:
        return
    human = context.shared.human_patch
    expected = {file.path for file in human.files} if human else set()
    named = _added_words(context)
    holders = Counter(word for words in named.values() for word in words)
    for file, lines in _python(context):
        path = PurePosixPath(file.path)
        if file.status is not FileStatus.ADDED or file.path in expected or not path.parent.name:
            continue
        if path.stem.startswith("__") or path.stem in ("main", "setup"):
            continue
        own = named[id(file)]
        words = _NAME.findall(path.stem)
        is_named = all(holders[word] - (word in own) > 0 for word in words)
        if lines and not is_named:
            yield Found(
                "nothing else in the patch refers to this new file", file.path, lines[0].new
            )


def _added_words(context: Context) -> dict[int, set[str]]:
    """The words in the lines that each file of the patch adds."""
    patch = context.patch
    assert patch is not None
    return {
        id(file): {word for x in file_lines(patch, file, "+") for word in _NAME.findall(x.text)}
        for file in context.files
    }


def _sign(context: Context, message: str, file: FilePatch, line: DiffLine) -> Iterator[Found]:
    """A finding at a line, unless the human commit adds that very line too."""
    if line.text.strip() not in context.shared.human_added:
        yield Found(message, file.path, line.new)


def _code(context: Context) -> Iterator[tuple[FilePatch, list[DiffLine]]]:
    """Each file that may hold code, with the lines of its hunks."""
    if context.patch is None:
        return
    for file in context.files:
        if language_of(file.path) not in (None, "json"):
            yield file, list(file_lines(context.patch, file))


_SHOWS = re.compile(
    r"(?:^|/)(?:tests?|examples?|docs?|benchmarks?|\.buildkite|\.github|mocks?)/"
    r"|(?:^|/)(?:test_[^/]*|conftest)\.py$"
)
"""Places where examples, dummies and stubs belong."""


def _python(context: Context) -> Iterator[tuple[FilePatch, list[DiffLine]]]:
    for file, lines in _code(context):
        if file.path.endswith(".py") and not _SHOWS.search(file.path):
            yield file, lines


def _comments(context: Context, pattern: re.Pattern[str], message: str) -> Iterator[Fact]:
    for file, lines in _code(context):
        removed = {line.text.strip() for line in lines if line.kind == "-"}
        for line, remark in _remarks(file, lines):
            if line.text.strip() not in removed and pattern.search(remark):
                yield from _sign(context, f"{message}: {remark.strip()[:80]}", file, line)


def _remarks(file: FilePatch, lines: list[DiffLine]) -> Iterator[tuple[DiffLine, str]]:
    """The added comments, lines of triple-quoted texts, and words of `NotImplementedError`."""
    quoted = False
    for line in lines:
        if line.kind == "-" or len(line.text) > _LONG:
            continue
        quotes = len(_QUOTES.findall(line.text)) if file.path.endswith(".py") else 0
        is_quoted = (quoted or quotes > 0) and not line.text.lstrip().startswith("#")
        quoted = quoted != (quotes % 2 == 1)
        if line.kind != "+":
            continue
        comment = None if is_quoted else _COMMENT.search(_STRING.sub('""', line.text))
        refusal = _REFUSAL.match(line.text)
        if refusal:
            yield line, refusal[1]
        elif comment:
            yield line, comment[1]
        elif is_quoted and not _SHOWS.search(file.path):
            yield line, line.text.strip().strip("\"'")


def _added_runs(lines: list[DiffLine]) -> Iterator[list[DiffLine]]:
    """Contiguous runs of added lines."""
    for is_added, run in groupby(lines, key=lambda line: line.kind == "+"):
        if is_added:
            yield list(run)


def _is_decorated(run: list[DiffLine], index: int) -> bool:
    return index > 0 and run[index - 1].text.lstrip().startswith(("@", ")"))


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip())


def _words(texts: Iterator[str] | list[str]) -> Iterator[str]:
    """The identifiers in lines of code, ignoring comments and strings."""
    for text in texts:
        if len(text) <= _LONG:
            code = _COMMENT.sub("", _STRING.sub('""', text))
            yield from _WORD.findall(code)


def _base_words(context: Context, file: FilePatch) -> set[str]:
    versions = context.versions_at(file.path)
    if versions is None or versions.base is None:
        return set()
    return set(_WORD.findall(versions.base.data.decode("utf-8", "replace")))


def _texts(context: Context) -> Iterator[str]:
    """The lines that the patch adds or keeps, and all of its files after it."""
    for file in context.files:
        for line in file_lines(context.patch, file, " +") if context.patch else ():
            yield line.text
    for versions in context.versions or ():
        if versions.patched is not None:
            yield versions.patched.data.decode("utf-8", "replace")
