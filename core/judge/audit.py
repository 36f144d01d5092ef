"""How far a set of judgements can be trusted: what really happened in each origin's calls.

Pure: it looks at attempts, judgements and check reports, and names every attempt behind a count.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from msgspec import Struct, field

from core.assess.barred import Judges
from core.assess.canary_scores import CanaryResult, CanaryScore, score
from core.assess.opinions import Tally, tally
from core.judge.question.rubric import current_rubric
from core.judge.wire.reply import is_other_model
from core.models import (
    CRITERIA,
    Attempt,
    CheckReport,
    Criteria,
    Judgement,
    JudgementState,
    PatchState,
    Rubric,
    Severity,
)

RUBRICS = "rubrics"
"""The origin of findings about what attempts are judged against."""

PIPELINE = "pipeline"
"""The origin of findings about what the runs' own pipeline claimed."""


class AuditFinding(Struct, frozen=True):
    """One fact that bears on trust: `count` of `total`, and the attempts it concerns."""

    rule: str
    severity: Severity
    message: str
    count: int
    total: int
    attempts: tuple[str, ...]


class OriginAudit(Struct, frozen=True):
    """The health of all judgements of one origin; canaries are scored, and counted nowhere else.

    `canary_bars` is how each model did on its own canaries.
    """

    origin: str
    judgements: int
    states: Mapping[str, int]
    findings: tuple[AuditFinding, ...]
    canaries: Mapping[str, CanaryScore]
    canary_bars: Mapping[str, CanaryResult] = field(default_factory=dict)  # by model

    @property
    def verdicts(self) -> int:
        """Judgements that carry an opinion."""
        return self.states.get(JudgementState.VERDICT.value, 0)


class _Item(Struct, frozen=True):
    judgement: Judgement
    attempt: Attempt
    report: CheckReport | None


_Test = Callable[[_Item], bool]


def audit(
    attempts: Iterable[Attempt],
    judgements: Iterable[Judgement],
    reports: Mapping[str, CheckReport] | None = None,
    rubrics: Mapping[str, Sequence[Rubric]] | None = None,
    canary_bar: float = 0.0,
) -> list[OriginAudit]:
    """What to know about the judgements, origin by origin; the pipeline's own claims last.

    Check reports add the facts that contradict them, rubrics (by human commit) what to know about
    those. A model that gets fewer canaries right than `canary_bar` (0..1) is an error.
    """
    known = {attempt.key: attempt for attempt in attempts}
    reports = reports or {}
    by_origin: dict[str, list[Judgement]] = {}
    for judgement in judgements:
        by_origin.setdefault(judgement.provenance, []).append(judgement)
    audits = [
        _origin(origin, found, known, reports, canary_bar) for origin, found in by_origin.items()
    ]
    judged_by = tuple(_rubrics(list(known.values()), rubrics or {}))
    if judged_by:
        audits.append(OriginAudit(RUBRICS, 0, {}, judged_by, {}))
    claims = tuple(_pipeline(list(known.values()), reports))
    return [*audits, OriginAudit(PIPELINE, 0, {}, claims, {})]


def _origin(
    origin: str,
    judgements: Sequence[Judgement],
    known: Mapping[str, Attempt],
    reports: Mapping[str, CheckReport],
    canary_bar: float,
) -> OriginAudit:
    real = [j for j in judgements if not j.canary and not j.second]
    items = [_Item(j, known[j.attempt], reports.get(j.attempt)) for j in real if j.attempt in known]
    states: dict[str, int] = {}
    for judgement in real:
        states[judgement.state.value] = states.get(judgement.state.value, 0) + 1
    findings = [*_calls(items), *_evidence(items), *_facts(items), *_votes(items)]
    strays = [j.attempt for j in real if j.attempt not in known]
    if strays:
        message = "judgements of attempts that are not loaded"
        findings.append(
            AuditFinding(
                "audit.stray", Severity.WARNING, message, len(strays), len(real), tuple(strays)
            )
        )
    bars = Judges(judgements, canary_bar).results
    findings += _bars(bars)
    return OriginAudit(origin, len(real), states, tuple(findings), score(judgements), bars)


def _bars(bars: Mapping[str, CanaryResult]) -> Iterator[AuditFinding]:
    for name, result in bars.items():
        if result.missed:
            message = (
                f"canaries that {name} got wrong, more than the bar of {result.bar:.0%} right "
                "allows: its opinions are set aside"
            )
            wrong = result.answered - result.right
            yield AuditFinding(
                "audit.canary-bar", Severity.ERROR, message, wrong, result.answered, ()
            )


def _calls(items: Sequence[_Item]) -> Iterator[AuditFinding]:
    yield from _count(
        "audit.booked-failure",
        Severity.ERROR,
        "calls that failed and were recorded as verdicts",
        items,
        lambda i: i.judgement.claimed is not None and i.judgement.claimed != Criteria(),
    )
    yield from _count(
        "audit.no-opinion",
        Severity.WARNING,
        "calls that gave no opinion",
        items,
        lambda i: i.judgement.state is not JudgementState.VERDICT,
    )
    yield from _count(
        "audit.foreign",
        Severity.WARNING,
        "judgements that are set aside: others stored them",
        items,
        lambda i: bool(i.judgement.set_aside),
    )
    yield from _count(
        "audit.nothing-kept",
        Severity.WARNING,
        "judgements without a stored reply",
        items,
        lambda i: not i.judgement.cached and not any(call.raw for call in i.judgement.calls),
    )
    yield from _count(
        "audit.fake",
        Severity.ERROR,
        "judgements made up by a test server",
        items,
        lambda i: i.judgement.is_made_up,
    )
    yield from _count(
        "audit.other-model",
        Severity.WARNING,
        "judgements by a model other than the requested one",
        items,
        lambda i: any(map(is_other_model, i.judgement.calls)),
    )
    yield from _count(
        "audit.unknown-cost",
        Severity.INFO,
        "judgements of unknown cost",
        items,
        lambda i: i.judgement.cost is None,
    )


def _evidence(items: Sequence[_Item]) -> Iterator[AuditFinding]:
    yield from _count(
        "audit.no-human-diff",
        Severity.ERROR,
        "judgements made without the human commit",
        items,
        lambda i: i.judgement.without_reference,
    )
    yield from _count(
        "audit.cut-patch",
        Severity.ERROR,
        "judgements of a patch that was cut",
        items,
        lambda i: i.attempt.patch.state is PatchState.CUT,
    )
    yield from _count(
        "audit.incomplete-evidence",
        Severity.WARNING,
        "judgements whose evidence is marked incomplete",
        items,
        lambda i: bool(i.judgement.missing_evidence),
    )
    yield from _count(
        "audit.unsupported",
        Severity.ERROR,
        "opinions with answers that no quote supports: those do not count",
        [i for i in items if i.judgement.state is JudgementState.VERDICT],
        lambda i: any(answer.unsupported for answer in i.judgement.answers),
    )
    yield from _count(
        "audit.misplaced",
        Severity.WARNING,
        "opinions with issues at places that do not exist",
        [i for i in items if i.judgement.state is JudgementState.VERDICT],
        lambda i: any(issue.misplaced for issue in i.judgement.issues),
    )
    yield from _count(
        "audit.injection",
        Severity.WARNING,
        "judgements of a patch that talks to its judge",
        items,
        lambda i: any(f.severity is not Severity.INFO for f in i.judgement.tripwires),
    )


def _facts(items: Sequence[_Item]) -> Iterator[AuditFinding]:
    """Where certain checks contradict what was recorded, failed calls included."""
    wrong = [i for i in items if _recorded(i).syntax_correct is False]
    yield from _count(
        "audit.syntax-wrong",
        Severity.INFO,
        'judgements that recorded "syntax wrong"',
        items,
        lambda i: _recorded(i).syntax_correct is False,
    )
    whole = [i for i in wrong if i.attempt.patch.state is PatchState.WHOLE and i.report]
    yield from _count(
        "audit.syntax-parses",
        Severity.ERROR,
        'whole patches recorded "syntax wrong" that parse',
        whole,
        lambda i: i.report is not None and i.report.criteria.syntax_correct is True,
    )
    opinions = [i for i in items if i.judgement.state is JudgementState.VERDICT and i.report]
    for name in CRITERIA:
        yield from _count(
            f"audit.against-fact.{name}",
            Severity.ERROR,
            f"opinions on {name} that a check contradicts",
            opinions,
            lambda i, name=name: _contradicted(i, name),  # type: ignore[misc]
        )


def _votes(items: Sequence[_Item]) -> Iterator[AuditFinding]:
    by_attempt: dict[str, list[Judgement]] = {}
    for item in items:
        by_attempt.setdefault(item.attempt.key, []).append(item.judgement)
    tallies = {key: list(tally(judgements).values()) for key, judgements in by_attempt.items()}
    split = tuple(key for key, found in tallies.items() if any(t.is_split for t in found))
    if split:
        message = "attempts on which votes contradict each other"
        yield AuditFinding(
            "audit.split", Severity.INFO, message, len(split), len(by_attempt), split
        )
    yield from _models(tallies)


def _models(tallies: Mapping[str, Iterable[Tally]]) -> Iterator[AuditFinding]:
    """Where models that were asked together contradict each other."""
    asked = {key: found for key, found in tallies.items() if any(len(t.voices) > 1 for t in found)}
    differ = tuple(key for key, found in asked.items() if any(t.models_differ for t in found))
    if differ:
        message = "attempts on which models contradict each other: those not set aside decide"
        yield AuditFinding(
            "audit.models-differ", Severity.WARNING, message, len(differ), len(asked), differ
        )


def _rubrics(
    attempts: Sequence[Attempt], rubrics: Mapping[str, Sequence[Rubric]]
) -> Iterator[AuditFinding]:
    current = {human: current_rubric(found) for human, found in rubrics.items()}
    items = [_Item(_NO_JUDGEMENT, a, None) for a in attempts if a.reference_sha in rubrics]
    yield from _count(
        "audit.rubric-failed",
        Severity.WARNING,
        "attempts whose rubric could not be written",
        items,
        lambda i: current[i.attempt.reference_sha] is None,
    )
    yield from _count(
        "audit.rubric-incomplete",
        Severity.WARNING,
        "attempts whose rubric was written without seeing all of the human commit",
        items,
        lambda i: bool((rubric := current[i.attempt.reference_sha]) and rubric.missing_evidence),
    )
    yield from _count(
        "audit.rubric-edited",
        Severity.INFO,
        "attempts whose rubric a person edited",
        items,
        lambda i: bool((rubric := current[i.attempt.reference_sha]) and rubric.edited),
    )


def _pipeline(
    attempts: Sequence[Attempt], reports: Mapping[str, CheckReport]
) -> Iterator[AuditFinding]:
    items = [_Item(_NO_JUDGEMENT, a, reports.get(a.key)) for a in attempts]
    yield from _count(
        "audit.marked-but-failed",
        Severity.ERROR,
        "attempts marked success with a return code other than 0",
        [i for i in items if i.attempt.marked_success],
        lambda i: i.attempt.execution.returncode not in (None, 0),
    )
    whole = [i for i in items if i.attempt.patch.state is PatchState.WHOLE and i.report]
    facts: tuple[tuple[str, str, _Test], ...] = (
        ("applies", "whole patches that apply", _applies),
        ("parses", "whole patches that parse", lambda i: _fact(i).syntax_correct is True),
        (
            "same-files",
            "whole patches that touch exactly the human's files",
            lambda i: _fact(i).files_match is True,
        ),
    )
    for name, message, test in facts:
        yield from _count(f"audit.{name}", Severity.INFO, message, whole, test)


_NO_JUDGEMENT = Judgement("", "", JudgementState.ERROR)


def _applies(item: _Item) -> bool:
    return item.report is not None and item.report.measures.get("applies") is True


def _fact(item: _Item) -> Criteria:
    return item.report.criteria if item.report else Criteria()


def _recorded(item: _Item) -> Criteria:
    """What was recorded, whether or not there was an opinion behind it."""
    return item.judgement.claimed or item.judgement.criteria


def _contradicted(item: _Item, name: str) -> bool:
    opinion: bool | None = getattr(item.judgement.criteria, name)
    fact: bool | None = getattr(_fact(item), name)
    return opinion is not None and fact is not None and opinion is not fact


def _count(
    rule: str, severity: Severity, message: str, items: Sequence[_Item], test: _Test
) -> Iterator[AuditFinding]:
    keys = tuple(item.attempt.key for item in items if test(item))
    if keys:
        yield AuditFinding(rule, severity, message, len(keys), len(items), keys)
