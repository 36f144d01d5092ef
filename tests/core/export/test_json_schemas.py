"""The JSON Schemas that are shipped are those of the records, and what is written fits them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from core.export import FORMATS
from core.export.provenance import provenance
from core.export.schemas.json_schemas import SCHEMAS, schema_file, schema_text
from core.models import Execution
from core.records import replace
from core.settings import Settings
from tests.core.export.test_export import HOSTILE, disputed_histories, with_text
from tests.core.patch.results import make_result

AGAIN = "`python -m tests.support.schema_files` makes them again"


@cache
def closed(name: str) -> Draft202012Validator:
    """A validator that takes no field that the schema does not name."""
    schema = json.loads(schema_file(name).read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    for found in schema["$defs"].values():
        if "properties" in found:
            found["additionalProperties"] = False
    return Draft202012Validator(schema)


def faults(name: str, data: object) -> list[str]:
    """Where data does not fit a schema, and why."""
    return [f"{error.json_path}: {error.message[:200]}" for error in closed(name).iter_errors(data)]


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_shipped_schema_is_that_of_the_records(name: str) -> None:
    assert schema_file(name).read_text("utf-8") == schema_text(name), AGAIN


def test_exports_fit_their_schemas(tmp_path: Path) -> None:
    result = make_result(tmp_path / "runs", disputed_histories())
    odd = replace(result.run_set.attempts[0], execution=Execution(duration_s=float("nan")))
    assessments = [replace(result.assessments[0], attempt=odd), *result.assessments[1:]]
    for found in (
        replace(result, assessments=assessments),
        with_text(make_result(tmp_path / "others"), HOSTILE),
    ):
        document = replace(found.document(), method=provenance(Settings()))
        whole = json.loads("".join(FORMATS["json"].render(document)))
        assert faults("export", whole) == []
        for line in "".join(FORMATS["jsonl"].render(document)).splitlines():
            assert faults("export-line", json.loads(line)) == []


@pytest.mark.parametrize(
    "change",
    [
        {"outcome": "success"},
        {"outcome": None},
        {"marked_success": "yes"},
        {"history": [{}]},
        {"extra": 1},
    ],
)
def test_what_is_wrong_does_not_fit(tmp_path: Path, change: Mapping[str, Any]) -> None:
    lines = "".join(FORMATS["jsonl"].render(make_result(tmp_path / "runs").document()))
    line = json.loads(lines.splitlines()[0])
    assert faults("export-line", line) == []
    assert faults("export-line", {**line, **change}) != []
    del line["outcome"]
    assert faults("export-line", line) != []
