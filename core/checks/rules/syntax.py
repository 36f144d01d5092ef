"""Parse errors that the patch brought in: in whole files, or in hunks where no base is at hand."""

from __future__ import annotations

from collections.abc import Iterator

from core.checks.context import Context, PlainSource, Versions
from core.checks.fragments import fragment_errors
from core.checks.grammars import (
    GrammarSource,
    believes_errors,
    changed_bracket_line,
    language_of,
    new_errors,
    new_imbalance,
)
from core.checks.python_source import ParseError, PythonSource
from core.checks.registry import Fact, Found, Measure, Settled, rule
from core.models import Severity


@rule(
    "syntax.parse-error",
    Severity.ERROR,
    "A changed file no longer parses, and did before",
    certain=True,
)
def parse_error(context: Context) -> Iterator[Fact]:
    if context.versions is None:
        yield from _in_fragments(context)
        return
    judged, unjudged, broken = 0, "", False
    for versions in context.versions:
        if versions.patched is None or isinstance(versions.patched, PlainSource):
            continue  # deleted, or of a kind that is not judged
        judged += 1
        outcome = _judge(versions)
        if isinstance(outcome, str):
            unjudged = unjudged or (outcome and f"{versions.path}: {outcome}")
            continue
        broken = True
        message = f"{outcome.message} (line {outcome.line}, column {outcome.column})"
        yield Found(message, versions.path, outcome.line)
    yield Measure("syntax.files", judged)
    if broken:
        yield Settled("syntax_correct", False)
    elif unjudged:
        yield Measure("syntax.unjudged", unjudged)
    elif context.files:
        yield Settled("syntax_correct", True)


def _judge(versions: Versions) -> ParseError | str:
    """The first error that the patch brought into a file; else "" or why that is not known."""
    if isinstance(versions.patched, PythonSource):
        base = versions.base if isinstance(versions.base, PythonSource) else None
        return _judge_python(base, versions.patched)
    assert isinstance(versions.patched, GrammarSource)
    base_source = versions.base
    if not isinstance(base_source, GrammarSource):
        base_source = GrammarSource(b"", versions.patched.language)
    return _judge_grammar(base_source, versions.patched)


def _judge_python(base: PythonSource | None, patched: PythonSource) -> ParseError | str:
    if patched.error is None:
        return patched.unjudged
    if base is not None and (base.error or base.unjudged):
        return base.unjudged or "the base file does not parse either"
    return patched.error


def _judge_grammar(base: GrammarSource, patched: GrammarSource) -> ParseError | str:
    if base.unjudged or patched.unjudged:
        return base.unjudged or patched.unjudged
    if not believes_errors(patched.language):
        message = new_imbalance(base, patched)
        if message:
            return ParseError(message, changed_bracket_line(base, patched), 1)
    errors = new_errors(base, patched)
    if not errors:
        return ""
    if base.errors or not believes_errors(patched.language):
        return f"its grammar may not know what stands on line {errors[0].line}"
    return errors[0]


def _in_fragments(context: Context) -> Iterator[Fact]:
    """What the hunks alone show, where no base is at hand. Never certain."""
    if context.patch is None or context.applied is not None or not context.is_whole:
        return
    for file in context.files:
        language = language_of(file.path)
        if language is None or not file.hunks or file.problems or file.binary:
            continue
        for error in fragment_errors(context.patch, file, language):
            message = f"{error.message} (seen in the hunk alone: a fragment)"
            yield Found(message, file.path, error.line, certain=False)
