"""Reads what is shown of the selected attempt, and ahead of time what the next ones will show.

What was read ahead counts only while its files are unchanged, is held for a few attempts, and is
seen by nobody until its attempt is selected. A failure to read ahead is reported when somebody
wants to see the result: it is then read again, and may be there.
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

MOST_BYTES = 300_000
"""For longer patches only the basis of a decision is read ahead."""

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
    """What was read ahead of an attempt; without a document only the basis of a decision."""

    stamps: Stamps
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

    def cancel(self) -> None:
        """Nothing is selected: let nothing arrive."""
        self._now.cancel()
        self._ahead.cancel()

    def read(self, key: str, showing: Showing) -> None:
        """Read what is shown of an attempt; what is already there arrives before this returns."""
        self._ahead.cancel()
        ready = self._ready.pop(key, None)
        marks = marks_of(self._triage.assessment(key))
        shown = None if ready is None else _shown_now(ready, showing, marks)

        def job(cancelled: Cancelled) -> Iterator[Document | None]:
            if ready is not None and shown is not None and self._is_fresh(key, ready):
                yield None
                return
            documents = self._documents(key, showing, marks, cancelled)
            trouble = None
            try:
                yield from islice(documents, 1)
            except PatchjuryError as error:
                trouble = error
            if ready is None or not self._is_fresh(key, ready):
                self._triage.read_basis(key)  # what a decision from now on rests on
            yield None
            if trouble is not None:
                raise trouble
            yield from documents

        self._now.run(
            job,
            lambda document: self._arrived(key, showing.tab, document),
            lambda error: self._failed(key, error),
        )
        if shown is not None:
            self._arrived(key, showing.tab, shown)

    def read_ahead(self, keys: Sequence[str], showing: Showing) -> None:
        """Have these attempts ready, the first one first; what is held of others is dropped.

        It begins once the selected attempt is painted: two threads would take turns.
        """
        self._ready = {key: self._ready[key] for key in keys if key in self._ready}
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
        source = self._attempt(key).patch.source
        size = recorded_size(source) if source is not None else 0
        if showing.tab in _HELD_TABS and size is not None and size <= MOST_BYTES:
            for document in deque(self._documents(key, showing, marks, cancelled), maxlen=1):
                _draw_ahead(document, showing, cancelled)
        self._triage.read_basis(key)
        return None if cancelled() else Ready(stamps, showing, document, marks)

    def _documents(
        self, key: str, showing: Showing, marks: Sequence[Mark], cancelled: Cancelled
    ) -> Iterator[Document]:
        attempt, commit = self._attempt(key), self._commit(key)
        tab, view = showing.tab, showing.view
        return read_documents(tab, attempt, commit, marks, view, self._session, cancelled)

    def _is_fresh(self, key: str, ready: Ready) -> bool:
        return self._stamps(key) == ready.stamps

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
    """What was read ahead, as it is shown now; None if it was for another tab."""
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
