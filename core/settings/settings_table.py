"""The one table of settings: name, type, range, default and help of each, said once.

A section is a record and a table of `patchjury.toml`. Names are unique over all sections, so that
`PATCHJURY_<NAME>` is unambiguous. Everything else about a setting (the message for a wrong value,
`patchjury settings`, docs/settings.md) is derived from here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any
from urllib.parse import urlsplit

from msgspec import Meta, Struct

from core.models import LoadProblem
from core.records import replace
from core.settings.secret import Secret

DEFAULT_BASE_URL = "https://api.openai.com/v1"
MIN_OUTPUT_TOKENS = 16_000
"""Reasoning counts as output: with less, a judge falls silent in the middle of a thought."""


class Declaration(Struct, frozen=True):
    """What the table says of a setting besides its name, type, range and default."""

    help: str
    from_runs: bool = False
    """May the runs folder, which is somebody else's, set it?"""
    must: Callable[[Any], bool] | None = None
    """What a value must satisfy besides its type; `expected` tells people."""
    expected: str = ""
    variables: tuple[str, ...] = ()
    """Environment variables besides `PATCHJURY_<NAME>`."""


def setting(default: Any, help: str, **more: Any) -> Any:
    """A field of a section with its default and declaration (`from_runs`, `must`, ...)."""
    metadata = {"declaration": Declaration(help, **more)}
    if isinstance(default, dict):
        return field(default_factory=dict, metadata=metadata)
    is_open = not isinstance(default, Secret)
    return field(default=default, metadata=metadata, repr=is_open, compare=is_open)


def _is_odd(value: int) -> bool:
    return value % 2 == 1


def _are_names(values: tuple[str, ...]) -> bool:
    return all(values) and len(set(values)) == len(values) <= 9


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False


def _one_of(*choices: str) -> dict[str, Any]:
    """The declaration of a text that is one of a few words."""
    words = ", ".join(repr(choice) for choice in choices)
    return {"must": choices.__contains__, "expected": f"one of {words}"}


Share = Annotated[float, Meta(ge=0, le=1)]


class Price(Struct, frozen=True):
    """What a model costs, in US dollars per million tokens. Cached input costs the same if None."""

    input: Annotated[float, Meta(ge=0, le=1e9)]
    output: Annotated[float, Meta(ge=0, le=1e9)]
    cached_input: Annotated[float, Meta(ge=0, le=1e9)] | None = None


@dataclass(frozen=True, slots=True)
class JudgeSettings:
    """The model that gives opinions: which, where, how often, at what price."""

    model: str = setting(
        "", "the model that is asked; none until you choose one", must=bool, expected="a name"
    )
    models: tuple[str, ...] = setting(
        (),
        "models that vote side by side, each with that many votes; none: only model",
        must=_are_names,
        expected="of at most 9 different names",
    )
    effort: str = setting(
        "medium",
        "how long it may think; empty leaves it to the server",
        **_one_of("", "none", "minimal", "low", "medium", "high", "xhigh"),
    )
    votes: Annotated[int, Meta(ge=1, le=99)] = setting(
        1,
        "votes for each attempt and model",
        must=_is_odd,
        expected="odd, so that votes cannot be tied",
    )
    base_url: str = setting(
        DEFAULT_BASE_URL,
        "the server, which must speak OpenAI's API",
        must=_is_address,
        expected="an address that starts with http:// or https://",
        variables=("OPENAI_BASE_URL",),
    )
    api: str = setting(
        "auto",
        "which of its APIs; auto asks the server once",
        **_one_of("auto", "responses", "chat"),
    )
    concurrency: Annotated[int, Meta(ge=1, le=1024)] = setting(16, "calls at once")
    service_tier: str = setting(
        "auto", "the tier that is asked for", **_one_of("auto", "default", "flex", "priority")
    )
    max_output_tokens: Annotated[int, Meta(ge=MIN_OUTPUT_TOKENS, le=1_000_000)] = setting(
        32_000, "output limit of a call in tokens, reasoning included"
    )
    # Source of the default: the documented context of gpt-5 less its output.
    input_limit: Annotated[int, Meta(ge=1_000, le=100_000_000)] = setting(
        272_000, "the longest prompt in tokens; files are left out to keep it"
    )
    facts: bool = setting(False, "show the judge what the checks found")
    canaries: Annotated[int, Meta(ge=0, le=1_000)] | None = setting(
        None,
        "hard questions with known answers in a run, beside each human patch; by default three "
        "from 20 attempts on",
    )
    timeout_s: Annotated[float, Meta(ge=0.001, le=86_400)] = setting(
        900.0, "seconds that a call may take, retries included"
    )
    max_retries: Annotated[int, Meta(ge=0, le=100)] = setting(4, "retries of a failed request")
    max_cost: Annotated[float, Meta(ge=0, le=1e9)] | None = setting(
        None, "US dollars that a run may cost"
    )
    prices: Mapping[str, Price] = setting(
        {}, "prices of models in US dollars per million tokens: input, output, cached_input"
    )
    api_key: Secret = setting(Secret(), "the key", variables=("OPENAI_API_KEY",))
    ask_above: Annotated[float, Meta(ge=0, le=1e9)] = setting(
        5.0, "US dollars above which a run asks before it starts"
    )
    canary_bar: Share = setting(
        0.9,
        "share of canaries that a model must get right; else its opinions are set aside",
    )
    context: Annotated[int, Meta(ge=0, le=200)] = setting(
        0, "lines of the base file shown around each hunk, where the repository is known"
    )
    alternative_epsilon: Share = setting(
        0.2, "epsilon of the alternative annotator test: how much cheaper the judge is than people"
    )

    def __post_init__(self) -> None:
        if self.models:  # the first of several writes the rubrics
            object.__setattr__(self, "model", self.models[0])

    @property
    def panel(self) -> tuple[str, ...]:
        """The models that vote."""
        return self.models or (self.model,)

    def asking(self, model: str) -> JudgeSettings:
        """The same for one model of the panel alone."""
        return (
            self
            if self.model == model and not self.models
            else replace(self, model=model, models=())
        )

    @property
    def lacks_key(self) -> bool:
        """Is the key missing for a server that requires one?"""
        return not self.api_key and self.base_url == DEFAULT_BASE_URL

    @property
    def server(self) -> str:
        """The base URL for people: without any name and password in it."""
        scheme, between, rest = self.base_url.partition("://")
        return scheme + between + rest.rpartition("@")[2]


@dataclass(frozen=True, slots=True)
class ReviewSettings:
    """Who decides, and how."""

    reviewer: Annotated[str, Meta(max_length=200)] = setting(
        "",
        "your name on verdicts; empty takes the name of your account",
    )
    blind: bool = setting(False, "hide the judge's opinion until you have decided", from_runs=True)
    idle_s: Annotated[float, Meta(ge=1, le=3_600)] = setting(
        60.0, "seconds without a key press after which time is not counted"
    )
    snippets: Mapping[str, str] = setting(
        {}, "snippets by name, expanded while writing: `;name`, then Tab"
    )


@dataclass(frozen=True, slots=True)
class ScreenSettings:
    """How the screen looks."""

    theme: str = setting("", "the theme; empty takes one that suits the terminal")
    layout: str = setting(
        "auto",
        "layout of a comparison; auto depends on the width",
        **_one_of("auto", "side-by-side", "stacked"),
    )
    folded: bool = setting(False, "fold unchanged lines")
    remarks: bool = setting(False, "open findings and comments below their lines")
    wrapped: bool = setting(False, "wrap long lines")
    columns: tuple[str, ...] = setting(
        (), "columns of the list of attempts (docs/filters.md); none: depends on the width"
    )


@dataclass(frozen=True, slots=True)
class CheckSettings:
    """How the checks run."""

    jobs: Annotated[int, Meta(ge=1, le=1024)] | None = setting(
        None, "processes of the checks; by default one for each core"
    )
    attempt_seconds: Annotated[float, Meta(ge=1, le=86_400)] = setting(
        60.0, "seconds that the checks of one attempt may take"
    )


@dataclass(frozen=True, slots=True)
class MeasurementSettings:
    """What measured numbers mean."""

    speed_threshold: Share = setting(
        0.05,
        "relative difference below which two measurements are equal",
        from_runs=True,
    )
    correlation_limit: Annotated[float, Meta(ge=-1, le=1)] = setting(
        0.8,
        "below it, human and attempt count as measured under different settings",
        from_runs=True,
    )


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting of the program, and where each non-default came from.

    `origins` is keyed by section and name ("judge.model"); `problems` are what a runs folder may
    not set but tried to, and what has no effect.
    """

    judge: JudgeSettings = field(default_factory=JudgeSettings)
    review: ReviewSettings = field(default_factory=ReviewSettings)
    screen: ScreenSettings = field(default_factory=ScreenSettings)
    checks: CheckSettings = field(default_factory=CheckSettings)
    measurements: MeasurementSettings = field(default_factory=MeasurementSettings)
    keys: Mapping[str, str] = setting({}, "keys of commands (docs/keys.md), such as undo = 'x'")
    views: Mapping[str, str] = setting(
        {}, "saved views by name, such as slow = 'seconds>10m sort:-seconds'", from_runs=True
    )
    origins: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)
    problems: tuple[LoadProblem, ...] = field(default=(), repr=False, compare=False)
