"""The figures of a bare table as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from core.export.design_text import label_lines, rate_lines, sample_lines
from core.export.stats_text import agreement_words, confusion_words, format_rate, rate_label
from core.stats.label_sheet import LabelSheet
from core.text import one_line

_MOST_NAMED = 60


def format_sheet(sheet: LabelSheet) -> str:
    """All figures as text, ending in a line feed; then the items to label next."""
    return "".join(f"{line}\n" for line in _lines(sheet))


def _lines(sheet: LabelSheet) -> Iterator[str]:
    roles = sheet.roles
    humans = ", ".join(one_line(name, 40) for name in roles.humans) or "none"
    named = (one_line(name, 40) or "none" for name in (roles.item, roles.judge, roles.cluster))
    item, judge, cluster = named
    yield f"columns: item {item}, judge {judge}, people {humans}, cluster {cluster}"
    yield (
        f"{sheet.rows} rows, {sheet.items} items: {sheet.judged} judged, {sheet.decided} decided, "
        f"{sheet.disputed} in dispute"
    )
    if sheet.doubled:
        yield f"{sheet.doubled} rows repeat an item: the first one counts"
    if sheet.odd:
        words = ", ".join(f"{one_line(word, 30)!r} {n}" for word, n in list(sheet.odd.items())[:10])
        yield f"not understood, so counted as missing: {words} (name the success with --positive)"
    for rate in sheet.rates:
        if rate.of:
            yield f"{rate_label(rate)}: {format_rate(rate)}"
    yield from sample_lines(sheet.samples)
    yield from rate_lines(sheet.corrected)
    for pair in sheet.agreement:
        names = " and ".join(one_line(name, 40) for name in (pair.first, pair.second))
        yield f"agreement of {names}: {agreement_words(pair.agreement, 'items')}"
        yield f"  {confusion_words(pair.agreement)}"
    yield from label_lines(sheet.label_next)
    yield from (f"  {one_line(key, 120)}" for key in sheet.label_next.attempts[:_MOST_NAMED])
