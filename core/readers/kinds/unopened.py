"""Results without patches: they cannot be opened, and the message says so by name."""

from __future__ import annotations

import re

from core.readers.found import Found
from core.readers.reader import Folders, Reader, Records, Value
from core.readers.record_scan import Record
from core.readers.walk import Folder

_KERNEL = re.compile(r"level_\d+_problem_\d+_sample_\d+_kernel\.\w+")
_KERNELS = (
    "KernelBench results hold whole files, no patches",
    "write each kernel as a diff against its reference module and list them as predictions "
    "(instance_id, model_patch)",
)
_TERMINAL = (
    "terminal-bench results hold no patches",
    "keep the work tree's diff of each trial (Harbor does, as an artifact)",
)


def knows_kernels(folder: Folder) -> bool:
    """A folder of kernels by level, problem and sample."""
    return any(_KERNEL.fullmatch(name) for name in folder.files)


def read_kernels(folder: Folder, found: Found) -> bool:
    """Say what they are."""
    say_unopened(found, *_KERNELS, folder.path)
    return True


def knows_terminal(value: Value, _name: str | None) -> bool:
    """The result of a trial or of a run of terminal-bench."""
    is_trial = "is_resolved" in value and "trial_name" in value
    return is_trial or ("pass_at_k" in value and "results" in value)


def read_terminal(record: Record, found: Found) -> None:
    """Say what it is."""
    say_unopened(found, *_TERMINAL, record.path)


def say_unopened(found: Found, what: str, help_text: str, path: str) -> None:
    """Note that a kind was seen that cannot be opened, once."""
    if what not in found.unopened:
        found.unopened[what] = help_text
        found.problems.add(path, f"is not opened: {what}; {help_text}")


READER = Reader(
    name="KernelBench, terminal-bench",
    recognised="`level_<l>_problem_<p>_sample_<s>_kernel.py`; `is_resolved` with `trial_name`, "
    "`pass_at_k` with `results`",
    mapped="nothing: they hold no patches, which is said",
    unread="everything",
    records=(Records(knows_terminal, read_terminal),),
    folders=(Folders(knows_kernels, read_kernels, owns_files=False),),
    cases=("kernelbench", "terminal-bench"),
)
