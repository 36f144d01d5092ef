"""Headers without `a/` and `b/`: git strips a folder all the same, unlike the writer intended."""

from __future__ import annotations

from collections.abc import Callable

from core.patch.parse.patch_records import FilePatch, Patch
from core.records import replace


def has_bare_names(patch: Patch) -> bool:
    """May the patch mean other files than those that git reads?"""
    return any(file.bare is not None for file in patch.files)


def as_written(patch: Patch) -> Patch:
    """The same patch with the names as written in its headers, where these have no prefix."""
    return replace(patch, files=tuple(map(_as_written, patch.files)))


def _as_written(file: FilePatch) -> FilePatch:
    if file.bare is None:
        return file
    old = None if file.old_path is None else file.bare
    return replace(file, old_path=old, new_path=None if file.new_path is None else file.bare)


def is_meant_as_written(patch: Patch, exists: Callable[[str], bool]) -> bool:
    """Are the written names those of files, and the ones that git reads not?"""
    bare = [file for file in patch.files if file.bare is not None and file.old_path is not None]
    if any(exists(file.old_path or "") for file in bare):
        return False
    return any(exists(file.bare or "") for file in bare)
