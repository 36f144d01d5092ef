"""Files with one JSON object each, often a long one (trajectories)."""

from __future__ import annotations

from core.files import UnusableError, read_bytes
from core.readers.problems import Problems, describe_json_error, refuse_pointer
from core.readers.record_scan import MAX_RECORD_BYTES, Record, read_shallow
from core.readers.walk import File


def read_single(file: File, problems: Problems) -> Record | None:
    """The object of a file; long lists in it are skipped. None and a load problem without one."""
    try:
        data = read_bytes(file.path, MAX_RECORD_BYTES)
        if not data:
            raise UnusableError("is empty")
        refuse_pointer(data)
        value = read_shallow(data.lstrip())
    except UnusableError as error:
        problems.add(file.path, str(error))
        return None
    except (ValueError, RecursionError) as error:
        problems.add(file.path, describe_json_error(error))
        return None
    if not isinstance(value, dict):
        problems.add(file.path, "is not a JSON object")
        return None
    return Record(file.path, 0, len(data), value, file.outside)
