"""The draft of one text: found when its window opens, kept while it is being written."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from core.errors import StoreError
from core.store.drafts import Draft, Drafts


@dataclass(frozen=True, slots=True)
class KeptDraft:
    """Whose draft it is, about what and under which heading."""

    drafts: Drafts
    reviewer: str
    about: str
    heading: str

    def find(self) -> Draft | None:
        """What was kept; None when there is nothing."""
        subject = (self.about, self.heading)
        own = self.drafts.of(self.reviewer)
        return next((one for one in own if (one.about, one.heading) == subject), None)

    def keep(self, text: str, *, kind: str = "", last_line: int | None = None) -> None:
        """Keep the text as it is now; of a comment its kind and its last line, too.

        Raises `StoreError`.
        """
        now = datetime.now(UTC)
        draft = Draft(self.reviewer, self.about, self.heading, text, now)
        self.drafts.save(replace(draft, kind=kind, last_line=last_line))

    def drop(self) -> None:
        """Forget it: it was saved, or thrown away."""
        with suppress(StoreError):
            self.drafts.drop(self.reviewer, self.about, self.heading)
