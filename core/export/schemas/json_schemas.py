"""JSON Schemas (draft 2020-12) of what patchjury writes, generated from the records it writes.

Each is a file beside this module; a test regenerates and compares them. Readers should ignore
unknown fields: fields are added without a new version, and changed only with one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from inspect import cleandoc
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from core.checks.check_document import SCHEMA_VERSION as CHECK_VERSION
from core.checks.check_document import CheckDocument
from core.export.attempt_table import SCHEMA_VERSION as LIST_VERSION
from core.export.attempt_table import Listing, StrayListing
from core.export.audit_document import SCHEMA_VERSION as AUDIT_VERSION
from core.export.audit_document import AuditDocument
from core.export.command_documents import SCHEMA_VERSION as SMALL_VERSION
from core.export.command_documents import (
    Assigned,
    Diagnosed,
    Gate,
    Merged,
    SettingsListing,
    TableAudit,
)
from core.export.export_document import SCHEMA_VERSION
from core.export.export_records import AttemptLine, Export, StrayHistory
from core.export.export_replay import Replayed
from core.export.importing import ImportCounts
from core.judge import batch, events, proposals
from core.stats.figures import Statistics
from core.stats.label_sheet import LabelSheet

DIALECT = "https://json-schema.org/draft/2020-12/schema"
VERSION = "schema_version"

ENDING = ".schema.json"
"""The ending of the schema files."""


class Shipped(Struct, frozen=True):
    """One schema: what writes such JSON, its version, and the records that it may be."""

    written_by: str
    version: int
    records: tuple[type, ...]


SCHEMAS: Mapping[str, Shipped] = {
    "export": Shipped("patchjury export --format json", SCHEMA_VERSION, (Export,)),
    "export-line": Shipped(
        "each line of patchjury export --format jsonl",
        SCHEMA_VERSION,
        (AttemptLine, StrayHistory),
    ),
    "stats": Shipped("patchjury stats --json", SCHEMA_VERSION, (Statistics,)),
    "check": Shipped("patchjury check --json", CHECK_VERSION, (CheckDocument,)),
    "audit": Shipped("patchjury audit --json", AUDIT_VERSION, (AuditDocument,)),
    "list": Shipped("patchjury list --json", LIST_VERSION, (Listing, StrayListing)),
    "stats-table": Shipped("patchjury stats TABLE --json", SMALL_VERSION, (LabelSheet,)),
    "audit-table": Shipped("patchjury audit RUNS FILE --json", SMALL_VERSION, (TableAudit,)),
    "judge": Shipped("patchjury judge --json", SMALL_VERSION, (events.Summary,)),
    "judge-estimate": Shipped(
        "patchjury judge --dry-run --json", SMALL_VERSION, (proposals.Estimate,)
    ),
    "judge-batch": Shipped(
        "patchjury judge --batch --json", SMALL_VERSION, (batch.BatchesSent, events.Summary)
    ),
    "judge-collect": Shipped(
        "patchjury judge --collect --json", SMALL_VERSION, (batch.BatchesCollected,)
    ),
    "gate": Shipped("patchjury gate --json", SMALL_VERSION, (Gate,)),
    "replay": Shipped("patchjury replay --json", SMALL_VERSION, (Replayed,)),
    "assign": Shipped("patchjury assign --json", SMALL_VERSION, (Assigned,)),
    "import": Shipped("patchjury import --json", SMALL_VERSION, (ImportCounts,)),
    "merge": Shipped("patchjury merge --json", SMALL_VERSION, (Merged,)),
    "settings": Shipped("patchjury settings --json", SMALL_VERSION, (SettingsListing,)),
    "doctor": Shipped("patchjury doctor --json", SMALL_VERSION, (Diagnosed,)),
}
"""Every shipped schema, by name."""


def build_schema(name: str) -> dict[str, Any]:
    """A schema generated from the current records."""
    shipped = SCHEMAS[name]
    made, definitions = msgspec.json.schema_components(
        shipped.records, ref_template="#/$defs/{name}"
    )
    for record in shipped.records:
        found = definitions[record.__name__]
        version = {VERSION: {"const": shipped.version}}
        found["properties"] = version | {**found["properties"]} | version
    for found in definitions.values():
        if "properties" in found:  # a record is written with all of its fields
            found["required"] = list(found["properties"])
        if "description" in found:  # Python 3.13 dedents docstrings by itself
            found["description"] = cleandoc(found["description"])
    parts = list(made)
    return {
        "$schema": DIALECT,
        "title": f"patchjury {name}, version {shipped.version}",
        "description": f"What `{shipped.written_by}` writes.",
        **(parts[0] if len(parts) == 1 else {"anyOf": parts}),
        "$defs": definitions,
    }


def schema_text(name: str) -> str:
    """A schema as its file holds it."""
    return json.dumps(build_schema(name), indent=1, ensure_ascii=False) + "\n"


def schema_file(name: str) -> Path:
    """The file of a schema, in the package."""
    return Path(__file__).with_name(f"{name}{ENDING}")
