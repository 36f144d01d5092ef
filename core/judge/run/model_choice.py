"""Which model to propose when none was chosen, from those a server lists. It never chooses itself.

`gpt-5` is proposed while the server lists it without a shutdown within 30 days, else the newest
listed `gpt-5.x`. Other models have no meaningful order: none of them is proposed.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime

from msgspec import Struct

from core.judge.books.cost import has_price, price_text
from core.judge.wire.shutdown import ANNOUNCED, announced_date, shutdown_warning
from core.records import replace
from core.settings import DEFAULT_BASE_URL, JudgeSettings

PREFERRED = "gpt-5"
LEAST_DAYS = 30
"""Days that a model must have left to be proposed."""

_SNAPSHOT = re.compile(r"gpt-5\.(\d+)(?:-(\d{4}-\d{2}-\d{2}))?")
_MOST_NAMED = 9
"""How many models are offered: a digit chooses one on the screen."""


class OfferedModel(Struct, frozen=True):
    """A model that a server lists; `price` is for people, `until` its shutdown date or ""."""

    name: str
    price: str = ""
    until: str = ""

    @property
    def text(self) -> str:
        """The model with what is known of it."""
        known = [self.price] if self.price else []
        known += [f"shut down on {self.until}"] if self.until else []
        return f"{self.name} ({', '.join(known)})" if known else self.name


class ModelOffer(Struct, frozen=True):
    """The models that a server lists, the first few to choose from, and the proposed one."""

    listed: tuple[str, ...]
    proposed: str  # "" for none
    choices: tuple[OfferedModel, ...] = ()

    @property
    def text(self) -> str:
        """What to choose from, for people."""
        if not self.listed:
            return "The server lists no models: name one."
        proposed = f"Proposed: {self.proposed}. " if self.proposed else ""
        return f"{proposed}The server lists {', '.join(c.text for c in self.choices)}{self.more}."

    @property
    def more(self) -> str:
        """How many are not named."""
        more = len(self.listed) - len(self.choices)
        return f" and {more} more" if more > 0 else ""


def offer_models(settings: JudgeSettings) -> ModelOffer:
    """Ask the server which models it has. Raises `SettingsError` without a key."""
    dates = asyncio.run(_listed(settings))
    if settings.base_url == DEFAULT_BASE_URL:
        dates = {name: day or ANNOUNCED.get(name) for name, day in dates.items()}
    proposed = propose_model(dates, datetime.now(UTC).date())
    first = sorted(dates, key=lambda name: (name != proposed, *_place(name)))[:_MOST_NAMED]
    choices = tuple(_offered(name, dates[name], settings) for name in first)
    return ModelOffer(tuple(sorted(dates)), proposed, choices)


def shutdown_warnings(settings: JudgeSettings) -> list[str]:
    """What was announced about the models to be asked; nothing is sent."""
    panel = map(settings.asking, settings.panel)
    warnings = (shutdown_warning(one, announced_date(one)) for one in panel)
    return [warning for warning in warnings if warning]


def _offered(name: str, day: str | None, settings: JudgeSettings) -> OfferedModel:
    asked = replace(settings, model=name, models=())
    return OfferedModel(name, price_text(asked) if has_price(asked) else "", (day or "")[:10])


def _place(name: str) -> tuple[int, list[int], str]:
    """A model's rank among those to choose from: the preferred kind first, newest first."""
    match = _SNAPSHOT.fullmatch(name)
    if match:
        day = (match[2] or "").replace("-", "")
        return 0, [-int(match[1]), -int(day or 0)], name
    return (1 if name.startswith(PREFERRED) else 2), [], name


def propose_model(shutdowns: Mapping[str, str | None], today: date) -> str:
    """The model to propose, from those listed with their shutdown dates; "" for none."""
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
    from core.judge.wire.client import JudgeClient  # here: only this asks a server

    client = JudgeClient(settings)
    try:
        return dict((await client.look_up()).shutdowns)
    finally:
        await client.close()
