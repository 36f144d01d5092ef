"""Bars and ranges as inline SVG, each with a title that says all of it in words."""

from __future__ import annotations

from html import escape

from core.export.report.report_blocks import Bar, Ranges, Table, Tone
from core.export.stats_text import percent_range


def bar_svg(bar: Bar) -> str:
    """Counts side by side that fill the whole width."""
    total = sum(count for _, count, _ in bar.parts)
    told = ", ".join(f"{count} {name}" for name, count, _ in bar.parts if count) or "none"
    rects, at = [], 0.0
    for _, count, tone in bar.parts:
        if count and tone:
            width = 100 * count / total
            rects.append(
                f'<rect class="{tone}" x="{at:.2f}" y="0" width="{width:.2f}" height="8"/>'
            )
        at += 100 * count / total if total else 0
    return _svg(told, "".join(rects), 8)


def ranges_svg(found: Ranges) -> str:
    """A scale from 0 to 100 %: bounds of this set wide, the interval thin, the share a tick."""
    told = []
    shapes = ['<rect class="scale" x="0" y="5.5" width="100" height="1"/>']
    if found.this_set is not None:
        low, high = found.this_set
        shapes.append(_rect("unknown", low, high, 2, 8))
        told.append(f"this set {percent_range(found.this_set)}")
    if found.like_these is not None:
        low, high = found.like_these
        shapes.append(_rect("good", low, high, 5, 2))
        told.append(f"attempts like these {percent_range(found.like_these)}")
    if found.share is not None:
        shapes.append(_rect("ink", found.share, found.share, 0, 12))
        told.insert(0, f"share {100 * found.share:.0f} %")
    return _svg(", ".join(told) or "nothing is known", "".join(shapes), 12)


def _rect(name: str, low: float, high: float, y: float, height: float) -> str:
    """From one share to another, and never too narrow to see."""
    width = max(100 * (high - low), 0.8)
    x = min(100 * low, 100 - width)
    return f'<rect class="{name}" x="{x:.2f}" y="{y}" width="{width:.2f}" height="{height}"/>'


def _svg(title: str, shapes: str, height: int) -> str:
    box = f'viewBox="0 0 100 {height}" preserveAspectRatio="none"'
    return f'<svg {box} role="img"><title>{escape(title)}</title>{shapes}</svg>'


def legend(block: Table) -> str:
    """What the colours of a table's bars mean."""
    cells = [cell for row in block.rows for cell in row]
    names: dict[str, str] = {}
    for cell in cells:
        if isinstance(cell, Bar):
            names |= {name: tone for name, _, tone in cell.parts if tone}
        if isinstance(cell, Ranges):
            parts = (
                ("this set", Tone.UNKNOWN, cell.this_set),
                ("attempts like these", Tone.GOOD, cell.like_these),
                ("share", "ink", cell.share),
            )
            names |= {name: tone for name, tone, drawn in parts if drawn is not None}
    if not names:
        return ""
    items = "".join(f"<span>{_swatch(tone)}{escape(name)}</span>" for name, tone in names.items())
    return f'<p class="legend">{items}</p>\n'


def _swatch(tone: str) -> str:
    shape = f'<rect class="{tone}" x="0" y="0" width="100" height="8"/>'
    box = 'viewBox="0 0 100 8" preserveAspectRatio="none"'
    return f'<svg {box} aria-hidden="true">{shape}</svg>'
