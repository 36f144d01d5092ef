"""Counts of what went wrong with the attempts at one human commit; an attempt may be in several."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from core.assess.implied_criteria import LOGIC, settled_criterion
from core.assess.outcome import has_patch
from core.export.report.report_blocks import Line, line, strong
from core.models import Assessment, PatchState

_Test = Callable[[Assessment], bool]


def breakdown(attempts: Sequence[Assessment]) -> Iterator[Line]:
    """A line with what went wrong, as far as known; none if nothing did."""
    patched = [known for known in attempts if known.attempt.patch.has_text]
    counts = {name: sum(map(holds, attempts)) for name, holds in _RUNS.items()}
    counts |= {name: sum(map(holds, patched)) for name, holds in _PATCHES.items()}
    told = [f"{count} {name}" for name, count in counts.items() if count]
    if told:
        yield line(strong("What went wrong:"), f" {', '.join(told)}")


def _has_rule(start: str) -> _Test:
    def holds(known: Assessment) -> bool:
        found = known.report.findings if known.report else ()
        return any(finding.rule.startswith(start) for finding in found)

    return holds


def _is_wrong(criterion: str) -> _Test:
    return lambda known: settled_criterion(known, criterion) is False


_RUNS: Mapping[str, _Test] = {
    "without a patch": lambda known: has_patch(known.attempt) is False,
    "with an infrastructure failure": _has_rule("run.infrastructure"),
    "with a return code other than 0": lambda k: k.attempt.execution.returncode not in (0, None),
}

_PATCHES: Mapping[str, _Test] = {
    "with a cut patch": lambda known: known.attempt.patch.state is PatchState.CUT,
    "that do not apply": lambda k: bool(k.report and k.report.measures.get("applies") is False),
    "with wrong syntax": _is_wrong("syntax_correct"),
    "with other files": _is_wrong("files_match"),
    "with signs of template code": _has_rule("template."),
    "with different logic": _is_wrong(LOGIC),
    "that are not complete": _is_wrong("is_complete"),
}
"""Only for attempts with a patch: a failed run has no wrong logic."""
