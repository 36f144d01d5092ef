"""Turning what is on disk into a run set; each input is recognised by its content."""

from core.readers.evaluations import read_evaluations
from core.readers.load import Watcher, read_runs
from core.readers.patch_looks import Looks

__all__ = ["Looks", "Watcher", "read_evaluations", "read_runs"]
