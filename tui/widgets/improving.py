"""Improves rows that are already drawn, for instance with colours, once that is ready."""

from __future__ import annotations

from textual.widget import Widget

from core.errors import PatchjuryError
from tui.documents.document import Document
from tui.work.latest import Latest


class Improving:
    """Does the work of the document that a view shows, piece by piece."""

    def __init__(self, view: Widget) -> None:
        self._view = view
        self._latest = Latest(view)
        self._busy = False

    def reset(self) -> None:
        """The view shows another document."""
        self._latest.cancel()
        self._busy = False

    def drawn(self, document: Document) -> None:
        """Rows of a document were drawn: begin what would improve them, if anything would."""
        if not self._busy and (work := document.work()) is not None:
            self._busy = True
            self._latest.run(
                lambda cancelled: iter([work(cancelled)]), self._improved, self._failed
            )

    def _improved(self, _: None) -> None:
        self._busy = False
        self._view.refresh()

    def _failed(self, error: PatchjuryError) -> None:
        self._busy = True  # it would fail again: this document stays plain
        told = f"These rows stay uncoloured: {error}"
        self._view.notify(told, severity="warning", markup=False)
