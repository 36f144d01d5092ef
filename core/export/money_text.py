"""Money, tokens and time as text; each sum says what is unknown."""

from __future__ import annotations

from core.stats.money import Amount, Expense, JudgeExpense, Money, PerSuccess, VerdictTime
from core.text import counted, one_line


def money_lines(money: Money) -> list[str]:
    """What was spent in total, on failures and retries, and per true success."""
    lines = [
        f"attempts: {_expense(money.attempts)}",
        f"failed attempts: {_expense(money.failed)}",
        f"attempts after the first at their commit ({money.commits_retried} commits): "
        f"{_expense(money.retries)}",
    ]
    if money.judge is not None:
        lines.append(_judge(money.judge))
    lines += [_per_success(one) for one in money.per_success]
    lines += [_time(one) for one in money.verdict_times]
    return lines


def _expense(spent: Expense) -> str:
    if not spent.attempts:
        return "none"
    parts = (
        _amount("tokens in", spent.tokens_in, "{:,.0f} tokens in"),
        _amount("tokens out", spent.tokens_out, "{:,.0f} tokens out"),
        _amount("time", spent.seconds, "{:,.1f} hours", 1 / 3600),
        _amount("cost", spent.cost, "${:,.2f}"),
    )
    return f"{spent.attempts}: " + ", ".join(parts)


def _amount(name: str, amount: Amount, form: str, factor: float = 1) -> str:
    """Such as "at least 1,397,096 tokens in (of 40; 260 unknown)"."""
    if not amount.known:
        return f"{name} unknown"
    text = form.format(amount.total * factor)
    if not amount.unknown:
        return text
    return f"at least {text} (of {amount.known}; {amount.unknown} unknown)"


def _judge(judge: JudgeExpense) -> str:
    unknown = (
        f" and {counted(judge.unknown_costs, 'call')} of unknown cost"
        if judge.unknown_costs
        else ""
    )
    made_up = f" ({judge.made_up} made up by a test server, not counted)" if judge.made_up else ""
    return (
        f"judge: {counted(judge.calls, 'call')}{made_up}, {judge.tokens_in:,} tokens in, "
        f"{judge.tokens_out:,} tokens out, ${judge.cost:.2f}{unknown}"
    )


def _per_success(one: PerSuccess) -> str:
    def shown(value: float) -> str:
        if one.unit == "US dollars":
            return f"${value:,.2f}"
        return f"{value:,.0f} {one.unit}" if value >= 100 else f"{value:.3g} {one.unit}"

    if one.low is None:
        return f"{one.what} for each true success: there is none"
    if one.high is None:
        why = "no success is certain" if one.is_complete else "some of it is unknown"
        return f"{one.what} for each true success: at least {shown(one.low)}, no upper end ({why})"
    return f"{one.what} for each true success: {shown(one.low)} to {shown(one.high)}"


def _time(found: VerdictTime) -> str:
    name = one_line(found.reviewer, 40)
    if found.median_minutes is None:
        return f"{name}: {counted(found.decisions, 'attempt')} decided, no time recorded"
    untimed = found.decisions - found.timed
    rest = f", {untimed} without a time" if untimed else ""
    return (
        f"{name}: {found.median_minutes:.1f} minutes for a verdict "
        f"(median of {found.timed}{rest}), {found.total_minutes:.0f} in all"
    )
