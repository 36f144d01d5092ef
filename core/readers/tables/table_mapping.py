"""What the columns of a table mean: proposed from their names, and editable as TOML.

The same mapping serves measurements, label tables and other judges' opinions: columns that name the
attempt, columns of values (of the base, the human commit and the attempt), and columns of claims,
among them opinions. For measurements the names suffice; opinions are proposed by looking at the
rows.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from core.errors import InputError
from core.models import Direction
from core.records import field_names, replace

ENDING = ".map.toml"
"""A mapping is beside its table: `results.csv.map.toml`."""

_NAMING = {
    "key": ("attempt", "attempt_key", "key"),
    "commit": (
        "commit_hash",
        "commit",
        "head_commit",
        "human_commit",
        "commit_short",
        "opt_commit",
    ),
    "instance": ("instance_id", "task_id", "instance", "task"),
    "item": ("item_id", "item"),
    "run": ("run_id", "run"),
    "agent": ("agent_name", "agent"),
    "model": ("agent_model", "model_name_or_path", "model_name", "model"),
}
_SETTINGS = ("benchmark_mode", "gpu_config", "arch", "hardware", "settings")
_SIDES = {
    "baseline": ("baseline_", "base_", "pre_edit_"),
    "human": ("human_", "gold_", "commit_", "reference_"),
    "attempt": ("agent_", "attempt_", "patched_", "patch_", "pred_"),
}
_NO_VALUES = ("improvement", "_vs_", "raw", "name", "model", "version", "length", "success")
_CLAIMS = {
    "has_agent_patch": "has_patch",
    "has_patch": "has_patch",
    "patch_exists": "has_patch",
    "resolved": "resolved",
    "is_resolved": "resolved",
    "correctness": "tests_passed",
    "test_passed": "tests_passed",
    "syntax_correct": "syntax_correct",
    "label": "label",
    "outcome": "outcome",
    "verdict": "verdict",
    "patch_size_bytes": "patch_bytes",
}
_FACTS = frozenset({"has_patch", "patch_bytes", "resolved", "tests_passed"})
"""Claims that files can contradict; the others are somebody's opinion."""

OPINION = "opinion"
"""What a column of few words claims, as far as known."""

_OF_THE_TASK = frozenset({"repo", "repository", "language", "version", "split", "dataset"})

_MOST_WORDS = 12
"""Distinct values of a column with opinions rather than texts or numbers."""

_HIGHER = re.compile(r"throughput|speedup|tokens_per|per_s|ops|rps|score|passed|resolved|accuracy")
_LOWER = re.compile(r"latency|ttft|tpot|itl|time|runtime|duration|seconds|_ms|cost|error|^mean$")
_MILLISECONDS = re.compile(r"ttft|tpot|itl|latency")
_PLAIN_SPEEDUP = {"pred_speedup_ratio": "attempt", "gold_speedup_ratio": "human"}


class ValueColumns(Struct, frozen=True):
    """One thing that was measured: the columns of its values, "" if there is none."""

    name: str
    baseline: str = ""
    human: str = ""
    attempt: str = ""
    unit: str = ""
    better: Direction | None = None


class TableMapping(Struct, frozen=True):
    """What the columns of a table mean. The first of `values` decides."""

    key: str = ""
    commit: str = ""
    instance: str = ""
    item: str = ""
    run: str = ""
    agent: str = ""
    model: str = ""
    settings: tuple[str, ...] = ()
    values: tuple[ValueColumns, ...] = ()
    claims: Mapping[str, str] | None = None  # name of the claim by column

    @property
    def names_attempts(self) -> bool:
        """Does a column say which attempt or commit a row is about?"""
        return bool(self.naming)

    @property
    def naming(self) -> tuple[str, ...]:
        """The columns that say it."""
        return tuple(filter(None, (self.key, self.commit, self.instance, self.item)))

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that the mapping names."""
        of_values = (
            column for v in self.values for column in (v.baseline, v.human, v.attempt) if column
        )
        columns = (*self.naming, self.run, self.agent, self.model, *self.settings, *of_values)
        return tuple(filter(None, (*columns, *(self.claims or {}))))

    @property
    def opinions(self) -> tuple[str, ...]:
        """The columns that hold somebody's opinion."""
        claims = self.claims or {}
        return tuple(column for column, name in claims.items() if name not in _FACTS)


def propose_with_opinions(rows: Sequence[Mapping[str, object]]) -> TableMapping:
    """The mapping suggested by the column names, with the columns of few words as opinions."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    mapping = propose(columns)
    used = {
        *_OF_THE_TASK,
        *mapping.naming,
        mapping.run,
        mapping.agent,
        mapping.model,
        *mapping.settings,
    }
    claims = dict(mapping.claims or {})
    for column in columns:
        if column not in used and column not in claims and _holds_opinions(column, rows):
            claims[column] = OPINION
    return replace(mapping, claims=claims)


def _holds_opinions(column: str, rows: Sequence[Mapping[str, object]]) -> bool:
    """Few distinct words or truth values, more than one, each given more than once."""
    given = [value for row in rows if (value := row.get(column)) not in (None, "")]
    if not all(isinstance(value, str | bool) for value in given):
        return False
    values = {str(value) for value in given}
    words = not any(_is_number(value) or _is_date(value) for value in values)
    return words and 2 <= len(values) <= _MOST_WORDS and 2 * len(values) <= len(given)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _is_date(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def propose(columns: Sequence[str]) -> TableMapping:
    """The mapping suggested by the column names."""
    known = dict.fromkeys(columns)
    naming = {
        field: next((name for name in names if name in known), "")
        for field, names in _NAMING.items()
    }
    return TableMapping(
        **naming,
        settings=tuple(name for name in _SETTINGS if name in known),
        values=tuple(_values(columns)),
        claims={name: _CLAIMS[name] for name in columns if name in _CLAIMS},
    )


def _values(columns: Sequence[str]) -> Iterator[ValueColumns]:
    """Columns whose names differ only in whose value it is; those with both sides first."""
    found: dict[str, dict[str, str]] = {}
    for column in columns:
        side, name = _side_of(column)
        if side and name:
            found.setdefault(name, {}).setdefault(side, column)
    whole = [n for n, sides in found.items() if {"human", "attempt"} <= sides.keys()]
    for name in whole:
        yield ValueColumns(name, **found[name], unit=_unit(name), better=_direction(name))


def _side_of(column: str) -> tuple[str, str]:
    if column in _PLAIN_SPEEDUP:
        return _PLAIN_SPEEDUP[column], "speedup_ratio"
    if any(word in column for word in _NO_VALUES):
        return "", ""
    for side, prefixes in _SIDES.items():
        for prefix in prefixes:
            if column.startswith(prefix):
                return side, column.removeprefix(prefix)
    return "", ""


def _direction(name: str) -> Direction | None:
    if _HIGHER.search(name):
        return Direction.HIGHER
    return Direction.LOWER if _LOWER.search(name) else None


def _unit(name: str) -> str:
    if "speedup" in name or name.endswith("_ratio"):
        return "x"
    if "throughput" in name:
        return "tokens/s"
    return "ms" if _MILLISECONDS.search(name) else ""


def to_toml(mapping: TableMapping, table: str) -> str:
    """The mapping as a file to edit."""
    lines = [
        f"# What the columns of {json.dumps(table)} mean to patchjury (docs/measurements.md).",
        "# Columns that name the attempt or its task; leave empty what the table does not say.",
    ]
    lines += [f"{name} = {json.dumps(getattr(mapping, name))}" for name in _NAMING]
    lines.append(f"settings = {json.dumps(list(mapping.settings))}  # measured under these")
    for value in mapping.values:
        lines += ["", "[[values]]  # the first one decides; better is higher or lower"]
        for name in field_names(ValueColumns):
            held = getattr(value, name)
            lines.append(f"{name} = {json.dumps(str(held or ''))}")
    lines += ["", "# column = what it claims: has_patch, resolved, tests_passed, or an opinion"]
    lines.append("[claims]")
    lines += [f"{json.dumps(c)} = {json.dumps(n)}" for c, n in (mapping.claims or {}).items()]
    return "\n".join(lines) + "\n"


def from_toml(text: str, name: str) -> TableMapping:
    """A mapping file. Raises `InputError` that says what is wrong with it."""
    import tomllib  # here: few runs have one

    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{name} is not TOML: {error}", "Repair it or rewrite it.") from error
    unknown = data.keys() - set(field_names(TableMapping))
    if unknown:
        raise InputError(f"{name}: unknown {', '.join(sorted(unknown))}", "See patchjury map.")
    try:
        values = tuple(_value(value) for value in data.pop("values", ()))
        settings = tuple(map(str, data.pop("settings", ())))
        claims = {str(c): str(n) for c, n in data.pop("claims", {}).items()}
        naming = {str(field): str(column) for field, column in data.items()}
    except (TypeError, ValueError, AttributeError) as error:
        raise InputError(f"{name} is not a mapping: {error}", "See patchjury map.") from error
    return TableMapping(**naming, settings=settings, values=values, claims=claims)


def _value(data: Mapping[str, str]) -> ValueColumns:
    held = {name: str(column) for name, column in data.items() if name != "better"}
    better = data.get("better") or None
    return ValueColumns(**held, better=Direction(better) if better else None)
