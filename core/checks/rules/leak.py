"""How much of the human diff the prompt showed, and how much of the change the attempt repeats."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from core.checks.context import Context
from core.checks.registry import Fact, Found, Measure, rule
from core.models import Severity

FROM = 0.5
"""Share of the human diff's lines in the prompt at which the rule fires."""

_MARK = re.compile(r"<(\w{0,40}diff\w{0,40})>")
_MOST_UNCLOSED = 20
_DIFF_LINE = re.compile(
    r"diff --git |index |--- |\+\+\+ |@@ |[ +\-\\]|(?:old|new|deleted|similarity|rename|Binary) |$"
)


def shown_diffs(prompt: str) -> Iterator[list[str]]:
    """The diffs that a prompt contains, as lines that are not blank.

    That is text between markers that announce a diff, and else what looks like one, from each `diff
    --git` line on.
    """
    sections, rest = _marked(prompt)
    for section in sections:
        yield [line for line in section.split("\n") if line.strip()]
    lines: list[str] = []
    for line in [*rest.split("\n"), "end"]:
        if line.startswith("diff --git ") or (lines and _DIFF_LINE.match(line)):
            lines += [line] if line.strip() else []
        elif lines:
            yield lines
            lines = []


def _marked(prompt: str) -> tuple[list[str], str]:
    """The text between markers that announce a diff, and the rest."""
    sections, rest, at = list[str](), list[str](), 0
    unclosed: set[str] = set()
    for mark in _MARK.finditer(prompt):
        if mark.start() < at or mark[1] in unclosed or len(unclosed) > _MOST_UNCLOSED:
            continue
        end = prompt.find(f"</{mark[1]}>", mark.end())
        if end < 0:
            unclosed.add(mark[1])
            continue
        sections.append(prompt[mark.end() : end])
        rest.append(prompt[at : mark.start()])
        at = end
    rest.append(prompt[at:])
    return sections, "\n".join(rest)


def count_shown(prompt: str, diff: str) -> tuple[int, int]:
    """Lines of a diff that a prompt shows, and out of how many; blank ones ignored.

    A diff in the prompt counts, verbatim, when half of its lines are this diff's.
    """
    wanted = [line.strip() for line in diff.split("\n") if line.strip()]
    known = frozenset(wanted)
    shown = 0
    for lines in shown_diffs(prompt):
        if 2 * sum(line.strip() in known for line in lines) >= len(lines):
            shown += len(lines)
    return shown, len(wanted)


def changed_texts(diff: str) -> frozenset[str]:
    """The stripped texts of a diff's changed lines, without their signs."""
    lines: Iterable[str] = (line for line in diff.split("\n") if line.startswith(("+", "-")))
    changed = (line[1:].strip() for line in lines if not line.startswith(("+++", "---")))
    return frozenset(text for text in changed if text)


@rule("leak.prompt", Severity.WARNING, "The prompt showed half of the human diff or more")
def prompt(context: Context) -> Iterator[Fact]:
    diff = context.shared.human_text
    if diff is None or not context.prompt:
        return
    shown, lines = count_shown(context.prompt, diff)
    if not lines:
        return
    yield Measure("leak.shown", shown)
    yield Measure("leak.lines", lines)
    yield Measure("leak.share", round(shown / lines, 4))
    changed = changed_texts(diff)
    if changed and context.text is not None and context.is_whole:
        repeated = len(changed & changed_texts(context.text)) / len(changed)
        yield Measure("leak.repeated", round(repeated, 4))
    if shown / lines >= FROM:
        yield Found(f"the prompt showed {shown} of {lines} lines of the human diff")
