"""What calls cost, in US dollars: prices from the settings, else from `genai-prices` (offline).

An unknown price makes a cost unknown, never 0.
"""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from core.errors import SettingsError
from core.judge.question.judge_prompt import Question
from core.models import Usage
from core.settings import JudgeSettings, Price

EXPECTED_OUTPUT_TOKENS = 4_000
"""Expected output of one call before anything is known: some 800 tokens of JSON plus reasoning."""

MAX_RAISED_TOKENS = 128_000
"""Source: the output limit of gpt-5."""

_ENVELOPE_TOKENS = 500
"""Tokens that a server adds around a prompt (roles, schema, fences); a generous bound."""

BATCH_DISCOUNT = 0.5
"""Source: OpenAI's Batch API costs half of the synchronous one."""


def cost_of(
    usage: Usage | None,
    model: str,
    settings: JudgeSettings,
    *,
    tier: str | None = None,
    when: datetime | None = None,
    reported: str | None = None,
    batch: bool = False,
) -> float | None:
    """The cost of one call; None when its tokens or its price are unknown.

    Priced as the model that answered; a dated or otherwise longer form of the requested name has
    the requested model's price.
    """
    if usage is None or not is_plausible(usage):
        return None
    names = [reported or model]
    if reported and reported.startswith(f"{model}-"):
        names.append(model)
    for name in names:
        price = settings.prices.get(name)
        cost = _own_cost(usage, price) if price else _listed_cost(usage, name, tier, when)
        if cost is not None:
            return cost * BATCH_DISCOUNT if batch else cost
    return None


def is_plausible(usage: Usage) -> bool:
    """Can a call have used that much? Something goes in and out, and cached input is part of input.

    Impossible numbers are unknown, and never taken for small ones.
    """
    inputs, outputs = usage.input_tokens or 0, usage.output_tokens or 0
    return inputs > 0 and outputs > 0 and (usage.cached_tokens or 0) <= inputs


def expected_cost(
    question: Question, settings: JudgeSettings, *, batch: bool = False
) -> float | None:
    """Roughly what one call will cost."""
    expected = Usage(question.tokens, 0, EXPECTED_OUTPUT_TOKENS)
    return cost_of(expected, settings.model, settings, tier=_tier(settings), batch=batch)


def raised_limit(settings: JudgeSettings) -> int:
    """The output limit of a second try, in tokens."""
    return max(settings.max_output_tokens, min(2 * settings.max_output_tokens, MAX_RAISED_TOKENS))


def worst_cost(
    question: Question, settings: JudgeSettings, output: int, *, batch: bool = False
) -> float | None:
    """The most that one call with an output limit can cost; None when the price is unknown.

    The input is counted at two bytes per token, a density that no code reaches.
    """
    tokens = question.bytes // 2 + _ENVELOPE_TOKENS
    usage = Usage(tokens, 0, output)
    return cost_of(usage, settings.model, settings, tier=_tier(settings), batch=batch)


def highest_cost(
    question: Question, settings: JudgeSettings, *, batch: bool = False
) -> float | None:
    """The most that a question can cost: all output used, then once more with a raised limit."""
    limits = [settings.max_output_tokens, *([] if batch else [raised_limit(settings)])]
    costs = [worst_cost(question, settings, limit, batch=batch) for limit in limits]
    known = [cost for cost in costs if cost is not None]
    return sum(known) if len(known) == len(costs) else None


def has_price(settings: JudgeSettings) -> bool:
    """Is the model's price known?"""
    return cost_of(Usage(1, 0, 1), settings.model, settings) is not None


def price_text(settings: JudgeSettings) -> str:
    """The model's price, for people."""
    costs = [
        cost_of(Usage(*tokens), settings.model, settings)
        for tokens in ((1_000_000, 0, 1), (1, 0, 1_000_000))
    ]
    if costs[0] is None or costs[1] is None:
        return "its price is unknown"
    return f"${costs[0]:.2f} in and ${costs[1]:.2f} out per million tokens"


def require_price(settings: JudgeSettings) -> None:
    """Raises `SettingsError` when there is a cap that cannot be enforced for lack of a price."""
    if settings.max_cost is None:
        return
    for model in settings.panel:
        if has_price(settings.asking(model)):
            continue
        raise SettingsError(
            f"a cost limit cannot be enforced: the price of {model!r} is unknown",
            f'Set it in [judge.prices."{model}"] in patchjury.toml in your config '
            "folder (input and output, US dollars per million tokens), or ask without a limit.",
        )


def _tier(settings: JudgeSettings) -> str | None:
    return None if settings.service_tier == "auto" else settings.service_tier


def _own_cost(usage: Usage, price: Price) -> float:
    cached = usage.cached_tokens or 0
    cached_price = price.input if price.cached_input is None else price.cached_input
    fresh = (usage.input_tokens or 0) - cached
    total = fresh * price.input + cached * cached_price + (usage.output_tokens or 0) * price.output
    return total / 1e6


def _listed_cost(usage: Usage, model: str, tier: str | None, when: datetime | None) -> float | None:
    if not _is_listed(model):
        return None
    # Imported here because reading the price list takes a fifth of a second.
    from genai_prices import Usage as Tokens
    from genai_prices import calc_price

    tokens = Tokens(
        input_tokens=usage.input_tokens,
        cache_read_tokens=usage.cached_tokens or 0,
        output_tokens=usage.output_tokens,
    )
    context = {"service_tier": tier} if tier else None
    price = calc_price(
        tokens,
        model,
        provider_id="openai",
        genai_request_timestamp=when,
        price_context=context,
    )
    return float(price.total_price)


@lru_cache(maxsize=64)
def _is_listed(model: str) -> bool:
    from genai_prices import Usage as Tokens
    from genai_prices import calc_price

    try:
        calc_price(Tokens(input_tokens=1, output_tokens=1), model, provider_id="openai")
    except LookupError:
        return False
    return True
