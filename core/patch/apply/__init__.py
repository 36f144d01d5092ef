"""Applying a patch to base files in memory, exactly as `git apply` does (see `check`)."""

from core.patch.apply.apply_records import Applied, ApplyProblem, BaseFile, PatchedFile
from core.patch.apply.check import apply_patch, apply_text, blob_id
from core.patch.apply.placing import NetChange, net_changes, placed

__all__ = [
    "Applied",
    "ApplyProblem",
    "BaseFile",
    "NetChange",
    "PatchedFile",
    "apply_patch",
    "apply_text",
    "blob_id",
    "net_changes",
    "placed",
]
