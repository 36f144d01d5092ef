"""What keys do with a row of the large text: open what it represents, mark its change as seen."""

from __future__ import annotations

from collections.abc import Callable

from core.errors import StoreError
from core.triage.seen_changes import SeenChanges
from tui.documents.compare_document import CompareDocument
from tui.documents.log_document import LogDocument
from tui.documents.opening import open_at
from tui.widgets.document_view import DocumentView

NO_BASE = "The base file is unknown here (name its repository with --repo)."


def open_row(view: DocumentView, base_text: Callable[[str], str | None]) -> str:
    """Open a step of a log, a gap of the base, or remarks; returns the reason if it cannot.

    `base_text` returns a file of the base, None if it is missing.
    """
    document, row = view.document, view.row
    if isinstance(document, LogDocument) and (changed := document.folded(row)) is not None:
        view.show(changed, row, again=True)
    if not isinstance(document, CompareDocument):
        return ""
    opened = open_at(document, row, base_text)
    if opened is not None:
        show_instead(view, document, opened)
    elif document.gap_at(row) is not None:
        return NO_BASE
    return ""


def turn_seen(view: DocumentView, seen: SeenChanges, reviewer: str) -> bool:
    """Mark the change under the cursor as seen and go to the next one, or remove the mark.

    False if there is no change.
    """
    document = view.document
    digest = document.change_at(view.row) if isinstance(document, CompareDocument) else None
    if digest is None:
        return False
    try:
        seen.turn(reviewer, digest)
    except StoreError as error:
        view.notify(str(error), title="Seen", severity="warning", markup=False)
    if digest in seen.of(reviewer):
        view.action_jump("change", 1)
    return True


def show_instead(view: DocumentView, before: CompareDocument, after: CompareDocument) -> None:
    """Show a comparison in another way; the cursor stays on its row."""
    place = before.place_of(view.row)
    view.show(after, after.row_of(*place), again=True)
