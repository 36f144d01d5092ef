"""This set in a report: what was drawn at random, the rates that follow, and who was looked at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from core.export.design_text import KIND_WORDS, coverage_lines, label_lines, sample_lines
from core.export.report.report_blocks import (
    Block,
    CellValue,
    Column,
    Ranges,
    bullets,
    numbers,
    paragraph,
    table,
)
from core.export.stats_text import percent_range, words
from core.stats.bounds import Bounds
from core.stats.figures import Statistics
from core.stats.sampled_design import JUDGE_WARNING, CorrectedRate

_BAR = Column("", drawn=True)


def design_blocks(stats: Statistics) -> Iterator[Block]:
    """The figures of this set by people and certain facts; the judge alone beside them."""
    design = stats.design
    yield bullets(sample_lines(design.samples))
    rates = [rate for rate in design.corrected if rate.counts.total]
    if rates:
        yield _rates(rates)
        if any(rate.judge.known for rate in rates):
            yield paragraph(f"The judge alone is {JUDGE_WARNING}.")
        yield from _strata(rates)
    yield bullets([*coverage_lines(design), *_joined(label_lines(stats.label_next))])


def _rates(rates: Sequence[CorrectedRate]) -> Block:
    columns = (
        Column("what"), *numbers("this set", "estimate"), _BAR,
        *numbers("yes", "known", "of", "by facts alone", "the judge alone"),
        Column("rests on", wide=True),
    )  # fmt: skip
    return table("This set, by people and what is certain", columns, map(_rate, rates))


def _rate(rate: CorrectedRate) -> Sequence[CellValue]:
    counts, bounds = rate.counts, rate.this_set
    return (
        words(rate.label),
        percent_range(bounds) if bounds else "unknown",
        "unknown" if rate.estimate is None else f"{100 * rate.estimate:.0f} %",
        Ranges(rate.estimate, bounds, None),
        counts.yes,
        counts.known,
        f"{counts.total} {rate.universe}",
        rate.by_facts,
        _alone(rate.judge),
        KIND_WORDS[rate.kind],
    )


def _alone(judge: Bounds) -> str:
    if not judge.known:
        return "nothing"
    return f"{judge.yes} of {judge.known}, {100 * judge.yes / judge.known:.0f} %"


def _strata(rates: Sequence[CorrectedRate]) -> Iterator[Block]:
    rows = [
        (words(rate.label), s.name, s.positives, s.drawn, s.unanswered, s.size)
        for rate in rates
        for s in rate.strata
    ]
    if rows:
        columns = (
            Column("what"), Column("stratum"), *numbers("yes", "drawn", "unanswered", "in all"),
        )  # fmt: skip
        yield table("What was drawn, by what the judge says", columns, rows)


def _joined(lines: Sequence[str]) -> Iterator[str]:
    """Lines of text as one item each; indented ones belong to the one above."""
    if lines:
        yield "; ".join(text.strip() for text in lines)
