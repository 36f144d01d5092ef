"""The command line: which command runs, with what, and what becomes of errors.

Data goes to standard output, talk to standard error. Exit codes: 0 done; 1 done, but something
that was asked for failed or was found; 2 wrong usage or unusable input; 3 a fault of patchjury;
130 interrupted.
"""

from __future__ import annotations

import argparse
import importlib
import os
import re
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import IO, NoReturn

from core.errors import ExportError, InputError, PatchjuryError

COMMANDS: dict[str, str] = {
    "open": "triage runs on the screen (the default)",
    "demo": "open the sample runs that come with patchjury",
    "stats": "print the figures of a run set",
    "list": "list attempts: a queue, a filter, in any order",
    "check": "say what is certain of every attempt, without a model",
    "judge": "ask a model for opinions, after an estimate",
    "audit": "say how far the judgements can be trusted",
    "trust": "say whether opinions that others stored here count",
    "export": "write verdicts and evidence to a file",
    "adjudicate": "settle what reviewers differ on",
    "import": "take in verdicts of a colleague, or earlier evaluations",
    "settings": "print what is set and where each came from",
    "doctor": "say what works here and what is missing",
    "fake-server": "make up answers of a judge, for trying it without a key",
}

_USAGE = """\
`patchjury RUNS` is short for `patchjury open RUNS`. RUNS is a folder of runs (ISO-Bench layout,
SWE-bench predictions, or both) or one file of attempts; patchjury finds out by looking.
`patchjury COMMAND --help` tells more. A folder that is named like a command: ./stats

"""

_EXIT_CODES = """\
exit codes: 0 done; 1 done, but something failed or was found; 2 wrong usage or unusable input;
3 a fault of patchjury; 130 interrupted
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words and words[0] not in (*COMMANDS, "-h", "--help", "--version"):
        words.insert(0, "open")
    try:
        return _run(words)
    except PatchjuryError as error:
        say(f"patchjury: {error}")
        return 2
    except KeyboardInterrupt:
        say("patchjury: interrupted; what was done is kept")
        return 130
    except BrokenPipeError:
        return 0  # the reader of our output has seen enough
    except Exception as error:  # a traceback would print untrusted text as it is
        if sys.flags.dev_mode:
            raise
        say(f"patchjury: {_describe_fault(error)}")
        return 3


def say(text: str) -> None:
    """Tell the person at the terminal something, in one line; never mixed into the data."""
    from core.text import visible

    if sys.stderr is not None:
        print(visible(text), file=sys.stderr)  # noqa: T201


def emit(text: str) -> None:
    """Write text for people to standard output, hidden and control characters made visible.

    Raises `ExportError` when it cannot be written, `BrokenPipeError` when nobody reads it.
    """
    from core.text import visible

    _write(visible(text, keep_newlines=True))


def emit_json(text: str) -> None:
    """Write JSON to standard output, in ASCII, so that no terminal misreads it; else as `emit`."""
    import json

    _write(re.sub(r"[^\n -~]+", lambda match: json.dumps(match[0])[1:-1], text))


def _write(text: str) -> None:
    if sys.stdout is None:
        raise ExportError("standard output is closed")
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode())  # UTF-8, whatever the locale says
        sys.stdout.buffer.flush()
    except OSError as error:
        # What is still in the buffer would fail once more when Python closes it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):
            raise
        raise ExportError(f"cannot write to standard output: {error.strerror}") from error


class Parser(argparse.ArgumentParser):
    """Wrong usage is an error like any other, and help goes where data goes."""

    def error(self, message: str) -> NoReturn:
        raise InputError(message, f"Try `{self.prog} --help`.")

    def print_help(self, file: IO[str] | None = None) -> None:  # type: ignore[override]
        emit(self.format_help())


def _run(words: Sequence[str]) -> int:
    options = _parser(words).parse_args(words)
    if options.command is None:
        raise InputError("no runs were named", "Name a folder of runs, or try `patchjury demo`.")
    result: int = _module(options.command).run(options)
    return result


def _module(command: str):  # type: ignore[no-untyped-def]
    return importlib.import_module(f"tui.cli.{command.replace('-', '_')}_command")


def _describe_fault(error: Exception) -> str:
    """Everything that a report of the fault needs, without the paths of this machine."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{Path(frame.filename).name}, line {frame.lineno}"
    return (
        f"a fault of patchjury: {type(error).__name__}: {error} ({place}). "
        "`patchjury doctor` may say why; else please report it."
    )


def _parser(words: Sequence[str]) -> argparse.ArgumentParser:
    """The parser; the options of a command are imported only when it is the one that is run."""
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
    return parser


class _Version(argparse.Action):
    def __init__(self, option_strings: Sequence[str], dest: str, **_: object) -> None:
        super().__init__(option_strings, dest, nargs=0, help="print the version and exit")

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from core.version import installed_version

        emit(f"patchjury {installed_version()}\n")
        parser.exit()
