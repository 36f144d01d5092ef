"""Text aimed at whoever judges the attempt: in its patch, in the agent's prompts, in its logs.

The judge is told to follow none of it, and never sees prompts and logs. A person should know.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from core.checks.context import Context
from core.checks.registry import Fact, Found, rule
from core.checks.tripwires import find_tripwires, patch_tripwires
from core.models import Severity


@rule("injection.patch", Severity.WARNING, "The patch contains text aimed at its judge", version=2)
def patch(context: Context) -> Iterator[Fact]:
    if context.patch is not None:
        for found in patch_tripwires(context.patch):
            yield Found(found.message, found.file, found.line, found.side, severity=found.severity)


@rule(
    "injection.prompt",
    Severity.WARNING,
    "The agent's prompt contains text aimed at a judge",
    version=2,
)
def prompt(context: Context) -> Iterator[Fact]:
    yield from _instructions(context.prompt_texts)


@rule(
    "injection.log",
    Severity.INFO,
    "One of the agent's logs contains text aimed at a judge",
    version=2,
)
def log(context: Context) -> Iterator[Fact]:
    yield from _instructions(context.log_texts())


def _instructions(texts: Iterable[tuple[str, str]]) -> Iterator[Fact]:
    for name, text in texts:
        for wire in find_tripwires(text):
            if wire.severity is not Severity.INFO:  # marks of chat templates are usual there
                yield Found(f"{name}:{wire.line}: {wire.message}")
