"""What all records can do, be they Structs or dataclasses: copies with changes, names of fields."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from msgspec import Struct, structs

if TYPE_CHECKING:
    from dataclasses import replace as replace  # mypy knows it, and checks fields of Structs too
else:

    def replace(record: Any, /, **changes: Any) -> Any:
        """A copy of a record with some fields changed."""
        if isinstance(record, Struct):
            return structs.replace(record, **changes)
        return dataclasses.replace(record, **changes)


def field_names(record: Any) -> tuple[str, ...]:
    """The names of the fields of a record, or of a kind of record, in order; else none."""
    if dataclasses.is_dataclass(record):
        return tuple(field.name for field in dataclasses.fields(record))
    return getattr(record, "__struct_fields__", ())
