"""What one call did on the wire: every HTTP request, including those the client repeats."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct, field


class HttpRequest(Struct):
    """One HTTP request of a call. `status` is None until an answer comes, and if none does."""

    started: datetime
    status: int | None = None
    told_to_wait: bool = False  # the answer said when to retry
    unreached: bool = False  # no connection was made, so nobody read it

    @property
    def is_free(self) -> bool:
        """Was the request refused or never read, so that nothing is billed for it?"""
        return self.unreached or (self.status is not None and self.status >= 300)

    @property
    def too_many(self) -> bool:
        """Did the server report too many requests?"""
        failed = self.status is not None and self.status >= 500
        return self.status == 429 or (failed and self.told_to_wait)


class Wire(Struct):
    """The HTTP requests of one call and the rate-limit headers that it last saw."""

    requests: list[HttpRequest] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
