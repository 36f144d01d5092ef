"""The agent's prompt: a task that names no problem, or one that gives the answer away."""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.checks.context import Context
from core.checks.registry import Fact, Found, Measure, rule
from core.models import Severity
from core.patch.parse import Patch, file_lines, real_files

REVEALED = 0.3
"""Share of the human's added lines in the prompt at which it gives the diff away."""

_MIN_LINES = 3
_MIN_LENGTH = 12
_SCRIPT = re.compile(r"<(test_script|script|benchmark|test)>")
_BORDER = "│|┃"
_PATHS = re.compile(r"(?<![\w.-])[\w.-]*+/[\w./-]++|\b\w++\.\w{1,5}\b")
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]{4,}")
_GENERIC_WORDS = """
    about above added adding after again allow avoid based basic before being below better
    bench benchmark benchmarks between bugfix build cache called change changed changes
    check class clean cleanup client commit common config constraints core could current
    default device directory disable dtype during enable engine error example execute false
    faster feature field files first fixed follow function functions general improve
    improved improvement improvements initial input inputs instead kernel kernels latency
    layer length lines logger logic logits maybe memory method model models module multiple
    never number object operation operations optimization optimizations optimize optimized
    optional other output outputs overhead parameter parameters patch perf performance
    please python reduce refactor release remove removed request requests result return
    returns runner runtime scheduler script should simple single small source speed start
    state string support target tasks tensor tensors tests their there these thing things
    torch types under update usage using value values variable version where which while
    within without worker would write empty zeros fill allocation allocations bottleneck
    bottlenecks
"""
_GENERIC = frozenset(_GENERIC_WORDS.split())
"""Words of any task, not of this one."""


@rule(
    "prompt.placeholder-script",
    Severity.WARNING,
    "The test script that the agent should speed up contains no statement",
    certain=True,
    version=2,
)
def placeholder_script(context: Context) -> Iterator[Fact]:
    scripts = [script for script in _scripts(context.prompt) if "\n" in script]
    if scripts and not any(map(_has_statement, scripts)):
        yield Found("the test script in the prompt contains only comments")


def _scripts(prompt: str) -> Iterator[str]:
    """The text between the markers of a script, with a frame around the prompt's lines removed."""
    text = "\n".join(map(_without_frame, prompt.split("\n")))
    position = 0
    closed: dict[str, bool] = {}  # by marker, whether it is closed further down
    while (found := _SCRIPT.search(text, position)) is not None:
        position = found.end()
        mark = f"</{found[1]}>"
        end = text.find(mark, position) if closed.get(mark, True) else -1
        closed[mark] = end >= 0
        if end >= 0:
            yield text[position:end]
            position = end


def _without_frame(line: str) -> str:
    inner = line[1:].removeprefix(" ") if line[:1] and line[0] in _BORDER else line
    stripped = inner.rstrip()
    return stripped[:-1].rstrip() if stripped and stripped[-1] in _BORDER else inner


def _has_statement(script: str) -> bool:
    lines = (line.strip() for line in script.splitlines())
    return any(line and not line.startswith("#") and line not in ("pass", "...") for line in lines)


@rule(
    "prompt.no-problem",
    Severity.WARNING,
    "The prompt shares no name or word with the human change beyond file paths",
    version=2,
)
def no_problem(context: Context) -> Iterator[Fact]:
    commit = context.shared.commit
    if not context.prompt.strip() or commit is None:
        return
    names = context.shared.of_human(_code_names)
    if names is None:
        return
    told = {word.lower() for word in _WORD.findall(_PATHS.sub(" ", context.prompt))}
    subject = {w.lower() for w in _WORD.findall(_PATHS.sub(" ", commit.subject))} - _GENERIC
    if told.isdisjoint(subject | names):
        yield Found("the prompt mentions neither what is slow nor anything that the human changed")


def _code_names(patch: Patch) -> set[str]:
    """The names in the human's changed lines and hunk headings that no other code base uses."""
    texts = [hunk.section for file in real_files(patch) for hunk in file.hunks]
    texts += [line.text for file in real_files(patch) for line in file_lines(patch, file, "+-")]
    words = {word for text in texts for word in _WORD.findall(text)}
    return {w.lower() for w in words if "_" in w.strip("_") or not (w.islower() or w.isupper())}


@rule(
    "prompt.reveals-diff",
    Severity.WARNING,
    "The prompt contains lines that the human commit adds",
    certain=True,
    version=2,
)
def reveals_diff(context: Context) -> Iterator[Fact]:
    if not context.shared.human_added or not context.prompt:
        return
    told = {line.strip().lstrip("+").strip() for line in context.prompt.splitlines()}
    wanted = {line for line in context.shared.human_added if len(line) >= _MIN_LENGTH}
    shown = len(wanted & told)
    if wanted:
        yield Measure("prompt.revealed", round(shown / len(wanted), 4))
    if shown >= _MIN_LINES and shown >= REVEALED * len(wanted):
        yield Found(f"the prompt contains {shown} of the {len(wanted)} lines that the human added")
