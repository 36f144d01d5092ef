"""All statistics on one aligned page of plain text, for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from core.export.design_text import design_lines, label_lines
from core.export.money_text import money_lines
from core.export.patterns_text import pattern_lines
from core.export.stats_text import (
    agreement_lines,
    align,
    commit_lines,
    figures,
    format_funnel_step,
    format_rate,
    level_rows,
    rate_label,
    words,
)
from core.models import Outcome
from core.stats.figures import DECIDERS, Group, Statistics
from core.stats.measured import LeakFigure, Measured, SpeedFigure
from core.text import one_line

_NAME_WIDTH = 44


def format_statistics(stats: Statistics) -> str:
    """All figures as aligned text, ending in a line feed."""
    rows = [(label, str(count), note) for label, count, note in figures(stats)]
    rates = [(rate_label(rate), format_rate(rate)) for rate in stats.rates]
    levels = level_rows(stats.levels)
    this_set = [*design_lines(stats.design), *label_lines(stats.label_next)]
    sections = [
        _section("Figures", align(rows, right=(1,))),
        _section("Levels, each including those before it", align(levels, right=range(1, 7))),
        _section("Rates: of what is known, bounds of this set, attempts like these", align(rates)),
        _section("This set, by people and what is certain", this_set),
        _section("Human commits", commit_lines(stats.commit_figures)),
        _section("Agreement", agreement_lines(stats.agreement) or ["nobody to compare"]),
        _section("Funnel", map(format_funnel_step, stats.funnel)),
        _section("Outcomes by who settled them", _outcomes(stats.outcomes)),
        _section("Agents and models", _groups(("agent", "model"), stats.by_agent)),
        *_measured(stats.measured),
        _section("Money and time", money_lines(stats.money)),
        _section("Patterns", pattern_lines(stats.patterns)),
        _section("Commits", _groups(("commit", "subject"), stats.by_commit)),
    ]
    return "\n".join(sections)


def _measured(found: Measured) -> list[str]:
    """Sections on measurements, claims and leaks, if there are any."""
    sections = []
    if found.speed:
        limit = f"{found.speed[0].threshold:.0%}"
        title = f"Measured beside the human commit (equal within {limit}; shares of its value)"
        sections.append(_section(title, align([_SPEED_HEAD, *map(_speed_row, found.speed)])))
    if found.claims:
        rows = [
            (c.agent, words(c.claim), f"{c.contradicted} of {c.claims} contradicted by the files")
            for c in found.claims
        ]
        sections.append(_section("Claims of tables", align(rows)))
    if found.quadrants:
        rates = [(rate_label(rate), format_rate(rate)) for rate in found.quadrants]
        sections.append(_section("Quadrants: hard outcome and logic", align(rates)))
    if found.leaks:
        leaks = [
            (
                leak.shown,
                f"{leak.attempts} attempts",
                f"{leak.lines_shown} of {leak.lines} lines shown",
                "no patch to measure" if leak.repeated is None else _repeated(leak),
            )
            for leak in found.leaks
        ]
        sections.append(_section("What prompts showed of the human diff", align(leaks)))
    return sections


def _repeated(leak: LeakFigure) -> str:
    return f"{leak.repeated:.2f} of the change repeated by {leak.measured} patches"


_SPEED_HEAD = ("agent", "by", "rows", "faster", "equal", "slower", "mean", "best", "worst", "r")


def _speed_row(row: SpeedFigure) -> tuple[str, ...]:
    counts = (str(n) for n in (row.rows, row.faster, row.equal, row.slower))
    shares = (f"{share:+.2%}" for share in (row.mean, row.best, row.worst))
    r = "" if row.correlation is None else f"{row.correlation:.3f}"
    return (one_line(row.agent, 20), row.measurement, *counts, *shares, r)


def _section(title: str, lines: Iterable[str]) -> str:
    return "".join([f"{title}\n", *(f"  {line}\n" for line in lines)])


def _outcomes(outcomes: Mapping[str, Mapping[str, int]]) -> list[str]:
    header = ("outcome", *DECIDERS, "all")
    rows = [
        (words(name), *(str(by.get(who, 0)) for who in DECIDERS), str(sum(by.values())))
        for name, by in outcomes.items()
    ]
    return align([header, *rows], right=range(1, 5))


def _groups(names: tuple[str, str], groups: Sequence[Group]) -> list[str]:
    outcomes = [words(outcome.value) for outcome in Outcome]
    header = (*names, "attempts", "patches", "marked", "reviewed", *outcomes)
    rows = [
        (
            one_line(group.name or "none named", _NAME_WIDTH),
            one_line(group.detail, _NAME_WIDTH),
            *map(str, (group.attempts, group.patches, group.marked_success, group.reviewed)),
            *(str(group.outcomes[outcome.value]) for outcome in Outcome),
        )
        for group in groups
    ]
    return align([header, *rows], right=range(2, len(header)))
