"""A question as it is sent: the request bodies of the two APIs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct


class Prompt(Struct, frozen=True):
    """A question as it is sent."""

    instructions: str
    text: str
    schema_name: str
    schema: Mapping[str, Any]
    model: str
    effort: str
    max_output_tokens: int
    service_tier: str
    told: str = ""  # name and version of the instructions
    input_limit: int | None = None  # the text was kept within it; in tokens
    fences: tuple[str, ...] = ()  # the ids in the text
    cache_hint: str = ""  # routes questions that begin alike to the same server

    def responses_body(self) -> dict[str, Any]:
        """The body for the Responses API."""
        body: dict[str, Any] = {
            "model": self.model,
            "input": [
                {"role": "developer", "content": self.instructions},
                {"role": "user", "content": self.text},
            ],
            "text": {"format": {**self._format(), "type": "json_schema"}},
            "max_output_tokens": self.max_output_tokens,
            "store": False,
        }
        if self.effort:
            body["reasoning"] = {"effort": self.effort}
        if self.service_tier != "auto":
            body["service_tier"] = self.service_tier
        if self.cache_hint:
            body["prompt_cache_key"] = self.cache_hint
        return body

    def chat_body(self) -> dict[str, Any]:
        """The body for chat completions, with no more than compatible servers understand."""
        body: dict[str, Any] = {
            "model": self.model,
            "messages": [
                {"role": "system", "content": self.instructions},
                {"role": "user", "content": self.text},
            ],
            "response_format": {"type": "json_schema", "json_schema": self._format()},
            "max_completion_tokens": self.max_output_tokens,
        }
        if self.effort:
            body["reasoning_effort"] = self.effort
        if self.service_tier != "auto":
            body["service_tier"] = self.service_tier
        return body

    def _format(self) -> dict[str, Any]:
        return {"name": self.schema_name, "schema": self.schema, "strict": True}
