"""The judge's card as rows of a table."""

from __future__ import annotations

from collections.abc import Mapping

from core.stats.judge_card import JudgeCard


def card_rows(card: JudgeCard) -> list[tuple[str, str]]:
    """What is to be said of the judge, in order."""
    bar = card.canary_bar
    tested = "none answered"
    if bar.share is not None and bar.low is not None:
        end = ", THE BAR WAS MISSED" if bar.missed else ""
        tested = (
            f"{bar.right} of {bar.answered} right (at least {bar.low:.0%}, bar {bar.bar:.0%}{end})"
        )
    when = ""
    if card.first is not None and card.last is not None:
        when = f"{card.first:%Y-%m-%d} to {card.last:%Y-%m-%d}"
    return [
        ("models that answered", _counts(card.models)),
        ("told", _counts(card.instructions)),
        ("effort", _counts(card.efforts)),
        ("origin", _counts(card.origins)),
        ("rubrics", f"{len(card.rubrics)}, of which people edited {card.edited_rubrics}"),
        ("canaries", tested),
        ("was given what checks found", f"{card.with_facts} opinions"),
        ("with answers that no quote supports", f"{card.unsupported} opinions"),
        ("set aside", f"{card.set_aside} opinions"),
        ("beside decisions of people", f"{card.calibrated_on} attempts"),
        ("when", when),
    ]


def _counts(found: Mapping[str, int]) -> str:
    return ", ".join(f"{name} ({count})" for name, count in sorted(found.items()))
