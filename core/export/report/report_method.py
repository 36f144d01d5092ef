"""The method of a report: what was read, with which versions and settings, by whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from core.export.export_document import Document
from core.export.judge_card_text import card_rows
from core.export.provenance import Provenance
from core.export.report.report_blocks import (
    Block,
    Column,
    Fold,
    Line,
    Section,
    bullets,
    code,
    joined,
    line,
    numbers,
    paragraph,
    strong,
    table,
)
from core.settings.listing import DEFAULT, shown
from core.text import counted

_VOICES = (
    ("Facts", "come from checks. A certain rule says what git or the language's own parser says."),
    ("Opinions", "come from a judge. A call that failed, or was cut or refused, says nothing."),
    ("Decisions", "come from people; where they differ, nobody has decided until one adjudicates."),
)


def method_section(document: Document) -> Section:
    """What a reader has to know before believing a figure."""
    return Section(2, line("Method"), tuple(_blocks(document)), "method")


def _blocks(document: Document) -> Iterator[Block]:
    yield bullets(line(strong(name), f" {told}") for name, told in _VOICES)
    yield paragraph(
        "A patch is a true success when its syntax is right, it changes the human's files, its "
        "logic matches, it is complete, and it is no template code. People settle a criterion "
        "where they agree, else a certain check, else the majority of the judge's votes. What "
        "nobody knows is unknown: it is in no rate, and in the bounds of each."
    )
    yield bullets(_read(document))
    yield from _sampling(document)
    card = document.statistics.judge_card
    if card is not None:
        yield table("The judge", ("what", "of the judge"), _told(card_rows(card)))
    yield from _versions(document.method)


def _told(rows: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """The rows that have a value."""
    return [row for row in rows if row[1]]


def _read(document: Document) -> Iterator[Line]:
    stats, chosen = document.statistics, document.filter
    yield line("Runs: ", code(document.root), "; verdicts: ", code(document.store))
    if chosen.text:
        counts = f"{len(document.attempts)} of {chosen.total} attempts"
        yield line("Only what the filter ", code(chosen.text), f" lets through: {counts}.")
    found = f"{stats.human_commits_found} of {stats.commits}"
    yield line(f"Human commits found: {found}; load problems: {stats.load_problems}")
    cut, unread = stats.cut_patches, stats.patches_unreadable
    yield line(f"Patches: {stats.patches}, of these cut: {cut}; unreadable: {unread}")
    yield line(f"Facts: {stats.check_reports}")
    for other in document.given.reported:
        money = f", a ledger of {other.ledger.calls:,} calls" if other.ledger else ""
        yield line(
            f"Reported by {other.reported_by} ({other.generator or 'unknown'}, "
            f"{other.created:%Y-%m-%d}), and not counted: checks of {other.checked} attempts{money}"
        )


def _sampling(document: Document) -> Iterator[Block]:
    """How reviewers came to the attempts: assignments with their seeds, and queues."""
    plans = {
        (a.plan, a.seed, a.filter, a.drawn, a.population, a.each)
        for a in document.assignments
        if a.undoes is None
    }
    items = [
        line(
            "Assigned: ", strong(plan), f", {drawn} of {population} attempts, "
            f"{counted(each, 'reviewer')} each, seed {seed}",
            line(", filter ", code(chosen)) if chosen else (),
        )
        for plan, seed, chosen, drawn, population, each in sorted(plans)
    ]  # fmt: skip
    origins = Counter(
        _origin(v.origin.queue, v.origin.seed, v.origin.filter) if v.origin else "not recorded"
        for result in document.attempts
        for v in result.assessment.verdicts
        if v.is_decision
    )
    if origins:
        told = "; ".join(f"{origin}: {count}" for origin, count in sorted(origins.items()))
        items.append(line(strong("Queues that led to decisions:"), f" {told}"))
    if items:
        yield bullets(items)


def _origin(queue: str, seed: int | None, chosen: str) -> str:
    parts = [queue] + ([f"seed {seed}"] if seed is not None else [])
    return ", ".join(parts + ([f"filter {chosen}"] if chosen else []))


def _versions(method: Provenance) -> Iterator[Block]:
    if not method.rules:
        return
    parsers = [line(f"{name} ", code(number)) for name, number in method.parsers.items()]
    yield paragraph(
        strong("Versions:"), " Python ", code(method.python), ", ", joined(parsers, ", ")
    )
    rules = [
        (code(r.id), r.version, r.severity, "certain" if r.certain else "a sign")
        for r in method.rules
    ]
    columns = (Column("rule"), *numbers("version"), Column("severity"), Column("says"))
    yield Fold(
        line(f"{len(rules)} rules of the checks, with their versions"),
        (table("Rules", columns, rules),),
    )
    settings = [(code(s.name), shown(s.value) or "none", s.origin) for s in method.settings]
    changed = sum(s.origin != DEFAULT for s in method.settings)
    yield Fold(
        line(f"{len(settings)} settings, {changed} of them not the default"),
        (table("Settings", ("setting", "value", "from"), settings),),
    )
