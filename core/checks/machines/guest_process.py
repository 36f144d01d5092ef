"""The process beside a worker of a cluster: calls on standard input, answers on standard output.

It ends when its input closes, and by itself when there is no work for a while.
"""

from __future__ import annotations

import os
import pickle
import select
import sys
from typing import BinaryIO

from core.checks import describe_fault
from core.checks.worker import start_worker

IDLE_SECONDS = 60.0
"""How long it waits for work."""


def main() -> None:
    """Answer until there is nothing left to do."""
    questions, answers = _pipes()
    start_worker(float(sys.argv[1]))
    while select.select([questions], [], [], IDLE_SECONDS)[0]:
        try:
            function, arguments = pickle.load(questions)  # noqa: S301 - our own process wrote it
        except EOFError:
            return
        try:
            answer = (function(*arguments), "")
        except Exception as error:  # noqa: BLE001 - whoever asked is told
            answer = (None, describe_fault(error))
        pickle.dump(answer, answers)
        answers.flush()


def _pipes() -> tuple[BinaryIO, BinaryIO]:
    """The pipes used to talk to this process, out of the way of anything that prints."""
    questions, answers = os.dup(0), os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1):
        os.dup2(nowhere, descriptor)
    os.close(nowhere)
    return os.fdopen(questions, "rb"), os.fdopen(answers, "wb")


if __name__ == "__main__":
    main()
