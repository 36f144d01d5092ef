"""The agents' prompts in a report: each once, with the attempts that had it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from core.errors import SourceError
from core.export.export_document import AttemptResult, portable
from core.export.report.report_blocks import Block, Fold, Listing, line, strong
from core.models import Attempt
from core.text import counted

MOST_LINES = 400
"""The most lines shown of one prompt."""


def prompt_blocks(results: Sequence[AttemptResult], folder: Path) -> Iterator[Block]:
    """The prompts at one human commit, collapsed; nothing if none is known."""
    by_text: dict[str, int] = {}
    for result in results:
        if text := _prompt(result.assessment.attempt, folder):
            by_text[text] = by_text.get(text, 0) + 1
    folds = tuple(_fold(text, count, len(results)) for text, count in by_text.items())
    if len(folds) > 1:
        told = f" of {counted(sum(by_text.values()), 'attempt')}, {len(folds)} different ones"
        yield Fold(line(strong("The prompts"), told), folds)
    else:
        yield from folds


def _fold(text: str, count: int, of: int) -> Fold:
    lines = text.split("\n")
    told = f" of {count} of {counted(of, 'attempt')}, {counted(len(lines), 'line')}"
    listing = Listing(tuple(lines[:MOST_LINES]), max(0, len(lines) - MOST_LINES))
    return Fold(line(strong("The prompt"), told), (listing,))


def _prompt(attempt: Attempt, folder: Path) -> str:
    """The whole prompt of an agent; if part of it cannot be read, the reason."""
    texts = []
    for source in attempt.prompts:
        try:
            texts.append(source.read().replace("\r\n", "\n").strip("\n"))
        except SourceError as error:
            texts.append(portable(error.title, folder))
    return "\n\n".join(texts)
