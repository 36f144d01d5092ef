"""The first thing a person said in a conversation: the prompt, found when it is shown.

Conversations are long, so a source remembers where one is; messages already in memory are searched
at once. Roles and parts are recognised as OpenAI, Anthropic and ATIF write them.
"""

from __future__ import annotations

import json
from typing import Any

from msgspec import Struct

from core.errors import SourceError
from core.readers.fields import Fields, LongList
from core.readers.record_scan import Record
from core.sources import TextSource, is_from_outside

_ROLES = ("role", "source", "type", "from")
_PERSONS = frozenset({"user", "human"})
_TEXTS = ("content", "message", "text", "value")


class PromptText(Struct, frozen=True):
    """The first thing a person said in the conversation at a source."""

    source: TextSource

    @property
    def name(self) -> str:
        return "prompt"

    @property
    def outside(self) -> bool:
        """Was the conversation reached through a link that leads out of the runs?"""
        return is_from_outside(self.source)

    def read(self) -> str:
        text = self.source.read()
        try:
            messages = json.loads(text)
        except (ValueError, RecursionError) as error:
            title = f"{self.source.name} has no conversation"
            raise SourceError(title, "Load the runs again.") from error
        return first_said(messages if isinstance(messages, list) else [messages]) or ""


def prompt_in(record: Record, *names: str) -> tuple[TextSource, ...]:
    """The prompt in the first of several fields that has a conversation; none without."""
    fields = Fields(record.value)
    for name in names:
        value = fields.value(name)
        is_long = isinstance(value, LongList)
        said = isinstance(value, list) and first_said(value) is not None
        if record.readable and (is_long or said):
            return (PromptText(record.text(name)),)
    return ()


def prompt_of(source: TextSource, value: object) -> TextSource:
    """A prompt that is a text, or the conversation that contains it."""
    return PromptText(source) if isinstance(value, list | LongList) else source


def first_said(messages: list[Any]) -> str | None:
    """The text of a person's first message that is not a demonstration."""
    for message in messages:
        fields = Fields(message)
        role = fields.text(*_ROLES)
        if role in _PERSONS and not fields.flag("is_demo"):
            return _text_of(fields)
    return None


def _text_of(message: Fields) -> str:
    text = message.raw_text(*_TEXTS)
    if text is not None:
        return text
    parts = (part for name in _TEXTS for part in message.items(name))
    texts = (part if isinstance(part, str) else Fields(part).raw_text("text") for part in parts)
    return "\n".join(text for text in texts if text)
