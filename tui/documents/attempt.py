"""Reads from disk what one tab shows of one attempt, as a document."""

from __future__ import annotations

from collections.abc import Callable

from core.diff import parse_patch
from core.models import Attempt, HumanCommit, PatchState, Side
from core.text import one_line
from tui.documents.document import Document
from tui.documents.patch import PatchDocument
from tui.documents.text import TextDocument, read_texts

_NO_PATCH = {
    PatchState.EMPTY: "The patch is empty.",
    PatchState.MISSING: "There is no patch.",
    PatchState.UNREADABLE: "The patch cannot be read (see the load problems).",
}


def read_document(
    tab: str, attempt: Attempt, commit: HumanCommit, cancelled: Callable[[], bool]
) -> Document:
    """Read what a tab shows. Raises `SourceError` when a text is gone or unreadable."""
    if tab == "prompt":
        return read_texts(attempt.prompts, "No prompt was recorded.", cancelled)
    if tab == "logs":
        return read_texts(attempt.logs, "No logs were recorded.", cancelled)
    if tab == "human":
        return _human_document(commit)
    return _attempt_document(attempt)


def _human_document(commit: HumanCommit) -> Document:
    if commit.diff is None:
        return TextDocument([f"The human commit {one_line(commit.sha, 40)} was not found."])
    return PatchDocument(parse_patch(commit.diff.read()), Side.HUMAN)


def _attempt_document(attempt: Attempt) -> Document:
    if attempt.patch.source is None or not attempt.patch.has_text:
        return TextDocument([_NO_PATCH.get(attempt.patch.state, "There is no patch.")])
    return PatchDocument(parse_patch(attempt.patch.source.read()), Side.ATTEMPT)
