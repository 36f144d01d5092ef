"""Measurements and claims: what a table or a report says about an attempt, beside the files."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class Subject(StrEnum):
    """What was measured."""

    BASELINE = "baseline"  # the base commit, before either change
    HUMAN = "human"
    ATTEMPT = "attempt"


class Direction(StrEnum):
    """Which values of a measurement are better."""

    HIGHER = "higher"
    LOWER = "lower"


class Measurement(Struct, frozen=True):
    """One number that a pipeline measured, of an attempt or for comparison with it."""

    attempt: str  # key; "" when it is of a human commit and no attempt is named
    name: str  # "throughput", "p99 latency", "tests passed", ...
    value: float
    subject: Subject = Subject.ATTEMPT
    reference_sha: str = ""
    unit: str = ""
    better: Direction | None = None  # None: not known
    source: str = ""  # file and row, for people
    settings: str = ""  # under which it was measured, if the table says so
    agent: str = ""  # as the table names it


class SpeedLimits(Struct, frozen=True):
    """What measured numbers mean: user settings that the facts of speed depend on."""

    threshold: float = 0.05  # an attempt is equal down to this share of the human's value
    correlation: float = 0.8  # below it, values count as measured under different settings


DEFAULT_LIMITS = SpeedLimits()


class Claim(Struct, frozen=True):
    """One thing that a table or a report says about an attempt: "has_patch", "resolved", ...

    Another program's judge is a source like any other; its opinions are claims too.
    """

    attempt: str
    name: str
    value: bool | float | str | None  # None: the source has the field, but it is empty
    source: str = ""  # file and row, for people
    author: str = ""  # the pipeline, judge or person that the source names
