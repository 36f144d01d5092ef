"""Reads what is shown of the selected attempt, and ahead of time what the next ones will show.

What was read ahead is seen by nobody until its attempt is selected; what was shown is held for the
way back. Either is held for a few attempts, and counts only while its files are unchanged. A
failure to read ahead is reported when somebody wants to see the result: it is then read again, and
may be there.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from msgspec import Struct
from textual.message_pump import MessagePump

from core.errors import PatchjuryError
from core.models import Attempt, HumanCommit
from core.session import Session
from core.sources import recorded_size, stamp_of
from tui.documents.compare_document import CompareDocument
from tui.documents.document import Document
from tui.documents.layout import View
from tui.documents.marks import Mark, marks_of
from tui.documents.read_documents import read_documents
from tui.work.latest import Latest
from tui.work.trouble import as_trouble

MOST_AHEAD = 3
"""How many attempts are read ahead."""

MOST_BEHIND = 3
"""How many attempts are held after they were shown."""

MOST_BYTES = 300_000
"""Of longer patches no document is held: only the basis of a decision is read ahead."""

_HELD_TABS = ("compare", "human", "attempt")  # what they show rests on the two patches alone

Cancelled = Callable[[], bool]
Stamps = tuple[object, ...]


class Showing(Struct, frozen=True):
    """How a tab shows attempts now; `lines` of it are visible."""

    tab: str
    view: View
    width: int
    lines: int


class Ready(Struct, frozen=True):
    """What was read of an attempt; without a document only the basis of a decision."""

    stamps: Stamps | None  # None: its files may change unnoticed
    showing: Showing
    document: Document | None
    marks: Sequence[Mark] = ()


class Reading:
    """Tells its owner what was read: a document (better ones may follow), or the basis.

    `arrived` is given each document of the selected attempt, and None once the basis of a decision
    on what is shown is known.
    """

    def __init__(
        self,
        owner: MessagePump,
        session: Session,
        arrived: Callable[[str, str, Document | None], None],
        failed: Callable[[str, PatchjuryError], None],
    ) -> None:
        self._owner = owner
        self._session = session
        self._triage = session.triage
        self._arrived = arrived
        self._failed = failed
        self._now = Latest(owner)
        self._ahead = Latest(owner)
        self._ready: dict[str, Ready] = {}
        self._shown: deque[str] = deque(maxlen=MOST_BEHIND + 1)  # and the one on screen

    def cancel(self) -> None:
        """Nothing is selected: let nothing arrive."""
        self._now.cancel()
        self._ahead.cancel()

    def read(self, key: str, showing: Showing) -> None:
        """Read what is shown of an attempt; what is already there arrives before this returns."""
        self._ahead.cancel()
        ready = self._ready.get(key)
        marks = marks_of(self._triage.assessment(key))
        shown = None if ready is None else _shown_now(ready, showing, marks)
        if key in self._shown:
            self._shown.remove(key)
        self._shown.append(key)

        def job(cancelled: Cancelled) -> Iterator[Document | Ready | None]:
            stamps = self._stamps(key)
            is_fresh = ready is not None and stamps is not None and stamps == ready.stamps
            if is_fresh and shown is not None:
                yield None
                return
            document: Document | None = None
            documents = self._documents(key, showing, marks, cancelled)
            trouble = None
            try:
                for document in islice(documents, 1):
                    yield document
            except PatchjuryError as error:
                trouble = error
            if not is_fresh:
                self._triage.read_basis(key)  # what a decision from now on rests on
            yield None
            if trouble is not None:
                raise trouble
            for document in documents:
                yield document
            is_held = stamps is not None and self._may_hold(key, showing)
            yield Ready(stamps, showing, document if is_held else None, marks)

        def take(result: Document | Ready | None) -> None:
            if isinstance(result, Ready):
                self._hold(key, result)
            else:
                self._arrived(key, showing.tab, result)

        self._now.run(job, take, lambda error: self._failed(key, error))
        if shown is not None:
            self._arrived(key, showing.tab, shown)

    def read_ahead(self, keys: Sequence[str], showing: Showing) -> None:
        """Have these attempts ready, the first one first, beside those that were shown last.

        What is held of others is dropped. It begins once the selected attempt is painted: two
        threads would take turns.
        """
        kept = (*self._shown, *keys)
        self._ready = {key: self._ready[key] for key in kept if key in self._ready}
        missing = [key for key in keys if key not in self._ready]
        if not missing:
            return

        def job(cancelled: Cancelled) -> Iterator[tuple[str, Ready]]:
            for key in missing:
                if cancelled():
                    return
                try:
                    ready = self._prepare(key, showing, cancelled)
                except Exception as error:  # noqa: BLE001 - of one nobody asked for: see the module
                    as_trouble(error)  # what nobody foresaw is in the log
                    continue
                if ready is not None:
                    yield key, ready

        def begin() -> None:
            self._ahead.run(job, lambda held: self._hold(*held), lambda error: None)

        self._owner.call_after_refresh(begin)

    def _hold(self, key: str, ready: Ready) -> None:
        self._ready[key] = ready

    def _prepare(self, key: str, showing: Showing, cancelled: Cancelled) -> Ready | None:
        """Read an attempt as if it was shown; None if it may not stay the same."""
        stamps = self._stamps(key)
        if stamps is None:
            return None
        document: Document | None = None
        marks = marks_of(self._triage.assessment(key))
        if self._may_hold(key, showing):
            for document in deque(self._documents(key, showing, marks, cancelled), maxlen=1):
                _draw_ahead(document, showing, cancelled)
        self._triage.read_basis(key)
        return None if cancelled() else Ready(stamps, showing, document, marks)

    def _may_hold(self, key: str, showing: Showing) -> bool:
        """Is what a tab shows of an attempt neither large nor more than its two patches?"""
        source = self._attempt(key).patch.source
        size = recorded_size(source) if source is not None else 0
        return showing.tab in _HELD_TABS and size is not None and size <= MOST_BYTES

    def _documents(
        self, key: str, showing: Showing, marks: Sequence[Mark], cancelled: Cancelled
    ) -> Iterator[Document]:
        attempt, commit = self._attempt(key), self._commit(key)
        tab, view = showing.tab, showing.view
        return read_documents(tab, attempt, commit, marks, view, self._session, cancelled)

    def _stamps(self, key: str) -> Stamps | None:
        """What identifies the current state of both patches; None if nothing does."""
        sources = (self._attempt(key).patch.source, self._commit(key).diff)
        stamps = tuple(stamp_of(source) for source in sources if source is not None)
        return None if None in stamps else stamps

    def _attempt(self, key: str) -> Attempt:
        return self._triage.attempt(key)

    def _commit(self, key: str) -> HumanCommit:
        return self._triage.commit(self._attempt(key).reference_sha)


def _shown_now(ready: Ready, showing: Showing, marks: Sequence[Mark]) -> Document | None:
    """What is held, as it is shown now; None if it was for another tab."""
    document = ready.document
    if document is None or ready.showing.tab != showing.tab:
        return None
    if isinstance(document, CompareDocument):
        if marks != ready.marks:
            document = document.with_marks(marks)
        if showing.view != document.view:
            document = document.with_view(showing.view)
    return document


def _draw_ahead(document: Document, showing: Showing, cancelled: Cancelled) -> None:
    """Draw the first screenful once, so that its colours are ready as well."""
    for row in range(min(showing.lines, len(document))):
        document.draw(row, showing.width, 0)
    if (work := document.work()) is not None:
        work(cancelled)
