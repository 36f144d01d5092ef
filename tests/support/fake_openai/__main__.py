"""Runs the fake server by hand: `python -m tests.support.fake_openai --port 8123`."""

from __future__ import annotations

import argparse
import time

from tests.support.fake_openai.server import FakeOpenAI


def main() -> None:
    """Serve until interrupted; prints the settings that use it."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.support.fake_openai",
        description="A made-up OpenAI server on this machine. Its opinions are made up too.",
    )
    parser.add_argument("--port", type=int, default=0, help="port (default: any free one)")
    parser.add_argument("--delay-ms", type=float, default=100, help="time each answer takes")
    parser.add_argument(
        "--fault",
        action="append",
        default=[],
        metavar="NAME=SHARE",
        help="let a share (0..1) of the calls fail this way, such as refusal=0.1; repeatable",
    )
    options = parser.parse_args()
    server = FakeOpenAI(port=options.port, delay=options.delay_ms / 1000)
    for fault in options.fault:
        name, _, share = fault.partition("=")
        server.shares[name] = float(share or 1)
    with server:
        print(f"export PATCHJURY_BASE_URL={server.base_url}", flush=True)
        print("export OPENAI_API_KEY=made-up-key   # then: patchjury judge RUNS", flush=True)
        try:
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            print(f"{server.paid} calls answered")


main()
