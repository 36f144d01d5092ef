"""The judge's calibration as lines for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from core.export.stats_text import agreement_words, confusion_words, words
from core.stats.alternative_annotator import LEAST_ITEMS, AlternativeAnnotator
from core.stats.calibration import Calibration, CriterionAgreement
from core.text import one_line


def calibration_lines(found: Calibration) -> list[str]:
    """What is known of how good the judge is; nothing if there is nobody to compare with."""
    lines = [*_part("judge and people", found.people), *_part("judge asked again", found.itself)]
    if found.people:
        lines += _alternative(found.alternative)
    return lines


def _part(title: str, parts: Sequence[CriterionAgreement]) -> Iterator[str]:
    if parts:
        yield f"{title}:"
    for one in parts:
        view = f" ({one.view})" if one.view else ""
        yield f"  {words(one.criterion)}{view}: {agreement_words(one.agreement, 'attempts')}"
        yield f"    {confusion_words(one.agreement)}"


def _alternative(found: AlternativeAnnotator) -> Iterator[str]:
    """May the judge replace a reviewer?"""
    start = f"alternative annotator test (epsilon {found.epsilon:g}): "
    if found.winning_rate is None or found.advantage is None:
        yield (
            f"{start}unknown: it takes at least three reviewers who decided blind on "
            f"{LEAST_ITEMS} attempts in common"
        )
        return
    may = "the judge may replace a reviewer" if found.passed else "it may not replace one"
    yield (
        f"{start}{may}: as good as {found.winning_rate:.0%} of the reviewers, "
        f"average advantage {found.advantage:.2f}"
    )
    for one in found.reviewers:
        yield (
            f"  {one_line(one.reviewer, 40)}: {one.items} attempts, judge {one.judge_closer:.2f}, "
            f"reviewer {one.reviewer_closer:.2f}, p {one.p:.3f}"
        )
