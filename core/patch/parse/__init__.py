"""Unified diffs as records: which files a patch changes, in which hunks, and what is malformed.

The raw text is kept line by line, so that nothing of a patch is ever lost or altered.
"""

from core.patch.parse.parse import parse_patch
from core.patch.parse.patch_lines import added_lines, file_lines, real_files
from core.patch.parse.patch_records import (
    OWN_DIFF,
    DiffLine,
    FilePatch,
    FileStatus,
    Header,
    Hunk,
    Patch,
    PatchProblem,
    diff_lines,
    holds_own_diff,
    is_own_diff,
    with_new_starts,
)

__all__ = [
    "OWN_DIFF",
    "DiffLine",
    "FilePatch",
    "FileStatus",
    "Header",
    "Hunk",
    "Patch",
    "PatchProblem",
    "added_lines",
    "diff_lines",
    "file_lines",
    "holds_own_diff",
    "is_own_diff",
    "parse_patch",
    "real_files",
    "with_new_starts",
]
