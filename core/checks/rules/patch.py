"""Facts from the text of the patch alone: is there one, is it whole, does it do anything."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import PurePosixPath

from core.checks.context import Context
from core.checks.languages.file_source import same_code
from core.checks.languages.fragments import same_tokens
from core.checks.languages.kinds import language_of
from core.checks.registry import Fact, Found, Measure, Settled, rule
from core.models import PatchState, Severity
from core.patch.parse import (
    FilePatch,
    FileStatus,
    Patch,
    PatchProblem,
    file_lines,
    holds_own_diff,
    is_own_diff,
)
from core.patch.parse.foreign import foreign_form
from core.text import describe_character, has_hidden_unicode

_SETTLED_BY_NOTHING = ("files_match", "optimization_logic_match", "is_complete")
_NOTHING_DONE = tuple(Settled(criterion, False) for criterion in _SETTLED_BY_NOTHING)


@rule(
    "patch.empty",
    Severity.ERROR,
    "The patch contains nothing but white space",
    certain=True,
    criteria=_SETTLED_BY_NOTHING,
)
def empty(context: Context) -> Iterator[Fact]:
    if context.attempt.patch.state is PatchState.EMPTY:
        yield Found("the patch is empty")
        yield from _NOTHING_DONE


@rule(
    "patch.missing",
    Severity.ERROR,
    "There is no patch",
    certain=True,
    criteria=_SETTLED_BY_NOTHING,
)
def missing(context: Context) -> Iterator[Fact]:
    if context.attempt.patch.state is PatchState.MISSING:
        yield Found("there is no patch")
        yield from _NOTHING_DONE


@rule("patch.unreadable", Severity.WARNING, "The patch cannot be read", certain=True, version=2)
def unreadable(context: Context) -> Iterator[Fact]:
    if context.attempt.patch.state is PatchState.UNREADABLE or (
        context.attempt.patch.has_text and context.text is None
    ):
        yield Found("the patch cannot be read, so everything that depends on it is unknown")


@rule(
    "patch.unchecked",
    Severity.WARNING,
    "The checks, or one of their rules, failed",
    certain=True,
    version=2,
)
def unchecked(context: Context) -> Iterator[Fact]:
    return iter(())  # reported by `core.checks` when the checks themselves failed


@rule(
    "patch.cut",
    Severity.WARNING,
    "The patch is shorter than recorded",
    certain=True,
    version=2,
    criteria=("is_complete",),
)
def cut(context: Context) -> Iterator[Fact]:
    evidence = context.attempt.patch
    if evidence.state is PatchState.CUT:
        sizes = f"{evidence.held_bytes} of {evidence.recorded_bytes} bytes"
        yield Found(f"only {sizes} are available; what depends on the rest is unknown")


@rule(
    "patch.malformed",
    Severity.ERROR,
    "Part of the patch is not a unified diff",
    certain=True,
    version=3,
)
def malformed(context: Context) -> Iterator[Fact]:
    patch = context.patch
    if patch is None:
        return
    form = foreign_form(patch)
    if form is not None:
        of_it = "part of the text is" if patch.files else "not a unified diff but"
        yield Found(f"{of_it} {form}")
    elif not patch.files and not patch.problems:
        yield Found("the text contains no diff")
    for problem in patch.problems:
        if not _cut_short(context, patch, problem):
            yield Found(f"line {problem.line} of the patch: {problem.reason}")
    for file in patch.files:
        for problem in file.problems:
            if not _cut_short(context, patch, problem):
                message = f"line {problem.line} of the patch: {problem.reason}"
                yield Found(message, file.path)


def _cut_short(context: Context, patch: Patch, problem: PatchProblem) -> bool:
    """Is the problem in the last file of a patch that was cut, and so nobody's fault?"""
    return not context.is_whole and (not patch.files or problem.line > patch.files[-1].start)


@rule("patch.binary", Severity.INFO, "The patch changes a binary file", certain=True, version=2)
def binary(context: Context) -> Iterator[Fact]:
    for file in context.files:
        if file.binary:
            yield Found("binary file: its content is not checked", file.path)


@rule(
    "patch.comments-only",
    Severity.ERROR,
    "The patch changes only comments, docstrings, white space or documentation",
    certain=True,
    version=5,
)
def comments_only(context: Context) -> Iterator[Fact]:
    if context.patch is None or not context.is_whole or not context.files:
        return
    if all(_changes_nothing(context, context.patch, file) for file in context.files):
        message = "only comments, docstrings, white space or documentation change"
        yield Found(message, certain=context.versions is not None)


def _changes_nothing(context: Context, patch: Patch, file: FilePatch) -> bool:
    """Does a file do the same after the patch as before, as far as text can tell for certain?"""
    if file.binary or file.problems or file.status is not FileStatus.MODIFIED or not file.hunks:
        return False
    if file.old_mode != file.new_mode:
        return False
    if _is_documentation(file.path):
        return True
    if context.versions is not None:
        versions = context.versions_at(file.path)
        return (
            versions is not None
            and versions.base is not None
            and versions.patched is not None
            and same_code(versions.base, versions.patched) is True
        )
    return all(same_tokens(patch, hunk, language_of(file.path)) for hunk in file.hunks)


def _is_documentation(path: str) -> bool:
    return PurePosixPath(path).suffix.lower() in (".md", ".rst", ".markdown")


@rule("patch.own-diff", Severity.WARNING, "The patch contains a copy of itself", certain=True)
def own_diff(context: Context) -> Iterator[Fact]:
    patch = context.patch
    if patch is not None and holds_own_diff(patch):
        for file in patch.files:
            if is_own_diff(file.path):
                yield Found("the pipeline's own diff was committed with the patch", file.path)


_SCRATCH = (
    *("*.orig", "*.rej", "*.bak", "*.swp", "*.swo", "*.tmp", "*.log", "*.pyc", "*~", "nohup.out"),
    *(".ds_store", "core.[0-9]*", "*.patch", "*.diff", "*.prof", "*.pstats", "*.nsys-rep"),
)
_SCRATCH_AT_ROOT = (
    *("test_*.py", "*_test.py", "bench_*.py", "benchmark_*.py", "debug*.py", "repro*.py"),
    *("tmp*.py", "temp*.py", "check_*.py", "verify_*.py", "demo*.py", "try_*.py", "scratch*"),
    *("profile_*.py", "run_*.sh", "test*.sh", "*.txt", "*.json", "*.out", "*.csv"),
    *("*summary*.md", "*report*.md", "*notes*.md", "*optimization*.md", "*changes*.md"),
)
_SCRATCH_FOLDERS = frozenset(
    {".bench_scratch", "__pycache__", ".scratch", "scratch", "tmp", ".tmp"}
)


@rule(
    "patch.scratch-file",
    Severity.WARNING,
    "A file that looks like the agent's scratch work",
    version=2,
)
def scratch_file(context: Context) -> Iterator[Fact]:
    for file in context.files:
        is_new = file.status is FileStatus.ADDED and _is_scratch(file.path)
        if is_new and file.path not in context.shared.human_names:
            yield Found("new file that looks like the agent's scratch work", file.path)


def _is_scratch(path: str) -> bool:
    *folders, name = path.split("/")
    names = _SCRATCH if folders else _SCRATCH + _SCRATCH_AT_ROOT
    return bool(_SCRATCH_FOLDERS & set(folders)) or any(
        fnmatch(name.lower(), pattern) for pattern in names
    )


_HARNESS_FOLDERS = frozenset(
    {"test", "tests", "testing", "benchmark", "benchmarks", ".github", ".buildkite", ".ci"}
    | {".circleci", ".gitlab", ".jenkins", "ci", ".bench_scratch"}
)
_HARNESS_FILE = re.compile(r"(?:test_.*|.*_test|conftest)\.py|\.gitlab-ci\.yml|.*\.test\.[jt]sx?")


@rule(
    "patch.harness-edit",
    Severity.WARNING,
    "Tests, CI or benchmarks are changed that the human did not change",
    version=2,
)
def harness_edit(context: Context) -> Iterator[Fact]:
    for file in context.files:
        *folders, name = file.path.split("/")
        is_harness = _HARNESS_FOLDERS & set(folders) or _HARNESS_FILE.fullmatch(name)
        if is_harness and file.path not in context.shared.human_names:
            yield Found("a test, benchmark or CI file that the human did not change", file.path)


@rule(
    "patch.hidden-unicode",
    Severity.WARNING,
    "An added line or a path contains characters that a reader cannot see",
    certain=True,
    version=2,
)
def hidden_unicode(context: Context) -> Iterator[Fact]:
    if context.patch is None or context.text is None or context.text.isascii():
        return
    for file in context.files:
        if has_hidden_unicode(file.path):
            yield Found(f"the path contains {_hidden(file.path)}", file.path)
        for line in file_lines(context.patch, file, "+"):
            if has_hidden_unicode(line.text):
                yield Found(f"the line contains {_hidden(line.text)}", file.path, line.new)


def _hidden(text: str) -> str:
    hidden = {c for c in text if not c.isascii() and has_hidden_unicode(c)}
    return ", ".join(map(describe_character, sorted(hidden)[:4]))


@rule("patch.size", Severity.INFO, "How much the patch adds and removes")
def size(context: Context) -> Iterator[Fact]:
    if context.patch is not None:
        yield Measure("patch.files", len(context.files))
        yield Measure("patch.added", sum(file.added for file in context.files))
        yield Measure("patch.removed", sum(file.removed for file in context.files))
