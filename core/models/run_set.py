"""What the readers found below one root."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from core.models.attempt import Attempt, HumanCommit
from core.models.judgement import Judgement
from core.models.measurement import DEFAULT_LIMITS, Claim, Measurement, SpeedLimits


class LoadProblem(Struct, frozen=True):
    """Something that could not be loaded, unlike the rest. `path` is below the root if possible."""

    path: str
    reason: str


class RunSet(Struct, frozen=True):
    """Everything the readers found below one root: an index that holds no patch text."""

    root: Path
    attempts: tuple[Attempt, ...]
    commits: Mapping[str, HumanCommit]  # by sha, as `Attempt.reference_sha` names them
    judgements: tuple[Judgement, ...] = ()  # earlier evaluations found beside the runs
    problems: tuple[LoadProblem, ...] = ()
    repository: Path | None = None  # the git repository named, else found at the top
    measurements: tuple[Measurement, ...] = ()
    claims: tuple[Claim, ...] = ()  # what tables and reports say, besides `marked_success`
    limits: SpeedLimits = DEFAULT_LIMITS
