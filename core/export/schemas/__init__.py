"""The JSON Schemas that are shipped: made from the records, one file each (`json_schemas`)."""
