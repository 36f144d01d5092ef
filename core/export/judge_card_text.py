"""The judge's card as table rows, or in one line where a format has one for each attempt."""

from __future__ import annotations

from collections.abc import Mapping

from core.stats.canary_bar import CanaryBar
from core.stats.judge_card import JudgeCard
from core.text import one_line


def card_rows(card: JudgeCard) -> list[tuple[str, str]]:
    """What there is to say about the judge, in order."""
    when = ""
    if card.first is not None and card.last is not None:
        when = f"{card.first:%Y-%m-%d} to {card.last:%Y-%m-%d}"
    return [
        ("models that answered", _counts(card.models)),
        ("told", _counts(card.instructions)),
        ("effort", _counts(card.efforts)),
        ("origin", _counts(card.origins)),
        ("rubrics", f"{len(card.rubrics)}, of which people edited {card.edited_rubrics}"),
        *(bar_rows(card.canary_bars) or [("canaries", "none asked of a model")]),
        ("was given what checks found", f"{card.with_facts} opinions"),
        ("with answers that no quote supports", f"{card.unsupported} opinions"),
        ("set aside", f"{card.set_aside} opinions"),
        ("beside decisions of people", f"{card.calibrated_on} attempts"),
        ("when", when),
    ]


def card_line(card: JudgeCard | None) -> str | None:
    """All of it in one line; None if there is no opinion."""
    rows = card_rows(card) if card is not None else []
    return "; ".join(f"{name}: {value}" for name, value in rows if value) or None


def bar_rows(bars: Mapping[str, CanaryBar]) -> list[tuple[str, str]]:
    """How each model did on its canaries."""
    return [(f"canaries of {one_line(name, 60)}", _bar(bar)) for name, bar in bars.items()]


def _bar(bar: CanaryBar) -> str:
    if bar.share is None or bar.low is None:
        return "none answered"
    end = ", THE BAR WAS MISSED: its opinions are set aside" if bar.missed else ""
    least = f"at least {bar.low:.0%}, bar {bar.bar:.0%}"
    return f"{bar.right} of {bar.answered} right ({least}{end})"


def _counts(found: Mapping[str, int]) -> str:
    return ", ".join(f"{name} ({count})" for name, count in sorted(found.items()))
