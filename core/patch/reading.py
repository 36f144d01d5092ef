"""A patch as facts and screens refer to it, using what its base files tell."""

from __future__ import annotations

from collections.abc import Callable

from core.errors import RepositoryError
from core.patch.apply import Applied, BaseFile, placed
from core.patch.parse import Patch
from core.patch.parse.bare_names import as_written, has_bare_names, is_meant_as_written
from core.patch.parse.joining import joined


def understood(
    patch: Patch, applied: Applied | None, read_base: Callable[[str], BaseFile | None] | None
) -> Patch:
    """The patch with hunks where git puts them, intended names, and each file once.

    Names without a prefix lose a folder in git; if the result names no files and git does not apply
    the patch, the names count as written. Without base files nothing moves.
    """
    if applied is not None:
        patch = placed(patch, applied)
        if read_base is not None and not applied.applies and has_bare_names(patch):

            def exists(path: str) -> bool:
                try:
                    return read_base(path) is not None
                except RepositoryError:
                    return False

            if is_meant_as_written(patch, exists):
                patch = as_written(patch)
    return joined(patch)
