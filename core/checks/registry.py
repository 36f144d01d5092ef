"""What a rule is, and the one table of them: each is decorated in the module of its family.

A rule is a pure function of a `Context` that yields facts. It never raises because of a patch's
content: what it cannot know, it does not say, and an unknown criterion stays unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from msgspec import Struct

from core.models import Severity, Side

if TYPE_CHECKING:
    from core.checks.context import Context

FAMILIES: tuple[str, ...] = (
    "patch",
    "applies",
    "syntax",
    "names",
    "files",
    "coverage",
    "template",
    "run",
    "copies",
    "prompt",
    "injection",
    "base",
    "leak",
    "speed",
)
"""The families in the order in which they run; each is a module of this package."""


class Found(Struct, frozen=True):
    """A finding that its rule states. `certain` and `severity` default to the rule's own."""

    message: str
    file: str | None = None
    line: int | None = None
    side: Side = Side.ATTEMPT
    certain: bool | None = None
    severity: Severity | None = None


class Settled(Struct, frozen=True):
    """A criterion (a field of `core.models.Criteria`) that is known for certain."""

    criterion: str
    value: bool


class Measure(Struct, frozen=True):
    """Something counted or measured, for people and statistics."""

    name: str
    value: float | int | bool | str | None


Fact = Found | Settled | Measure
Check = Callable[["Context"], Iterable[Fact]]


class Rule(Struct, frozen=True):
    """One rule: its name, how much it matters, and the function that implements it.

    `version` is raised whenever the rule's answers change, so that stored reports become stale.
    `criteria` are those that its findings concern; it may settle no other.
    """

    id: str
    severity: Severity
    certain: bool
    summary: str
    check: Check
    version: int = 1
    criteria: tuple[str, ...] = ()

    @property
    def family(self) -> str:
        """The first part of the id: the name of the rule's module."""
        return self.id.partition(".")[0]


_RULES: dict[str, dict[str, Rule]] = {}
"""By family, then by id."""


def rule(
    id: str,
    severity: Severity,
    summary: str,
    *,
    certain: bool = False,
    version: int = 1,
    criteria: tuple[str, ...] = (),
) -> Callable[[Check], Check]:
    """Register the decorated function as a rule; the function itself is returned unchanged."""

    def register(check: Check) -> Check:
        made = Rule(id, severity, certain, summary, check, version, criteria)
        family = _RULES.setdefault(made.family, {})
        if id in family:
            raise ValueError(f"two rules have the id {id}")
        family[id] = made
        return check

    return register


def rules_about(criterion: str) -> frozenset[str]:
    """The ids of the rules whose findings concern a criterion."""
    return frozenset(rule.id for rule in all_rules() if criterion in rule.criteria)


def all_rules(families: Collection[str] = FAMILIES) -> tuple[Rule, ...]:
    """Every rule of the families, family by family, in the order of their modules."""
    _import_families()
    chosen = (_RULES.get(family, {}) for family in FAMILIES if family in families)
    return tuple(rule for rules in chosen for rule in rules.values())


@cache
def _import_families() -> None:
    for family in FAMILIES:
        import_module(f"core.checks.rules.{family}")
