"""What Enter opens in a comparison: the lines of a gap, the remarks on a line."""

from __future__ import annotations

from collections.abc import Callable

from core.records import replace
from tui.documents.compare_document import CompareDocument


def open_at(
    document: CompareDocument, row: int, base_text: Callable[[str], str | None]
) -> CompareDocument | None:
    """The document with what a row represents opened; None if that is nothing, or unknown.

    `base_text` returns a file of the base, None if it is missing.
    """
    gap = document.gap_at(row)
    if gap is None:
        return document.with_toggled(row)
    text = base_text(gap.path)
    if text is None:
        return None
    lines = text.split("\n")[gap.first - 1 : gap.first - 1 + gap.count]
    opened = {**document.view.base_lines, (gap.file, gap.row): lines}
    return document.with_view(replace(document.view, base_lines=opened))
