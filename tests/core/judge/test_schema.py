"""What a judge may answer: schemas that a server enforces strictly."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from core.judge.question.schema import judgement_schema, rubric_schema, shape_in_words

SCHEMAS = [rubric_schema(), judgement_schema(), judgement_schema({"files_match"}, 3)]


def objects(schema: Any) -> Iterator[dict[str, Any]]:
    if isinstance(schema, dict):
        if schema.get("type") == "object":
            yield schema
        for value in schema.values():
            yield from objects(value)


@pytest.mark.parametrize("schema", SCHEMAS)
def test_it_is_a_json_schema(schema: dict[str, Any]) -> None:
    Draft202012Validator.check_schema(schema)


def test_a_rubric_is_two_texts_and_two_lists_of_texts() -> None:
    text = {"type": "string"}
    texts = {"type": "array", "items": text}
    assert rubric_schema()["properties"] == {
        "bottleneck": text,
        "essential_change": text,
        "must_haves": texts,
        "acceptable_alternatives": texts,
    }


@pytest.mark.parametrize("schema", SCHEMAS)
def test_every_field_is_required_and_says_what_it_is(schema: dict[str, Any]) -> None:
    """Source: OpenAI's strict mode refuses anything else."""
    found = list(objects(schema))
    assert found
    for one in found:
        assert one["additionalProperties"] is False
        assert sorted(one["required"]) == sorted(one["properties"])
        assert all("type" in part or "enum" in part for part in one["properties"].values())


@pytest.mark.parametrize(
    ("blocked", "must_haves", "withheld"),
    [
        ((), 2, ""),
        (("files_match",), 2, "files_match"),
        (("syntax_correct", "is_complete"), 2, "syntax_correct, every must-have"),
        (("is_complete",), 0, ""),
    ],
)
def test_words_say_what_cannot_be_answered(
    blocked: tuple[str, ...], must_haves: int, withheld: str
) -> None:
    last = shape_in_words("judgement", blocked, must_haves).rpartition("\n")[2]
    told = f"Because evidence is missing, the only answer to {withheld} is cannot_assess."
    assert last == (told if withheld else "quality_score (number from 0 to 1, or null).")
