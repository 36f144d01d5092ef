"""What somebody else's export says about facts and money: kept under their name, never counted."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from core.models.finding import CheckReport


class ReportedLedger(Struct, frozen=True):
    """The totals of another's judge ledger. Costs in US dollars."""

    calls: int
    cost: float
    unknown_costs: int = 0
    fake: int = 0
    input_tokens: int = 0
    output_tokens: int = 0


class Reported(Struct, frozen=True):
    """Check reports on attempts at one human commit, or of the whole ("") the ledger.

    They cannot be checked here: `patchjury check` finds facts again, and the money was another's.
    """

    id: str
    created: datetime  # when the export was written
    reported_by: str  # the import that brought it
    human: str = ""
    generator: str = ""
    reports: tuple[CheckReport, ...] = ()
    ledger: ReportedLedger | None = None
