"""The ways in which the fake server fails, by name.

A prompt orders a fault by containing `fault-order:NAME` or `fault-order:NAME*TIMES`: the first
TIMES requests with that prompt (all of them without a number) fail that way.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from core.judge.fake_server import bodies

_ORDER = re.compile(r"fault-order:([a-z0-9_]+)(?:\*(\d+))?")
FAULTS = (
    *(
        "rate_limit",
        "rate_limit_bare",
        "come_back",
        "quota",
        "server_error",
        "bad_gateway",
        "charset",
    ),
    *(
        "redirect",
        "long_message",
        "too_long",
        "unauthorized",
        "forbidden",
        "bad_request",
        "model_missing",
    ),
    *("never", "reset", "flood", "html", "drip", "half", "obeys", "echo"),
    *("refusal", "ran_out", "filtered", "cut25", "cut50", "silent", "wrong_types", "extra_keys"),
    *("not_an_object", "wrong_model", "failed", "no_usage"),
)
"""The faults that a call can be told to have; `cutN` ends its text after N percent."""

QUICK = {"retry-after-ms": "5"}


@dataclass
class Answer:
    """What goes back. `how`: plain, never, reset, drip (byte by byte), or half (then cut)."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    how: str = "plain"
    content_type: str = "application/json"


def ordered(prompt: str) -> tuple[str, int | None] | None:
    """The fault that a prompt orders, and how often."""
    match = _ORDER.search(prompt)
    return (match[1], int(match[2]) if match[2] else None) if match else None


def http_fault(name: str) -> Answer | None:
    """A fault in which no model answers, or None if it is not one of those."""
    error = bodies.error
    match name:
        case "rate_limit" | "rate_limit_bare":
            headers = {
                "x-ratelimit-limit-requests": "500",
                "x-ratelimit-remaining-requests": "0",
                "x-ratelimit-reset-requests": "20ms",
            }
            body = error("Rate limit reached", "rate_limit_exceeded", "requests")
            more = QUICK if name == "rate_limit" else {}
            return Answer(429, bodies.encode(body), {**headers, **more})
        case "come_back":
            later = {"retry-after": "3600"}
            return Answer(429, bodies.encode(error("Later", "rate_limit_exceeded")), later)
        case "quota":
            body = error("You exceeded your quota", "insufficient_quota", "insufficient_quota")
            return Answer(429, bodies.encode(body), QUICK)
        case "server_error":
            body = error("The server had an error", None, "server_error")
            return Answer(500, bodies.encode(body), QUICK)
        case "bad_gateway":
            page = b"<html><h1>502 Bad Gateway</h1></html>"
            return Answer(502, page, QUICK, content_type="text/html")
        case "charset":
            return Answer(502, b"\xff<html>", QUICK, content_type="text/html; charset=hex")
        case "redirect":
            return Answer(307, b"", {"location": "http://127.0.0.1:9/v1/responses"})
        case "long_message":
            body = error("x" * 3_000_000, "y" * 3_000_000)
            return Answer(400, bodies.encode(body))
        case "unauthorized":
            body = error("Incorrect API key provided", "invalid_api_key")
            return Answer(401, bodies.encode(body))
        case "forbidden":
            return Answer(403, bodies.encode(error("No access to the project", "forbidden")))
        case "bad_request":
            return Answer(
                400, bodies.encode(error("Unsupported parameter", "unsupported_parameter"))
            )
        case "too_long":
            return Answer(400, bodies.encode(error("Too many tokens", "context_length_exceeded")))
        case "model_missing":
            body = error("The model does not exist", "model_not_found")
            return Answer(404, bodies.encode(body))
        case "never" | "reset":
            return Answer(how=name)
        case "flood":
            return Answer(body=b'{"status": "completed", "output": "' + b"x" * 10_000_000 + b'"}')
        case "html":
            return Answer(body=b"<html>Welcome to the hotel Wi-Fi</html>", content_type="text/html")
    return None


def echo(made: dict[str, Any], key: str) -> Answer:
    """A good answer with the caller's key wherever a text can be, written in two ways."""
    escaped = "".join(f"\\u{ord(letter):04x}" for letter in key)
    for item in made["output"]:
        for part in item.get("content", []):
            opinion = json.loads(part["text"])
            opinion["bottleneck" if "bottleneck" in opinion else "reasoning"] = f"{key} SECRET"
            part["text"] = json.dumps(opinion).replace("SECRET", escaped)
    made["model"] = made["service_tier"] = "SECRET"
    body = json.dumps(made).replace("SECRET", escaped)
    headers = {"x-request-id": f"req_{key}", "x-other": key}
    return Answer(body=body.encode(), headers=headers, content_type=f"application/json; x={key}")


def spoil(name: str, body: dict[str, Any], prompt: str, answer: dict[str, Any]) -> dict[str, Any]:
    """A response of the model with a fault. Raises `KeyError` for an unknown name."""
    text = json.dumps(answer)
    if name == "refusal":
        return bodies.refusal(body, prompt)
    if name in ("ran_out", "filtered"):
        reason = "max_output_tokens" if name == "ran_out" else "content_filter"
        spent = {**bodies.usage(prompt, "", reasoning=body.get("max_output_tokens") or 16)}
        details = {"reason": reason}
        return bodies.response(
            body, None, prompt, status="incomplete", incomplete_details=details, usage=spent
        )
    if name.startswith("cut"):  # cut25: after a quarter of the text
        return bodies.response(body, text[: len(text) * int(name[3:] or 50) // 100], prompt)
    changed: dict[str, Any] = {
        "silent": lambda: bodies.response(body, "", prompt),
        "wrong_types": lambda: bodies.response(
            body, json.dumps({**answer, next(iter(answer)): 7}), prompt
        ),
        "extra_keys": lambda: bodies.response(body, json.dumps({**answer, "extra": 1}), prompt),
        "not_an_object": lambda: bodies.response(body, json.dumps([answer]), prompt),
        "wrong_model": lambda: bodies.response(body, text, prompt, model="small-and-cheap"),
        "failed": lambda: bodies.response(
            body,
            None,
            prompt,
            status="failed",
            error={"code": "server_error", "message": "The model failed"},
        ),
        "no_usage": lambda: bodies.response(body, text, prompt, usage=None),
    }
    made: dict[str, Any] = changed[name]()
    return made
