"""The fields to write in: a text under its heading, and tags that complete.

The visible form of a text is shown; untouched text is returned as it was stored.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from rich.style import Style
from textual.suggester import Suggester
from textual.widgets import Input, TextArea

from core.assess.tags import complete_tag
from core.text import stored_text, visible

ABBREVIATION = ";"
"""The prefix of a snippet's name when typed."""


class TextField(TextArea):
    """One text of several lines."""

    def __init__(self, label: str, text: str) -> None:
        super().__init__(visible(text, keep_newlines=True), tab_behavior="focus", compact=True)
        self.label = label
        self._text = text

    @property
    def rich_style(self) -> Style:
        """Always with a background: for none, Textual's editor takes a name that Rich cannot read.

        None is behind a field that was taken away, which may still be drawn.
        """
        style = super().rich_style
        return style if style.bgcolor else style + Style(bgcolor="default")

    @property
    def stored(self) -> str:
        """The text as it is to be stored."""
        return stored_text(self._text, self.text.rstrip())

    def put(self, text: str) -> None:
        """Show another stored text, the cursor at its end."""
        self._text = text
        self.load_text(visible(text, keep_newlines=True))
        self.move_cursor(self.document.end)

    def add_lines(self, text: str) -> None:
        """Add lines below what is written."""
        before = self.text.rstrip()
        self.move_cursor(self.document.end)
        self.insert(f"\n{text}" if before else text)

    def abbreviation(self) -> str:
        """The name of a snippet that was typed just before the cursor; "" for none."""
        row, column = self.cursor_location
        _, mark, name = self.document.get_line(row)[:column].rpartition(ABBREVIATION)
        return name if mark and name.isidentifier() else ""

    def expand_name(self, snippets: Mapping[str, str]) -> bool:
        """Replace a snippet's name with its text; False if none was typed."""
        name = self.abbreviation()
        if name not in snippets:
            return False
        row, column = self.cursor_location
        start = column - len(name) - len(ABBREVIATION)
        self.replace(visible(snippets[name], keep_newlines=True), (row, start), (row, column))
        return True


class TagsField(Input):
    """Comma-separated tags; the last one completes from those in use and the usual ones."""

    def __init__(self, label: str, text: str, known: Callable[[], Sequence[str]]) -> None:
        super().__init__(
            visible(text),
            compact=True,
            select_on_focus=False,
            suggester=_Tags(known),
            placeholder="→ completes",
        )
        self.label = label
        self._text = text

    @property
    def stored(self) -> str:
        """The tags as they are to be stored."""
        return stored_text(self._text, self.value)

    def put(self, text: str) -> None:
        """Show other tags."""
        self._text, self.value = text, visible(text)


class _Tags(Suggester):
    def __init__(self, known: Callable[[], Sequence[str]]) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._known = known

    async def get_suggestion(self, value: str) -> str | None:
        """The tags with the last one completed."""
        wanted = value.rpartition(",")[2].lstrip()
        if not wanted:
            return None
        found = complete_tag(wanted, self._known())
        fitting = (tag for tag in found if tag.startswith(wanted) and tag != wanted)
        tag = next(fitting, None)
        return None if tag is None else value[: len(value) - len(wanted)] + visible(tag)
