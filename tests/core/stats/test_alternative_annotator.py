"""The alternative annotator test, on made answers and on the data of its paper."""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Hashable
from pathlib import Path

from core.stats.alternative_annotator import (
    alternative_annotator_test,
    near_number,
    same_label,
)
from tests.core.stats.oracles import T_TEST

Labels = dict[Hashable, Hashable]


def test_the_t_test_agrees_with_scipy() -> None:
    T_TEST.compare()


def raters(accuracy: float, seed: int) -> tuple[Labels, dict[str, Labels]]:
    """A judge of some accuracy and four reviewers who are right in 80 of 100."""
    source = random.Random(seed)
    truth: Labels = {i: source.choice("ab") for i in range(200)}

    def rate(share: float) -> Labels:
        return {i: t if source.random() < share else "x" for i, t in truth.items()}

    return rate(accuracy), {f"r{n}": rate(0.8) for n in range(4)}


def test_a_judge_as_good_as_reviewers_passes_and_a_poor_one_does_not() -> None:
    good = alternative_annotator_test(*raters(0.9, 1), epsilon=0.1)
    poor = alternative_annotator_test(*raters(0.5, 1), epsilon=0.1)
    assert good.passed and good.winning_rate == 1
    assert [one.items for one in good.reviewers] == [len(raters(0.9, 1)[0])] * 4
    assert poor.passed is False and poor.advantage is not None and good.advantage is not None
    assert poor.advantage < good.advantage


def test_without_enough_items_nothing_is_said() -> None:
    judge, reviewers = raters(0.9, 2)
    few: Labels = dict(list(judge.items())[:20])
    found = alternative_annotator_test(few, reviewers, epsilon=0.1)
    assert found.passed is None and found.reviewers == ()


MARGINS = {"wax": 0.1, "framing": 0.15, "summeval": 0.2}


def test_the_published_table_comes_out(shared: Path) -> None:
    folder = shared / "labels/alttest"
    with (folder / "published_table.csv").open(encoding="utf-8") as table:
        rows = list(csv.DictReader(table))
    assert len(rows) == 18
    annotations = {
        (dataset, name): json.loads((folder / dataset / f"{name}.json").read_text("utf-8"))
        for dataset in MARGINS
        for name in ("human_annotations", "llm_annotations")
    }
    for row in rows:
        reviewers = annotations[row["dataset"], "human_annotations"]
        judges = annotations[row["dataset"], "llm_annotations"]
        closeness = near_number if row["dataset"] == "summeval" else same_label
        found = alternative_annotator_test(
            judges[row["llm"]], reviewers, epsilon=MARGINS[row["dataset"]], closeness=closeness
        )
        said = (f"{found.winning_rate:.2f}", f"{found.advantage:.2f}")
        assert said == (row["winning_rate"], row["advantage_probability"]), row
        assert found.passed is (row["verdict"] == "PASSED")
