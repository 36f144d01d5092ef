"""The draft of one text: found when its window opens, kept while it is being written."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from core.errors import StoreError
from core.store.drafts import Draft, Drafts


@dataclass(frozen=True, slots=True)
class KeptDraft:
    """Whose draft it is, about what and under which heading; a store that fails disturbs nobody."""

    drafts: Drafts
    reviewer: str
    about: str
    heading: str

    def find(self) -> str | None:
        """What was kept; None when there is nothing."""
        subject = (self.about, self.heading)
        own = self.drafts.of(self.reviewer)
        return next((one.text for one in own if (one.about, one.heading) == subject), None)

    def keep(self, text: str) -> None:
        """Keep the text as it is now."""
        with suppress(StoreError):
            now = datetime.now(UTC)
            self.drafts.save(Draft(self.reviewer, self.about, self.heading, text, now))

    def drop(self) -> None:
        """Forget it: it was saved, or thrown away."""
        with suppress(StoreError):
            self.drafts.drop(self.reviewer, self.about, self.heading)
