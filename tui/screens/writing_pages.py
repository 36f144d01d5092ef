"""The subjects one can write on beside the diff, as pages: attempt, human commit, whole, a line."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct, field
from textual.content import Content

from core.assess.comments import Comments, comment_on, put, same_place
from core.assess.tags import known_tags
from core.models import CommentKind, LineComment
from core.records import replace
from core.text import one_line, visible
from core.triage import Triage
from core.triage.sheets import Sheet, Sheets
from tui.documents.document import Place
from tui.screens.kept_draft import KeptDraft

SNIPPETS: Mapping[str, str] = {
    "copy": "Only copies of the same change.",
    "dup": "Duplicate keyword arguments: the file does not parse.",
    "gen": "Generic optimisation that has nothing to do with the human change.",
    "infra": "Infrastructure error: the agent never ran.",
    "part": "Only part of the human change: ",
    "place": "The right idea in the wrong place.",
    "template": "Template code that nothing calls.",
}
"""Snippets by name; `snippets` in the settings adds others or replaces them."""

_QUOTED = 5
"""Lines of code that are quoted above a comment."""


class AnalysisPage(Struct):
    """The note, the tags and the headings of one subject."""

    sheets: Sheets
    triage: Triage
    sheet: Sheet
    title: str
    recorded: Callable[[list[str]], None]  # called with what was recorded
    draft: KeptDraft
    record_on: Callable[[Sheet, Mapping[str, str]], list[str]]
    own_snippets: Mapping[str, str]
    turns_to: str

    @property
    def headings(self) -> Mapping[str, str]:
        return self.sheet.headings

    @property
    def texts(self) -> Mapping[str, str]:
        return self.sheet.texts

    @property
    def closed(self) -> str:
        return self.sheet.closed

    @property
    def is_turned(self) -> bool:
        return False

    def above(self) -> Content:
        return Content("")

    def below(self, name: str) -> str:
        return self.sheet.others.get(name, "")

    def prefill(self, name: str) -> str:
        return self.sheets.prefill(self.sheet, name)

    def tags(self) -> Sequence[str]:
        return known_tags(self.triage.assessments())

    def snippets(self) -> Mapping[str, str]:
        return {**SNIPPETS, **self.own_snippets}

    def record(self, texts: Mapping[str, str]) -> None:
        self.recorded(self.record_on(self.sheet, texts))

    def stretch(self, lines: int) -> None:
        """It has no lines to change."""

    def restore(self) -> None:
        """There is nothing besides its texts."""

    def find_draft(self) -> str | None:
        found = None if self.closed else self.draft.find()
        return found.text if found else None

    def keep_draft(self, text: str) -> None:
        self.draft.keep(text)

    def drop_draft(self) -> None:
        self.draft.drop()


class CommentPage(Struct):
    """A comment on a line or some lines: the existing one, else a new one."""

    name: str
    place: Place
    lines: Mapping[int, str]  # the code on this side by line number
    comments: Comments  # the reviewer's, on this attempt
    now: LineComment | None  # the comment that is changed
    record_all: Callable[[Comments], None]
    draft: KeptDraft
    own_snippets: Mapping[str, str]
    kind: CommentKind = CommentKind.NOTE
    last: int = 0
    turns_to: str = "kind"
    closed: str = ""
    headings: Mapping[str, str] = field(default_factory=lambda: {"text": "Comment"})

    @property
    def title(self) -> str:
        return f"{self.name} · comment"

    @property
    def texts(self) -> Mapping[str, str]:
        return {"text": self.now.text if self.now else ""}

    def above(self) -> Content:
        """The kind, the place, and the code that it is about."""
        first, last = self.place.line, self.last
        where = f"{first}" if last <= first else f"{first}-{last}"
        kinds = "  ".join(f"[{k.value}]" if k is self.kind else k.value for k in CommentKind)
        quoted = [one_line(text, 200) for text in self._quoted[:_QUOTED]]
        more = ["…"] if len(self._quoted) > _QUOTED else []
        return Content.assemble(
            (f"{visible(self.place.file)}:{where} ({self.place.side.value})\n", "bold"),
            ("\n".join(f"│ {text}" for text in (*quoted, *more)) + "\n", "$dim"),
            (f"{kinds}   ^t kind  ^↓ ^↑ lines", "$accent-text"),
        )

    @property
    def _quoted(self) -> list[str]:
        return [self.lines[at] for at in range(self.place.line, self.last + 1) if at in self.lines]

    def below(self, name: str) -> str:
        return ""

    def prefill(self, name: str) -> str:
        return ""

    def tags(self) -> Sequence[str]:
        return ()

    def snippets(self) -> Mapping[str, str]:
        return {**SNIPPETS, **self.own_snippets}

    def turn(self) -> None:
        """The next kind."""
        kinds = list(CommentKind)
        self.kind = kinds[(kinds.index(self.kind) + 1) % len(kinds)]

    def stretch(self, lines: int) -> None:
        """Extend the range to more of the lines that are known here."""
        last = max(self.place.line, self.last + lines)
        if last == self.place.line or last in self.lines:
            self.last = last

    def restore(self) -> None:
        """Kind and range as they are recorded."""
        now = self.now
        self.kind = now.kind if now else CommentKind.NOTE
        self.last = (now.last_line or now.line) if now else self.place.line

    @property
    def is_turned(self) -> bool:
        """Does the kind or the range differ from what is recorded?"""
        now = self.now
        return now is not None and (now.kind, now.last_line or now.line) != (self.kind, self.last)

    def record(self, texts: Mapping[str, str]) -> None:
        """Record it; without a text it is deleted."""
        text = texts["text"].rstrip()
        place = self.place
        made = comment_on(place.file, place.line, self._quoted, text, place.side, self.kind)
        if self.now is not None and self.last == (self.now.last_line or self.now.line):
            made = replace(self.now, text=text, kind=self.kind)
        self.record_all(put(self.comments, made, self.now))

    def find_draft(self) -> str | None:
        """The saved draft, with its kind and as many of its lines as are known here."""
        found = self.draft.find()
        if found is None:
            return None
        self.kind = next((kind for kind in CommentKind if kind.value == found.kind), self.kind)
        last = found.last_line or self.last
        while self.last < last and self.last + 1 in self.lines:
            self.last += 1
        self.last = max(self.place.line, min(self.last, last))
        return found.text

    def keep_draft(self, text: str) -> None:
        self.draft.keep(text, kind=self.kind.value, last_line=self.last)

    def drop_draft(self) -> None:
        self.draft.drop()


def comment_at(comments: Comments, place: Place) -> LineComment | None:
    """The comment that begins at a place, if there is one."""
    fresh = comment_on(place.file, place.line, [""], "", place.side)
    at = [c for c in comments if same_place(replace(c, last_line=None), fresh)]
    return at[-1] if at else None
