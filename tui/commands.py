"""The one table of what a key does: bindings, footer, help and palette are all built from it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from msgspec import Struct
from textual.binding import Binding

LOCAL = ("pane", "text")
"""Scopes whose keys only work where the focus is; the text being written takes precedence."""


class Command(Struct, frozen=True):
    """One thing the user can do. `keys` are Textual key names, comma-separated.

    `scope` says who carries it out: "pane" the focused list or text, "text" the writing pane while
    the cursor is in it, "screen" the triage screen, which passes on what is for its parts: "lists",
    "attempt" (everything to the right of them), "document" (the large text in there), "verdict",
    "judge", "panes" and "moving". `hint` is the short label in the footer; commands without one are
    not shown there. Commands without keys are only in the palette.
    """

    keys: str
    action: str
    label: str
    group: str
    hint: str = ""
    scope: str = "screen"
    shown_keys: str = ""

    @property
    def display(self) -> str:
        """The keys as people write them."""
        return self.shown_keys or " ".join(KEY_NAMES.get(k, k) for k in self.keys.split(","))

    @property
    def moves_cursor(self) -> bool:
        """Does it only move a cursor, so that focus and windows stay as they are?"""
        return self.action.startswith(("cursor_", "scroll_columns", "select_next", "jump"))

    @property
    def id(self) -> str:
        """The name of the binding in a key map, such as `jump-change-back-1`."""
        words = re.sub(r"-(?=\d)", "back-", self.action.lower())
        return re.sub(r"[^a-z0-9]+", "-", words).strip("-")

    @property
    def screen_action(self) -> str:
        """The action as the triage screen carries it out, passing it on if necessary."""
        if self.scope in ("screen", *LOCAL):
            return self.action
        name, _, arguments = self.action.removesuffix(")").partition("(")
        return f"to('{self.scope}', '{name}'{', ' if arguments else ''}{arguments})"


KEY_NAMES = {
    "question_mark": "?",
    "slash": "/",
    "exclamation_mark": "!",
    "right_square_bracket": "]",
    "left_square_bracket": "[",
    "right_curly_bracket": "}",
    "left_curly_bracket": "{",
    "greater_than_sign": ">",
    "less_than_sign": "<",
    "full_stop": ".",
    "comma": ",",
    "escape": "esc",
    "ctrl+s": "^s",
    "ctrl+r": "^r",
    "ctrl+g": "^g",
    "ctrl+t": "^t",
    "ctrl+n": "^n",
    "ctrl+p": "^p",
    "ctrl+f": "^f",
    "number_sign": "#",
    "equals_sign": "=",
    "asterisk": "*",
    "vertical_line": "|",
    "dollar_sign": "$",
    "at": "@",
    "ampersand": "&",
    "ctrl+left": "^←",
    "ctrl+right": "^→",
    "ctrl+up": "^↑",
    "ctrl+down": "^↓",
}


def _pane(keys: str, action: str, label: str, shown_keys: str = "") -> Command:
    return Command(keys, action, label, "Moving", scope="pane", shown_keys=shown_keys)


def _move(keys: str, action: str, label: str, hint: str = "", shown_keys: str = "") -> Command:
    return Command(keys, action, label, "Moving", hint, "moving", shown_keys)


def _jump(key: str, kind: str, step: int, label: str, group: str, hint: str = "") -> Command:
    return Command(key, f"jump('{kind}', {step})", label, group, hint, scope="document")


def _select(key: str, step: int, label: str) -> Command:
    return Command(key, f"select_next({step})", label, "Moving", scope="lists")


def _view(key: str, action: str, label: str) -> Command:
    return Command(key, action, label, "Views", scope="attempt")


def _verdict(key: str, action: str, label: str, hint: str = "") -> Command:
    return Command(key, action, label, "Verdict", hint, scope="verdict")


def _criterion(key: str, criterion: str, label: str) -> tuple[Command, Command]:
    """The letter says yes, its capital no; the same again takes it back."""
    yes, no = (f"criterion('{criterion}', {answer})" for answer in (True, False))
    return _verdict(key, yes, f"{label}: yes"), _verdict(key.upper(), no, f"{label}: no")


def _split(key: str, cells: str, label: str) -> Command:
    return Command(key, f"split({cells})", label, "Views", scope="panes")


def _text(key: str, action: str, label: str, shown_keys: str = "") -> Command:
    return Command(key, action, label, "Writing", scope="text", shown_keys=shown_keys)


def _judge(key: str, action: str, label: str, hint: str = "") -> Command:
    return Command(key, action, label, "Judge", hint, scope="judge")


COMMANDS: tuple[Command, ...] = (
    _pane("down,j", "cursor_move(1)", "next line or row", "↓ j"),
    _pane("up,k", "cursor_move(-1)", "previous line or row", "↑ k"),
    _pane("pagedown,ctrl+d,space", "cursor_page(1)", "page down", "PgDn ^d space"),
    _pane("pageup,ctrl+u", "cursor_page(-1)", "page up", "PgUp ^u"),
    _pane("home,g", "cursor_edge(-1)", "to the top", "Home g"),
    _pane("end,G", "cursor_edge(1)", "to the end", "End G"),
    _pane("right", "scroll_columns(8)", "scroll long lines right", "→"),
    _pane("left", "scroll_columns(-8)", "scroll long lines left", "←"),
    _move("tab", "next_pane(1)", "next pane", "pane", "Tab"),
    _move("shift+tab", "next_pane(-1)", "previous pane", shown_keys="Shift-Tab"),
    _move("n", "next_undecided(1)", "next undecided attempt", "next"),
    _move("N", "next_undecided(-1)", "previous undecided attempt"),
    _select("greater_than_sign", 1, "next attempt"),
    _select("less_than_sign", -1, "previous attempt"),
    Command("V", "flat", "all attempts in one list, or by commit", "Moving", scope="lists"),
    Command("Q", "open('queue')", "list only some attempts: undecided, failed, …", "Moving"),
    Command("asterisk", "open('views')", "saved views: a filter and an order", "Moving"),
    Command(
        "vertical_line", "open('columns')", "choose and sort the columns of the list", "Moving"
    ),
    _move("slash", "search", "search in the pane", "find"),
    _jump("full_stop", "match", 1, "next match of the search in the text", "Moving"),
    _jump("comma", "match", -1, "previous match", "Moving"),
    _move("escape", "leave", "clear the search, back to the list; stop the judge"),
    _verdict("1", "outcome('true_success')", "true success", "true"),
    _verdict("2", "outcome('partial_success')", "partial success", "partial"),
    _verdict("3", "outcome('false_positive')", "not a success: false positive", "false+"),
    _verdict("4", "outcome('failure')", "not a success: failure", "fail"),
    _verdict("0", "cannot_tell", "cannot tell, with a reason", "cannot tell"),
    *_criterion("s", "syntax_correct", "syntax correct"),
    *_criterion("f", "files_match", "files match"),
    *_criterion("l", "optimization_logic_match", "logic matches"),
    *_criterion("m", "is_complete", "complete (nothing missing)"),
    *_criterion("t", "is_template_code", "template code"),
    _verdict("e", "edit('note')", "write a note, beside the diff", "note"),
    _verdict("a", "edit('analysis')", "write the analysis of the attempt", "analysis"),
    _verdict("number_sign", "edit('tags')", "edit the tags"),
    _verdict("c", "edit('comment')", "comment on the line, or change the comment there", "comment"),
    _verdict("K", "edit('comments')", "comments on the attempt: go to one, settle it"),
    _verdict("", "edit('commit')", "write on the human commit"),
    _verdict("", "edit('whole')", "write on the whole run"),
    _verdict("u", "undo", "take back the last verdict or analysis", "undo"),
    _verdict("U", "redo", "redo what was taken back"),
    _verdict("D", "adjudicate", "settle what reviewers disagree on"),
    _verdict("equals_sign", "alike", "give the same verdict to identical patches at this commit"),
    _verdict("b", "blind", "blind mode: hide judge, claims and colleagues until you have decided"),
    _verdict("ctrl+s", "save", "save again what could not be saved"),
    _text("ctrl+s", "record", "record what you wrote"),
    _text("escape", "aside", "to the diff; again closes it, unrecorded text stays a draft"),
    _text("tab", "field(1)", "next heading; expands the name of a snippet, such as ;copy", "Tab"),
    _text("shift+tab", "field(-1)", "previous heading", "Shift-Tab"),
    _text("ctrl+n", "prefill", "fill in this heading from the evidence"),
    _text(
        "ctrl+t",
        "turn",
        "record and turn to the human commit, then the whole run; in a comment: its kind",
    ),
    _text("ctrl+down", "stretch(1)", "extend the comment to more lines"),
    _text("ctrl+up", "stretch(-1)", "limit the comment to fewer lines"),
    _text("ctrl+g", "editor", "write in your own editor ($VISUAL, $EDITOR)"),
    _text("ctrl+r", "restore", "discard what is not recorded (press twice)"),
    _judge("J", "ask", "ask the judge about …", "judge"),
    _judge("r", "ask('f')", "ask the judge again about failed attempts"),
    _judge("E", "edit_rubric", "edit the rubric"),
    _judge("", "trust", "trust: do opinions from elsewhere count?"),
    _judge("", "ask('a')", "ask the judge about this attempt"),
    _judge("", "ask('c')", "ask the judge about this commit"),
    _judge("", "ask('l')", "ask the judge about the listed attempts"),
    _judge("", "ask('u')", "ask the judge about every undecided attempt"),
    _view("C", "show('compare')", "both patches"),
    _view("H", "show('human')", "the human patch"),
    _view("A", "show('attempt')", "the attempt's patch"),
    _view("R", "show('result')", "the difference between the two results"),
    _view("P", "show('prompt')", "the agent's prompt"),
    _view("B", "show('rubric')", "the rubric that attempts are judged against"),
    _view("O", "show('logs')", "journal and logs"),
    _jump("right_square_bracket", "change", 1, "next change", "Views", "change"),
    _jump("left_square_bracket", "change", -1, "previous change", "Views"),
    _jump("right_curly_bracket", "file", 1, "next file", "Views", "file"),
    _jump("left_curly_bracket", "file", -1, "previous file", "Views"),
    _view("d", "seen", "mark the change as seen and go to the next, or unmark it"),
    _view("v", "view('layout')", "side by side, or one column"),
    _view("z", "view('fold')", "fold unchanged lines"),
    _view("w", "view('wrap')", "wrap long lines, or scroll them"),
    _view("o", "view('remarks')", "show or hide all remarks below their lines"),
    _view(
        "enter", "expand", "open a gap or the remarks on a line; in the evidence, go to its line"
    ),
    Command("Z", "zoom", "zoom the focused pane, or show all again", "Views", scope="panes"),
    Command("h", "lists", "hide or show the lists", "Views", scope="panes"),
    _split("ctrl+right", "4, 0", "more room for the lists"),
    _split("ctrl+left", "-4, 0", "less room for the lists"),
    _split("ctrl+up", "0, 2", "more room for the evidence"),
    _split("ctrl+down", "0, -2", "less room for the evidence"),
    _jump("i", "mark", 1, "next finding, issue or comment", "Views"),
    _jump("I", "mark", -1, "previous finding, issue or comment", "Views"),
    Command("ctrl+f", "open('files')", "list of files, to jump to one", "Views"),
    Command("at", "open('table')", "all attempts at this commit, as a table", "Views"),
    Command("ampersand", "open('beside')", "this attempt beside another one", "Views"),
    Command("y", "open('history')", "every verdict and analysis on the attempt", "Views"),
    Command("exclamation_mark", "open('problems')", "load problems", "Views"),
    Command(
        "dollar_sign", "open('statistics')", "statistics; a number opens its attempts", "Program"
    ),
    Command("x", "open('export')", "export verdicts", "Program", "export"),
    Command("question_mark", "open('help')", "all keys", "Program", "help"),
    Command("ctrl+p", "app.command_palette", "command palette", "Program"),
    Command("q", "quit", "quit", "Program", "quit"),
)


def bindings(scope: str) -> list[Binding]:
    """The key bindings of one scope; the screen's are those of every scope but the panes'."""
    whole = scope == "screen"
    return [
        Binding(
            command.keys,
            command.screen_action if whole else command.action,
            command.label,
            show=bool(command.hint),
            id=command.id,
            priority=scope == "text",
        )
        for command in COMMANDS
        if command.keys and (command.scope not in LOCAL if whole else command.scope == scope)
    ]


def groups(commands: Iterable[Command] = COMMANDS) -> dict[str, list[Command]]:
    """The commands by their group, in the table's order."""
    grouped: dict[str, list[Command]] = {}
    for command in commands:
        grouped.setdefault(command.group, []).append(command)
    return grouped
