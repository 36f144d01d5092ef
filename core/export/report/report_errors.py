"""What is wrong with patches, by criterion and voice: a distribution."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from core.export.report.report_blocks import Block, paragraph, table
from core.export.report.report_words import TEMPLATE
from core.export.stats_text import percent_range
from core.stats.figures import Statistics
from core.stats.rates import DECISIONS, FACTS, OPINIONS, Rate

_WRONG: Mapping[str, str] = {
    "syntax_correct": "syntax is wrong",
    "files_match": "other files than the human's",
    "optimization_logic_match": "another logic",
    "is_complete": "not complete",
    TEMPLATE: "template code",
}
_VOICES = {FACTS: "checks", OPINIONS: "judge", DECISIONS: "people"}


def error_blocks(stats: Statistics) -> Iterator[Block]:
    """A row per criterion, a column per voice; nothing if nobody has looked at anything."""
    rates = {(rate.label, rate.voice): rate for rate in stats.rates}
    if not any(rates[name, voice].of for name in _WRONG for voice in _VOICES):
        return
    yield paragraph(
        f"Of {stats.patches} patches, by who says it: how many are wrong, of how many that is "
        "known, and the least and largest share of all patches that the unknown ones leave."
    )
    rows = [
        (wrong, *(_told(rates[name, voice], name == TEMPLATE) for voice in _VOICES))
        for name, wrong in _WRONG.items()
    ]
    yield table("What is wrong, criterion by criterion", ("what", *_VOICES.values()), rows)


def _told(rate: Rate, bad_when_true: bool) -> str:
    if not rate.of or rate.this_set is None:
        return "unknown"
    count, (low, high) = rate.count, rate.this_set
    if not bad_when_true:
        count, (low, high) = rate.of - rate.count, (1 - high, 1 - low)
    return f"{count} of {rate.of}; {percent_range((low, high))} of all"
