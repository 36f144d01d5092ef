"""Which settings hold, and where each came from: file, environment or command line.

From the weakest to the strongest: the default, `patchjury.toml` in the runs folder, the same file
in the user's config folder, the environment (`PATCHJURY_MODEL`, ...), the command line. A runs
folder is somebody else's: its file may not name a server, the key, money or a path, and says so.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from core.errors import SettingsError
from core.models import LoadProblem

FILE_NAME = "patchjury.toml"
ENVIRONMENT_PREFIX = "PATCHJURY_"
DEFAULT_BASE_URL = "https://api.openai.com/v1"
KEY_HINT = "Set OPENAI_API_KEY, or api_key in patchjury.toml in your config folder."
MIN_OUTPUT_TOKENS = 16_000
"""Reasoning counts as output: with less, a judge falls silent in the middle of a thought."""

_MAX_FILE_BYTES = 1024 * 1024
_NOT_FROM_RUNS = {
    "base_url": "a server",
    "api_key": "the key",
    "max_cost": "spending",
    "prices": "spending",
    "service_tier": "spending",
}
_PATHS = ("commits", "repo", "repository", "db", "store", "export", "path")


_SECRET_FROM = 8
"""Characters from which on a key is a secret: a word that somebody made up is only a word."""


class Secret:
    """A text that no `repr`, format, pickle or record gives away; `reveal` does."""

    __slots__ = ("_pattern", "_text")

    def __init__(self, text: str = "") -> None:
        self._text = text
        # As JSON may write it, texts of JSON inside of JSON included.
        # Not more backslashes than any nesting needs: many of them would take for ever.
        many = r"\\{1,32}"
        letters = (rf"(?:{re.escape(c)}|{many}u{ord(c):04x}|{many}{re.escape(c)})" for c in text)
        self._pattern = re.compile("".join(letters), re.IGNORECASE)

    def __bool__(self) -> bool:
        return bool(self._text)

    def __repr__(self) -> str:
        return "Secret(…)" if self._text else "Secret()"

    def __reduce__(self) -> tuple[type[Secret], tuple[()]]:
        if self._text:
            raise TypeError("a secret is not written anywhere")
        return Secret, ()

    def reveal(self) -> str:
        """The text itself, for the one place that needs it."""
        return self._text

    def redact(self, text: str) -> str:
        """`text` with every occurrence of the secret taken out, however JSON may write it.

        A key of fewer than 8 characters is no secret: its letters stand everywhere.
        """
        return self._pattern.sub("[key]", text) if len(self._text) >= _SECRET_FROM else text


@dataclass(frozen=True, slots=True)
class Price:
    """What a model costs, in US dollars per million tokens. Cached input costs as much if None."""

    input: float
    output: float
    cached_input: float | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be set about the judge. Times in seconds, sizes in tokens."""

    model: str = "gpt-5"
    effort: str = "medium"  # "" leaves it to the server
    votes: int = 1  # odd
    base_url: str = DEFAULT_BASE_URL
    api: str = "auto"  # "responses", "chat", or found by asking once
    concurrency: int = 16
    service_tier: str = "auto"
    max_output_tokens: int = 32_000
    input_limit: int = 272_000  # source: the documented context of gpt-5 less its output
    facts: bool = False  # are the checks' findings given to the judge?
    canaries: int | None = None  # None: three for runs of twenty or more attempts
    timeout_s: float = 900.0  # of one call, its retries included
    max_retries: int = 4
    max_cost: float | None = None  # US dollars of one run
    prices: Mapping[str, Price] = field(default_factory=dict)
    api_key: Secret = field(default_factory=Secret, repr=False, compare=False)
    origins: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)
    from_runs: tuple[str, ...] = field(default=(), repr=False, compare=False)
    problems: tuple[LoadProblem, ...] = field(default=(), repr=False, compare=False)

    @property
    def lacks_key(self) -> bool:
        """Is there no key for a server that wants one?"""
        return not self.api_key and self.base_url == DEFAULT_BASE_URL

    @property
    def server(self) -> str:
        """The base URL for people: without a name and password that it may hold."""
        scheme, between, rest = self.base_url.partition("://")
        return scheme + between + rest.rpartition("@")[2]


_RANGES: dict[str, tuple[float, float]] = {
    "votes": (1, 99),
    "concurrency": (1, 1024),
    "max_output_tokens": (MIN_OUTPUT_TOKENS, 1_000_000),
    "input_limit": (1_000, 100_000_000),
    "canaries": (0, 1_000),
    "timeout_s": (0.001, 86_400),
    "max_retries": (0, 100),
    "max_cost": (0, 1e9),
}
_CHOICES: dict[str, tuple[str, ...]] = {
    "effort": ("", "none", "minimal", "low", "medium", "high", "xhigh"),
    "api": ("auto", "responses", "chat"),
    "service_tier": ("auto", "default", "flex", "priority"),
}


def load_settings(
    root: Path | None = None,
    *,
    overrides: Mapping[str, object] | None = None,
    environment: Mapping[str, str] | None = None,
    config_folder: Path | None = None,
) -> Settings:
    """The settings that hold for a runs folder; `overrides` are the command line's (None: unset).

    Raises `SettingsError` with the file (or variable), the key and what was expected. What a file
    says that is unknown or not allowed is ignored and stands in `Settings.problems`.
    """
    environment = os.environ if environment is None else environment
    problems: list[LoadProblem] = []
    values: dict[str, object] = {}
    origins: dict[str, str] = {}
    sources = [
        _runs_file(root, problems),
        _user_file(config_folder, problems),
        _environment(environment),
        ("command line", {k: v for k, v in (overrides or {}).items() if v is not None}),
    ]
    for origin, given in sources:
        for key, value in given.items():
            where = f"{ENVIRONMENT_PREFIX}{key.upper()}" if origin == "environment" else origin
            values[key] = _checked(where, key, value)
            origins[key] = where
    if environment.get("OPENAI_API_KEY"):
        values["api_key"] = _secret("OPENAI_API_KEY", environment["OPENAI_API_KEY"])
        origins["api_key"] = "OPENAI_API_KEY"
    foreign = tuple(key for key, origin in origins.items() if origin == sources[0][0])
    return replace(
        Settings(),
        **values,  # type: ignore[arg-type]
        origins=origins,
        from_runs=foreign,
        problems=tuple(problems),
    )


def _runs_file(root: Path | None, problems: list[LoadProblem]) -> tuple[str, dict[str, object]]:
    if root is None:
        return "", {}
    path = (root.parent if root.is_file() else root) / FILE_NAME
    allowed = {}
    for key, value in _known(path, problems):
        what = _NOT_FROM_RUNS.get(key)
        if what:
            reason = f"{key} is ignored: a runs folder may not set {what}"
            problems.append(LoadProblem(str(path), reason))
        else:
            allowed[key] = value
    return str(path), allowed


def _user_file(
    config_folder: Path | None, problems: list[LoadProblem]
) -> tuple[str, dict[str, object]]:
    if config_folder is None:
        # Imported here because most commands need no settings.
        from platformdirs import user_config_path

        config_folder = user_config_path("patchjury")
    path = config_folder / FILE_NAME
    return str(path), dict(_known(path, problems))


def _known(path: Path, problems: list[LoadProblem]) -> Iterator[tuple[str, object]]:
    """The keys of a file that are settings; the others become problems that name them."""
    for key, value in _read_toml(path).items():
        if key == "judge" and isinstance(value, dict):
            yield from _settings_in(path, value, problems)
        elif key == "prices":
            yield key, value
        else:
            yield from _settings_in(path, {key: value}, problems)


def _settings_in(
    path: Path, table: Mapping[str, object], problems: list[LoadProblem]
) -> Iterator[tuple[str, object]]:
    for key, value in table.items():
        if key in _NAMES:
            yield key, value
        elif key in _PATHS:
            problems.append(LoadProblem(str(path), f"{key} is ignored: a file may not set a path"))
        else:
            problems.append(LoadProblem(str(path), f"unknown setting {key!r}"))


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        if path.exists() and not path.is_file():  # opening a pipe would wait for ever
            raise SettingsError(f"{path} is not a file", "Move it elsewhere.")
        with path.open("rb") as file:
            data = file.read(_MAX_FILE_BYTES + 1)
        if len(data) > _MAX_FILE_BYTES:
            raise SettingsError(f"{path} is larger than {_MAX_FILE_BYTES >> 20} MiB")
        return tomllib.loads(data.decode("utf-8"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise SettingsError(f"cannot read {path}: {error.strerror or error}") from error
    except (ValueError, RecursionError) as error:
        hint = "Correct it, or move it elsewhere."
        raise SettingsError(f"{path} is not a TOML file: {error}", hint) from error


def _environment(environment: Mapping[str, str]) -> tuple[str, dict[str, object]]:
    given: dict[str, object] = {}
    if environment.get("OPENAI_BASE_URL"):
        given["base_url"] = environment["OPENAI_BASE_URL"]
    for name in sorted(_NAMES - {"prices", "api_key"}):
        text = environment.get(f"{ENVIRONMENT_PREFIX}{name.upper()}")
        if text is not None:
            given[name] = _from_text(name, text)
    return "environment", given


def _from_text(name: str, text: str) -> object:
    """A variable's text as the type of its setting; what does not fit stays a text."""
    kind = _KINDS[name]
    if kind is bool:
        words = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
        return words.get(text.strip().lower(), text)
    if kind is str:
        return text
    try:
        return kind(text)
    except ValueError:
        return text


_NAMES = {f.name for f in fields(Settings)} - {"origins", "from_runs", "problems"}
_KINDS: dict[str, type] = {
    **dict.fromkeys(("model", "effort", "base_url", "api", "service_tier"), str),
    **dict.fromkeys(("votes", "concurrency", "max_output_tokens", "input_limit"), int),
    **dict.fromkeys(("canaries", "max_retries"), int),
    **dict.fromkeys(("timeout_s", "max_cost"), float),
    "facts": bool,
}
_WORDS = {str: "a text", int: "a whole number", float: "a number", bool: "true or false"}


def _checked(where: str, key: str, value: object) -> object:
    """The value as a setting. Raises `SettingsError` that never repeats a key."""
    if key == "prices":
        return _prices(where, value)
    if key == "api_key":
        return _secret(where, value)
    kind = _KINDS[key]
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if type(value) is not kind:
        raise SettingsError(f"{where}: {key} must be {_WORDS[kind]}, not {value!r}")
    expected = _why_wrong(key, value)
    if expected:
        raise SettingsError(f"{where}: {key} must be {expected}, not {value!r}")
    return value.rstrip("/") if key == "base_url" and isinstance(value, str) else value


def _secret(where: str, value: object) -> Secret:
    text = value.strip() if isinstance(value, str) else ""
    if not text or not text.isascii() or not text.isprintable() or " " in text:
        raise SettingsError(f"{where}: api_key must be a text of plain characters without spaces")
    return Secret(text)


def _why_wrong(key: str, value: Any) -> str:
    if key in _CHOICES and value not in _CHOICES[key]:
        return "one of " + ", ".join(repr(choice) for choice in _CHOICES[key])
    if key == "votes" and value % 2 == 0:
        return "odd, so that votes cannot be tied"
    if key in _RANGES:
        low, high = _RANGES[key]
        return "" if low <= value <= high else f"from {low:g} to {high:g}"
    if key == "base_url" and not _is_address(value):
        return "an address that starts with http:// or https://"
    if isinstance(value, str) and not value.isprintable():
        return "a text without special characters"
    return "a name" if key == "model" and not value.strip() else ""


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False


def _prices(where: str, value: object) -> dict[str, Price]:
    if not isinstance(value, Mapping):
        raise SettingsError(f"{where}: prices must be tables, one for each model")
    return {str(model): _price(where, str(model), table) for model, table in value.items()}


def _price(where: str, model: str, table: object) -> Price:
    names = {"input", "output", "cached_input"}
    expected = "must give input and output (and cached_input) in dollars per million tokens"
    if not isinstance(table, Mapping) or not {"input", "output"} <= set(table) <= names:
        raise SettingsError(f"{where}: prices.{model} {expected}")
    for value in table.values():
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < 1e9:
            raise SettingsError(f"{where}: prices.{model} {expected}")
    return Price(**{name: float(value) for name, value in table.items()})
