"""The one way out: every text that reaches a terminal passes one function, and nothing goes by."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.segment import Segment
from textual.color import Color

from core.text import visible
from tests.conftest import ROOT
from tests.support.runs import build_runs
from tests.support.screen import running, screen_text
from tests.support.textual_private import notices
from tui.terminal import VISIBLE

MAY = {
    "core/checks/languages/cython_child.py": "a child whose output is a pipe",
    "core/run_index/folder_helper_process.py": "a child whose output is a pipe",
    "core/run_index/reading_process.py": "a child whose output is a pipe",
    "tui/cli/output.py": "the way out itself",
    "tui/cli/doctor_command.py": "asks for the encoding of standard output",
    "tui/work/check_runner.py": "hands standard error to a process of Python's own",
    "tui/terminal.py": "the driver that paints, behind the filter of lines",
}
"""Modules that may touch a stream, and why."""

STREAMS = {"stdout", "stderr", "__stdout__", "__stderr__"}
CALLS = {
    "print",
    "breakpoint",
    "StreamHandler",
    "basicConfig",
    "from_markup",
    "print_exc",
    "print_exception",
    "excepthook",
    "Console",
    "panic",
    "set_window_title",
}
"""What writes to a terminal by itself, or reads markup."""


SHOWN = ("Static", "Label", "Growing")
"""Widgets that read markup."""

_SUSPICIOUS = re.compile(rf"\b(?:{'|'.join([*STREAMS, *CALLS, 'markup', *SHOWN])})\b")


def bypasses(source: str, path: str = "") -> Iterator[str]:
    """The places in a module that write past the way out."""
    if not _SUSPICIOUS.search(source):  # parsing all of them takes a second
        return
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and node.attr in STREAMS:
            if isinstance(node.value, ast.Name) and node.value.id == "sys":
                yield f"{path}:{node.lineno} {ast.unparse(node)}"
        elif isinstance(node, ast.Call):
            name = _name(node.func)
            if name in CALLS:
                yield f"{path}:{node.lineno} {ast.unparse(node.func)}"
            if any(k.arg == "markup" and ast.unparse(k.value) != "False" for k in node.keywords):
                yield f"{path}:{node.lineno} markup"
            if name in SHOWN and node.args and not _is_plain(node.args[0]):
                yield f"{path}:{node.lineno} {name} reads markup in what is not a constant"


def _name(called: ast.expr) -> str:
    """The last part of the name of what is called; "" if it has none."""
    if isinstance(called, ast.Attribute):
        return called.attr
    return called.id if isinstance(called, ast.Name) else ""


def _is_plain(argument: ast.expr) -> bool:
    """A constant, or something that is Content already (built, not formatted)."""
    return not isinstance(argument, ast.JoinedStr | ast.BinOp) and not (
        isinstance(argument, ast.Call) and _name(argument.func) in ("str", "repr")
    )


def test_nothing_writes_past_the_way_out() -> None:
    found = [
        place
        for folder in ("core", "tui")
        for path in sorted((ROOT / folder).rglob("*.py"))
        if str(path.relative_to(ROOT)) not in MAY and "sample_runs" not in path.parts
        for place in bypasses(path.read_text("utf-8"), str(path.relative_to(ROOT)))
    ]
    assert found == []


@pytest.mark.parametrize(
    "line",
    [
        "print(x)",
        "sys.stderr.write(x)",
        "sys.__stdout__.write(x)",
        "logging.StreamHandler()",
        "logging.basicConfig()",
        "traceback.print_exc()",
        "Content.from_markup(x)",
        "self.notify(x, markup=True)",
        "Static(f'{x}')",
        "Label('a' + x)",
        "Console().print(x)",
    ],
)
def test_the_search_finds_what_goes_by(line: str) -> None:
    assert list(bypasses(line))


def test_what_may_touch_a_stream_still_does() -> None:
    """An exception that nobody needs any more goes."""
    for name in MAY:
        assert list(bypasses((ROOT / name).read_text("utf-8"))), name


HOSTILE = "a\x1b]52;c;aGk=\x07\u202eb\u200dc\ufe0f"


def test_the_last_door_shows_what_came_that_far_and_keeps_the_width_of_a_line() -> None:
    background = Color.parse("black")
    plain = [Segment("── plain ü 漢")]
    assert VISIBLE.apply(plain, background) == plain
    line = [Segment(HOSTILE), Segment(" " * 40)]
    shown = VISIBLE.apply(line, background)
    text = "".join(segment.text for segment in shown)
    assert text.startswith(visible(HOSTILE))
    assert not any(hidden in text for hidden in "\x1b\x07\u202e\u200d\ufe0f")
    assert sum(one.cell_length for one in shown) == sum(one.cell_length for one in line)


async def test_a_notice_is_plain_text_in_its_visible_form(tmp_path: Path) -> None:
    async with running(build_runs(tmp_path / "runs")) as (app, pilot):
        app.notify(f"[bold]{HOSTILE}[/bold]", title=HOSTILE)
        await pilot.pause()
        assert notices(app) == [f"[bold]{visible(HOSTILE)}[/bold]"]


async def test_an_editor_shows_what_its_text_hides(tmp_path: Path) -> None:
    from textual.widgets import TextArea

    async with running(build_runs(tmp_path / "runs")) as (app, pilot):
        area = TextArea(HOSTILE)
        await app.screen.mount(area)
        await pilot.pause()
        text = screen_text(app)
        assert area.text == HOSTILE
    assert not any(hidden in text for hidden in "\x1b\x07\u202e\u200d\ufe0f")
