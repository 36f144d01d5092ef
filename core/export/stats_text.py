"""Statistics as text for a terminal: the lines and tables that make up the page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from core.assess.canary_scores import CanaryScore
from core.models import CRITERIA, FactCounts
from core.stats.agreement import Agreement
from core.stats.bounds import Bounds
from core.stats.canary_bar import CanaryBar
from core.stats.commit_figures import CommitFigures
from core.stats.comparisons import Comparison
from core.stats.decision_counts import DecisionCounts
from core.stats.figures import FunnelStep, Spending, Statistics
from core.stats.levels import Level
from core.stats.rates import Rate
from core.stats.repeated_attempts import PassAtK
from core.stats.reported_figures import ReportedBy
from core.stats.reviewer_agreement import PairAgreement
from core.text import counted, one_line

_NAME_WIDTH = 44


def words(name: str) -> str:
    """An identifier as words: `true_success` as "true success"."""
    return name.replace("_", " ")


def format_rate(rate: Rate) -> str:
    """A rate with its coverage, and its meaning for this set and for attempts like these.

    Such as "12 of 29 judged (29 of 143 patches), 41 %; this set 8 to 88 %; attempts like these 22
    to 63 % if the known ones are like the rest (14 commits, design effect 1.4)".
    """
    counts = f"{rate.count} of {rate.of} {rate.population} ({rate.of} of {rate.total}"
    parts = [f"{counts} {rate.universe})"]
    if rate.share is not None:
        parts[0] += f", {100 * rate.share:.0f} %"
    elif rate.of == 0:
        parts[0] += ", unknown"
    if rate.this_set is not None:
        known = ", all known" if rate.of == rate.total else ""
        parts.append(f"this set {percent_range(rate.this_set)}{known}")
    if rate.like_these is not None:
        like = rate.like_these
        few = ", too few to trust" if like.has_few_clusters else ""
        known = "" if rate.of == rate.total else " if the known ones are like the rest"
        clusters = counted(like.clusters, rate.clustered_by) + few
        clusters += f", design effect {like.design_effect:.1f}"
        parts.append(f"attempts like these {percent_range(like.interval)}{known} ({clusters})")
    return "; ".join(parts)


def percent_range(bounds: tuple[float, float]) -> str:
    """Two shares as "8 to 88 %"."""
    low, high = (f"{100 * bound:.0f}" for bound in bounds)
    return f"{low} %" if low == high else f"{low} to {high} %"


def bounds_range(found: Bounds) -> str:
    """The least and the largest possible share; "unknown" for an empty set."""
    if found.low is None or found.high is None:
        return "unknown"
    return percent_range((found.low, found.high))


def rate_label(rate: Rate) -> str:
    """What a rate is about, and who answers: "syntax correct (facts)"."""
    label = words(rate.label) if rate.label in CRITERIA else rate.label
    return f"{label} ({rate.voice})"


def level_rows(levels: Sequence[Level]) -> list[tuple[str, ...]]:
    """The levels as a table with a header: attempts and human commits that reach each."""
    header = ("level", "attempts", "not", "unknown", "commits", "not", "unknown")
    rows = (
        (
            level.name,
            *map(str, (level.attempts.yes, level.attempts.no, level.attempts.unknown)),
            *map(str, (level.commits.yes, level.commits.no, level.commits.unknown)),
        )
        for level in levels
    )
    return [header, *rows]


def commit_lines(found: CommitFigures) -> list[str]:
    """The commits by their best attempt, flips, pass@k, and agents side by side."""
    best = ", ".join(f"{count} {words(name)}" for name, count in found.by_best.items() if count)
    lines = [f"best attempt: {best or 'none'}"]
    if found.flips_known:
        lines.append(f"some attempts right and others not: {found.flips} of {found.flips_known}")
    for name, several in found.pass_at_k.items():
        who = "agents unknown" if {*name.split()} == {"unknown"} else one_line(name, _NAME_WIDTH)
        lines += (f"{who}: {_pass_at_k(one)}" for one in several)
    lines += (_comparison(one) for one in found.comparisons if one.commits)
    return lines


def _pass_at_k(found: PassAtK) -> str:
    mean = "unknown" if found.mean is None else f"{100 * found.mean:.0f} %"
    apart = f"{found.with_fewer} with fewer attempts, {found.undecided} undecided"
    return f"pass@{found.k} {mean} over {found.commits} commits ({apart})"


def _comparison(one: Comparison) -> str:
    first, second = (one_line(name, _NAME_WIDTH) for name in (one.first, one.second))
    counts = f"better {one.first_better}, worse {one.second_better}, equal {one.equal}"
    return (
        f"{first} beside {second} on {one.commits} commits: {counts}; p = {one.adjusted:.3g} (Holm)"
    )


def agreement_lines(pairs: Sequence[PairAgreement]) -> list[str]:
    """How far each pair of raters agrees, one line each with the confusion."""
    return [f"{_pair(pair)}; {confusion_words(pair.agreement)}" for pair in pairs]


def _pair(pair: PairAgreement) -> str:
    names = " and ".join(one_line(name, 40) for name in (pair.first, pair.second))
    return f"{names} ({pair.view}): {agreement_words(pair.agreement, 'attempts')}"


def agreement_words(found: Agreement, of: str) -> str:
    """Percent agreement and coefficients of two raters."""
    return (
        f"{found.items} {of}, "
        f"{100 * (found.percent or 0):.0f} % alike (a constant guess: "
        f"{100 * (found.constant or 0):.0f} %), kappa "
        f"{_coefficient(found.kappa, found.kappa_interval)}, alpha "
        f"{_coefficient(found.alpha, found.alpha_interval)}, AC1 {_coefficient(found.ac1)}"
    )


def confusion_words(found: Agreement) -> str:
    """How often the first rater said one thing and the second another, or the same."""
    return ", ".join(
        f"{one_line(words(cell.first), 30)} / {one_line(words(cell.second), 30)} {cell.count}"
        for cell in found.confusion
    )


def _coefficient(value: float | None, interval: tuple[float, float] | None = None) -> str:
    shown = f" [{interval[0]:.2f}, {interval[1]:.2f}]" if interval else ""
    return "undefined" if value is None else f"{value:.2f}{shown}"


def format_funnel_step(step: FunnelStep) -> str:
    """A step of the funnel in one line, its empty parts left out."""
    parts = [f"{count} {words(name)}" for name, count in step.parts.items() if count]
    return f"{step.total} {step.of}: " + (", ".join(parts) or "none")


def figures(stats: Statistics) -> list[tuple[str, int, str]]:
    """The plain counts: what is counted, how many, and what to know when reading them."""
    found = f"human commit found for {stats.human_commits_found} of {stats.commits}"
    codes = (
        f"of {stats.marked_success} marked, {stats.marked_success_unknown_return} without a code"
    )
    read = f"of {stats.patches_read} read, {stats.patches_unreadable} unreadable"
    own = f"{stats.without_own_diff} without, {stats.own_diff_unknown} unknown (cut)"
    calls = ", ".join(f"{n} {state}" for state, n in stats.judgements.items() if n)
    no_text = stats.attempts - stats.patches - stats.patches_by_state["unreadable"]
    return [
        ("attempts", stats.attempts, f"{stats.without_journal} without a journal"),
        ("commits", stats.commits, found),
        ("marked success", stats.marked_success, f"{stats.no_claim} without a claim"),
        ("marked, return code not 0", stats.marked_success_nonzero_return, codes),
        ("non-empty patches", stats.patches, f"{counted(no_text, 'attempt')} without one"),
        ("cut patches", stats.cut_patches, "shorter than recorded"),
        ("patches with their own diff", stats.own_diff_patches, own),
        ("distinct patches", stats.distinct_patches, read),
        *_infrastructure(stats.infrastructure_failures),
        ("judgements", sum(stats.judgements.values()), calls),
        ("judged", stats.judged, "attempts with an opinion of the judge"),
        ("reviewed", stats.reviewed, _reviewers(stats.decisions)),
        *_decisions(stats.decisions),
        ("conflicts", stats.conflicts, "attempts on which checks, judge or people differ"),
        ("check reports", stats.check_reports.hold, _facts(stats.check_reports)),
        ("load problems", stats.load_problems, ""),
        *_canaries(stats.canaries),
        *_bars(stats.canary_bars),
        *_spending(stats.spending),
        *map(_reported, stats.reported),
    ]


def _infrastructure(count: int) -> list[tuple[str, int, str]]:
    note = "attempts whose run failed, not the agent: no wrong logic"
    return [("infrastructure failures", count, note)] if count else []


def _facts(counts: FactCounts) -> str:
    others = f"hold, {counts.stale} stale, {counts.none} none"
    return f"{others}: {counts.advice}" if counts.advice else others


def _reviewers(found: DecisionCounts) -> str:
    by = ", ".join(f"{n} by {one_line(name, 40)}" for name, n in found.by_reviewer.items())
    return "attempts decided by people" + (f": {by}" if by else "")


def _decisions(found: DecisionCounts) -> list[tuple[str, int, str]]:
    """What else to know about the decisions; zero counts are left out."""
    rows = [
        ("cannot tell", found.cannot_tell, "of those reviewed; they count as unknown"),
        ("adjudicated", found.adjudicated, "of those reviewed; reviewers differed"),
        ("in dispute", found.disputed, "reviewers differ: undecided until adjudicated"),
        ("outdated verdicts", found.outdated, "attempts; patch or human change has changed since"),
        ("unbound", found.unbound, "of those reviewed; recorded without the hash of the patch"),
        ("against a fact", found.against_fact, "attempts; a person contradicts a certain check"),
        (
            "said twice",
            found.said_twice,
            f"came back to a reviewer; {found.said_same} the same",
        ),
        ("stray verdicts", found.stray_verdicts, "they belong to no attempt here"),
    ]
    return [row for row in rows if row[1]]


def _canaries(scores: Mapping[str, CanaryScore]) -> list[tuple[str, int, str]]:
    return [
        (
            f"canaries ({kind})",
            found.right + found.wrong + found.unanswered + found.not_asked,
            f"{found.right} right, {found.wrong} wrong, {found.unanswered} unanswered, "
            f"{found.not_asked} not asked",
        )
        for kind, found in sorted(scores.items())
    ]


def _bars(found: Mapping[str, CanaryBar]) -> list[tuple[str, int, str]]:
    """How each model did on its canaries."""
    rows = []
    for name, bar in found.items():
        if bar.share is None or bar.low is None:
            continue
        told = f"{bar.share:.0%} of {bar.answered}, at least {bar.low:.0%} (95 %)"
        end = f"; the bar of {bar.bar:.0%} is missed: its opinions are set aside"
        rows.append((_canaries_of(name), bar.right, told + (end if bar.missed else "")))
    return rows


def _canaries_of(name: str) -> str:
    return f"canaries right: {one_line(name, 40)}"


def _reported(found: ReportedBy) -> tuple[str, int, str]:
    ledger = found.ledger
    money = (
        ""
        if ledger is None
        else f"; {counted(ledger.calls, 'call')} to the judge, ${ledger.cost:.2f}"
    )
    note = f"check reports{money}: kept, and counted in no figure"
    return (f"reported by {one_line(found.reported_by, 40)}", found.checked, note)


def _spending(spending: Spending | None) -> list[tuple[str, int, str]]:
    if spending is None:
        return []
    unknown = f" and {spending.unknown_costs} of unknown cost" if spending.unknown_costs else ""
    fake = f"; {spending.fake} made up by a test server, at no cost" if spending.fake else ""
    bad = spending.bad_lines
    lost = (
        f"; {counted(bad, 'line')} of the ledger cannot be read: calls may be missing"
        if bad
        else ""
    )
    note = f"${spending.cost:.2f}{unknown}, {spending.retries} retries{fake}{lost}"
    return [("calls to the judge", spending.calls, note)]


def align(rows: Sequence[Sequence[str]], right: Iterable[int] = ()) -> list[str]:
    """Rows in columns as wide as their widest cell, those in `right` right-aligned."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    aligned_right = set(right)
    return [
        "  ".join(
            cell.rjust(width) if column in aligned_right else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
