"""The figures of a report: levels, rates, outcomes, agents, agreement, as tables with bars."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from core.export.money_text import money_lines
from core.export.report.report_blocks import (
    Bar,
    Block,
    CellValue,
    Column,
    Line,
    Ranges,
    Section,
    Tone,
    bullets,
    line,
    numbers,
    paragraph,
    table,
)
from core.export.report.report_design import design_blocks
from core.export.report.report_errors import error_blocks
from core.export.report.report_patterns import pattern_blocks
from core.export.report.report_words import outcome_bar
from core.export.stats_text import (
    agreement_lines,
    bounds_range,
    commit_lines,
    figures,
    format_funnel_step,
    format_rate,
    rate_label,
    words,
)
from core.models import Outcome
from core.stats.bounds import Bounds
from core.stats.figures import DECIDERS, Group, Statistics
from core.stats.measured import Measured, SpeedFigure
from core.stats.rates import VOICES, Rate
from core.text import counted

_BAR = Column("", drawn=True)
_LEAK_NUMBERS = ("attempts", "lines shown", "patches measured", "of the change repeated")


def figure_sections(stats: Statistics) -> Iterator[Section]:
    """Every figure with its coverage; missing ones get no section."""
    parts = (
        ("levels", "How far attempts get", _levels(stats)),
        ("rates", "Rates", _rates(stats)),
        ("design", "This set, by people and what is certain", design_blocks(stats)),
        ("outcomes", "Outcomes", _outcomes(stats)),
        ("errors", "What goes wrong", (*error_blocks(stats), *pattern_blocks(stats.patterns))),
        ("cost", "Cost, tokens and time", _lines(money_lines(stats.money))),
        ("agents", "Agents and human commits", _agents(stats)),
        ("agreement", "Agreement", _agreement(stats)),
        ("measurements", "Measurements and claims", _measured(stats.measured)),
        ("counts", "Counts", _counts(stats)),
    )
    for anchor, title, blocks in parts:
        if found := tuple(blocks):
            yield Section(2, line(title), found, anchor)


def _lines(found: Sequence[str]) -> Iterator[Block]:
    """Lines of text; indented ones belong to the one above."""
    items: list[Line] = []
    for text in found:
        if text.startswith(" ") and items:
            items[-1] = line(items[-1], "; ", text.strip())
        else:
            items.append(line(text.strip()))
    yield bullets(items)


def _levels(stats: Statistics) -> Iterator[Block]:
    yield paragraph(
        "Each level includes those before it. A human commit reaches a level when any of its "
        "attempts does. Unknown is neither reached nor missed."
    )
    rows: list[tuple[CellValue, ...]] = []
    for number, level in enumerate(stats.levels, start=1):
        for of, found in (("attempts", level.attempts), ("commits", level.commits)):
            name = f"{number}. {level.name}"
            rows.append(
                (name, of, bounds_range(found), found.yes, found.no, found.unknown, _bar(found))
            )
    columns = (
        Column("level"), Column("of"), *numbers("share", "yes", "not", "unknown"), _BAR,
    )  # fmt: skip
    yield table("Levels", columns, rows)


def _bar(found: Bounds) -> Bar:
    return Bar(
        (("yes", found.yes, Tone.GOOD), ("unknown", found.unknown, Tone.UNKNOWN),
         ("not", found.no, Tone.BAD))
    )  # fmt: skip


def _rates(stats: Statistics) -> Iterator[Block]:
    yield paragraph(
        "Each over what is known. Bounds of this set are what the unknown ones leave possible, "
        "without any sampling error; the 95 % interval is for attempts like these, and knows that "
        "they come in clusters. A criterion that a voice can answer one way only has no share."
    )
    columns = (Column("rate"), Column("with coverage, bounds and interval", wide=True), _BAR)
    for voice in VOICES:
        rates = [rate for rate in stats.rates if rate.voice == voice]
        if any(rate.of for rate in rates):
            rows = [(rate_label(rate), format_rate(rate), _ranges(rate)) for rate in rates]
            yield table(f"Rates: {voice}", columns, rows)
        elif rates:
            yield paragraph(
                f"Rates by {voice}: nothing is known yet of {rates[0].total} {rates[0].universe}."
            )


def _ranges(rate: Rate) -> Ranges:
    like_these = rate.like_these.interval if rate.like_these else None
    return Ranges(rate.share, rate.this_set, like_these)


def _outcomes(stats: Statistics) -> Iterator[Block]:
    rows: list[tuple[CellValue, ...]] = [
        (words(name), *(by.get(who, 0) for who in DECIDERS), sum(by.values()))
        for name, by in stats.outcomes.items()
    ]
    columns = (Column("outcome"), *numbers(*(f"settled by {who}" for who in DECIDERS), "all"))
    yield table("Outcomes", columns, rows)
    undecided = stats.outcomes[Outcome.UNDECIDED.value]
    told = ", ".join(f"{count} {words(why)}" for why, count in undecided.items() if count)
    if told:
        yield paragraph(f"Undecided by: {told}.")
    if failed := stats.infrastructure_failures:
        yield paragraph(
            f"{counted(failed, 'attempt')} ended in an infrastructure failure: without a patch "
            "that is a failure of the run, and never a wrong logic."
        )
    yield paragraph("How the attempts divide:")
    yield bullets(map(format_funnel_step, stats.funnel))


def _agents(stats: Statistics) -> Iterator[Block]:
    names = [words(outcome) for outcome in Outcome]
    columns = (
        Column("agent"), Column("model"),
        *numbers("attempts", "patches", "marked", "reviewed", *names), _BAR,
    )  # fmt: skip
    yield table("Agents and models", columns, [_group(group) for group in stats.by_agent])
    yield bullets(commit_lines(stats.commit_figures))


def _group(group: Group) -> tuple[str | int | Bar, ...]:
    return (
        group.name,
        group.detail,
        group.attempts,
        group.patches,
        group.marked_success,
        group.reviewed,
        *(group.outcomes[outcome.value] for outcome in Outcome),
        outcome_bar(group.outcomes),
    )


def _agreement(stats: Statistics) -> Iterator[Block]:
    yield bullets(agreement_lines(stats.agreement) or ["There is nobody to compare."])


def _measured(found: Measured) -> Iterator[Block]:
    if found.speed:
        columns = (
            Column("agent"), Column("measured"),
            *numbers("rows", "faster", "equal", "slower", "mean", "correlation"), _BAR,
        )  # fmt: skip
        limit = f"Measured beside the human commit (equal within {found.speed[0].threshold:.0%})"
        yield table(limit, columns, [_speed(row) for row in found.speed])
    if found.claims:
        rows = [(c.agent, words(c.claim), c.claims, c.contradicted) for c in found.claims]
        head = (Column("agent"), Column("claim"), *numbers("claims", "contradicted by files"))
        yield table("Claims of tables", head, rows)
    if found.quadrants:
        quadrants = [(rate_label(r), format_rate(r), _ranges(r)) for r in found.quadrants]
        columns = (Column("quadrant"), Column("of those measured", wide=True), _BAR)
        yield table("Quadrants: hard outcome and logic", columns, quadrants)
    if found.leaks:
        leaks = [
            (
                leak.shown,
                leak.attempts,
                f"{leak.lines_shown:,} of {leak.lines:,}",
                leak.measured,
                "unknown" if leak.repeated is None else f"{100 * leak.repeated:.0f} %",
            )
            for leak in found.leaks
        ]
        columns = (Column("shown"), *numbers(*_LEAK_NUMBERS))
        yield table("What prompts showed of the human diff", columns, leaks)


def _speed(row: SpeedFigure) -> Sequence[str | int | Bar]:
    bar = Bar(
        (
            ("faster", row.faster, Tone.GOOD),
            ("equal", row.equal, Tone.HALF),
            ("slower", row.slower, Tone.BAD),
        )
    )
    r = "unknown" if row.correlation is None else f"{row.correlation:.3f}"
    counts = (row.rows, row.faster, row.equal, row.slower)
    return (row.agent, row.measurement, *counts, f"{row.mean:+.2%}", r, bar)


def _counts(stats: Statistics) -> Iterator[Block]:
    columns = (Column("figure"), Column("count", number=True), Column("coverage", wide=True))
    yield table("Counts", columns, figures(stats))
