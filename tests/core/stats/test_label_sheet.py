"""A bare table: its columns found, its labels understood, and figures that mean what they say."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from core.errors import InputError
from core.readers.tables.label_roles import LabelRoles, find_roles, read_rows_of
from core.readers.tables.opinion_tables import read_opinions
from core.stats.label_sheet import LabelSheet, count_labels
from core.stats.sampled_design import BOUNDED, KNOWN, SAMPLED
from tui.cli import main

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(header: str, *lines: str) -> Path:
        path = tmp_path / "labels.csv"
        path.write_text("\n".join([header, *lines]) + "\n", "utf-8")
        return path

    return written


def sheet(path: Path, asked: LabelRoles = LabelRoles(), **more: object) -> LabelSheet:  # noqa: B008
    table = read_opinions(path)
    roles = find_roles(table, asked)
    return count_labels(read_rows_of(table, roles), roles, **more)  # type: ignore[arg-type]


def rows(judge: list[int], human: Sequence[object], clusters: int = 20) -> list[str]:
    said = enumerate(zip(judge, human, strict=True))
    return [f"i{n},c{n % clusters},{j},{'' if h is None else h}" for n, (j, h) in said]


HEADER = "item,commit,judge,human"


def test_columns_are_found_and_all_known_has_no_sampling_error(write: Write) -> None:
    path = write(HEADER, *rows([1, 1, 0, 0] * 10, [1, 0, 0, 0] * 10))
    found = sheet(path)
    assert found.roles == LabelRoles("item", "judge", ("human",), "commit")
    assert (found.rows, found.items, found.judged, found.decided) == (40, 40, 40, 40)
    judge, people = found.rates
    assert (judge.voice, people.voice) == ("opinions", "decisions")
    assert (judge.count, people.count, people.clustered_by) == (20, 10, "cluster")
    corrected = found.corrected
    assert (corrected.kind, corrected.this_set) == (KNOWN, (0.25, 0.25))
    (pair,) = found.agreement
    assert (pair.first, pair.second, pair.agreement.percent) == ("human", "judge", 0.75)
    assert found.label_next.take == 0


def test_labels_that_somebody_chose_have_bounds_and_a_sample_has_an_interval(write: Write) -> None:
    human = [1 if n < 5 else 0 if n < 20 else None for n in range(60)]
    path = write(HEADER, *rows([n % 2 for n in range(60)], human))
    chosen = sheet(path)
    assert (chosen.corrected.kind, chosen.corrected.this_set) == (BOUNDED, (5 / 60, 45 / 60))
    declared = sheet(path, drawn=True)
    assert declared.corrected.kind == SAMPLED
    assert declared.corrected.this_set is not None
    low, high = declared.corrected.this_set
    assert 5 / 60 < low < 0.25 < high < 45 / 60
    nobody = sheet(write(HEADER, "a,c,pass,")).rates[1]
    assert (nobody.like_these, nobody.clustered_by) == (None, "")
    assert declared.samples[0].source == "declared"


def test_what_was_labelled_as_it_was_told_is_known_for_a_sample(write: Write) -> None:
    """The items to label next are labelled in the sheet; the next look knows they were drawn."""
    source = random.Random(3)
    judge = [int(source.random() < 0.4) for _ in range(80)]
    first = sheet(write(HEADER, *rows(judge, [None] * 80)), sample=20)
    plan = first.label_next
    assert (plan.take, plan.now) == (20, (0.0, 1.0)) and plan.then is not None
    human = [judge[n] if f"i{n}" in plan.attempts else None for n in range(80)]
    second = sheet(write(HEADER, *rows(judge, human)))
    assert second.corrected.kind == SAMPLED
    assert second.corrected.this_set is not None
    low, high = second.corrected.this_set
    assert low <= sum(judge) / 80 <= high
    assert abs((high - low) - (plan.then[1] - plan.then[0])) < 0.1
    assert not set(second.label_next.attempts) & set(plan.attempts)


def test_labels_that_stand_in_the_order_by_accident_are_no_sample(write: Write) -> None:
    """Of four items one of four orders begins with any one of them."""
    first = sheet(write(HEADER, *rows([1] * 4, [None] * 4)), sample=1).label_next.attempts
    human = [1 if f"i{n}" in first else None for n in range(4)]
    found = sheet(write(HEADER, *rows([1] * 4, human)))
    assert (found.samples, found.corrected.kind) == ((), BOUNDED)


def test_people_who_differ_are_in_dispute_and_compared(write: Write) -> None:
    lines = [f"i{n},yes,{'yes' if n % 3 else 'no'},{'yes' if n % 2 else 'no'}" for n in range(12)]
    found = sheet(write("id,llm_verdict,reviewer_a,reviewer_b", *lines))
    assert found.roles.humans == ("reviewer_a", "reviewer_b") and found.roles.cluster == ""
    assert found.disputed == sum((n % 3 > 0) != (n % 2 > 0) for n in range(12))
    assert found.decided == 12 - found.disputed
    pairs = {(pair.first, pair.second) for pair in found.agreement}
    assert pairs == {("reviewer_a", "reviewer_b"), ("reviewer_a", "judge"), ("reviewer_b", "judge")}


def test_doubled_items_and_words_nobody_knows_are_told(write: Write) -> None:
    path = write("item,judge,human", "a,pass,fail", "a,fail,fail", "b,perhaps,pass", "c,?,n/a")
    found = sheet(path)
    assert (found.items, found.doubled, found.odd) == (3, 1, {"perhaps": 1})
    assert (found.judged, found.decided) == (1, 2)
    table = read_opinions(path)
    read = read_rows_of(table, find_roles(table, LabelRoles()), "perhaps")
    assert [row.judge is not None and row.judge.value for row in read[2:3]] == ["true_success"]


def test_a_mapping_says_what_the_columns_are(write: Write) -> None:
    path = write("x,y,z", *[f"a{n},{n % 2},{n % 3 % 2}" for n in range(8)])
    with pytest.raises(InputError, match="no column with a judge's or a person's labels"):
        sheet(path)
    path.with_name(path.name + ".map.toml").write_text(
        'key = "x"\n[claims]\ny = "judge"\nz = "human"\n', "utf-8"
    )
    assert sheet(path).roles == LabelRoles("x", "y", ("z",), "")
    with pytest.raises(InputError, match="no column 'w'"):
        sheet(path, LabelRoles(judge="w"))


def test_the_command_prints_text_and_json(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(HEADER, *rows([1, 0] * 15, [1 if n < 6 else None for n in range(30)]))
    assert main(["stats", str(path), "--sample", "4"]) == 0
    told = capsys.readouterr().out
    assert "columns: item item, judge judge, people human, cluster commit" in told
    assert "bounds, no interval: nothing was drawn by chance" in told
    assert "label next: 4" in told and "\n  i" in told
    assert main(["stats", str(path), "--drawn", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["schema_version"] == 1 and data["corrected"]["kind"] == "sample"
    assert main(["stats", str(path), "--human", "nobody"]) == 2
