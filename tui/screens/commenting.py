"""The line comments on the attempt on screen: opening one to write, listing and resolving them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from core.assess.comments import Comments, resolve
from core.models import Side
from tui.documents.code_lines import code_lines
from tui.documents.compare_document import CompareDocument
from tui.documents.document import Place
from tui.render.said import attempt_name
from tui.screens.triage_frame import TriageFrame

if TYPE_CHECKING:
    from tui.screens.comments import Listed
    from tui.screens.writing_pages import CommentPage
    from tui.widgets.document_view import DocumentView


COMMENT = "comment"
"""How the heading of a comment's draft begins; its place follows."""


class Commenting:
    """Comments of a triage screen; `record` records all comments of the reviewer on an attempt."""

    def __init__(self, frame: TriageFrame, record: Callable[[str, Comments], None]) -> None:
        self._frame = frame
        self._triage = frame.session.triage
        self._record_all = record

    def page(self, key: str) -> CommentPage | None:
        """The page for the line under the cursor; None if that is not a line of code."""
        from tui.screens.kept_draft import KeptDraft
        from tui.screens.writing_pages import CommentPage, comment_at

        pane = self._frame.attempt_pane
        place = pane.place
        if place is None:
            return None
        own = self._triage.own(key)
        comments = own.comments if own else ()
        document = pane.document_view.document
        lines = {
            place.line: _line_text(pane.document_view, place),
            **code_lines(document, place.file, place.side),
        }
        where = f"{COMMENT} {place.file}:{place.line} {place.side.value}"
        page = CommentPage(
            attempt_name(self._triage.attempt(key)),
            place,
            lines,
            comments,
            comment_at(comments, place),
            lambda changed: self._record_all(key, changed),
            KeptDraft(self._triage.store.drafts, self._triage.reviewer, key, where),
            self._frame.session.settings.review.snippets,
            last=place.line,
        )
        page.restore()
        return page

    def list_all(self, key: str) -> None:
        """Open the list of the comments that may be seen."""
        from tui.screens.comments import CommentsScreen

        def settled(chosen: Listed) -> list[Listed] | None:
            own = self._triage.own(key)
            if own is None or chosen.reviewer != own.reviewer:
                return None
            settles = not chosen.comment.resolved
            self._record_all(key, resolve(own.comments, chosen.comment, settles))
            return self._listed(key)

        def chosen(one: Listed | None) -> None:
            if one is not None:
                self._frame.attempt_pane.go_to_place(one.place)

        title = f"Comments on {attempt_name(self._triage.attempt(key))}"
        window = CommentsScreen(title, self._listed(key), settled)
        self._frame.app.push_screen(window, chosen)

    def _listed(self, key: str) -> list[Listed]:
        from tui.screens.comments import Listed

        document = self._frame.attempt_pane.document_view.document
        known = self._triage.assessment(key)
        aligned = document if isinstance(document, CompareDocument) else None
        return [
            Listed(c, verdict.reviewer, aligned.line_of(c) if aligned else c.line)
            for verdict in (*known.verdicts, *known.outdated)
            for c in verdict.comments
        ]


def _line_text(view: DocumentView, place: Place) -> str:
    """The line of code under the cursor, which is at `place`."""
    texts = view.document.text_of(view.row).split("\n")
    return texts[-1 if place.side is Side.ATTEMPT else 0]
