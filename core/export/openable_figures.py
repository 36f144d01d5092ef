"""The figures of a run set as rows for a screen, each with the attempts that it counts.

Every number comes from `core.stats`. A row opens its attempts only if they are as many as it says:
what no condition can find again is shown but opens nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from core.assess.filters import parse_filter
from core.export.money_text import money_lines
from core.export.stats_text import agreement_lines, format_rate, rate_label, words
from core.models import Assessment, HumanCommit
from core.stats.figures import FunnelStep, Group, Statistics
from core.stats.levels import Level
from core.stats.patch_facts import PatchFact
from core.stats.patterns import Patterns
from core.stats.rates import Question, Rate, questions
from core.text import counted, one_line

_MOST_COMMITS = 200
_MOST_RULES = 60

Commits = Mapping[str, HumanCommit]


class FigureRow(Struct, frozen=True):
    """One line: what is counted, how many of how many, and the keys of the attempts behind it.

    `low` and `high` are the least and the most that the unknown ones leave possible, as counts. A
    row without `of` is a heading or a sentence.
    """

    label: str
    count: int | None = None
    of: int | None = None
    note: str = ""
    low: float | None = None
    high: float | None = None
    opens: tuple[str, ...] = ()
    is_heading: bool = False


def figure_rows(
    stats: Statistics,
    assessments: Sequence[Assessment],
    commits: Commits,
    facts: Mapping[str, PatchFact],
) -> list[FigureRow]:
    """Every section of the statistics, in reading order.

    `facts` comes from `read_patch_facts`.
    """
    found = _Finder(assessments, commits, facts)
    rows: list[FigureRow] = []
    for title, section in (
        (
            "Levels: how far attempts get, each level including those before it",
            _levels(stats.levels),
        ),
        ("Funnel", _funnel(stats.funnel, found)),
        ("Outcomes", _outcomes(stats, found)),
        ("Rates, with what this set leaves open", _rates(stats.rates, found)),
        ("Agents and models", _agents(stats.by_agent, found)),
        ("Rules, over attempts with a patch", _rules(stats.patterns, found)),
        ("Agreement", _sentences(agreement_lines(stats.agreement) or ["nobody to compare"])),
        ("Cost", _sentences(money_lines(stats.money))),
        ("Human commits", _commits(stats.by_commit, found)),
    ):
        rows += [FigureRow(title, is_heading=True), *section, FigureRow("")]
    return rows


class _Finder:
    """Finds attempts by a filter, and returns them only if they are as many as stated."""

    def __init__(
        self, assessments: Sequence[Assessment], commits: Commits, facts: Mapping[str, PatchFact]
    ) -> None:
        self._assessments = assessments
        self._commits = commits
        self._facts = facts

    def keys(self, filter_text: str, count: int) -> tuple[str, ...]:
        """The attempts that match a filter, if they are `count`; else none."""
        if not count:
            return ()
        found = parse_filter(filter_text).select(self._assessments, self._commits)
        return tuple(known.attempt.key for known in found) if len(found) == count else ()

    def questions(self) -> Sequence[Question]:
        """What the rates are computed from."""
        return questions(self._assessments, self._facts)

    def row(self, label: str, count: int, of: int, filter_text: str, note: str = "") -> FigureRow:
        """A row that opens the attempts matching a filter."""
        return FigureRow(label, count, of, note, opens=self.keys(filter_text, count))


def quoted(value: str) -> str:
    """A value as a filter takes it literally."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _levels(levels: Sequence[Level]) -> Iterator[FigureRow]:
    for level in levels:
        found, commits = level.attempts, level.commits
        total = found.yes + found.no + found.unknown
        note = counted(commits.yes, "commit")
        if commits.unknown:
            note += f", {commits.unknown} unknown"
        high = found.yes + found.unknown
        yield FigureRow(level.name, found.yes, total, note, found.yes, high, level.reached)
        if level.unknown:
            label = "  not known"
            yield FigureRow(label, len(level.unknown), total, opens=level.unknown)


_PARTS = {
    "with a patch": "patch:yes",
    "marked success": "marked:yes",
    "not marked success": "marked:no",
    "no claim": "-has:marked",
    "return code 0": "rc:0",
    "another return code": "rc:!=0",
    "no return code": "-has:rc",
    "the judge has an opinion": "state:judged",
    "only opinions that are set aside": "judge:verdict -state:judged",
    "only failed judge calls": "has:judgement -judge:verdict -state:judged",
    "never judged": "judge:never",
}
_WHOLES = {
    "attempts": "",
    "with a patch": "patch:yes",
    "marked success with a patch": "patch:yes marked:yes",
    "undecided, marked success with a patch": "patch:yes marked:yes outcome:undecided",
}


def _funnel(funnel: Sequence[FunnelStep], found: _Finder) -> Iterator[FigureRow]:
    for split in funnel:
        whole = _WHOLES.get(split.of)
        label = f"of {split.total} {split.of}" if split.of != "attempts" else "of all attempts"
        yield FigureRow(label)
        for name, count in split.parts.items():
            if not count:
                continue
            part = _PARTS.get(name) or (
                f"patch:{name}" if split.of == "attempts" else f"outcome:{name}"
            )
            text = "" if whole is None else f"{whole} {part}"
            row = found.row(f"  {words(name)}", count, split.total, text)
            yield row if whole is not None else FigureRow(row.label, count, split.total)


def _outcomes(stats: Statistics, found: _Finder) -> Iterator[FigureRow]:
    for outcome, by in stats.outcomes.items():
        count = sum(by.values())
        note = ", ".join(f"{n} by {words(who)}" for who, n in by.items() if n)
        yield found.row(words(outcome), count, stats.attempts, f"outcome:{outcome}", note)


def _rates(rates: Sequence[Rate], found: _Finder) -> Iterator[FigureRow]:
    """Each rate, and below it the attempts for which it is not true, and those unknown."""
    asked = {(q.label, q.voice): q for q in found.questions()}
    for rate in rates:
        low, high = float(rate.count), float(rate.count + rate.total - rate.of)
        if rate.this_set is not None:
            low, high = (bound * rate.total for bound in rate.this_set)
        question = asked.get((rate.label, rate.voice))
        keys = {
            value: () if question is None else question.keys(value) for value in (True, False, None)
        }
        opens = keys[True] if len(keys[True]) == rate.count else ()
        label, note = rate_label(rate), format_rate(rate)
        yield FigureRow(label, rate.count, rate.total, note, low, high, opens)
        for name, value, count in (
            ("not so", False, rate.of - rate.count),
            ("not known", None, rate.total - rate.of),
        ):
            if count:
                behind = keys[value] if len(keys[value]) == count else ()
                yield FigureRow(f"  {name}", count, rate.total, opens=behind)


def _agents(groups: Sequence[Group], found: _Finder) -> Iterator[FigureRow]:
    for group in groups:
        parts = [
            f"{field}:{quoted(name)}" if name not in ("", "unknown") else f"-has:{field}"
            for field, name in (("agent", group.name), ("model", group.detail))
        ]
        yield from _group(group, " ".join(parts), found)


def _commits(groups: Sequence[Group], found: _Finder) -> Iterator[FigureRow]:
    for group in groups[:_MOST_COMMITS]:
        text = f"commit:{quoted(group.name)}" if group.name else "-has:commit"
        yield from _group(group, text, found)
    if len(groups) > _MOST_COMMITS:
        yield FigureRow(f"and {len(groups) - _MOST_COMMITS} more commits (the list shows them)")


def _group(group: Group, filter_text: str, found: _Finder) -> Iterator[FigureRow]:
    true, partial = (group.outcomes.get(name, 0) for name in ("true_success", "partial_success"))
    note = (
        f"{group.patches} patches, {group.marked_success} marked, {group.reviewed} reviewed, "
        f"{true} true, {partial} partial"
    )
    names = one_line(group.name or "none named", 44), one_line(group.detail, 60)
    label = " ".join(filter(None, (names[0][:8] if len(names[0]) == 40 else names[0], names[1])))
    yield found.row(label, group.attempts, group.attempts, filter_text, note)


def _rules(patterns: Patterns, found: _Finder) -> Iterator[FigureRow]:
    for rule in patterns.by_rule[:_MOST_RULES]:
        certain = "certain" if rule.certain else "a sign"
        note = f"{rule.severity.value}, {certain}, {rule.findings} findings"
        text = f"patch:yes rule:{quoted(rule.rule)}"
        yield found.row(rule.rule, rule.attempts, patterns.patches, text, note)


def _sentences(lines: Iterable[str]) -> Iterator[FigureRow]:
    return (FigureRow(line) for line in lines)
