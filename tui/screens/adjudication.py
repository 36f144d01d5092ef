"""The window in which a dispute is settled: what each reviewer said, side by side."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from core.models import Assessment, Outcome, Verdict
from core.text import one_line, visible
from tui.render.said import criteria_words, decision_words
from tui.render.signs import OUTCOME_NAMES

_OUTCOMES = dict(zip("1234", [o for o in Outcome if o is not Outcome.UNDECIDED], strict=True))


class AdjudicationScreen(ModalScreen[dict[str, Any] | None]):
    """Returns the fields of the verdict that settles it, or None."""

    CSS_PATH = "small.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q", "dismiss", "leave", priority=True)]

    def __init__(self, name: str, known: Assessment) -> None:
        super().__init__()
        self._heading = name
        heard = [verdict for verdict in known.verdicts if verdict.is_decision]
        self._heard = dict(zip("abcdefgh", heard, strict=False))

    def compose(self) -> ComposeResult:
        with Vertical(id="window", classes="-low"):
            yield Static(Content.styled(f"{visible(self._heading)}: reviewers differ", "bold"))
            with Horizontal(id="heard"):
                for letter, verdict in self._heard.items():
                    yield Static(_said(letter, verdict))
            outcomes = "  ".join(f"{key} {OUTCOME_NAMES[o]}" for key, o in _OUTCOMES.items())
            hint = f"a letter sides with that reviewer; {outcomes}; esc cancels"
            yield Static(Content.styled(hint, "$dim"))

    def on_key(self, event: events.Key) -> None:
        if (sided := self._heard.get(event.key)) is not None:
            self.dismiss({"derived_from": sided.id})
        elif (outcome := _OUTCOMES.get(event.key)) is not None:
            self.dismiss({"outcome": outcome})


def _said(letter: str, verdict: Verdict) -> Content:
    return Content("\n").join(_lines(letter, verdict))


def _lines(letter: str, verdict: Verdict) -> Iterator[Content]:
    yield Content.assemble((f"{letter}  ", "bold $accent-text"), one_line(verdict.reviewer, 40))
    yield Content.styled(f"{verdict.created:%Y-%m-%d %H:%M}", "$dim")
    yield Content(decision_words(verdict))
    yield Content(criteria_words(verdict))
    for comment in verdict.comments:
        yield Content.styled(f"{one_line(comment.file, 60)}:{comment.line}", "$dim")
        yield Content(one_line(comment.text, 200))
    yield Content(visible(verdict.note, keep_newlines=True))
