"""Bodies in OpenAI's wire format, as the installed client's types describe them."""

from __future__ import annotations

import json
import time
import uuid
from typing import Any

from core.judge.wire.reply import FAKE_MARK


def ask_of(body: dict[str, Any]) -> tuple[str, str, dict[str, Any]]:
    """The user message, the name of the schema, and the schema of a request to either API."""
    messages = body.get("input") or body.get("messages") or []
    prompt = next((m["content"] for m in messages if m["role"] == "user"), "")
    wanted = body.get("text", {}).get("format") or body["response_format"]["json_schema"]
    assert wanted["strict"] is True
    return prompt, wanted["name"], wanted["schema"]


def usage(prompt: str, text: str, reasoning: int = 64) -> dict[str, Any]:
    """Tokens of the Responses API, at four characters each."""
    inputs, outputs = len(prompt) // 4, len(text) // 4 + reasoning
    return {
        "input_tokens": inputs,
        "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
        "output_tokens": outputs,
        "output_tokens_details": {"reasoning_tokens": reasoning},
        "total_tokens": inputs + outputs,
    }


def response(body: dict[str, Any], text: str | None, prompt: str, **changes: Any) -> dict[str, Any]:
    """A response; without a text, one that holds only reasoning."""
    output: list[dict[str, Any]] = [
        {"id": f"rs_{uuid.uuid4().hex}", "type": "reasoning", "summary": []}
    ]
    if text is not None:
        part = {"type": "output_text", "text": text, "annotations": [], "logprobs": []}
        output.append(_message([part]))
    made: dict[str, Any] = {
        "id": f"resp_{uuid.uuid4().hex}",
        "object": "response",
        "created_at": int(time.time()),
        "status": "completed",
        "error": None,
        "incomplete_details": None,
        "instructions": None,
        "max_output_tokens": body.get("max_output_tokens"),
        "model": f"{body.get('model')}-fake",
        "output": output,
        "parallel_tool_calls": True,
        "reasoning": body.get("reasoning"),
        "service_tier": "default",
        "store": body.get("store"),
        "text": body.get("text"),
        "tools": [],
        "usage": usage(prompt, text or ""),
        FAKE_MARK: True,
    }
    return {**made, **changes}


def refusal(body: dict[str, Any], prompt: str) -> dict[str, Any]:
    """A response in which the model declines."""
    part = {"type": "refusal", "refusal": "I'm sorry, I can't help with that."}
    return response(body, None, prompt, output=[_message([part])])


def chat(body: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
    """A response as a chat completion."""
    parts = [part for item in answer["output"] for part in item.get("content", [])]
    texts = [part["text"] for part in parts if part["type"] == "output_text"]
    refusals = [part["refusal"] for part in parts if part["type"] == "refusal"]
    incomplete = (answer.get("incomplete_details") or {}).get("reason")
    reasons = {"max_output_tokens": "length", "content_filter": "content_filter", None: "stop"}
    tokens = answer["usage"]
    return {
        "id": f"chatcmpl-{uuid.uuid4().hex}",
        "object": "chat.completion",
        "created": answer["created_at"],
        "model": answer["model"],
        "choices": [
            {
                "index": 0,
                "finish_reason": reasons[incomplete],
                "logprobs": None,
                "message": {
                    "role": "assistant",
                    "content": "".join(texts) if texts else None,
                    "refusal": refusals[0] if refusals else None,
                },
            }
        ],
        "usage": tokens
        and {
            "prompt_tokens": tokens["input_tokens"],
            "prompt_tokens_details": {"cached_tokens": 0},
            "completion_tokens": tokens["output_tokens"],
            "completion_tokens_details": tokens["output_tokens_details"],
            "total_tokens": tokens["total_tokens"],
        },
        FAKE_MARK: True,
    }


def error(message: str, code: str | None, kind: str = "invalid_request_error") -> dict[str, Any]:
    """The body of an error."""
    return {"error": {"message": message, "type": kind, "param": None, "code": code}}


def encode(data: Any) -> bytes:
    """JSON as it goes over the wire."""
    return json.dumps(data).encode()


def _message(content: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "id": f"msg_{uuid.uuid4().hex}",
        "type": "message",
        "role": "assistant",
        "status": "completed",
        "content": content,
    }


def listing(models: list[dict[str, Any]]) -> dict[str, Any]:
    """The list of models."""
    return {"object": "list", "data": models, FAKE_MARK: True}
