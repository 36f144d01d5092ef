"""Which columns of a bare table are the item, the judge's label, people's labels, the cluster.

A mapping file decides (`judge`, `human`, `cluster` as names of claims), then the user's choice,
then the column names. Labels become outcomes where their words say one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from core.errors import InputError
from core.models import Outcome
from core.readers.tables.opinion_tables import OpinionTable
from core.readers.tables.row_places import text_of
from core.readers.tables.table_rows import TableRow

JUDGE, HUMAN, CLUSTER = "judge", "human", "cluster"

_NAMES = {
    JUDGE: re.compile(r"judge|llm|gpt|claude|opinion|auto_?(label|verdict|grader)|grader", re.I),
    HUMAN: re.compile(r"human|person|people|expert|annotator|reviewer|manual|truth|gold", re.I),
    CLUSTER: re.compile(r"cluster|group|commit|task|repo|instance", re.I),
}
_ITEM = re.compile(r"(item|attempt|instance|task|row|patch)?_?(id|key|name)?", re.I)

_WORDS = {
    Outcome.TRUE_SUCCESS: "true 1 1.0 yes y pass passed success true_success correct good right",
    Outcome.PARTIAL_SUCCESS: "partial partial_success",
    Outcome.FAILURE: (
        "false 0 0.0 no n fail failed failure not_a_success incorrect bad wrong false_positive"
    ),
}
_OUTCOMES = {word: outcome for outcome, words in _WORDS.items() for word in words.split()}
_NOTHING = frozenset({"", "none", "null", "nan", "na", "n/a", "unknown", "undecided", "?", "-"})


class LabelRoles(Struct, frozen=True):
    """The columns by role; "" or () if there is none. Without `item`: the row."""

    item: str = ""
    judge: str = ""
    humans: tuple[str, ...] = ()
    cluster: str = ""


class LabelRow(Struct, frozen=True):
    """One row: the judge's label and each person's. None: none, or `odd`: not understood."""

    item: str
    cluster: str
    judge: Outcome | None
    humans: dict[str, Outcome | None]
    odd: tuple[str, ...] = ()


def find_roles(table: OpinionTable, asked: LabelRoles) -> LabelRoles:
    """The roles of a table's columns; `asked` ones must exist. Raises `InputError`."""
    for column in (asked.item, asked.judge, *asked.humans, asked.cluster):
        if column:
            table.require(column)
    humans = asked.humans or tuple(_claimed(table, HUMAN)) or tuple(_named(table, HUMAN))
    judge = asked.judge or next(_claimed(table, JUDGE), "") or next(_named(table, JUDGE), "")
    humans = tuple(column for column in humans if column != judge)
    taken = {judge, *humans}
    item = asked.item or _item(table, taken)
    cluster = asked.cluster or next(_claimed(table, CLUSTER), "")
    if not cluster:
        cluster = next((c for c in _named(table, CLUSTER) if c not in {*taken, item}), "")
    if not judge and not humans:
        columns = ", ".join(table.columns[:30])
        hint = f"Name them with --judge and --human. It has {columns}."
        raise InputError(f"{table.path} has no column with a judge's or a person's labels", hint)
    return LabelRoles(item, judge, humans, cluster)


def _claimed(table: OpinionTable, role: str) -> Iterator[str]:
    """The columns that a mapping gives this role."""
    claims = table.mapping.claims or {}
    return (column for column, name in claims.items() if name == role and column in table.columns)


def _named(table: OpinionTable, role: str) -> Iterator[str]:
    others = [pattern for name, pattern in _NAMES.items() if name != role and name != CLUSTER]
    for column in table.columns:
        is_others = any(pattern.search(column) for pattern in others)
        if _NAMES[role].search(column) and not is_others and _fits(table, column, role):
            yield column


def _fits(table: OpinionTable, column: str, role: str) -> bool:
    """Does a column of opinions have few words? One of clusters may hold anything."""
    if role == CLUSTER:
        return True
    values = {text_of(row, column) for row in table.rows}
    return all(len(value) < 40 for value in values) and len(values) <= 12


def _item(table: OpinionTable, taken: set[str]) -> str:
    named = [table.mapping.key, table.mapping.instance, table.mapping.item]
    named += [column for column in table.columns if _ITEM.fullmatch(column)]
    return next((column for column in named if column and column not in taken), "")


def read_rows_of(
    table: OpinionTable, roles: LabelRoles, positive: str | None = None
) -> list[LabelRow]:
    """The rows in their roles. With `positive` that word is success and every other is not."""
    return [_row(row, number, roles, positive) for number, row in enumerate(table.rows, start=1)]


def _row(row: TableRow, number: int, roles: LabelRoles, positive: str | None) -> LabelRow:
    odd: list[str] = []

    def outcome(column: str) -> Outcome | None:
        text = text_of(row, column).strip() if column else ""
        if text.lower() in _NOTHING:
            return None
        if positive is not None:
            is_it = text.lower() == positive.lower()
            return Outcome.TRUE_SUCCESS if is_it else Outcome.FAILURE
        found = _OUTCOMES.get(text.lower().replace(" ", "_"))
        if found is None:
            odd.append(text)
        return found

    item = text_of(row, roles.item) if roles.item else f"row {number}"
    cluster = text_of(row, roles.cluster) if roles.cluster else ""
    humans = {column: outcome(column) for column in roles.humans}
    return LabelRow(item, cluster, outcome(roles.judge), humans, tuple(odd))
