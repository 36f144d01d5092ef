"""What goes wrong, and where: errors by rule and by the judge, tags, over-optimisation, prompts.

Counts are of attempts with a patch unless a name says otherwise; what was not examined is stated.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from statistics import median

from msgspec import Struct

from core.assess.opinions import standing_votes
from core.models import (
    Assessment,
    CheckReport,
    HumanCommit,
    Judgement,
    Outcome,
    Severity,
)
from core.stats.bounds import Bounds, bounds_of
from core.stats.issue_kinds import KINDS, issue_kind, wording

NAMES_NOTHING, NAMES_SOMETHING, GIVES_AWAY, NO_PROMPT = PROMPTS = (
    "names nothing of the change",
    "names something of the change",
    "holds much of the answer",
    "no prompt, or no human diff",
)
"""How specific a prompt is, by the rules of the family `prompt`."""

_NO_PROBLEM, _REVEALS = "prompt.no-problem", "prompt.reveals-diff"
_MISSED = "files.missed"
_MOST_ISSUES = 10
_MOST_FILES = 15


class RuleFigure(Struct, frozen=True):
    """How many attempts a rule found something in, and how often; one line of errors by rule."""

    rule: str
    severity: Severity
    certain: bool
    attempts: int
    findings: int


class IssueKind(Struct, frozen=True):
    """Issues of the judge that are of one kind by the words of their messages (`issue_kinds`).

    `errors` of the `issues` are of severity error; `example` is the one shared by most attempts.
    """

    kind: str
    attempts: int
    issues: int
    errors: int
    example: str


class IssueFigure(Struct, frozen=True):
    """What the judge objects to in attempts: issues of one severity and one wording.

    Wordings that differ only in quotes, names, paths, numbers and case are the same.
    """

    message: str
    severity: Severity
    attempts: int


class Excess(Struct, frozen=True):
    """What attempts change that the human change lacks, over the `measured` attempts.

    `hunks` counts those with at least one hunk away from all of the human's, `identifiers` those
    that add names absent from the human change; medians are over all measured ones.
    """

    measured: int
    unknown: int
    hunks: int
    identifiers: int
    median_hunks: float | None
    median_identifiers: float | None


class PromptFigure(Struct, frozen=True):
    """The attempts, with or without a patch, whose prompts are equally specific."""

    prompt: str
    attempts: int
    patches: int
    true_success: Bounds
    outcomes: Mapping[str, int]


class MissedFile(Struct, frozen=True):
    """A file of human commits that `missed` of the `of` attempts left untouched, where known."""

    path: str
    missed: int
    of: int
    commits: int


class Patterns(Struct, frozen=True):
    """`checked` of the `patches` have a check report; `judged` of them an opinion that counts.

    `issue_kinds` counts the attempts with an issue of each severity; `issues` has the most frequent
    wordings out of `issue_wordings`, `issues_by_kind` all issues by the words of their messages.
    `missed_files` holds the first of `files_missed`.
    """

    patches: int
    checked: int
    by_rule: tuple[RuleFigure, ...]
    judged: int
    issue_kinds: Mapping[str, int]
    issue_wordings: int
    issues: tuple[IssueFigure, ...]
    tags: Mapping[str, int]
    excess: Excess
    prompts: tuple[PromptFigure, ...]
    files_missed: int
    missed_files: tuple[MissedFile, ...]
    issues_by_kind: tuple[IssueKind, ...] = ()


def find_patterns(
    assessments: Sequence[Assessment], commits: Mapping[str, HumanCommit]
) -> Patterns:
    """The patterns of a run set, where checks, judge and people have spoken."""
    patched = [known for known in assessments if known.attempt.patch.has_text]
    reports = [known.report for known in patched if known.report is not None]
    opinions = [found for known in patched if (found := _opinions(known))]
    issues = _issues(opinions)
    missed = _missed_files(patched, commits)
    return Patterns(
        patches=len(patched),
        checked=len(reports),
        by_rule=_by_rule(reports),
        judged=len(opinions),
        issue_kinds=_issue_kinds(opinions),
        issue_wordings=len(issues),
        issues=tuple(issues[:_MOST_ISSUES]),
        tags=_tags(assessments),
        excess=_excess(patched),
        prompts=_prompts(assessments),
        files_missed=len(missed),
        missed_files=tuple(missed[:_MOST_FILES]),
        issues_by_kind=_issues_by_kind(opinions),
    )


def _by_rule(reports: Iterable[CheckReport]) -> tuple[RuleFigure, ...]:
    findings: Counter[str] = Counter()
    attempts: Counter[str] = Counter()
    examples = {}
    for report in reports:
        findings.update(finding.rule for finding in report.findings)
        attempts.update({finding.rule for finding in report.findings})
        examples.update({finding.rule: finding for finding in report.findings})
    order = list(Severity)
    figures = [
        RuleFigure(rule, one.severity, one.certain, attempts[rule], findings[rule])
        for rule, one in examples.items()
    ]
    return tuple(sorted(figures, key=lambda f: (-order.index(f.severity), -f.attempts, f.rule)))


def _opinions(known: Assessment) -> list[Judgement]:
    return [j for j in standing_votes(known.judgements) if j.state.value == "verdict"]


def _issue_kinds(opinions: Iterable[Sequence[Judgement]]) -> dict[str, int]:
    counts = Counter(
        severity for votes in opinions for severity in {i.severity for v in votes for i in v.issues}
    )
    return {severity.value: counts[severity] for severity in reversed(Severity)}


def _issues(opinions: Iterable[Sequence[Judgement]]) -> list[IssueFigure]:
    """Issues by severity and wording, most frequent first."""
    counts: Counter[tuple[Severity, str]] = Counter()
    wordings: dict[tuple[Severity, str], str] = {}
    for votes in opinions:
        told: dict[tuple[Severity, str], str] = {}
        for issue in (issue for vote in votes for issue in vote.issues):
            message = " ".join(issue.message.split())
            told.setdefault((issue.severity, wording(message)), message)
        counts.update(told.keys())
        for key, message in told.items():
            wordings.setdefault(key, message)
    figures = [IssueFigure(wordings[key], key[0], count) for key, count in counts.items()]
    order = list(Severity)
    return sorted(figures, key=lambda f: (-f.attempts, -order.index(f.severity), f.message))


def _issues_by_kind(opinions: Iterable[Sequence[Judgement]]) -> tuple[IssueKind, ...]:
    """Issues by the words of their messages; each once per attempt, however many votes raise it."""
    attempts: Counter[str] = Counter()
    issues: Counter[str] = Counter()
    errors: Counter[str] = Counter()
    wordings: defaultdict[str, Counter[str]] = defaultdict(Counter)
    messages: dict[str, str] = {}
    for votes in opinions:
        told = {wording(issue.message): issue for vote in votes for issue in vote.issues}
        kinds = {said: issue_kind(issue.message) for said, issue in told.items()}
        attempts.update(set(kinds.values()))
        for said, kind in kinds.items():
            issues[kind] += 1
            errors[kind] += told[said].severity is Severity.ERROR
            wordings[kind][said] += 1
            messages.setdefault(said, " ".join(told[said].message.split()))
    return tuple(
        IssueKind(
            kind,
            attempts[kind],
            issues[kind],
            errors[kind],
            messages[wordings[kind].most_common(1)[0][0]],
        )
        for kind in sorted(issues, key=lambda kind: (-attempts[kind], KINDS.index(kind)))
    )


def _tags(assessments: Iterable[Assessment]) -> dict[str, int]:
    """How many attempts somebody gave each tag."""
    counts = Counter(
        tag for known in assessments for tag in {t for v in known.verdicts for t in v.tags}
    )
    return dict(sorted(counts.items(), key=lambda one: (-one[1], one[0])))


def _excess(patched: Sequence[Assessment]) -> Excess:
    hunks = _measured(patched, "coverage.extra_hunks")
    names = _measured(patched, "coverage.extra_identifiers")
    return Excess(
        len(hunks),
        len(patched) - len(hunks),
        sum(number > 0 for number in hunks),
        sum(number > 0 for number in names),
        median(hunks) if hunks else None,
        median(names) if names else None,
    )


def _measured(members: Iterable[Assessment], name: str) -> list[int]:
    values = (known.report.measures.get(name) for known in members if known.report)
    return [value for value in values if isinstance(value, int)]


def prompt_kind(known: Assessment) -> str:
    """How specific the prompt of an attempt is (`PROMPTS`)."""
    report = known.report
    if report is None or "prompt.revealed" not in report.measures:
        return NO_PROMPT
    rules = {finding.rule for finding in report.findings}
    if _REVEALS in rules:
        return GIVES_AWAY
    return NAMES_NOTHING if _NO_PROBLEM in rules else NAMES_SOMETHING


def _prompts(assessments: Sequence[Assessment]) -> tuple[PromptFigure, ...]:
    groups: defaultdict[str, list[Assessment]] = defaultdict(list)
    for known in assessments:
        groups[prompt_kind(known)].append(known)
    return tuple(_prompt(name, groups[name]) for name in PROMPTS if name in groups)


def _prompt(name: str, members: Sequence[Assessment]) -> PromptFigure:
    outcomes = Counter(known.outcome for known in members)
    undecided = Outcome.UNDECIDED
    is_true: Callable[[Outcome], bool | None] = lambda o: (  # noqa: E731
        None if o is undecided else o is Outcome.TRUE_SUCCESS
    )
    return PromptFigure(
        name,
        len(members),
        sum(known.attempt.patch.has_text for known in members),
        bounds_of(is_true(known.outcome) for known in members),
        {outcome.value: outcomes[outcome] for outcome in Outcome},
    )


def _missed_files(
    patched: Iterable[Assessment], commits: Mapping[str, HumanCommit]
) -> list[MissedFile]:
    """The human's files by how many attempts left them untouched."""
    by_commit: defaultdict[str, list[frozenset[str]]] = defaultdict(list)
    for known in patched:
        report = known.report
        if report is not None and "files.human" in report.measures:
            paths = (f.file for f in report.findings if f.rule == _MISSED and f.file)
            by_commit[known.attempt.reference_sha].append(frozenset(paths))
    missed: Counter[str] = Counter()
    of: Counter[str] = Counter()
    at: Counter[str] = Counter()
    for sha, sets in by_commit.items():
        commit = commits.get(sha)
        told = frozenset(commit.files) if commit is not None else frozenset[str]()
        for path in told.union(*sets):
            missed[path] += sum(path in one for one in sets)
            of[path] += len(sets)
            at[path] += 1
    figures = [MissedFile(path, n, of[path], at[path]) for path, n in missed.items() if n]
    return sorted(figures, key=lambda f: (-f.missed, f.of, f.path))
