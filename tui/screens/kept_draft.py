"""The draft of one text: found when its window opens, saved while it is being written."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

from msgspec import Struct

from core.errors import StoreError
from core.records import replace
from core.store.drafts import Draft, Drafts


class KeptDraft(Struct, frozen=True):
    """Whose draft it is, about what and under which heading."""

    drafts: Drafts
    reviewer: str
    about: str
    heading: str

    def find(self) -> Draft | None:
        """What was saved; None if there is nothing."""
        subject = (self.about, self.heading)
        own = self.drafts.of(self.reviewer)
        return next((one for one in own if (one.about, one.heading) == subject), None)

    def keep(self, text: str, *, kind: str = "", last_line: int | None = None) -> None:
        """Save the text as it is now; for a comment also its kind and its last line.

        Raises `StoreError`.
        """
        now = datetime.now(UTC)
        draft = Draft(self.reviewer, self.about, self.heading, text, now)
        self.drafts.save(replace(draft, kind=kind, last_line=last_line))

    def drop(self) -> None:
        """Delete it: it was recorded, or discarded."""
        with suppress(StoreError):
            self.drafts.drop(self.reviewer, self.about, self.heading)
