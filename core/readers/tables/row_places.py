"""Which attempts a table row is about, by everything that the row may call them.

A table without a column for the agent or the model is about the model that its file is named after;
one named after the reference measured the human change, and no attempt. Rows of an agent that name
models as the runs do are about no other model; rows that use other words for the only model may be
about it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from pathlib import PurePath

from core.models import Attempt
from core.readers.join.file_names import holds, spellings
from core.readers.tables.table_mapping import TableMapping
from core.readers.tables.table_rows import TableRow

_SHORTEST_COMMIT = 7
_REFERENCE = frozenset({"gold", "human", "reference", "oracle", "groundtruth", "baseline"})
_VERSION = re.compile(r"\.?\d{1,3}(?!\d)")
"""What follows a name to make another model, unlike a date."""

_BEFORE_NAME = ("eval_report_", "report_", "results_", "result_", "perf_")


def names_of(attempt: Attempt) -> tuple[str, ...]:
    """The names by which a table may know an attempt: its key, the key's last part, its item."""
    found = (attempt.key, attempt.key.rpartition("/")[2], attempt.item, attempt.task)
    return tuple(dict.fromkeys(name for name in found if name))


def naming_column(rows: Sequence[TableRow], attempts: Sequence[Attempt]) -> str | None:
    """The column whose values name most of the attempts; None if none names any."""
    known = {name for attempt in attempts for name in names_of(attempt)}
    named: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        for column, value in row.items():
            if isinstance(value, str | int) and str(value) in known:
                named[column].add(str(value))
    return max(named, key=lambda column: len(named[column]), default=None)


class Places:
    """Attempts by every name that a row may use."""

    def __init__(
        self,
        attempts: Sequence[Attempt],
        mapping: TableMapping,
        path: str,
        rows: Sequence[TableRow] = (),
    ) -> None:
        self._mapping = mapping
        self.is_ambiguous = False
        """Does the table not say which of several models it is about?"""
        self._told = _models_told(rows, mapping)
        authors = {(attempt.agent, attempt.model): attempt for attempt in attempts}.values()
        self._strict = {
            agent for agent in self._told if self._tells_models_apart(agent, rows, authors)
        }
        if not (mapping.agent or mapping.model or mapping.run or mapping.key):
            attempts = self._of_file(PurePath(path), attempts)
        self._by: dict[str, dict[str, list[Attempt]]] = {
            name: defaultdict(list) for name in ("key", "commit", "instance", "item")
        }
        for attempt in attempts:
            for name in names_of(attempt):
                self._by["key"][name].append(attempt)
            self._by["commit"][attempt.reference_sha[:_SHORTEST_COMMIT]].append(attempt)
            self._by["instance"][attempt.item].append(attempt)
            self._by["item"][attempt.item].append(attempt)

    def _of_file(self, path: PurePath, attempts: Sequence[Attempt]) -> Sequence[Attempt]:
        if plain_name(_name_of(path)) in _REFERENCE:
            return ()
        models = {attempt.model for attempt in attempts}
        held = [model for model in models if any(holds(path, n) for n in spellings(model))]
        if held:
            longest = max(held, key=len)
            return [attempt for attempt in attempts if attempt.model == longest]
        self.is_ambiguous = len(models) > 1
        return attempts

    def find(self, row: TableRow) -> list[Attempt]:
        """The attempts that fit a row."""
        fitting: list[Attempt] | None = None
        for name in ("key", "commit", "instance", "item"):
            value = text_of(row, getattr(self._mapping, name))
            if not value:
                continue
            found = self._look_up(name, value)
            keys = {attempt.key for attempt in found}
            fitting = found if fitting is None else [a for a in fitting if a.key in keys]
        fitting = fitting or []
        fitting = _narrow(fitting, text_of(row, self._mapping.run), lambda a: a.run)
        agent, model = text_of(row, self._mapping.agent), text_of(row, self._mapping.model)
        fitting = [a for a in fitting if _is_of(agent, a)]
        named = self._of_model(agent, model, fitting)
        return named if named or (model and plain_name(agent) in self._strict) else fitting

    def _of_model(self, agent: str, model: str, fitting: Sequence[Attempt]) -> list[Attempt]:
        """Those of a model: of exactly its name, else of one like it that no other row has."""
        same = [a for a in fitting if plain_name(a.model) == plain_name(model)]
        others = self._told.get(plain_name(agent), frozenset())
        return same or [
            a for a in fitting if plain_name(a.model) not in others and _same_model(model, a.model)
        ]

    def _tells_models_apart(
        self, agent: str, rows: Sequence[TableRow], attempts: Iterable[Attempt]
    ) -> bool:
        """Do the rows of an agent name a model of its attempts, or several for one task?"""
        here = {attempt.model for attempt in attempts if _is_of(agent, attempt)}
        if any(_same_model(name, model) for name in self._told[agent] for model in here):
            return True
        by_task: dict[str, set[str]] = defaultdict(set)
        for row in rows:
            if plain_name(text_of(row, self._mapping.agent)) == agent:
                task = (text_of(row, column) for column in self._mapping.naming)
                by_task[next(filter(None, task), "")].add(text_of(row, self._mapping.model))
        return any(len(names - {""}) > 1 for names in by_task.values())

    def _look_up(self, name: str, value: str) -> list[Attempt]:
        if name != "commit":
            return self._by[name].get(value, [])
        commit = value.lower()
        near = self._by["commit"].get(commit[:_SHORTEST_COMMIT], [])
        return [
            a
            for a in near
            if a.reference_sha.startswith(commit) or commit.startswith(a.reference_sha)
        ]


def _models_told(rows: Sequence[TableRow], mapping: TableMapping) -> dict[str, frozenset[str]]:
    """The plain names of the models that a table names, by that of the agent."""
    told: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        if model := text_of(row, mapping.model):
            told[plain_name(text_of(row, mapping.agent))].add(plain_name(model))
    return {agent: frozenset(models) for agent, models in told.items()}


def _is_of(agent: str, attempt: Attempt) -> bool:
    return not agent or attempt.agent == "unknown" or _alike(agent, attempt.agent)


def _narrow(fitting: list[Attempt], value: str, name_of: Callable[[Attempt], str]) -> list[Attempt]:
    """Those of a name, if there are any: tables name models in their own words."""
    named = [attempt for attempt in fitting if value and _alike(value, name_of(attempt))]
    return named or fitting


def _alike(one: str, other: str) -> bool:
    mine, theirs = plain_name(one), plain_name(other)
    shorter, longer = sorted((mine, theirs), key=len)
    return mine == theirs or (len(shorter) > 3 and shorter in longer)


def _same_model(one: str, other: str) -> bool:
    """May two names be one model's? What a version follows is another: gpt-5 and gpt-5.1."""
    shorter, longer = sorted((plain_name(one), plain_name(other)), key=len)
    if not _alike(one, other):
        return False
    rest = longer[longer.find(shorter) + len(shorter) :]
    return not (shorter[-1:].isdigit() and _VERSION.match(rest))


@lru_cache(maxsize=4096)  # few names, which stand in each row
def plain_name(name: str) -> str:
    """A name without punctuation, as tables and paths spell it alike."""
    return name.lower().replace("-", "").replace("_", "").replace(" ", "").rsplit("/")[-1]


def text_of(row: TableRow, column: str) -> str:
    """The value in a column, "" for nothing."""
    value = row.get(column) if column else None
    return str(value).strip() if value is not None else ""


def _name_of(path: PurePath) -> str:
    """What a file is named after, without the words that reports begin with."""
    stem = path.stem.lower()
    for word in _BEFORE_NAME:
        stem = stem.removeprefix(word)
    return stem
