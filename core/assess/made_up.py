"""Opinions made up by a test server: kept and shown as such, excluded from figures and exports."""

from __future__ import annotations

from collections.abc import Iterable

from core.assess.outcome import reassess
from core.models import Assessment, Judgement
from core.records import replace

MADE_UP = "made up by a test server"
"""Why such an opinion is set aside."""


def without_made_up(assessments: Iterable[Assessment]) -> list[Assessment]:
    """What is known of each attempt when a test server's opinions settle nothing."""
    return [_without(known) for known in assessments]


def real_ones(judgements: Iterable[Judgement]) -> tuple[Judgement, ...]:
    """The judgements that were not made up by a test server."""
    return tuple(judgement for judgement in judgements if not judgement.is_made_up)


def _without(known: Assessment) -> Assessment:
    if not any(judgement.is_made_up for judgement in known.judgements):
        return known
    judgements = [
        replace(j, set_aside=j.set_aside or MADE_UP) if j.is_made_up else j
        for j in known.judgements
    ]
    return reassess(known, judgements)
