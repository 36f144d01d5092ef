"""Where a result comes from: the versions and settings that its figures rest on.

Settings of the screen, keys and views are left out: no figure depends on them.
"""

from __future__ import annotations

import platform
from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct, field

from core.checks.inputs import parser_versions
from core.checks.registry import all_rules
from core.settings import Settings
from core.settings.listing import list_settings

_SECTIONS = ("judge", "review", "checks", "measurements")


class RuleVersion(Struct, frozen=True):
    """A rule of the checks as it is now; a stored fact from another version is stale."""

    id: str
    version: int
    severity: str
    certain: bool


class SettingUsed(Struct, frozen=True):
    """A setting with its value as plain data, and where it came from ("default", a file, ...)."""

    name: str
    value: Any
    origin: str


class Provenance(Struct, frozen=True):
    """Python, the parsers by name, the rules, and the settings that affect figures."""

    python: str = ""
    parsers: Mapping[str, str] = field(default_factory=dict)
    rules: tuple[RuleVersion, ...] = ()
    settings: tuple[SettingUsed, ...] = ()


NOT_NOTED = Provenance()
"""Where it came from is unknown."""


def provenance(settings: Settings, portable: Callable[[str], str] = str) -> Provenance:
    """What applies in this process; `portable` takes the machine's paths out of an origin."""
    return Provenance(
        python=platform.python_version(),
        parsers=parser_versions(),
        rules=tuple(
            RuleVersion(rule.id, rule.version, rule.severity.value, rule.certain)
            for rule in all_rules()
        ),
        settings=tuple(
            SettingUsed(row.name, row.value, portable(row.origin))
            for row in list_settings(settings)
            if row.name.partition(".")[0] in _SECTIONS
        ),
    )
