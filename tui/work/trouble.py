"""Failed work off the UI thread, always as something that can be shown."""

from __future__ import annotations

import logging
from contextlib import suppress

from textual.message import Message
from textual.message_pump import MessagePump

from core.errors import PatchjuryError

logger = logging.getLogger(__name__)


def as_trouble(error: Exception) -> PatchjuryError:
    """An error as it is shown; an unforeseen one is logged and named as such."""
    if isinstance(error, PatchjuryError):
        return error
    logger.error("a background task failed", exc_info=error)
    title = f"internal error: {type(error).__name__}: {error}"
    return PatchjuryError(title, "Please report it; everything else still works.")


def post(owner: MessagePump, message: Message) -> None:
    """Post a message from any thread; one for a screen that is gone is dropped."""
    with suppress(RuntimeError):  # the event loop is closed
        owner.post_message(message)
