"""Start a fake OpenAI server on this machine, to try the judge without a key. Its answers are made
up, and every reply says so. It serves until interrupted.
"""

from __future__ import annotations

import argparse
import signal

from core.text import counted
from tui.cli.output import emit, say


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of this command."""
    parser.add_argument("--port", type=int, default=0, help="port (default: any free one)")
    parser.add_argument("--delay-ms", type=float, default=100, help="time per answer")
    parser.add_argument(
        "--fault",
        type=_share,
        action="append",
        default=[],
        metavar="NAME=SHARE",
        help="make a share (0..1) of the calls fail this way, such as refusal=0.1; repeatable",
    )


def run(options: argparse.Namespace) -> int:
    """Serve until interrupted; prints the settings that use it."""
    from core.judge.fake_server import FakeOpenAI

    ends = {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, ends)  # before the server's thread inherits it
    server = FakeOpenAI(port=options.port, delay=options.delay_ms / 1000)
    server.shares.update(options.fault)
    with server:
        emit(f"export PATCHJURY_BASE_URL={server.base_url}\n")
        emit("export OPENAI_API_KEY=made-up-key   # then: patchjury judge RUNS\n")
        signal.sigwait(ends)
    say(f"{counted(server.paid, 'call')} answered")
    return 0


def _share(word: str) -> tuple[str, float]:
    from core.judge.fake_server.faults import FAULTS

    name, _, share = word.partition("=")
    if name not in FAULTS:
        raise argparse.ArgumentTypeError(f"{name!r} is none of {', '.join(FAULTS)}")
    try:
        return name, float(share or 1)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{share!r} is not a number") from None
