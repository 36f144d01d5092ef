"""Which model is proposed where none was chosen, from what a server lists. It never chooses itself.

Proposed is `gpt-5` while the server lists it without a shutdown within 30 days, else the newest
`gpt-5.x` that it lists. Other models have no order that means anything: none of them is proposed.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from core.judge.books.cost import price_text
from core.judge.wire.client import JudgeClient
from core.judge.wire.shutdown import ANNOUNCED
from core.settings import DEFAULT_BASE_URL, JudgeSettings

PREFERRED = "gpt-5"
LEAST_DAYS = 30
"""Days that a model must have left to be proposed."""

_SNAPSHOT = re.compile(r"gpt-5\.(\d+)(?:-(\d{4}-\d{2}-\d{2}))?")
_MOST_NAMED = 12


@dataclass(frozen=True, slots=True)
class ModelOffer:
    """The models that a server lists, and the one to propose ("" for none)."""

    listed: tuple[str, ...]
    proposed: str
    price: str = ""

    @property
    def text(self) -> str:
        """What to choose from, for people."""
        if not self.listed:
            return "The server lists no models: name one that it has."
        names = ", ".join(self.listed[:_MOST_NAMED])
        more = len(self.listed) - _MOST_NAMED
        names += f" and {more} more" if more > 0 else ""
        if not self.proposed:
            return f"The server lists {names}."
        return f"Proposed: {self.proposed} ({self.price}). The server lists {names}."


def offer_models(settings: JudgeSettings) -> ModelOffer:
    """Ask the server which models it has. Raises `SettingsError` without a key."""
    dates = asyncio.run(_listed(settings))
    if settings.base_url == DEFAULT_BASE_URL:
        dates = {name: day or ANNOUNCED.get(name) for name, day in dates.items()}
    proposed = propose_model(dates, datetime.now(UTC).date())
    price = price_text(replace(settings, model=proposed)) if proposed else ""
    return ModelOffer(tuple(sorted(dates)), proposed, price)


def propose_model(shutdowns: Mapping[str, str | None], today: date) -> str:
    """The model to propose, from those listed with the day of their shutdown; "" for none."""
    usable = [name for name, day in shutdowns.items() if _days_left(day, today) >= LEAST_DAYS]
    if PREFERRED in usable:
        return PREFERRED
    return max(_snapshots(usable), default=((0, ""), ""))[1]


def _snapshots(names: Iterable[str]) -> Iterable[tuple[tuple[int, str], str]]:
    for name in names:
        match = _SNAPSHOT.fullmatch(name)
        if match:
            yield (int(match[1]), match[2] or ""), name


def _days_left(day: str | None, today: date) -> float:
    try:
        return (date.fromisoformat((day or "")[:10]) - today).days
    except ValueError:
        return float("inf")


async def _listed(settings: JudgeSettings) -> dict[str, str | None]:
    client = JudgeClient(settings)
    try:
        return dict((await client.look_up()).shutdowns)
    finally:
        await client.close()
