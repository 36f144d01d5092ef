"""Kinds of the judge's issues by words, on what a judge really wrote."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.stats.issue_kinds import KINDS, OTHER, issue_kind, wording
from tests.support.growth import grows_in_proportion


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("files that do not belong", "Adds an empty file model_patch.diff to the repository."),
        ("template or example code", "Contains placeholder attributes ('some_tensor_attribute')."),
        ("cut, or does not parse", "Patch ends with an incomplete line 'self.'"),
        ("cut, or does not parse", "Duplicate keyword arguments dtype and device."),
        ("names that may not exist", "Calls logger.info_once, which may not exist."),
        ("names that may not exist", "config.py: 'self' is undefined at module level."),
        ("wrong file or place", "Does not modify vllm/envs.py as specified."),
        ("more than the change asked for", "Over-optimization: three variables not in the commit"),
        ("another change than asked for", "Patch does not address the stated task."),
        ("not the whole change", "Only one of three call sites was changed."),
        (
            "may be wrong when it runs",
            "torch.empty leaves values uninitialized: undefined behavior",
        ),
        ("gain that is doubtful", "Caching len(slices) offers negligible benefit."),
        ("style, tests, documentation", "Abbreviated variables reduce readability."),
        (OTHER, "The cat sat on the mat."),
        (OTHER, ""),
    ],
)
def test_the_kind_is_that_of_an_analyst(kind: str, message: str) -> None:
    assert issue_kind(message) == kind and kind in KINDS


def test_wordings_are_one_but_for_what_a_patch_names() -> None:
    first = wording("Line 73 of vllm/config.py calls `old_name()` twice.")
    assert first == wording("line 4790 of `engine.py` calls  'other' twice")
    assert first != wording("Line 73 of vllm/config.py calls `old_name()` once.")


@pytest.mark.parametrize("hostile", ["a-", "a_", "'", "not "])
def test_a_long_message_costs_no_more_than_its_length(hostile: str) -> None:
    def read(length: int) -> None:
        issue_kind(hostile * length)
        wording(hostile * length)

    assert grows_in_proportion(read, 50_000)


def test_the_published_issues_have_kinds(shared: Path) -> None:
    data = json.loads(
        (shared / "isobench/analysis_reports/gpt5_evaluations.json").read_text("utf-8")
    )
    lists = [
        attempt["evaluation"]["issues"] for one in data for attempt in one["evaluated_attempts"]
    ]
    issues = [i for told in lists if not told[0].startswith("Evaluation error") for i in told]
    kinds = [issue_kind(issue) for issue in issues]
    assert (len(issues), len({wording(issue) for issue in issues})) == (235, 235)
    assert kinds.count(OTHER) == 13
