"""The command line: which command runs, with what, and how errors end it.

Exit codes: 0 done; 1 done, but something requested failed or was found; 2 wrong usage or
unusable input; 3 internal error; 130 interrupted; 128 and its number for another signal.
"""

from __future__ import annotations

import argparse
import importlib
import signal
import sys
from collections.abc import Sequence
from itertools import pairwise
from typing import IO, NoReturn

from core.errors import InputError, PatchjuryError
from tui.cli.output import emit, say

COMMANDS: dict[str, str] = {
    "open": "triage runs on the screen (the default)",
    "demo": "open the sample runs that come with patchjury",
    "stats": "print the figures of a run set",
    "list": "list attempts: a queue, a filter, in any order",
    "check": "state what is certain about every attempt, without a model",
    "judge": "ask a model for opinions, after an estimate",
    "audit": "report how far the judgements can be trusted",
    "trust": "decide whether opinions from other stores count",
    "gate": "decide whether a run set is good enough, for CI",
    "replay": "recompute every figure of an export from the file alone",
    "export": "write verdicts and evidence to a file",
    "assign": "assign attempts to reviewers",
    "adjudicate": "settle what reviewers disagree on",
    "import": "import a colleague's verdicts or earlier evaluations",
    "merge": "merge everything from other stores and exports",
    "map": "write a file that says what the columns of a table mean",
    "schema": "print the JSON Schema of what a command writes",
    "settings": "print every setting and where its value comes from",
    "doctor": "report what works here and what is missing",
    "fake-server": "serve made-up answers, to try the judge without a key",
}

FAULT = 3
"""The exit code of an internal error."""

_USAGE = """\
`patchjury RUNS` is short for `patchjury open RUNS`. RUNS is a folder of runs (ISO-Bench layout,
SWE-bench predictions, or both) or one file of attempts; patchjury recognises the format by itself.
`patchjury COMMAND --help` explains a command. For a folder named like a command, write ./stats.

"""

_EXIT_CODES = """\
exit codes: 0 done; 1 done, but something failed or was found; 2 wrong usage or unusable input;
3 internal error; 130 interrupted
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words and words[0] not in (*COMMANDS, "-h", "--help", "--version"):
        words.insert(0, "open")
    try:
        return _run(words, owns_process=arguments is None)
    except PatchjuryError as error:
        say(f"patchjury: {error}")
        return 2
    except KeyboardInterrupt:
        say("patchjury: interrupted; work done so far is kept")
        return 130
    except BrokenPipeError:
        return 0  # the reader of our output has seen enough
    except Exception as error:  # a traceback would print untrusted text verbatim
        if sys.flags.dev_mode:
            raise
        say(f"patchjury: {describe_fault(error)}")
        return FAULT


class Parser(argparse.ArgumentParser):
    """Makes wrong usage an error like any other, and sends help where data goes."""

    def error(self, message: str) -> NoReturn:
        raise InputError(message, f"Try `{self.prog} --help`.")

    def print_help(self, file: IO[str] | None = None) -> None:  # type: ignore[override]
        emit(self.format_help())


def _run(words: Sequence[str], *, owns_process: bool) -> int:
    options = _parser(words).parse_args(words)
    if owns_process:
        _own_this_process()
    if options.command is None:
        raise InputError("no runs were named", "Name a folder of runs, or try `patchjury demo`.")
    from core.logs import log_file, start_logging
    from core.writing import sweep_temporaries

    start_logging(verbose=options.verbose)
    sweep_temporaries()
    if options.verbose:
        say(f"everything is logged to {log_file()}")
    result: int = _module(options.command).run(options)
    return result


def _own_this_process() -> None:
    """What a process of patchjury needs from start to end."""
    from core.logs import log_uncaught

    log_uncaught()
    # As an exception it removes temporary files; by default nothing would.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))


def _module(command: str):  # type: ignore[no-untyped-def]
    return importlib.import_module(f"tui.cli.{command.replace('-', '_')}_command")


def describe_fault(error: BaseException) -> str:
    """Log a fault with its traceback; returns the message to show, without this machine's paths.

    It names the package if the fault is a package's.
    """
    import traceback  # these here: few commands fail
    from pathlib import Path

    from core.logs import record_fault, start_logging

    start_logging()
    logged = record_fault(error, "a fault")
    frames = traceback.extract_tb(error.__traceback__)
    file = Path(frames[-1].filename) if frames else Path("?")
    parts = dict(pairwise(file.parts))
    place = f"{file.name}, line {frames[-1].lineno if frames else '?'}"
    package = f" in {parts['site-packages']}" if "site-packages" in parts else ""
    return (
        f"internal error{package}: {type(error).__name__}: {error} "
        f"({place}); {logged}. `patchjury doctor` may say why; otherwise please report it."
    )


def _parser(words: Sequence[str]) -> argparse.ArgumentParser:
    """The parser; the options of a command are imported only if that command is run."""
    parser = Parser(
        prog="patchjury",
        description="Which of an AI agent's successes are real? Triage generated patches against "
        "the human commits that they should reproduce.",
        epilog=_USAGE + _EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action=_Version)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    for name, summary in COMMANDS.items():
        module = _module(name) if words[:1] == [name] else None
        command = commands.add_parser(
            name,
            help=summary,
            description=module.__doc__ if module else summary,
            epilog=_EXIT_CODES,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        if module:
            module.add_options(command)
            command.add_argument(
                "--verbose", action="store_true", help="log everything, and say where"
            )
    return parser


class _Version(argparse.Action):
    def __init__(self, option_strings: Sequence[str], dest: str, **_: object) -> None:
        super().__init__(option_strings, dest, nargs=0, help="print the version and exit")

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from core.version import installed_version

        emit(f"patchjury {installed_version()}\n")
        parser.exit()
