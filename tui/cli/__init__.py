"""The command line: which command runs, with what, and what becomes of errors.

Data goes to standard output, talk to standard error. Exit codes: 0 done; 1 done, but something
that was asked for failed or was found; 2 wrong usage or unusable input; 130 interrupted.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence

from core.errors import PatchjuryError

COMMANDS: dict[str, str] = {
    "open": "triage runs on the screen (the default)",
    "demo": "open the sample runs that come with patchjury",
    "stats": "print the figures of a run set",
    "export": "write verdicts and evidence to a file",
    "import": "take in verdicts of a colleague, or earlier evaluations",
    "doctor": "say what works here and what is missing",
}

_EPILOG = """\
`patchjury RUNS` is short for `patchjury open RUNS`. RUNS is a folder of runs (ISO-Bench layout,
SWE-bench predictions, or both) or one file of attempts; patchjury finds out by looking.

exit codes: 0 done; 1 done, but something failed or was found; 2 wrong usage or unusable input;
130 interrupted
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words and words[0] not in COMMANDS and not words[0].startswith("-"):
        words.insert(0, "open")
    options = _parser(words).parse_args(words)
    if options.command is None:
        print("patchjury: name a folder of runs, or try `patchjury demo`", file=sys.stderr)  # noqa: T201
        return 2
    try:
        return _run(options)
    except PatchjuryError as error:
        say(f"patchjury: {error}")
        return 2
    except KeyboardInterrupt:
        say("patchjury: interrupted; what was done is kept")
        return 130
    except BrokenPipeError:
        # The reader of our output has gone; Python would complain once more when it closes it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def say(text: str) -> None:
    """Tell the person at the terminal something; never mixed into the data."""
    from core.text import visible

    print(visible(text, keep_newlines=True), file=sys.stderr)  # noqa: T201


def emit(text: str) -> None:
    """Write data to standard output, as UTF-8 whatever the locale says."""
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))
    sys.stdout.buffer.flush()


def _run(options: argparse.Namespace) -> int:
    module = _module(options.command)
    result: int = module.run(options)
    return result


def _module(command: str):  # type: ignore[no-untyped-def]
    return importlib.import_module(f"tui.cli.{command}_command")


def _parser(words: Sequence[str]) -> argparse.ArgumentParser:
    """The parser; the options of a command are imported only when it is the one that is run."""
    parser = argparse.ArgumentParser(
        prog="patchjury",
        description="Which of an AI agent's successes are real? Triage generated patches against "
        "the human commits that they should reproduce.",
        epilog=_EPILOG,
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
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        if module:
            module.add_options(command)
    return parser


class _Version(argparse.Action):
    def __init__(self, option_strings: Sequence[str], dest: str, **_: object) -> None:
        super().__init__(option_strings, dest, nargs=0, help="print the version and exit")

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from core.session import installed_version

        print(f"patchjury {installed_version()}")  # noqa: T201
        parser.exit()
