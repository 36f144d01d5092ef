"""The writing pane: which page is open, where it is recorded, what happens to drafts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from textual.widget import Widget

from core.assess.comments import Comments
from core.errors import PatchjuryError
from core.models import AnalysisScope
from core.store.drafts import Draft
from core.text import one_line
from core.triage.sheets import Sheet, Sheets
from tui.render.said import attempt_name
from tui.screens.commenting import COMMENT, Commenting
from tui.screens.panes import Panes
from tui.screens.recording import Recording
from tui.screens.restyling import mark
from tui.screens.triage_frame import TriageFrame

if TYPE_CHECKING:
    from tui.screens.writing_pages import AnalysisPage, CommentPage
    from tui.widgets.writing_pane import WritingPane

_FIELDS = {"note": "note", "tags": "tags", "analysis": "right"}
_NEXT = {
    AnalysisScope.ATTEMPT: (AnalysisScope.COMMIT, "commit"),
    AnalysisScope.COMMIT: (AnalysisScope.WHOLE, "whole"),
    AnalysisScope.WHOLE: (AnalysisScope.ATTEMPT, "attempt"),
}


class Writing:
    """Opens the pane beside the diff, and passes what is written there to the triage."""

    def __init__(
        self,
        frame: TriageFrame,
        panes: Panes,
        recording: Recording,
    ) -> None:
        self._frame = frame
        self._triage = frame.session.triage
        self._sheets = Sheets(self._triage)
        self._panes = panes
        self._recording = recording
        self._commenting = Commenting(frame, self._record_comments)
        self._pane: WritingPane | None = None
        self._key: str | None = None  # the attempt on screen when it was opened
        self._page: AnalysisPage | CommentPage | None = None
        self._from: Widget | None = None  # what had the focus before

    @property
    def is_open(self) -> bool:
        """Is the pane open beside the diff?"""
        return self._pane is not None

    # Opening

    def open(self, what: str, key: str) -> None:
        """Write a note, tags, an analysis, a comment; on the human commit, or on the whole."""
        if what == "comment":
            self._open_comment(key)
        elif what == "comments":
            self._commenting.list_all(key)
        elif what in _FIELDS:
            self._open_sheet(AnalysisScope.ATTEMPT, key, _FIELDS[what])
        else:
            self._open_sheet(AnalysisScope(what), key)

    def _open_sheet(self, scope: AnalysisScope, key: str, field: str = "") -> None:
        sheet = self._sheet(scope, key)
        page = self._page
        if self._pane is not None and _is_on(page, sheet):
            self._pane.enter(field)
        else:
            self._show(self._analysis_page(sheet, key), key, field)

    def _sheet(self, scope: AnalysisScope, key: str) -> Sheet:
        sha = self._triage.attempt(key).reference_sha
        about = {AnalysisScope.ATTEMPT: key, AnalysisScope.COMMIT: sha}.get(scope, "")
        return self._sheets.sheet(scope, about)

    def _analysis_page(self, sheet: Sheet, key: str) -> AnalysisPage:
        from tui.screens.kept_draft import KeptDraft
        from tui.screens.writing_pages import AnalysisPage

        def record(sheet: Sheet, texts: Mapping[str, str]) -> list[str]:
            return self._sheets.record(sheet, texts, **self._recording.moment(key))

        def recorded(headings: list[str]) -> None:
            self._recording.show()
            self._frame.attempt_pane.refresh_marks()
            self._frame.say(f"{title}: recorded {', '.join(headings)}")

        title = self._title(sheet, key)
        draft = KeptDraft(
            self._triage.store.drafts, self._triage.reviewer, sheet.about, sheet.scope.value
        )
        snippets = self._frame.session.settings.review.snippets
        turns_to = _NEXT[sheet.scope][1]
        return AnalysisPage(
            self._sheets, self._triage, sheet, title, recorded, draft, record, snippets, turns_to
        )

    def _title(self, sheet: Sheet, key: str) -> str:
        if sheet.scope is AnalysisScope.WHOLE:
            return "the whole run"
        name = attempt_name(self._triage.attempt(key))
        return name if sheet.scope is AnalysisScope.ATTEMPT else f"human commit {name[:8]}"

    def _open_comment(self, key: str) -> None:
        page = self._commenting.page(key)
        if page is None:
            self._frame.refuse("first move the cursor of the diff to a line of code (Tab, j and k)")
        else:
            self._show(page, key, "text")

    def _record_comments(self, key: str, comments: Comments) -> None:
        self._recording.record(key, {"comments": comments})
        self._frame.attempt_pane.refresh_marks()

    def _show(self, page: AnalysisPage | CommentPage, key: str, field: str) -> None:
        from tui.widgets.writing_pane import WritingPane  # its text area is slow to import

        if self._pane is None:
            self._from = self._frame.focused
        if not self._put_away():
            return
        pane = WritingPane(page, self._turn, self._left, enters=field)
        self._pane, self._page, self._key = pane, page, key
        mark(self._frame, True, "-writing")
        self._frame.query_one("#body").mount(pane)

    # What happens to it

    def _turn(self) -> None:
        from tui.screens.writing_pages import CommentPage

        page, key, pane = self._page, self._key, self._pane
        if pane is None or page is None or key is None:
            return
        if isinstance(page, CommentPage):
            page.turn()
            pane.show_above()
        else:
            pane.record()
            self._open_sheet(_NEXT[page.sheet.scope][0], key)

    def _left(self, is_over: bool) -> None:
        if is_over:
            self.close()
        self._go_back()

    def _go_back(self) -> None:
        before = self._from
        reading = self._frame.attempt_pane.document_view
        self._panes.focus(before if before is not None and before.is_mounted else reading)

    def close(self) -> bool:
        """Close the pane; what is not recorded stays a draft. False: none is open."""
        was_open = self._pane is not None
        if self._put_away():
            mark(self._frame, False, "-writing")
        return was_open

    def _put_away(self) -> bool:
        """Close the pane; False: it stays, because its text cannot be saved anywhere."""
        pane = self._pane
        if pane is None:
            return True
        try:
            if pane.keep_draft():
                said = f"{pane.page.title}: your text is kept as a draft"
                self._frame.say(said, "$warning")
        except PatchjuryError as error:
            title = "It stays open: ^s records, ^r twice discards"
            self._frame.notify(str(error), title=title, severity="error", markup=False)
            return False
        self._pane = self._page = None
        pane.remove()
        return True

    def follow(self, key: str | None) -> None:
        """Another attempt is selected: the pane follows it, or keeps its commit or the whole."""
        if self._pane is None or key is None or key == self._key:
            return
        page = self._page
        from tui.screens.writing_pages import AnalysisPage

        if not isinstance(page, AnalysisPage):
            self.close()
            return
        sheet = self._sheet(page.sheet.scope, key)
        if not _is_on(page, sheet):
            self._show_quietly(self._analysis_page(sheet, key), key)
        else:
            self._key = key

    def _show_quietly(self, page: AnalysisPage, key: str) -> None:
        from tui.widgets.writing_pane import WritingPane

        if not self._put_away():
            return
        pane = WritingPane(page, self._turn, self._left)
        self._pane, self._page, self._key = pane, page, key
        self._frame.query_one("#body").mount(pane)

    def show_recorded(self, scope: AnalysisScope, about: str) -> None:
        """What is recorded on a subject changed: the pane shows that, unless it has been edited."""
        from tui.screens.writing_pages import AnalysisPage

        page, key = self._page, self._key
        if self._pane is None or key is None or self._pane.is_changed:
            return
        sheet = self._sheets.sheet(scope, about)
        if isinstance(page, AnalysisPage) and _is_on(page, sheet):
            self._show_quietly(self._analysis_page(sheet, key), key)

    def record_open(self, key: str | None) -> bool:
        """Record what is in the pane, if it was opened on this attempt; False: nothing."""
        pane = self._pane
        if pane is None or self._key != key or not pane.is_changed:
            return False
        pane.record()
        self.close()
        return True

    def offer_drafts(self) -> None:
        """Report what was begun and not recorded, and how to continue it."""
        drafts = self._triage.store.drafts.of(self._triage.reviewer)
        begun = [
            f"{name}{_line(draft)}{' (found in the folder)' if draft.found else ''}"
            for draft in drafts
            if (name := self.name_of(draft.about))
        ]
        if begun:
            names = ", ".join(dict.fromkeys(begun))
            said = f"Unrecorded drafts: {names}. They open again where you write (a, e, c)."
            self._frame.notify(said, title="Drafts")

    def name_of(self, about: str) -> str:
        """What a draft is about; "" if that no longer exists."""
        if about in self._triage.run_set.commits or not about:
            return f"human commit {about[:8]}" if about else "the whole run"
        return attempt_name(self._triage.attempt(about)) if about in self._keys else ""

    @property
    def _keys(self) -> set[str]:
        return {attempt.key for attempt in self._triage.run_set.attempts}

    def keep_draft(self) -> None:
        """Save what is not recorded; nobody can be asked any more. Raises `StoreError`."""
        if self._pane is not None:
            self._pane.keep_draft()


def _line(draft: Draft) -> str:
    """The line that a draft of a comment is on."""
    _, _, place = draft.heading.partition(f"{COMMENT} ")
    return f" ({one_line(place, 80)})" if place else ""


def _is_on(page: AnalysisPage | CommentPage | None, sheet: Sheet) -> bool:
    shown = getattr(page, "sheet", None)
    return shown is not None and (shown.scope, shown.about) == (sheet.scope, sheet.about)
