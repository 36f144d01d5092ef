"""Applying a patch to base files in memory, exactly as `git apply` does (see `check`)."""

from core.apply.check import apply_patch, apply_text, blob_id
from core.apply.records import Applied, ApplyProblem, BaseFile, PatchedFile

__all__ = [
    "Applied",
    "ApplyProblem",
    "BaseFile",
    "PatchedFile",
    "apply_patch",
    "apply_text",
    "blob_id",
]
