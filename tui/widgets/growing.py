"""A text that is shown at its full height, however its content changes."""

from __future__ import annotations

from textual.content import Content
from textual.visual import VisualType
from textual.widgets import Static


class Growing(Static):
    """A static text whose height is measured again once it is drawn.

    Textual (8.2) keeps the previous content's height if a text is updated twice without being idle
    in between, and a layout was made meanwhile: lines are then cut for good.
    """

    def update(self, content: VisualType = "", *, layout: bool = True) -> None:
        """Show another text; the one that is shown costs nothing, however often it comes."""
        shown = self.content
        if isinstance(content, Content) and isinstance(shown, Content) and content.is_same(shown):
            return
        super().update(content, layout=layout)
        if layout:
            self.call_after_refresh(self._measure_again)

    def _measure_again(self) -> None:
        if self.is_attached and self.styles.is_auto_height and self.content_size.width:
            size = self.content_size
            if self.get_content_height(size, self.app.size, size.width) != size.height:
                self.refresh(layout=True)
