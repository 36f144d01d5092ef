"""Which figures describe a run set, and what each of them counts.

Every figure is a count of attempts unless its name says otherwise. Unknown is never counted as
false, nor undecided as failure: a rate is taken over what is known and says how much that is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypedDict

from msgspec import Struct

from core.assess.barred import Judges, without_barred
from core.assess.canary_scores import CanaryScore
from core.assess.made_up import real_ones, without_made_up
from core.assess.outcome import (
    is_cannot_tell,
    is_judged,
    is_reviewed,
    outcome_settled_by,
)
from core.assess.queues import QueueContext
from core.judge.books.judge_records import NO_RECORDS, JudgeRecords
from core.judge.books.ledger import Totals
from core.models import (
    Assessment,
    Assignment,
    Attempt,
    FactCounts,
    JudgementState,
    Outcome,
    PatchState,
    RunSet,
    Verdict,
)
from core.records import replace
from core.stats.canary_bar import CANARY_BAR, CanaryBar, canary_counts
from core.stats.commit_figures import CommitFigures, count_commits
from core.stats.decision_counts import DecisionCounts, count_decisions
from core.stats.judge_card import JudgeCard, judge_card
from core.stats.label_plan import LabelPlan, plan_labels
from core.stats.levels import Level, count_levels
from core.stats.measured import Measured, measure
from core.stats.money import Money, count_money
from core.stats.patch_facts import PatchFact
from core.stats.patterns import Patterns, find_patterns
from core.stats.rates import OPINIONS, Rate, all_rates, returned_nonzero
from core.stats.reported_figures import ReportedBy
from core.stats.reviewer_agreement import PairAgreement, agreements
from core.stats.sampled_design import SampledDesign, sampled_design
from core.stats.samples import find_samples

NOBODY, CANNOT_TELL, DISPUTED = UNDECIDED_BY = ("nobody", "cannot_tell", "disputed")
"""Why an attempt is undecided."""

NO_STRAYS: Mapping[str, Sequence[Verdict]] = {}
NO_FACTS = FactCounts()

DECIDERS = ("person", "check", "judge")
"""Who can settle a criterion or an outcome, in the order in which they are shown."""


class FunnelStep(Struct, frozen=True):
    """One step of the funnel: `of` describes the `total` attempts that fall into `parts`."""

    of: str
    total: int
    parts: Mapping[str, int]


class Group(Struct, frozen=True):
    """Counts for the attempts that share an agent and model, or a human commit.

    `name` and `detail` are agent and model, or sha and subject; `outcomes` sum to `attempts`.
    """

    name: str
    detail: str
    attempts: int
    patches: int
    marked_success: int
    reviewed: int
    outcomes: Mapping[str, int]


class Spending(Struct, frozen=True):
    """What the judge's ledger adds up to.

    `cost` is in US dollars, over calls with a known cost; `unknown_costs` counts the others, `fake`
    the calls answered by a test server, which cost nothing. `bad_lines` of the ledger cannot be
    read: their calls may be missing.
    """

    calls: int
    retries: int
    cost: float
    unknown_costs: int
    fake: int
    bad_lines: int = 0


class Statistics(Struct, frozen=True):
    """All figures of a run set; `docs/export.md` says what each one counts."""

    attempts: int
    commits: int
    human_commits_found: int
    without_journal: int
    infrastructure_failures: int  # the run failed, not the agent; where checks have run
    marked_success: int
    no_claim: int
    marked_success_nonzero_return: int
    marked_success_unknown_return: int
    patches: int
    patches_by_state: Mapping[str, int]
    cut_patches: int
    patches_read: int
    patches_unreadable: int
    own_diff_patches: int
    without_own_diff: int
    own_diff_unknown: int  # cut before it could be seen
    distinct_patches: int
    judgements: Mapping[str, int]
    judged: int
    reviewed: int
    decisions: DecisionCounts
    conflicts: int
    check_reports: FactCounts
    load_problems: int
    rates: tuple[Rate, ...]
    levels: tuple[Level, ...]
    design: SampledDesign
    label_next: LabelPlan
    commit_figures: CommitFigures
    agreement: tuple[PairAgreement, ...]
    funnel: tuple[FunnelStep, ...]
    outcomes: Mapping[str, Mapping[str, int]]  # outcome -> who settled it -> attempts
    by_agent: tuple[Group, ...]
    by_commit: tuple[Group, ...]
    canaries: Mapping[str, CanaryScore]  # kind -> how the judge did on questions with known answers
    canary_bar: CanaryBar  # the overall result
    canary_bars: Mapping[str, CanaryBar]  # by model; rates of the judge alone need it
    judge_card: JudgeCard | None  # None: there is no opinion
    spending: Spending | None  # None: the judge was never called from here
    measured: Measured
    reported: tuple[ReportedBy, ...]  # by others' exports; not part of any figure
    money: Money
    patterns: Patterns


def summarise(
    run_set: RunSet,
    assessments: Sequence[Assessment],
    facts: Mapping[str, PatchFact],
    records: JudgeRecords = NO_RECORDS,
    strays: Mapping[str, Sequence[Verdict]] = NO_STRAYS,
    check_reports: FactCounts = NO_FACTS,
    histories: Mapping[str, Sequence[Verdict]] = NO_STRAYS,
    canary_bar: float = CANARY_BAR,
    assignments: Iterable[Assignment] = (),
    reported: Iterable[ReportedBy] = (),
) -> Statistics:
    """Every figure of a run set; `facts` comes from `read_patch_facts`.

    `strays` are histories that belong to no attempt; `assignments` are all records of assignments.
    """
    given, commits = list(assignments), run_set.commits
    assessments = without_made_up(assessments)
    records = replace(records, canaries=real_ones(records.canaries))
    judges = _judges(assessments, records, canary_bar)
    assessments = without_barred(assessments, judges)
    may_speak = not judges.barred or any(map(is_judged, assessments))
    drawn = find_samples(assessments, given, commits)
    design = sampled_design(assessments, drawn, judge_may_speak=may_speak)
    decisions = count_decisions(assessments, strays, histories)
    attempts = [a.attempt for a in assessments]
    judgements = Counter(j.state for a in assessments for j in real_ones(a.judgements))
    return Statistics(
        attempts=len(attempts),
        **_commit_counts(run_set, attempts),
        without_journal=sum(not a.has_journal for a in attempts),
        infrastructure_failures=sum(map(_has_infrastructure_failure, assessments)),
        **_claim_counts(attempts),
        **_patch_counts(attempts, facts),
        judgements={state.value: judgements[state] for state in JudgementState},
        judged=sum(map(is_judged, assessments)),
        reviewed=decisions.reviewed,
        decisions=decisions,
        conflicts=sum(bool(a.conflicts) for a in assessments),
        check_reports=check_reports,
        load_problems=len(run_set.problems),
        rates=_rates(assessments, facts, may_speak),
        levels=count_levels(assessments),
        design=design,
        label_next=plan_labels(assessments, QueueContext(), given, commits, now=design.this_set),
        commit_figures=count_commits(assessments),
        agreement=agreements(assessments, histories),
        funnel=_funnel(assessments),
        outcomes=_outcome_table(assessments),
        by_agent=_groups(assessments, lambda a: (a.attempt.agent, a.attempt.model)),
        by_commit=_by_commit(run_set, assessments),
        **canary_counts(records.canaries, judges, canary_bar),
        judge_card=judge_card(assessments, records, canary_bar),
        spending=_spending(records.totals),
        measured=measure(run_set, assessments),
        reported=tuple(reported),
        money=count_money(assessments, histories, records.totals, design.corrected[0].successes),
        patterns=find_patterns(assessments, commits),
    )


def _judges(assessments: Iterable[Assessment], records: JudgeRecords, canary_bar: float) -> Judges:
    """Who gave opinions on these attempts, and how they did on canaries."""
    opinions = (judgement for known in assessments for judgement in known.judgements)
    return Judges([*records.canaries, *opinions], canary_bar)


def _rates(
    assessments: Sequence[Assessment], facts: Mapping[str, PatchFact], judge_may_speak: bool
) -> tuple[Rate, ...]:
    """Every rate; those of the judge alone only if a judge passed its canaries."""
    rates = all_rates(assessments, facts)
    return tuple(rate for rate in rates if judge_may_speak or rate.voice != OPINIONS)


def _has_infrastructure_failure(known: Assessment) -> bool:
    found = known.report.findings if known.report else ()
    return any(finding.rule == "run.infrastructure" for finding in found)


class _CommitCounts(TypedDict):
    commits: int
    human_commits_found: int


def _commit_counts(run_set: RunSet, attempts: Sequence[Attempt]) -> _CommitCounts:
    shas = {attempt.reference_sha for attempt in attempts if attempt.reference_sha}
    return _CommitCounts(
        commits=len(shas), human_commits_found=sum(_is_found(run_set, sha) for sha in shas)
    )


class _ClaimCounts(TypedDict):
    marked_success: int
    no_claim: int
    marked_success_nonzero_return: int
    marked_success_unknown_return: int


def _claim_counts(attempts: Sequence[Attempt]) -> _ClaimCounts:
    marked = [a for a in attempts if a.marked_success is True]
    codes = [a.execution.returncode for a in marked]
    return _ClaimCounts(
        marked_success=len(marked),
        no_claim=sum(a.marked_success is None for a in attempts),
        marked_success_nonzero_return=sum(code not in (0, None) for code in codes),
        marked_success_unknown_return=codes.count(None),
    )


class _PatchCounts(TypedDict):
    patches: int
    patches_by_state: Mapping[str, int]
    cut_patches: int
    patches_read: int
    patches_unreadable: int
    own_diff_patches: int
    without_own_diff: int
    own_diff_unknown: int
    distinct_patches: int


def _patch_counts(attempts: Sequence[Attempt], facts: Mapping[str, PatchFact]) -> _PatchCounts:
    patched = [a for a in attempts if a.patch.has_text]
    read = [f for a in patched if (f := facts.get(a.key)) is not None and f.sha256 is not None]
    states = Counter(a.patch.state for a in attempts)
    return _PatchCounts(
        patches=len(patched),
        patches_by_state={state.value: states[state] for state in PatchState},
        cut_patches=states[PatchState.CUT],
        patches_read=len(read),
        patches_unreadable=states[PatchState.UNREADABLE] + len(patched) - len(read),
        own_diff_patches=sum(fact.own_diff is True for fact in read),
        without_own_diff=sum(fact.own_diff is False for fact in read),
        own_diff_unknown=sum(fact.own_diff is None for fact in read),
        distinct_patches=len({fact.sha256 for fact in read}),
    )


def _spending(totals: Totals | None) -> Spending | None:
    if totals is None:
        return None
    calls, paid = (totals.calls, totals.retries), (totals.paid, totals.unknown_costs)
    return Spending(*calls, *paid, totals.fake, totals.bad_lines)


def _is_found(run_set: RunSet, sha: str) -> bool:
    """Is the human change itself available, not just its name?"""
    commit = run_set.commits.get(sha)
    return commit is not None and (commit.diff is not None or bool(commit.files))


def _subject(run_set: RunSet, attempt: Attempt) -> str:
    commit = run_set.commits.get(attempt.reference_sha)
    return commit.subject if commit else ""


def _funnel(all_of: Sequence[Assessment]) -> tuple[FunnelStep, ...]:
    patched = [a for a in all_of if a.attempt.patch.has_text]
    marked = [a for a in patched if a.attempt.marked_success is True]
    undecided = [a for a in marked if a.outcome is Outcome.UNDECIDED]
    claim = {True: "marked success", False: "not marked success", None: "no claim"}
    code = {False: "return code 0", True: "another return code", None: "no return code"}
    states = {state: state.value for state in PatchState}
    for state in (PatchState.WHOLE, PatchState.CUT):
        states[state] = "with a patch"
    why: dict[str, Callable[[Assessment], bool]] = {
        "the judge has an opinion": is_judged,
        "only opinions that are set aside": lambda a: any(
            j.set_aside and j.state is JudgementState.VERDICT for j in a.judgements
        ),
        "only failed judge calls": lambda a: bool(a.judgements),
        "never judged": lambda _: True,
    }
    kind = "marked success with a patch"
    return (
        _split("attempts", all_of, states.values(), lambda a: states[a.attempt.patch.state]),
        _split("with a patch", patched, claim.values(), lambda a: claim[a.attempt.marked_success]),
        _split(kind, marked, code.values(), lambda a: code[returned_nonzero(a.attempt)]),
        _split(kind, marked, list(Outcome), lambda a: a.outcome),
        _split(
            f"undecided, {kind}",
            undecided,
            why,
            lambda a: next(name for name, holds in why.items() if holds(a)),
        ),
    )


def _split(
    of: str,
    members: Sequence[Assessment],
    names: Iterable[str],
    part_of: Callable[[Assessment], str],
) -> FunnelStep:
    counts = Counter(map(part_of, members))
    return FunnelStep(of, len(members), {str(name): counts[name] for name in names})


def _outcome_table(all_of: Sequence[Assessment]) -> dict[str, dict[str, int]]:
    counts = Counter((a.outcome, outcome_settled_by(a)) for a in all_of)
    table = {
        outcome.value: {who: counts[outcome, who] for who in DECIDERS}
        for outcome in Outcome
        if outcome is not Outcome.UNDECIDED
    }
    undecided = [a for a in all_of if a.outcome is Outcome.UNDECIDED]
    why = Counter(
        CANNOT_TELL if is_cannot_tell(a) else DISPUTED if a.disputed else NOBODY for a in undecided
    )
    return {**table, Outcome.UNDECIDED.value: {name: why[name] for name in UNDECIDED_BY}}


def _by_commit(run_set: RunSet, all_of: Sequence[Assessment]) -> tuple[Group, ...]:
    return _groups(all_of, lambda a: (a.attempt.reference_sha, _subject(run_set, a.attempt)))


def _groups(
    all_of: Sequence[Assessment], key: Callable[[Assessment], tuple[str, str]]
) -> tuple[Group, ...]:
    members: dict[tuple[str, str], list[Assessment]] = {}
    for assessment in all_of:
        members.setdefault(key(assessment), []).append(assessment)
    return tuple(_group(*names, found) for names, found in members.items())


def _group(name: str, detail: str, members: Sequence[Assessment]) -> Group:
    outcomes = Counter(a.outcome for a in members)
    return Group(
        name,
        detail,
        attempts=len(members),
        patches=sum(a.attempt.patch.has_text for a in members),
        marked_success=sum(a.attempt.marked_success is True for a in members),
        reviewed=sum(map(is_reviewed, members)),
        outcomes={outcome.value: outcomes[outcome] for outcome in Outcome},
    )
