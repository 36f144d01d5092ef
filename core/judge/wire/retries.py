"""Whether to send a request once more, and when.

Repeated are: a connection that failed before an answer began, HTTP 408, 409, 429 and 5xx. Not
repeated are: an answer that began well and broke off (it was paid for), an exhausted quota, and a
server that asks for more patience than a run has. Pauses are random, so that calls that failed
together do not return together: never shorter than the server asks for.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from core.judge.wire.http_requests import HttpRequest
from core.judge.wire.reply import UNREACHABLE, Reply

_log = logging.getLogger(__name__)

MAX_PAUSE_S = 120.0
"""Seconds that a server may ask for; beyond that, the run stops and says when to retry."""

_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.5, 8.0
_JITTER = 0.25
_AGAIN = (408, 409, 429)


def pause_before_repeat(
    reply: Reply,
    request: HttpRequest,
    headers: dict[str, str],
    repeats: int,
    draw: Callable[[], float] = random.random,
) -> float | None:
    """Seconds until a request is sent again after that many repeats; None: never.

    `draw` returns numbers from 0 to 1.
    """
    if headers.get("x-should-retry") == "false" or not _is_passing(reply, request):
        return None
    asked = retry_after(headers)
    if asked > MAX_PAUSE_S:
        return None
    if asked:
        return asked * (1 + _JITTER * draw())
    return min(_FIRST_PAUSE_S * 2.0**repeats, _LONGEST_PAUSE_S) * (1 - _JITTER * draw())


def retry_after(headers: dict[str, str]) -> float:
    """Seconds that `retry-after` asks for, given in seconds, milliseconds or as a date; else 0."""
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        text = headers.get(name, "")
        try:
            return max(0.0, float(text) * unit) if text.isascii() else 0.0
        except ValueError:  # not a number, so perhaps a date
            when = _date(text)
        if when is None:
            continue
        when = when if when.tzinfo else when.replace(tzinfo=UTC)
        return max(0.0, (when - datetime.now(UTC)).total_seconds())
    return 0.0


def _date(text: str) -> datetime | None:
    """An HTTP date; None for anything else that a server may send."""
    try:
        return parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError) as error:
        _log.debug("no retry-after: %s", type(error).__name__)
        return None


def _is_passing(reply: Reply, request: HttpRequest) -> bool:
    """Is it a failure that may be over in a moment?"""
    if reply.status is None:  # with a status, it broke off after a good start
        return request.status is None and reply.code in ("connection", UNREACHABLE)
    if reply.status == 429 and "insufficient_quota" in reply.body:
        return False  # waiting does not bring back an exhausted quota
    return reply.status in _AGAIN or reply.status >= 500
