"""How the run went: what the pipeline recorded compared with its claim, and whose fault it was."""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.checks.context import Context
from core.checks.registry import Fact, Found, Measure, rule
from core.late_patterns import LatePattern
from core.models import PatchState, Severity
from core.text import one_line

TOO_FAST_S = 10.0
"""Seconds in which no agent reads code, asks a model and edits.

The fastest real run seen takes 150 s; agents that never started took 1 to 8 s.
"""

_LAST_LINES = 60
_MAX_LINE = 2000  # characters of a line that are searched for an error
_SIGNALS = {9: "SIGKILL", 11: "SIGSEGV", 15: "SIGTERM"}

_INFRASTRUCTURE = LatePattern(
    r"no module named|modulenotfounderror|importerror: cannot import"
    r"|no such file or directory: '[^']*(?:bin/|python|node|docker)[^']*'"
    r"|command not found|cannot execute|permission denied.*(?:bin/|docker)"
    r"|broken ?pipe|connection (?:reset|refused|aborted|error|timed out)|connectionerror"
    r"|apiconnectionerror|apitimeouterror|apistatuserror|api error|internalservererror"
    r"|ratelimiterror|rate.?limit(?:ed| exceeded| reached)|too many requests|insufficient_quota"
    r"|invalid.api.key|authenticationerror|overloaded_error|bad gateway|service unavailable"
    r"|(?:error|status)(?: code)?:? (?:401|403|429|500|502|503|504)\b"
    r"|time(?:d)?[ -]?out (?:after|expired|exceeded|reached)|timeouterror|timeoutexpired"
    r"|(?:process|agent|command|run|task) timed out"
    r"|out of memory|outofmemory|oom-?kill|no space left on device|disk quota exceeded"
    r"|cannot connect to the docker daemon|segmentation fault",
    re.IGNORECASE,
)


@rule(
    "run.nonzero-return",
    Severity.WARNING,
    "The agent exited with an error code, yet the attempt is marked a success",
    certain=True,
    version=2,
)
def nonzero_return(context: Context) -> Iterator[Fact]:
    code = context.attempt.execution.returncode
    if code not in (None, 0) and context.attempt.marked_success:
        yield Found(f"marked success despite return code {code}")


@rule(
    "run.no-patch-marked",
    Severity.ERROR,
    "The attempt is marked a success without a patch",
    certain=True,
)
def no_patch_marked(context: Context) -> Iterator[Fact]:
    nothing = (PatchState.EMPTY, PatchState.MISSING)
    if context.attempt.marked_success and context.attempt.patch.state in nothing:
        yield Found("marked success without a patch")


@rule("run.too-fast", Severity.WARNING, "The run was too short for an agent to do anything")
def too_fast(context: Context) -> Iterator[Fact]:
    seconds = context.attempt.execution.duration_s
    if seconds is not None and seconds < TOO_FAST_S:
        yield Found(f"the run took {seconds:.1f} s")


@rule("run.no-steps", Severity.WARNING, "The agent took no step", certain=True, version=2)
def no_steps(context: Context) -> Iterator[Fact]:
    if context.attempt.execution.steps == 0:
        yield Found("the agent took no step")


@rule(
    "run.null-error",
    Severity.INFO,
    "The run failed and its error was not recorded",
    certain=True,
    version=2,
)
def null_error(context: Context) -> Iterator[Fact]:
    attempt = context.attempt
    failed = attempt.status == "error" or attempt.execution.returncode not in (None, 0)
    if failed and not attempt.execution.error:
        yield Found("the run failed without recording an error")


@rule(
    "run.infrastructure",
    Severity.ERROR,
    "The run failed for a reason outside the agent: interpreter, network, API, time, memory",
    version=2,
)
def infrastructure(context: Context) -> Iterator[Fact]:
    evidence = infrastructure_evidence(context)
    if evidence:
        yield Found(f"infrastructure failure: {evidence}")
    failed = _failed(context)
    yield Measure("run.failure", "infrastructure" if evidence else "agent" if failed else None)


def infrastructure_evidence(context: Context) -> str:
    """The line or figure that shows an infrastructure failure, "" if none does.

    The logs count only if the run failed: agents meet and fix such errors in their own work.
    """
    run = context.attempt.execution
    if run.error and _INFRASTRUCTURE.compiled.search(run.error[:_MAX_LINE]):
        return one_line(run.error)
    if not _failed(context):
        return ""
    for name, tail in context.log_tails():
        if "trajectory" not in name:
            for line in reversed(tail.splitlines()[-_LAST_LINES:]):
                if _INFRASTRUCTURE.compiled.search(line[:_MAX_LINE]):
                    return f"{name}: {one_line(line)}"
    code = run.returncode
    signal = -code if code is not None and code < 0 else (code or 0) - 128
    if signal in _SIGNALS:
        return f"return code {code}: killed by {_SIGNALS[signal]} (a time or memory limit?)"
    if code == 124:
        return "return code 124: stopped by a time limit"
    if run.steps == 0:
        return "the agent took no step"
    if code and run.duration_s is not None and run.duration_s < TOO_FAST_S:
        return f"return code {code} after {run.duration_s:.1f} s: the agent never got to work"
    return ""


def _failed(context: Context) -> bool:
    attempt = context.attempt
    return (
        attempt.status == "error"
        or attempt.execution.returncode not in (None, 0)
        or bool(attempt.execution.error)
        or attempt.execution.steps == 0
        or attempt.patch.state in (PatchState.EMPTY, PatchState.MISSING)
    )


@rule("run.figures", Severity.INFO, "Return code, seconds, steps and tokens as recorded")
def figures(context: Context) -> Iterator[Fact]:
    run = context.attempt.execution
    yield Measure("run.returncode", run.returncode)
    yield Measure("run.seconds", run.duration_s)
    yield Measure("run.steps", run.steps)
    yield Measure("run.tokens_in", run.tokens_in)
    yield Measure("run.tokens_out", run.tokens_out)
