"""Messages about a run of the judge: its estimate, its progress, how it ended. Plain text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.text import counted

if TYPE_CHECKING:
    from core.judge import events, ledger, proposals
    from core.settings import JudgeSettings


def dollars(cost: float | None, unknown: int = 0) -> str:
    """A cost; what is unknown is stated and never counted as 0."""
    if cost is None:
        return "unknown cost"
    rest = f" + {unknown} of unknown cost" if unknown else ""
    return f"${cost:.2f}{rest}"


def spending_text(totals: ledger.Totals) -> str:
    """What the judge has cost, and beside it what a test server claims it would have."""
    lost = f" ({counted(totals.bad_lines, 'bad ledger line')})" if totals.bad_lines else ""
    if totals.fake and totals.fake == totals.calls:
        return f"{dollars(totals.fake_cost, totals.unknown_costs)} made up{lost}"
    made_up = f" + {dollars(totals.fake_cost)} made up" if totals.fake else ""
    return f"{dollars(totals.paid, totals.unknown_costs)}{made_up}{lost}"


def estimate_text(figures: proposals.Estimate, settings: JudgeSettings) -> list[str]:
    """What a run would do and cost, before anything is sent; line by line."""
    # Imported here because the screen opens without the judge.
    from core.judge import model_choice
    from core.settings import KEY_HINT

    lines = [
        f"{', '.join(settings.panel)} at {settings.server}, "
        f"{counted(settings.votes, 'vote')} an attempt"
        + (" of each: where models disagree, they settle nothing" if settings.models else ""),
        f"{counted(figures.calls, 'call')} ({figures.rubrics} for rubrics, "
        f"{figures.canaries} canaries), {figures.cached} already answered",
        f"{figures.input_tokens} input tokens, about {figures.output_tokens} output tokens: "
        + _price(figures),
        *_limit(figures, settings.max_cost),
    ]
    if settings.lacks_key:
        lines.insert(0, f"There is no API key. {KEY_HINT}")
    for warning in model_choice.shutdown_warnings(settings):
        lines.insert(0, warning)
    if figures.without_facts:
        lines.append(
            f"{figures.without_facts} have no check report, so no facts can be given: "
            "run patchjury check first"
        )
    if figures.incomplete:
        lines.append(
            f"{figures.incomplete} with incomplete evidence (a patch that is cut or too large)"
        )
    if figures.without_reference:
        lines.append(f"{figures.without_reference} without a human diff: their logic stays unknown")
    if figures.skipped:
        key, reason = figures.skipped[0]
        lines.append(f"{len(figures.skipped)} left out; the first: {key}: {reason}")
    return lines


def _price(figures: proposals.Estimate) -> str:
    if figures.expected_cost is None:
        return "at an unknown cost"
    return f"about {dollars(figures.expected_cost)}, at most {dollars(figures.highest_cost)}"


def _limit(figures: proposals.Estimate, cap: float | None) -> list[str]:
    """What a cost limit means for the run."""
    if cap is None or not figures.worst_call:
        return []
    at_once = counted(figures.calls_at_once(cap) or 0, "call")
    lines = [
        f"the limit of ${cap:g} allows {at_once} at once: one may cost up to "
        f"${figures.worst_call:.2f}"
    ]
    if (figures.expected_cost or 0.0) > cap:
        lines.append(f"the limit of ${cap:g} will probably stop it before everything is asked")
    return lines


def progress_text(progress: events.Progress) -> str:
    """The progress of a run, in one line."""
    cost = dollars(progress.cost, progress.unknown_costs)
    failed = f", {progress.failed} failed" if progress.failed else ""
    return f"judging {progress.done}/{progress.total}{failed}, {cost}"


def progress_bar(progress: events.Progress) -> str:
    """The progress of a run, as a bar of 30 cells and in words."""
    share = 30 * progress.done // max(1, progress.total)
    return f"[{'█' * share:<30}] {progress_text(progress)}"


def summary_text(summary: events.Summary) -> str:
    """How a run ended; the judge's canary results come first."""
    lines = []
    for kind, score in sorted(summary.canaries.items()):
        lines.append(
            f"canaries ({kind}): {score.right} right, {score.wrong} wrong, "
            f"{score.unanswered} unanswered, {score.not_asked} not asked"
        )
    states = ", ".join(f"{count} {state}" for state, count in summary.states.items() if count)
    canaries = summary.canaries.values()
    votes = summary.total - sum(s.right + s.wrong + s.unanswered + s.not_asked for s in canaries)
    if summary.bar_missed:
        lines.insert(0, f"THE CANARY BAR WAS MISSED: {summary.bar_missed}")
    lines.append(f"{counted(votes, 'vote')}: {states or 'none new'}, {summary.cached} cached")
    lines.append(
        f"{counted(summary.calls, 'call')}, {dollars(summary.cost, summary.unknown_costs)}"
    )
    notes = (
        (summary.not_run, "not run"),
        (summary.skipped, "left out"),
        (summary.unsaved, "not saved"),
        (summary.tripwires, "with text aimed at the judge"),
        (summary.fake, "made up by a test server: no model's opinions"),
    )
    lines += [f"{count} {what}" for count, what in notes if count]
    if summary.failed_rubrics:
        lines.append(f"{counted(summary.failed_rubrics, 'rubric')} failed: {summary.rubric_error}")
    lines += [f"{n} answered by {model} instead" for model, n in summary.other_models.items()]
    if summary.halted:
        lines.append(f"stopped: {summary.halted}")
    return "\n".join(lines) + "\n"
