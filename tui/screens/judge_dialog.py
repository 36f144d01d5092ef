"""The window before a run of the judge: which attempts, what it will cost, and Enter to start."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from core.errors import PatchjuryError
from core.judge import Proposal, Selection, propose, select_attempts
from core.settings import load_settings, remember
from core.text import one_line
from core.triage import Triage
from tui.judge_text import estimate_text
from tui.work.latest import Latest

if TYPE_CHECKING:
    from core.judge import ModelOffer


@dataclass(frozen=True, slots=True)
class Scope:
    """One choice of attempts, by a letter."""

    letter: str
    label: str
    selection: Selection


def scopes(triage: Triage, key: str | None, listed: Sequence[str]) -> list[Scope]:
    """The choices: this attempt, this commit, what is listed, undecided ones, failed ones."""
    found = []
    if key is not None:
        human = triage.attempt(key).reference_sha
        siblings = [attempt.key for attempt in triage.attempts_of(human)]
        found.append(Scope("a", "this attempt", Selection(attempts=(key,))))
        found.append(Scope("c", f"this commit ({len(siblings)})", Selection(attempts=siblings)))
    undecided, failed = (
        len(select_attempts(triage.assessments(), selection))
        for selection in (Selection(undecided=True), Selection(failed=True))
    )
    found.append(Scope("l", f"the listed attempts ({len(listed)})", Selection(attempts=listed)))
    found.append(Scope("u", f"every undecided attempt ({undecided})", Selection(undecided=True)))
    again = f"failed ones again ({failed}, and those whose rubric failed)"
    found.append(Scope("f", again, Selection(failed=True)))
    return found


def propose_for(triage: Triage, selection: Selection) -> Proposal | ModelOffer:
    """What judging a selection would come to, or the models to choose from where none was chosen.

    Raises `PatchjuryError`; asks the server for nothing but its list of models.
    """
    settings = load_settings(triage.run_set.root).judge
    if not settings.model:
        from core.judge import offer_models  # here: it loads the client

        return offer_models(settings)
    commits = triage.run_set.commits
    return propose(
        triage.assessments(),
        commits,
        triage.store,
        settings,
        selection,
        repository=triage.run_set.repository,
    )


class JudgeScreen(ModalScreen[Proposal | None]):
    """Gives back what to start, or None."""

    CSS_PATH = "small.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss", "leave", priority=True),
        Binding("enter", "start", "start", priority=True),
    ]

    def __init__(
        self, triage: Triage, choices: Sequence[Scope], letter: str = "", last_run: str = ""
    ) -> None:
        super().__init__()
        self._triage = triage
        self._choices = choices
        self._letter = letter or choices[0].letter
        self._last_run = last_run
        self._loading = Latest(self)
        self._proposal: Proposal | None = None
        self._offered = ""  # the model that a key chooses

    def compose(self) -> ComposeResult:
        with Vertical(id="window", classes="-low"):
            yield Static(Content.styled("Ask the judge about …", "bold"))
            yield Static(self._choice_lines(""), id="choices")
            yield Static("", id="estimate")
            if self._last_run:
                yield Static(Content.styled(f"The run before:\n{self._last_run}", "$dim"))
            yield Static(Content.styled("Enter starts, esc leaves", "$dim"))

    def on_mount(self) -> None:
        self._choose(self._letter)

    def on_key(self, event: events.Key) -> None:
        if event.key == "m" and self._offered:
            remember(model=self._offered)
            self._offered = ""
            self._choose(self._letter)
        if any(choice.letter == event.key for choice in self._choices):
            self._choose(event.key)

    def _choose(self, letter: str) -> None:
        choice = next(choice for choice in self._choices if choice.letter == letter)
        self._proposal = None
        self.query_one("#choices", Static).update(self._choice_lines(letter))
        self._say([Content.styled("estimating …", "$dim")])

        def work(_: Callable[[], bool]) -> Iterator[Proposal | ModelOffer]:
            yield propose_for(self._triage, choice.selection)

        self._loading.run(work, self._proposed, self._failed)

    def action_start(self) -> None:
        proposal = self._proposal
        if proposal is not None and proposal.plan.jobs and not proposal.settings.lacks_key:
            self.dismiss(proposal)

    def _proposed(self, proposal: Proposal | ModelOffer) -> None:
        if not isinstance(proposal, Proposal):
            self._offer_model(proposal)
            return
        self._proposal = proposal
        said = estimate_text(proposal.figures, proposal.settings)
        if not proposal.plan.jobs:
            skipped = {reason for _, reason in proposal.figures.skipped}
            why = f": {'; '.join(sorted(skipped))}" if skipped else ""
            said = [f"There is nothing to ask about these attempts{why}."]
        self._say([Content(one_line(line, 300)) for line in said])

    def _offer_model(self, offer: ModelOffer) -> None:
        """No model was chosen yet: say which there are; a key takes the one that is proposed."""
        self._offered = offer.proposed
        lines = ["No model was chosen yet, and patchjury chooses none.", offer.text]
        if offer.proposed:
            lines.append(f"m chooses {offer.proposed}; it is remembered.")
        lines.append('Another one: model = "NAME" below [judge] in your patchjury.toml.')
        self._say([Content(one_line(line, 500)) for line in lines])

    def _failed(self, error: PatchjuryError) -> None:
        self._say([Content.styled(one_line(str(error), 500), "$bad")])

    def _say(self, lines: Sequence[Content]) -> None:
        self.query_one("#estimate", Static).update(Content("\n").join(lines))

    def _choice_lines(self, chosen: str) -> Content:
        lines = []
        for choice in self._choices:
            style = "bold" if choice.letter == chosen else ""
            sign = "▸" if choice.letter == chosen else " "
            key = (f"{sign} {choice.letter}  ", "bold $accent-text")
            lines.append(Content.assemble(key, (choice.label, style)))
        return Content("\n").join(lines)
