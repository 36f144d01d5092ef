"""Who settles a criterion, and which outcome follows: pure functions of what is known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from core.assess.contradictions import Voices, contradictions
from core.assess.decisions import Decisions, named, weigh
from core.assess.opinions import judge_criteria, standing_votes
from core.models import (
    CRITERIA,
    UNKNOWN,
    Assessment,
    Attempt,
    Basis,
    CheckReport,
    Criteria,
    Judgement,
    JudgementState,
    Outcome,
    PatchState,
    Verdict,
)
from core.records import replace

# read off the class once: a member takes ten times as long there, and every attempt is asked
_UNDECIDED, _TRUE_SUCCESS = Outcome.UNDECIDED, Outcome.TRUE_SUCCESS
_VERDICT, _UNREADABLE = JudgementState.VERDICT, PatchState.UNREADABLE


def outcome_of(
    criteria: Criteria, *, has_patch: bool | None, marked_success: bool | None
) -> Outcome:
    """The outcome that criteria imply (design, section 3).

    `has_patch` is False when there is certainly no patch, None when it cannot be read.
    """
    logic = criteria.optimization_logic_match
    if has_patch is False or logic is False:
        return named(Outcome.FAILURE, marked_success)
    if logic is None:
        return _UNDECIDED
    good = [
        criteria.syntax_correct,
        criteria.files_match,
        logic,
        criteria.is_complete,
        None if criteria.is_template_code is None else not criteria.is_template_code,
    ]
    if all(good):
        return _TRUE_SUCCESS
    if logic and False in good:
        return Outcome.PARTIAL_SUCCESS
    return _UNDECIDED


def assess(
    attempt: Attempt,
    verdicts: Iterable[Verdict] = (),
    judgements: Iterable[Judgement] = (),
    report: CheckReport | None = None,
    basis: Basis | None = None,
) -> Assessment:
    """Everything known of one attempt: people first, then certain checks, then the judge.

    `basis` is the patch and human change as they are now; without it no verdict is outdated.
    """
    history, all_judgements = tuple(verdicts), tuple(judgements)
    if not history and not all_judgements:
        return _by_facts(attempt, report)
    weighed = weigh(history, basis)
    opinions = [j.criteria for j in standing_votes(all_judgements)]
    voices = _voices(attempt, weighed, all_judgements, report)
    criteria, settled_by = _settle(voices, weighed, opinions)
    return Assessment(
        attempt,
        criteria,
        settled_by,
        _outcome(attempt, weighed, criteria),
        weighed.decider,
        report,
        all_judgements,
        contradictions(voices),
        weighed.standing,
        weighed.outdated,
        weighed.disputed,
    )


def reassess(known: Assessment, judgements: Sequence[Judgement]) -> Assessment:
    """The same attempt with its opinions replaced."""
    adjudicated = [known.verdict] if known.verdict and known.verdict.adjudicates else []
    anew = assess(known.attempt, [*known.verdicts, *adjudicated], judgements, known.report)
    return replace(anew, outdated=known.outdated)


def _by_facts(attempt: Attempt, report: CheckReport | None) -> Assessment:
    """What `assess` returns where only checks have spoken: most of a large run set."""
    criteria, settled_by = UNKNOWN, dict[str, str]()
    if report is not None:
        criteria = report.criteria
        settled_by = {name: "check" for name in CRITERIA if getattr(criteria, name) is not None}
    outcome = outcome_of(
        criteria, has_patch=has_patch(attempt), marked_success=attempt.marked_success
    )
    return Assessment(attempt, criteria, settled_by, outcome, None, report)


def is_reviewed(known: Assessment) -> bool:
    """Has a person decided, with nobody deciding otherwise? "Cannot tell" is a decision too."""
    return known.verdict is not None


def is_judged(known: Assessment) -> bool:
    """Is there at least one judgement that carries an opinion and is not set aside?"""
    return bool(known.judgements) and any(
        j.state is _VERDICT and not j.canary and not j.set_aside for j in known.judgements
    )


def is_open(known: Assessment) -> bool:
    """Does it need a person: a patch without a decision or a dispute?"""
    decided = known.verdict is not None or known.disputed
    return not decided and has_patch(known.attempt) is not False


def is_unbound(known: Assessment) -> bool:
    """Does the decision count although nobody knows which patch it was made on?"""
    return known.verdict is not None and known.verdict.basis is None


def is_cannot_tell(known: Assessment) -> bool:
    """Did people decide that nobody can tell? The attempt then counts as unknown."""
    return known.verdict is not None and known.verdict.cannot_tell is not None


def contradicts_fact(known: Assessment) -> bool:
    """Does a person contradict a certain fact? The decision counts, and is flagged."""
    return any(found.voices == ("check", "person") for found in known.contradictions)


def has_patch(attempt: Attempt) -> bool | None:
    """Is there a patch? None when there is one that cannot be read."""
    if attempt.patch.state is _UNREADABLE:
        return None
    return attempt.patch.has_text


def outcome_settled_by(known: Assessment) -> str | None:
    """Who the outcome rests on: "person", "check" or "judge"; None while it is undecided.

    An outcome derived from criteria rests on the least certain voice that it needs: a judge's
    opinion, then a person's decision, then a fact. The absence of a patch is a fact.
    """
    if known.outcome is _UNDECIDED:
        return None
    if known.verdict is not None:
        return "person"
    if has_patch(known.attempt) is False:
        return "check"
    certainty = ("check", "person", "judge")
    voices = {name: certainty.index(who) for name, who in known.settled_by.items()}
    needed = [voices["optimization_logic_match"]]
    if known.outcome is _TRUE_SUCCESS:
        needed = list(voices.values())
    elif known.outcome is Outcome.PARTIAL_SUCCESS:
        needed.append(min(voice for name, voice in voices.items() if is_bad(known.criteria, name)))
    return certainty[max(needed)]


def is_bad(criteria: Criteria, name: str) -> bool:
    """Does a criterion count against the attempt? Not while it is unknown."""
    return getattr(criteria, name) is (name == "is_template_code")


def is_any_bad(criteria: Criteria) -> bool:
    """Does any criterion count against the attempt? Unrolled: it is called a million times."""
    return (
        criteria.syntax_correct is False
        or criteria.files_match is False
        or criteria.optimization_logic_match is False
        or criteria.is_complete is False
        or criteria.is_template_code is True
    )


def _voices(
    attempt: Attempt,
    weighed: Decisions,
    judgements: Sequence[Judgement],
    report: CheckReport | None,
) -> Voices:
    judge = judge_criteria(judgements)
    settled = weighed.adjudication if weighed.decider is weighed.adjudication else None
    return Voices(
        check=report.criteria if report else UNKNOWN,
        judge=judge,
        judge_outcome=outcome_of(judge, has_patch=None, marked_success=None),
        people=(settled,) if settled else weighed.standing,
        has_patch=has_patch(attempt),
    )


def _settle(
    voices: Voices, weighed: Decisions, opinions: Sequence[Criteria]
) -> tuple[Criteria, dict[str, str]]:
    """The criteria, and who settles each: people where they agree, else a check, else the judge.

    Where people contradict each other, nobody settles it.
    """
    settled: dict[str, bool | None] = {}
    settled_by: dict[str, str] = {}
    for name in CRITERIA:
        people = {getattr(v.criteria, name) for v in voices.people} - {None}
        if not people and weighed.adjudication:  # it leaves open what reviewers agree on
            people = {getattr(v.criteria, name) for v in weighed.standing} - {None}
        if len(people) > 1:
            settled[name] = None
            continue
        person = next(iter(people), None)
        ranked = (
            ("person", person),
            ("check", getattr(voices.check, name)),
            ("judge", getattr(voices.judge, name)),
        )
        source, settled[name] = next((v for v in ranked if v[1] is not None), ("", None))
        if source:
            settled_by[name] = source
    return Criteria(**settled, quality_score=_quality(voices.people, opinions)), settled_by


def _outcome(attempt: Attempt, weighed: Decisions, criteria: Criteria) -> Outcome:
    if weighed.disputed:
        return _UNDECIDED
    if weighed.decider is not None:
        return named(weighed.decider.outcome, attempt.marked_success)
    return outcome_of(criteria, has_patch=has_patch(attempt), marked_success=attempt.marked_success)


def _quality(people: Iterable[Verdict], opinions: Iterable[Criteria]) -> float | None:
    """The median of people's scores; without any, of the votes' scores."""
    for criteria in ((v.criteria for v in people), opinions):
        scores = [c.quality_score for c in criteria if c.quality_score is not None]
        if scores:
            from statistics import median  # here: it loads much, and most runs come without scores

            return median(scores)
    return None
