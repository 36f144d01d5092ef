"""Writes the JSON Schemas that are shipped: `python -m tests.support.schema_files`."""

from __future__ import annotations

from core.export.schemas.json_schemas import SCHEMAS, schema_file, schema_text

if __name__ == "__main__":
    for name in SCHEMAS:
        schema_file(name).write_text(schema_text(name), "utf-8")
