"""How a row of the statistics looks: label, numbers, a bar with the unknown part, a note."""

from __future__ import annotations

from textual.content import Content

from core.export.openable_figures import FigureRow
from core.text import one_line

_WIDE_FROM = 110
_BAR = {True: 20, False: 10}
_LABEL = {True: 44, False: 23}


def figure_row(row: FigureRow, width: int) -> Content:
    """One row in exactly `width` cells."""
    if row.is_heading:
        return Content.styled(one_line(row.label, 200), "bold $accent-text").truncate(
            width, pad=True
        )
    if row.count is None or row.of is None:
        return Content.styled(one_line(row.label, 500), "").truncate(width, ellipsis=True, pad=True)
    label, cells = _LABEL[width >= _WIDE_FROM], _BAR[width >= _WIDE_FROM]
    indent = row.label[: len(row.label) - len(row.label.lstrip(" "))]
    name = Content(indent + one_line(row.label, 200)).truncate(label, ellipsis=True, pad=True)
    share = f"{100 * row.count / row.of:4.0f} %" if row.of else "      "
    return Content.assemble(
        "› " if row.opens else "  ",
        name,
        (f"{row.count:>7}", "bold" if row.opens else ""),
        (f"{share:>8}  " if row.low is None else f"{'':>8}  ", "$dim"),
        *bar(row, cells),
        (f"  {one_line(row.note, 400)}" if row.note else "", "$dim"),
    ).truncate(width, ellipsis=True, pad=True)


def bar(row: FigureRow, cells: int) -> list[tuple[str, str]]:
    """A bar of what is known, then of what the unknown ones leave possible."""
    if not row.of or row.count is None:
        return [(" " * cells, "")]
    low = row.count if row.low is None else row.low
    high = low if row.high is None else row.high
    known = round(cells * low / row.of)
    possible = max(known, round(cells * high / row.of))
    return [
        ("█" * known, "$accent-text"),
        ("▒" * (possible - known), "$middling"),
        ("·" * (cells - possible), "$dim"),
    ]
