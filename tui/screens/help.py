"""The window that lists every key, made from the command table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from tui.commands import COMMANDS, LOCAL, Command, groups
from tui.documents.text_document import TextDocument
from tui.render.signs import JUDGEMENT_SIGNS, OUTCOME_NAMES, OUTCOME_SIGNS
from tui.widgets.document_view import DocumentView


def help_lines(table: Sequence[Command] = COMMANDS) -> tuple[list[str], list[int]]:
    """The help text, and which of its lines are headings."""
    lines: list[str] = []
    headings: list[int] = []
    for group, commands in groups(table).items():
        headings.append(len(lines))
        lines.append(group)
        lines += [
            f"  {command.display:<16} {command.label}" for command in commands if command.keys
        ]
        lines.append("")
    headings.append(len(lines))
    lines.append("Signs")
    lines += [
        f"  {sign:<16} {OUTCOME_NAMES[outcome]}" for outcome, (sign, _) in OUTCOME_SIGNS.items()
    ]
    lines += [
        f"  {sign:<16} the judge: {state.value}" for state, (sign, _) in JUDGEMENT_SIGNS.items()
    ]
    lines += [
        "  ✘ 1:2 ?1         the judge's votes: one yes, two no, one without an answer",
        "  ± 1:1            votes without a majority",
        "  ✓ ? ~            the pipeline marked it a success; made no claim; claim sealed",
        "  rc1 cut error    return code; patch shorter than recorded; the run reported an error",
        "  ✓                in the comparison: you marked the change as seen (d)",
        "  ●3 ✎             number of remarks on a line; a comment (Enter opens them)",
        "  !                the verdict is not on disk yet",
        "  ≠                in dispute: reviewers differ, D settles it",
        "  ?                first in a row: people decided that nobody can tell",
        "  ▲ ▼              the list is sorted by that column, up or down (| chooses)",
        "  ◂ ▸ = ≠          only the human, only the attempt, both alike, both but differently",
        "  █ ▒              statistics: what is known; what the unknown leaves possible",
    ]
    headings += [len(lines) + 1]
    lines += ["", "Filtering the attempts (in full: docs/filters.md)"]
    lines += [f"  {words:<16} {what}" for words, what in _SEARCHES]
    return lines, headings


_SEARCHES = (
    ("trae 8aa1", "words in any order; all must occur"),
    ("agent:codex", "a field and its value; -agent:codex excludes it; a,b either of them"),
    ("state:open", "or reviewed, disputed, outdated, cannot-tell, conflict, against-fact"),
    ("rule:syntax*", "a rule that found something; * matches anything"),
    ("rc:!=0 size>10k", "numbers: > < >= <= !=, with units"),
    ("patch:cut", "or whole, empty, missing, unreadable"),
    ("judge:refused", "or verdict, incomplete, unparseable, error, split, never"),
    ("has:comment", "or verdict, judgement, report, diff, prompt, log, error, journal"),
)


class HelpScreen(ModalScreen[Command | None]):
    """Every key and what it does. Gives back the command that is to be carried out, or None."""

    CSS_PATH = "small.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark", "dismiss", "back", priority=True),
        Binding("enter", "choose", "do it", priority=True),
    ]

    def __init__(self, commands: Sequence[Command] = COMMANDS) -> None:
        super().__init__()
        self._commands = commands

    def compose(self) -> ComposeResult:
        with Vertical(id="window"):
            yield Static(Content.styled("patchjury: keys", "bold"))
            yield DocumentView("help")
            yield Static(Content.styled("Enter runs the command, esc back", "$dim"))

    def on_mount(self) -> None:
        view = self.query_one(DocumentView)
        view.show(TextDocument(*help_lines(self._commands)))
        view.focus()

    def action_choose(self) -> None:
        """Give back the command of the line under the cursor."""
        command = _rows(self._commands).get(self.query_one(DocumentView).row)
        if command is not None and command.scope not in LOCAL:
            self.dismiss(command)


def _rows(table: Sequence[Command]) -> dict[int, Command]:
    """The commands by the line of the help text that names each."""
    shown = [[None, *(c for c in held if c.keys), None] for held in groups(table).values()]
    flat = [command for group in shown for command in group]
    return {at: command for at, command in enumerate(flat) if command is not None}
