"""A server on loopback that speaks enough of OpenAI's API to judge with, and fails on demand.

It speaks the wire format of the installed client: responses, chat completions, models, files and
batches. Every reply says that it is made up. `FakeOpenAI` runs it in a thread; `patchjury
fake-server` runs it from a shell, for trying the judge without a key.
"""

from __future__ import annotations

from core.judge.fake_server.server import FakeOpenAI

__all__ = ["FakeOpenAI"]
