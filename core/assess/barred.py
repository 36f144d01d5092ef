"""Which judges missed the canary bar, each on its own canaries: their opinions settle nothing.

A judge is a requested model from one origin: what a test server made up says nothing about the
model it imitates, nor do one's own canaries about somebody else's opinions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from core.assess.canary_scores import CanaryResult, against_bar, score
from core.assess.outcome import reassess
from core.models import OWN_ORIGIN, Assessment, Judgement
from core.records import replace

MISSED = "its judge missed the canary bar"
"""How the reason begins for which such an opinion is set aside."""


class Judges:
    """The judges of a run set by name, and how each did on its canaries."""

    def __init__(self, judgements: Iterable[Judgement], bar: float) -> None:
        self._bar = bar
        self._asked: dict[tuple[str, str | None], str] = {}  # by the model that answered
        self._canaries: dict[str, Judgement] = {}
        for judgement in judgements:
            self.take_in(judgement)

    def take_in(self, judgement: Judgement) -> None:
        """Add one judgement; one that was added before is counted again."""
        if judgement.calls:
            self._asked.setdefault(_answered(judgement), judgement.calls[-1].model)
        if judgement.canary and not judgement.set_aside:
            self._canaries[judgement.id] = judgement

    def name(self, judgement: Judgement) -> str:
        """The judge behind it: the requested model, with the origin where it is not our own.

        A judgement that repeats an answer without a call belongs to the judge that gave the answer.
        """
        asked = judgement.calls[-1].model if judgement.calls else None
        model = asked or self._asked.get(_answered(judgement)) or judgement.model or "unknown"
        origin = judgement.provenance
        return model if origin == OWN_ORIGIN else f"{model} from {origin}"

    @property
    def canaries(self) -> dict[str, list[Judgement]]:
        """The canaries that each judge was asked, by its name."""
        found: dict[str, list[Judgement]] = {}
        for judgement in self._canaries.values():
            found.setdefault(self.name(judgement), []).append(judgement)
        return dict(sorted(found.items()))

    @property
    def results(self) -> dict[str, CanaryResult]:
        """How each judge's canaries compare with the bar, by name."""
        return {name: against_bar(score(found), self._bar) for name, found in self.canaries.items()}

    @property
    def barred(self) -> dict[str, str]:
        """The judges that missed it, each with the reason why its opinions are set aside."""
        return {
            name: f"{MISSED}: {result.told}"
            for name, result in self.results.items()
            if result.missed
        }

    def weigh(
        self, judgements: Sequence[Judgement], barred: Mapping[str, str]
    ) -> tuple[Judgement, ...]:
        """The opinions, those of barred judges set aside; canaries stay what they are."""
        if not barred:
            return tuple(judgements)
        return tuple(
            judgement
            if judgement.canary or judgement.set_aside or self.name(judgement) not in barred
            else replace(judgement, set_aside=barred[self.name(judgement)])
            for judgement in judgements
        )


def without_barred(assessments: Sequence[Assessment], judges: Judges) -> list[Assessment]:
    """What is known of each attempt once opinions of judges that missed the bar settle nothing."""
    barred = judges.barred
    return [_without(known, judges.weigh(known.judgements, barred)) for known in assessments]


def _without(known: Assessment, weighed: tuple[Judgement, ...]) -> Assessment:
    if weighed == known.judgements:
        return known
    return reassess(known, weighed)


def _answered(judgement: Judgement) -> tuple[str, str | None]:
    return judgement.provenance, judgement.model
