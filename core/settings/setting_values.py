"""Whether a value fits its setting, and how a wrong one is reported.

The wording is derived from the type and range in the table, so the two cannot disagree.
"""

from __future__ import annotations

import typing
from collections.abc import Iterator
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from typing import Any

import msgspec
from msgspec import Struct, inspect

from core.errors import SettingsError
from core.records import replace
from core.settings.secret import Secret
from core.settings.settings_table import Declaration, Settings

VARIABLE_PREFIX = "PATCHJURY_"
_WORDS = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}


class Setting(Struct, frozen=True):
    """One row of the table. `section` is "" for a setting that is a table of its own."""

    section: str
    name: str
    record: type  # the section's; the table of all settings for one outside sections
    default: Any
    declaration: Declaration

    @property
    def kind(self) -> Any:
        """The type of its values, with its range."""
        return _kinds(self.record)[self.name]

    @property
    def is_table(self) -> bool:
        """Is its value a table of names chosen by the user?"""
        return isinstance(self.default, dict)

    @property
    def path(self) -> str:
        """Section and name, as `Settings.origins` knows it."""
        return f"{self.section}.{self.name}" if self.section else self.name

    @property
    def variables(self) -> tuple[str, ...]:
        """The environment variables that set it, strongest last."""
        if self.is_table:
            return ()
        own = () if isinstance(self.default, Secret) else (f"{VARIABLE_PREFIX}{self.name.upper()}",)
        return (*self.declaration.variables, *own)


@cache  # resolved for what is set: most sections are as they come
def _kinds(record: type) -> dict[str, Any]:
    return typing.get_type_hints(record, include_extras=True)


@cache
def all_settings() -> tuple[Setting, ...]:
    """Every setting, section by section, in the order of the table."""
    return tuple(_all_settings())


def _all_settings() -> Iterator[Setting]:
    for path in _rows(Settings):
        if is_dataclass(path.default):
            for row in _rows(type(path.default)):
                yield replace(row, section=path.name)
        elif path.declaration.help:
            yield path


def _rows(record: Any) -> Iterator[Setting]:
    for row in fields(record):
        declaration = row.metadata.get("declaration", Declaration(""))
        factory = row.default_factory
        default = factory() if factory is not MISSING else row.default
        yield Setting("", row.name, record, default, declaration)


def checked(place: str, setting: Setting, value: object) -> Any:
    """The value in its setting's type. Raises `SettingsError` that never repeats a key."""
    if setting.kind is Secret:
        return _secret(place, setting.name, value)
    try:
        fits = msgspec.convert(value, setting.kind)
    except msgspec.ValidationError as error:
        inside = str(error).partition(" - at ")[2].strip("`$")
        raise _wrong(place, f"{setting.name}{inside}", expectation(setting), value) from error
    if isinstance(fits, str):
        if not fits.isprintable():
            expected = "a text without special characters"
            raise _wrong(place, setting.name, expected, value)
        fits = fits.strip().rstrip("/") if setting.name == "base_url" else fits.strip()
    must = setting.declaration.must
    if must is not None and not must(fits):
        raise _wrong(place, setting.name, setting.declaration.expected, value)
    return fits


def from_text(setting: Setting, text: str) -> object:
    """A variable's text as a value of its setting; what does not fit stays a text."""
    names = {type(part).__name__ for part in _parts(inspect.type_info(setting.kind))}
    if "BoolType" in names:
        return _WORDS.get(text.strip().lower(), text)
    if "VarTupleType" in names:
        return [part.strip() for part in text.split(",") if part.strip()]
    kind = int if "IntType" in names else float if "FloatType" in names else str
    try:
        return kind(text)
    except ValueError:
        return text


def expectation(setting: Setting) -> str:
    """What a value must be, for people: "a whole number from 1 to 99"."""
    if setting.kind is Secret:
        return "a text of plain characters without spaces"
    kind = inspect.type_info(setting.kind)
    parts = [part for part in _parts(kind) if not isinstance(part, inspect.NoneType)]
    return " or ".join(map(_describe, parts))


def full_expectation(setting: Setting) -> str:
    """`expectation`, plus what the table asks for beyond the type."""
    expected = setting.declaration.expected
    kind = inspect.type_info(setting.kind)
    if not expected:
        return expectation(setting)
    if isinstance(kind, inspect.StrType):
        return expected
    return f"{expectation(setting)}, {expected}"


def _parts(kind: inspect.Type) -> tuple[inspect.Type, ...]:
    return kind.types if isinstance(kind, inspect.UnionType) else (kind,)


def _describe(kind: inspect.Type) -> str:
    match kind:
        case inspect.IntType() | inspect.FloatType():
            word = "a whole number" if isinstance(kind, inspect.IntType) else "a number"
            return word if kind.ge is None else f"{word} from {kind.ge:.10g} to {kind.le:.10g}"
        case inspect.BoolType():
            return "true or false"
        case inspect.StrType():
            limit = f" of at most {kind.max_length} characters" if kind.max_length else ""
            return f"a text{limit}"
        case inspect.VarTupleType():
            return "a list of texts"
        case inspect.DictType(value_type=inspect.StructType() as record):
            return "tables that give " + ", ".join(_field(one) for one in record.fields)
        case inspect.DictType():
            return "a table of texts"
    raise TypeError(f"a setting of this kind cannot be described: {kind}")


def _field(one: inspect.Field) -> str:
    kind = " or ".join(
        _describe(part) for part in _parts(one.type) if not isinstance(part, inspect.NoneType)
    )
    return f"{one.name} ({kind}{'' if one.required else '; may be left out'})"


def _wrong(place: str, name: str, expected: str, value: object) -> SettingsError:
    shown = repr(value)
    shown = shown if len(shown) <= 80 else f"{shown[:79]}…"
    return SettingsError(f"{place}: {name} must be {expected}, not {shown}")


def _secret(place: str, name: str, value: object) -> Secret:
    text = value.strip() if isinstance(value, str) else ""
    if not text or not text.isascii() or not text.isprintable() or " " in text:
        expected = "a text of plain characters without spaces"
        raise SettingsError(f"{place}: {name} must be {expected}")
    return Secret(text)
