"""Parse errors introduced by the patch: in whole files, or in hunks if there is no base."""

from __future__ import annotations

from collections.abc import Iterator

from core.checks.context import Context
from core.checks.languages.answers import Broken, ParseError, Unknown
from core.checks.languages.file_source import PlainSource
from core.checks.languages.fragments import fragment_errors
from core.checks.languages.kinds import language_of
from core.checks.registry import Fact, Found, Measure, Settled, rule
from core.models import Severity

_MAX_NAMED = 20


@rule(
    "syntax.parse-error",
    Severity.ERROR,
    "A changed file no longer parses, but did before",
    certain=True,
    version=5,
    criteria=("syntax_correct",),
)
def parse_error(context: Context) -> Iterator[Fact]:
    if context.versions is None:
        return
    unknown = [*_unread(context)]
    broken = False
    for versions, answer in context.syntax:
        if isinstance(answer, Broken):
            broken = True
            yield Found(_message(answer.error), versions.path, answer.error.line)
        elif isinstance(answer, Unknown):
            unknown.append(f"{versions.path}: {answer.reason}")
    yield Measure("syntax.files", len(context.syntax))
    yield from _inert(context)
    if unknown:
        rest = len(unknown) - 1
        yield Measure("syntax.unjudged", unknown[0] + (f" (and {rest} more files)" if rest else ""))
    if broken:
        yield Settled("syntax_correct", False)
    elif not unknown and context.files:
        yield Settled("syntax_correct", True)


def _unread(context: Context) -> Iterator[str]:
    """The files that should exist after the patch and are missing."""
    for versions in context.versions or ():
        if versions.patched is None and versions.file.new_path is not None:
            yield f"{versions.path}: its content after the patch is not available"


def _inert(context: Context) -> Iterator[Measure]:
    """The files without a syntax, by name."""
    sources = ((v.path, v.patched) for v in context.versions or ())
    names = [path for path, s in sources if isinstance(s, PlainSource) and s.is_inert]
    if names:
        rest = len(names) - _MAX_NAMED
        more = f" and {rest} more" if rest > 0 else ""
        yield Measure("syntax.inert", ", ".join(names[:_MAX_NAMED]) + more)


def _message(error: ParseError) -> str:
    return f"{error.message} (line {error.line}, column {error.column})"


@rule(
    "syntax.suspect",
    Severity.WARNING,
    "A changed file may no longer parse, according to a weaker method",
    version=3,
)
def suspect(context: Context) -> Iterator[Fact]:
    if context.versions is None:
        yield from _in_fragments(context)
        return
    for versions, answer in context.syntax:
        if isinstance(answer, Unknown) and answer.suspect is not None:
            message = f"{_message(answer.suspect)}; not certain: {answer.reason}"
            yield Found(message, versions.path, answer.suspect.line)


def _in_fragments(context: Context) -> Iterator[Fact]:
    """What the hunks alone show, if there is no base."""
    if context.patch is None or context.applied is not None or not context.is_whole:
        return
    for file in context.files:
        language = language_of(file.path)
        if language is None or not file.hunks or file.problems or file.binary:
            continue
        for error in fragment_errors(context.patch, file, language):
            message = f"{error.message} (judged from the hunk alone: a fragment)"
            yield Found(message, file.path, error.line)
