"""A server on loopback that speaks enough of OpenAI's API to judge with, and fails to order.

It speaks the wire format of the installed client: responses, chat completions, models, files and
batches. Every reply says that it is made up. `FakeOpenAI` runs it in a thread for tests;
`python -m tests.support.fake_openai` runs it by hand, for trying the judge without a key.
"""

from __future__ import annotations

from tests.support.fake_openai.server import FakeOpenAI

__all__ = ["FakeOpenAI"]
