"""Signs of template code: text that stands for an optimisation instead of being one.

Only added lines count, and no sign settles a criterion: a person or the judge decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

from core.checks.context import Context, file_lines
from core.checks.grammars import language_of
from core.checks.registry import Fact, Found, rule
from core.diff import DiffLine, FilePatch, FileStatus
from core.models import Severity

_STRING = re.compile(r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'")
_ATTRIBUTE = re.compile(r"(?:has|get|set)attr\([^,]+,\s*[\"'](\w+)[\"']")
_LONG = 1000  # characters; longer lines are data
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_THING = (
    r"(?:function|func|method|class|module|variable|var|value|param|parameter|argument|arg|object"
    r"|obj|attribute|attr|tensor|tensor_attribute|operation|op|condition|data|input|output|result"
    r"|list|dict|array|buffer|cache|kernel|model|layer|helper|code|logic|implementation|thing|key"
    r"|item|field|name|path|file|table|config|option|setting|flag|step|task|work|computation"
    r"|calculation|processing|process|loop)s?"
)
_CODE = r"(?:function|func|method|class|module|implementation|code|logic|kernel)"
_BETTER = r"(?:optimi[sz]ed|optimi[sz]e|improved|enhanced|faster|efficient|accelerated)"
_PLACEHOLDER = re.compile(
    rf"_*(?:(?:some|another|any|your|my|example|generic)_(?:\w+_)?{_THING}"
    rf"|placeholder_(?:{_CODE}|variable|value)s?|your_\w+|(?:helper|my|example|sample)_{_CODE}"
    r"|(?:my|your)_(?:optimi[sz]ed|fast|custom)_\w+|foobar|foo_bar|do_something(?:_\w+)?|some_stuff"
    rf"|{_BETTER}_(?:{_THING}|tensor_allocation|memory_allocation|allocation|version|performance"
    r"|compute|forward_pass|execution|memory|memory_usage|everything|me|tensor_operations)"
    r"|improve_performance|apply_optimi[sz]ations?|perform_optimi[sz]ations?|performance_helper)",
    re.IGNORECASE,
)
_PLACEHOLDER_CLASS = re.compile(
    r"(?:My|Your|Example|Placeholder|Generic|Optimi[sz]ed|Improved|Enhanced|Fast|Efficient)+"
    r"(?:Class|Function|Processor|Cache|Model|Kernel|Helper|Manager|Handler|Implementation|Operation"
    r"|Tensor|Data|Object|Engine|Layer|Computation|Code|Version)s?"
    r"|(?:Performance|Memory|Code)Optimi[sz]er|Your[A-Z]\w+"
)
_EMPTY_NAME = re.compile(
    rf"\s*(?:async )?(?:def (_*(?:{_BETTER}_\w+|foo|bar|baz|func|function|helper))\b"
    r"|class ((?:Optimi[sz]ed|Improved|Enhanced|Faster|Efficient)[A-Z]\w+))"
)
"""Definitions whose name says no more than that they are better, or that they are there."""
_COMMENT = re.compile(
    r"(?:^|\s)(?:#(?!\s*(?:include|define|if|else|endif|pragma))|//|/\*+|\*)\s*(.*)"
)
_EXAMPLE = re.compile(
    r"(?:example|sample)\s+(?:of\s+)?(?:usage|use|call|invocation|implementation)\b"
    r"|usage\s+example|how to use this",
    re.IGNORECASE,
)
_EXAMPLE_HEADING = re.compile(r"\s*#+\s*(?:usage|examples?)\s*:\s*", re.IGNORECASE)
_BOILERPLATE = re.compile(
    r"(?:add|put|insert|place|write|implement|fill in|define) "
    r"(?:your|the actual|the real|actual|more)\b.{0,60}\b(?:here|below|code|logic|implementation)"
    r"|(?:optimi[sz]ation|optimi[sz]ed|implementation|implement|actual|real|your|additional"
    r"|rest of the)\b.{0,30}\b(?:goes|go) here"
    r"|\byour (?:code|logic|implementation|optimi[sz]ation)s? (?:here|goes)"
    r"|in a (?:real|production|actual)(?:[- ]world)? "
    r"(?:implementation|scenario|system|code|application|setting)"
    r"|(?:for|as) (?:demonstration|illustration|illustrative) purposes"
    r"|this is (?:just |only )?(?:a|an) (?:placeholder|stub|template|simplified|example|mock|dummy)"
    r"|\bplaceholder (?:for|implementation|function|code|logic|value|optimi[sz]ation)"
    r"|replace (?:this|it|these|me)? ?with (?:your|the)? ?(?:actual|real|own)"
    r"|(?:todo|fixme)\b.{0,20}\b(?:implement|complete|fill in)\b.{0,40}"
    r"(?:optimi[sz]ation|logic|here|actual|real)"
    r"|todo\W{0,3}(?:add|apply) (?:the |some |more )?optimi[sz]ations?\b"
    r"|(?:rest|remainder) of (?:the )?(?:code|file|function|class|implementation|method)"
    r"|\.\.\. ?(?:existing|rest|other|remaining|previous|original)\b"
    r"|existing code (?:here|remains|unchanged)"
    r"|(?:other|remaining) (?:methods|functions|code) (?:remain|unchanged|here|stay)"
    r"|(?:insert|put|place) .{0,30}(?:code|logic|implementation|optimi[sz]ations?) here"
    r"|where (?:the |your )?(?:optimi[sz]ation|optimi[sz]ed code|logic|magic)s?"
    r" (?:would|should|will|could|goes|happens)"
    r"|^existing code\W*$|simplified (?:version|implementation|example)"
    r"|todo\W*(?:\(\w+\)\W*)?(?:implement|optimi[sz]e) (?:this|me|it|here|function|method)\W*$"
    r"|(?:optimi[sz]ed|improved|faster|efficient) version of (?:the|this) (?:\w+ )?"
    r"(?:function|method|code|implementation|class)\b"
    r"|^(?:performance )?optimi[sz]ation: (?:cache|reuse|reduce|improve) \w+\W*$"
    r"|^todo\W{1,3}optimi[sz]e (?:this|it|me|here)\b"
    r"|hypothetical|dummy implementation|stub implementation|template code"
    r"|optimi[sz]ation: (?:use|remove|avoid|replace|cache|reduce|apply)\b.{0,60}"
    r"\b(?:where applicable|where possible|if applicable|when possible|unnecessary|as needed)"
    r"|(?:use|apply) .{0,40}\b(?:where applicable|wherever possible)\b"
    r"|(?:various|general|generic|general-purpose) (?:performance )?optimi[sz]ations?\b",
    re.IGNORECASE,
)


@rule("template.placeholder-name", Severity.WARNING, "A new name that only stands for a real one")
def placeholder_name(context: Context) -> Iterator[Fact]:
    for file, lines in _code(context):
        known = set(_words(line.text for line in lines if line.kind != "+"))
        known |= _base_words(context, file)
        for line in lines:
            if line.kind != "+":
                continue
            words = [*_words([line.text]), *_attributes(line.text)]
            words = [word for word in words if _is_placeholder(word)]
            words += [name for name in _defined(line.text) if name]
            new = [word for word in words if word not in known]
            if new:
                known.update(new)
                yield Found(f"the name {new[0]} is a placeholder", file.path, line.new)


def _defined(text: str) -> tuple[str | None, ...]:
    found = _EMPTY_NAME.match(text)
    return found.groups() if found else ()


def _attributes(text: str) -> list[str]:
    """The attribute names that a line asks for in quotes."""
    return _ATTRIBUTE.findall(text) if len(text) <= _LONG else []


def _is_placeholder(word: str) -> bool:
    return bool(_PLACEHOLDER.fullmatch(word) or _PLACEHOLDER_CLASS.fullmatch(word))


@rule("template.example-usage", Severity.WARNING, "A comment that shows how the new code is used")
def example_usage(context: Context) -> Iterator[Fact]:
    yield from _comments(context, _EXAMPLE, "an example of usage in a comment")
    for file, lines in _python(context):
        for line in lines:
            if line.kind == "+" and _EXAMPLE_HEADING.fullmatch(line.text):
                yield Found("an example of usage in a comment", file.path, line.new)


@rule("template.boilerplate", Severity.WARNING, "A comment that says what should stand there")
def boilerplate(context: Context) -> Iterator[Fact]:
    yield from _comments(context, _BOILERPLATE, "a comment as in a template")


_DEFINITION = re.compile(r"(\s*)(?:async\s+)?def\s+(\w+)\s*\(")
_STUB_BODY = re.compile(
    r"(?:pass|\.\.\.|return(?: None)?|raise NotImplementedError(?:\(.*\))?)\s*(?:#.*)?"
)


@rule("template.stub", Severity.WARNING, "A new function without a body of its own")
def stub(context: Context) -> Iterator[Fact]:
    for file, lines in _python(context):
        for run in _added_runs(lines):
            for index, line in enumerate(run):
                found = _DEFINITION.match(line.text)
                if not found or _is_decorated(run, index) or not _is_stub(run, index):
                    continue
                # A method without a body is often meant: it overrides, or is to be overridden.
                is_meant = found[1] and not _is_placeholder(found[2])
                if not is_meant or _is_relied_on(context, found[2]):
                    yield Found(f"{found[2]} does nothing", file.path, line.new)


def _is_relied_on(context: Context, name: str) -> bool:
    """Does the patch call a method that it defines only once, on the object itself?"""
    added = "\n".join(
        line.text
        for file in context.files
        for line in (file_lines(context.patch, file, "+") if context.patch else ())
    )
    return added.count(f"def {name}(") == 1 and f"self.{name}(" in added


def _is_stub(run: list[DiffLine], index: int) -> bool:
    """Is the function that starts there only a docstring and a statement without effect?"""
    indent = _indent(run[index].text)
    body: list[str] = []
    opened = 0
    header = True
    for line in run[index:]:
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


@rule("template.unused-function", Severity.INFO, "A new function that nothing in the patch uses")
def unused_function(context: Context) -> Iterator[Fact]:
    everything = "\n".join(
        line.text
        for file in context.files
        for line in (file_lines(context.patch, file, " +") if context.patch else ())
    )
    for file, lines in _python(context):
        if file.status is FileStatus.ADDED:
            continue  # what a new file offers is used from elsewhere
        for run in _added_runs(lines):
            for index, line in enumerate(run):
                found = re.match(r"(?:async\s+)?def\s+([a-z]\w*)\s*\(", line.text)
                if not found or _is_decorated(run, index) or found[1] in ("main", "setup"):
                    continue
                word = re.compile(rf"\b{found[1]}\b")
                texts = [everything, *(_patched_text(context, f) for f in context.files)]
                if all(len(word.findall(text)) <= 1 for text in texts):
                    message = f"nothing in the changed files uses the new function {found[1]}"
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
        for line in lines:
            text = line.text
            if line.kind != "+" or text.strip() in removed or len(text) > _LONG:
                continue
            comment = _COMMENT.search(_STRING.sub('""', text))
            if comment and pattern.search(comment[1]):
                yield Found(f"{message}: {comment[1].strip()[:80]}", file.path, line.new)


def _added_runs(lines: list[DiffLine]) -> Iterator[list[DiffLine]]:
    """Unbroken stretches of added lines."""
    for is_added, run in groupby(lines, key=lambda line: line.kind == "+"):
        if is_added:
            yield list(run)


def _is_decorated(run: list[DiffLine], index: int) -> bool:
    return index > 0 and run[index - 1].text.lstrip().startswith(("@", ")"))


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip())


def _words(texts: Iterator[str] | list[str]) -> Iterator[str]:
    """The identifiers in lines of code, comments and strings left out."""
    for text in texts:
        if len(text) <= _LONG:
            code = _COMMENT.sub("", _STRING.sub('""', text))
            yield from _WORD.findall(code)


def _base_words(context: Context, file: FilePatch) -> set[str]:
    for versions in context.versions or ():
        if versions.file is file and versions.base is not None:
            return set(_WORD.findall(versions.base.data.decode("utf-8", "replace")))
    return set()


def _patched_text(context: Context, file: FilePatch) -> str:
    for versions in context.versions or ():
        if versions.file is file and versions.patched is not None:
            return versions.patched.data.decode("utf-8", "replace")
    return ""
