"""The shipped JSON Schemas: generated from the records, one file each (`json_schemas`)."""
