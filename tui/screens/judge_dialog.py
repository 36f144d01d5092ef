"""The window before a run of the judge: which attempts, what it will cost, and Enter to start."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar, cast

from msgspec import Struct
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from core.errors import PatchjuryError, SettingsError
from core.judge import proposals
from core.settings import load_settings, remember
from core.text import one_line
from core.triage import Triage
from tui.judge_text import estimate_text
from tui.preparing import Clocked
from tui.widgets.growing import Growing
from tui.work.latest import Latest

if TYPE_CHECKING:
    from core.judge import model_choice


_TOO_SOON = "typed too early: nothing was started or chosen; press it again"


class Scope(Struct, frozen=True):
    """One choice of attempts, by a letter."""

    letter: str
    label: str
    selection: proposals.Selection


def scopes(triage: Triage, key: str | None, listed: Sequence[str]) -> list[Scope]:
    """The choices: this attempt, this commit, what is listed, undecided ones, failed ones."""
    found = []
    if key is not None:
        human = triage.attempt(key).reference_sha
        siblings = [attempt.key for attempt in triage.attempts_of(human)]
        found.append(Scope("a", "this attempt", proposals.Selection(attempts=(key,))))
        found.append(
            Scope("c", f"this commit ({len(siblings)})", proposals.Selection(attempts=siblings))
        )
    undecided, failed = (
        len(proposals.select_attempts(triage.assessments(), selection))
        for selection in (proposals.Selection(undecided=True), proposals.Selection(failed=True))
    )
    found.append(
        Scope("l", f"the listed attempts ({len(listed)})", proposals.Selection(attempts=listed))
    )
    found.append(
        Scope("u", f"every undecided attempt ({undecided})", proposals.Selection(undecided=True))
    )
    again = f"failed ones again ({failed}, and those whose rubric failed)"
    found.append(Scope("f", again, proposals.Selection(failed=True)))
    return found


def propose_for(
    triage: Triage,
    selection: proposals.Selection,
    chosen: Mapping[str, object],
    *,
    choosing: bool = False,
) -> proposals.Proposal | model_choice.ModelOffer:
    """What judging a selection would cost, or the models to choose from if none was chosen.

    `chosen` are settings for this run. Raises `PatchjuryError`; asks the server only for its list
    of models.
    """
    settings = load_settings(triage.run_set.root, overrides=chosen).judge
    if choosing or not settings.model:
        from core.judge import model_choice  # here: few choose

        return model_choice.offer_models(settings)
    commits = triage.run_set.commits
    return proposals.propose(
        triage.assessments(),
        commits,
        triage.store,
        settings,
        selection,
        repository=triage.run_set.repository,
    )


class JudgeScreen(ModalScreen[proposals.Proposal | None]):
    """Returns what to start, or None."""

    CSS_PATH = "small.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "leave", priority=True),
        Binding("q", "dismiss", "leave"),
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
        self._proposal: proposals.Proposal | None = None
        self._offer: model_choice.ModelOffer | None = None  # while a model is being chosen
        self._chosen: dict[str, object] = {}  # settings for this run
        self._since = math.inf  # when the proposal appeared, by the event clock
        self._refused = False  # was a key pressed before that?

    def compose(self) -> ComposeResult:
        with Vertical(id="window", classes="-low"):
            yield Static(Content.styled("Ask the judge about …", "bold"))
            yield Growing(self._choice_lines(""), id="choices")
            yield Growing("", id="estimate")
            if self._last_run:
                yield Static(Content.styled(f"The previous run:\n{self._last_run}", "$dim"))
            yield Input(id="field", classes="-hidden", disabled=True)  # until something is typed
            yield Growing("", id="keys")

    def on_mount(self) -> None:
        self._choose(self._letter)

    def on_key(self, event: events.Key) -> None:
        if self._offer is not None and not self._is_too_soon:
            self._choose_model(event.key, self._offer)
        elif event.key == "m":
            self._choose(self._letter, choosing=True)
        elif event.key == "dollar_sign":
            self._ask_for(
                "the most this run may cost, in US dollars; empty: the limit in the settings"
            )
        if any(choice.letter == event.key for choice in self._choices):
            self._choose(event.key)
        elif self._is_too_soon and event.key not in ("m", "dollar_sign"):
            self._refuse()

    def _choose_model(self, key: str, offer: model_choice.ModelOffer) -> None:
        """Take the proposed model (m) or that of a digit, or ask for another (o)."""
        if key == "o":
            self._ask_for("name of the model")
        if key == "m" and offer.proposed:
            self._take_model(offer.proposed)
        if key.isdecimal() and 0 < int(key) <= len(offer.choices):
            self._take_model(offer.choices[int(key) - 1].name)

    def _take_model(self, name: str) -> None:
        remember(model=name)
        self._chosen |= {"model": name, "models": []}
        self._choose(self._letter)

    @property
    def _field(self) -> Input:
        return self.query_one("#field", Input)

    def _ask_for(self, what: str) -> None:
        self._field.placeholder, self._field.value = what, ""
        self._field.remove_class("-hidden")
        self._field.disabled = False
        self._field.focus()
        self._say_keys("Enter accepts, esc cancels")

    def _put_away(self) -> None:
        self._field.add_class("-hidden")
        self._field.disabled = True
        self._say_keys()

    def _take_field(self) -> None:
        """The typed text: a model while one is being chosen, else a cost limit."""
        text = self._field.value.strip()
        try:
            if self._offer is not None and text:
                self._take_model(text)
            elif self._offer is None:
                self._chosen["max_cost"] = float(text.removeprefix("$")) if text else None
                load_settings(self._triage.run_set.root, overrides=self._chosen)
                self._choose(self._letter)
        except ValueError:
            self._failed(SettingsError(f"{text!r} is not an amount", "Such as 2.50"))
        except PatchjuryError as error:
            self._chosen.pop("max_cost", None)
            self._failed(error)
        self._put_away()

    def _choose(self, letter: str, *, choosing: bool = False) -> None:
        choice = next(choice for choice in self._choices if choice.letter == letter)
        self._letter, self._proposal, self._offer = letter, None, None
        chosen = dict(self._chosen)
        self.query_one("#choices", Growing).update(self._choice_lines(letter))
        self._since, self._refused = math.inf, False
        self._say([Content.styled("estimating …", "$dim")])

        def work(_: Callable[[], bool]) -> Iterator[proposals.Proposal | model_choice.ModelOffer]:
            yield propose_for(self._triage, choice.selection, chosen, choosing=choosing)

        self._loading.run(work, self._proposed, self._failed)

    def action_start(self) -> None:
        if self._field.has_focus:
            self._take_field()
        elif self._is_too_soon:
            self._refuse()
        elif self._can_start:
            self.dismiss(self._proposal)

    @property
    def _is_too_soon(self) -> bool:
        """Was the key pressed before the proposal or the choice that it would answer appeared?"""
        return cast(Clocked, self.app).pressed_at < self._since

    @property
    def _can_start(self) -> bool:
        """Is there something to ask, and a key to ask with?"""
        proposal = self._proposal
        return proposal is not None and bool(proposal.plan.jobs and not proposal.settings.lacks_key)

    def action_leave(self) -> None:
        """Close the field if one is open, else leave."""
        if self._field.has_focus:
            self._put_away()
        else:
            self.dismiss(None)

    def _proposed(self, proposal: proposals.Proposal | model_choice.ModelOffer) -> None:
        self._since = time.monotonic()
        if not isinstance(proposal, proposals.Proposal):
            self._offer_model(proposal)
            return
        self._proposal = proposal
        said = estimate_text(proposal.figures, proposal.settings)
        if not proposal.plan.jobs:
            skipped = {reason for _, reason in proposal.figures.skipped}
            why = f": {'; '.join(sorted(skipped))}" if skipped else ""
            said = [f"There is nothing to ask about these attempts{why}."]
        self._say([Content(one_line(line, 300)) for line in said])

    def _offer_model(self, offer: model_choice.ModelOffer) -> None:
        """List the available models: a key takes one, and it is remembered."""
        self._offer = offer
        is_first = not load_settings(self._triage.run_set.root).judge.model
        lines = (
            ["No model has been chosen yet, and patchjury does not choose one itself."]
            if is_first
            else []
        )
        lines += [f"{n}  {model.text}" for n, model in enumerate(offer.choices, 1)]
        lines += [f"The server lists{offer.more}."] if offer.more else []
        lines += [] if offer.listed else [offer.text]
        self._say([Content(one_line(line, 500)) for line in lines])

    def _failed(self, error: PatchjuryError) -> None:
        self._since = time.monotonic()
        self._say([Content.styled(one_line(str(error), 500), "$bad")])

    def _say(self, lines: Sequence[Content]) -> None:
        self.query_one("#estimate", Growing).update(Content("\n").join(lines))
        self._say_keys()

    def _refuse(self) -> None:
        """Say that a key came too early; that stays when what it would answer appears."""
        self._refused = True
        self._say_keys()

    def _say_keys(self, text: str = "") -> None:
        """What the keys do now."""
        keys = Content.styled(text or self._keys(), "$dim")
        refused = [Content(_TOO_SOON)] if self._refused and not text else []
        self.query_one("#keys", Growing).update(Content("\n").join([*refused, keys]))

    def _keys(self) -> str:
        if (offer := self._offer) is not None:
            m = f"m {offer.proposed} (proposed)  " if offer.proposed else ""
            digits = f"1-{len(offer.choices)} that model  " if offer.choices else ""
            return f"{m}{digits}o another name  esc cancels; the choice is remembered"
        start = "Enter starts  " if self._can_start else ""
        return f"{start}m model  $ cost limit  esc cancels"

    def _choice_lines(self, chosen: str) -> Content:
        lines = []
        for choice in self._choices:
            style = "bold" if choice.letter == chosen else ""
            sign = "▸" if choice.letter == chosen else " "
            key = (f"{sign} {choice.letter}  ", "bold $accent-text")
            lines.append(Content.assemble(key, (choice.label, style)))
        return Content("\n").join(lines)
