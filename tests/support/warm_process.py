"""A process that has the headless commands imported and forks one for every request.

Starting Python and importing is most of what a short command takes. What is run is a process of
its own all the same: its words, environment, folder, output and exit code are its own.

Each line of standard input is a request: JSON with `words`, `cwd`, `env`, `out` and `err` (files
that take what it prints). Each answer is a line with the exit code, negative for a signal.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import pkgutil
import sys
from typing import Any

import core
import core.checks.worker_pool
import core.own_process
import tui.cli
from tests.support import warm_judge, warm_workers

_NOT_OF_EVERY_COMMAND = ("core.judge", "core.sample_runs")


def serve() -> None:
    """Answer requests until standard input ends; in a fork, run what was asked for and return."""
    for module in pkgutil.walk_packages(core.__path__, "core."):
        if not module.name.startswith(_NOT_OF_EVERY_COMMAND):
            importlib.import_module(module.name)
    gc.freeze()
    for line in sys.stdin.buffer:
        request = json.loads(line)
        child = os.fork()
        if not child:
            _become(request)
            warm_judge.end(tui.cli.main())
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _become(request: dict[str, Any]) -> None:
    os.environ.clear()
    os.environ.update(request["env"])
    os.chdir(request["cwd"])
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    for descriptor, path in ((1, request["out"]), (2, request["err"])):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), descriptor)
    sys.argv = ["patchjury", *request["words"]]
    core.checks.worker_pool.ProcessPoolExecutor = warm_workers.ForkedWorkers  # type: ignore[attr-defined, assignment]
    if warm_judge.VARIABLE in os.environ:
        core.own_process.start_module = warm_judge.ForkedProcess  # type: ignore[assignment]


if __name__ == "__main__":
    serve()
