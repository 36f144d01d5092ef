"""Results without patches: they cannot be opened, and the message names them."""

from __future__ import annotations

import re

from msgspec import Struct

from core.readers.found import Found
from core.readers.reader import Folders, Reader, Records, Value
from core.readers.record_scan import Record
from core.readers.walk import Folder

_KERNEL = re.compile(r"level_\d+_problem_\d+_sample_\d+_kernel\.\w+")
_AS_DIFF = (
    "write each as a diff against what it started from, as predictions (instance_id, model_patch)"
)


class _Kind(Struct, frozen=True):
    """A kind without patches: any of these sets of fields identifies it."""

    what: str
    help: str
    fields: tuple[frozenset[str], ...]


def _kind(what: str, help: str, *fields: str) -> _Kind:
    return _Kind(what, help, tuple(frozenset(names.split()) for names in fields))


_KERNELS = _kind(
    "KernelBench results contain whole files, not patches",
    "write each kernel as a diff against its reference module and list them as predictions "
    "(instance_id, model_patch)",
    "sample_id compiled correctness",
)
_KINDS = (
    _KERNELS,
    _kind(
        "terminal-bench results contain no patches",
        "keep the work tree's diff of each trial (Harbor does, as an artifact)",
        "is_resolved trial_name",
        "pass_at_k results",
    ),
    _kind(
        "Aider's benchmark results contain no patches",
        f"keep the work tree's diff of each exercise; {_AS_DIFF}",
        "testcase tests_outcomes",
        "test_case tests_outcomes",
    ),
    _kind(
        "LiveCodeBench results contain whole programs, not patches",
        "there is no human commit to compare a program with",
        "question_id code_list",
        "question_title output_list",
        "question_content code_list",
    ),
    _kind(
        "HumanEval, MBPP, BigCodeBench and the like contain functions, not patches",
        "there is no human commit to compare a function with",
        "task_id completion",
        "task_id solution",
        "task_id generation",
        "task_id generated_solution",
    ),
    _kind(
        "MLE-bench results contain scores of submissions, not patches",
        f"keep the diff of the agent's code; {_AS_DIFF}",
        "competition_reports",
        "competition_id any_medal",
    ),
    _kind(
        "tau-bench results contain conversations with a user, not patches",
        "there is nothing in them to compare with a human commit",
        "task_id reward traj",
    ),
    _kind(
        "GAIA answers are not patches",
        "there is no human commit to compare an answer with",
        "task_id model_answer",
    ),
    _kind(
        "lm-evaluation-harness results contain scores, not patches",
        "open the models' output instead, if it consists of patches",
        "results configs versions",
    ),
)


def knows_kernels(folder: Folder) -> bool:
    """A folder of kernels by level, problem and sample."""
    return any(_KERNEL.fullmatch(name) for name in folder.file_names)


def read_kernels(folder: Folder, found: Found) -> bool:
    """Say what they are."""
    say_unopened(found, _KERNELS.what, _KERNELS.help, folder.path)
    return True


def knows(value: Value, _name: str | None) -> bool:
    """A record of a kind that holds no patches."""
    return "model_patch" not in value and _kind_of(value) is not None


def read(record: Record, found: Found) -> None:
    """Say what it is."""
    kind = _kind_of(record.value) if isinstance(record.value, dict) else None
    if kind is not None:
        say_unopened(found, kind.what, kind.help, record.path)


def _kind_of(value: Value) -> _Kind | None:
    names = value.keys()
    return next((k for k in _KINDS if any(names >= fields for fields in k.fields)), None)


def say_unopened(found: Found, what: str, help_text: str, path: str) -> None:
    """Note once that a kind was found that cannot be opened."""
    if what not in found.unopened:
        found.unopened[what] = help_text
        found.problems.add(path, f"is not opened: {what}; {help_text}")


READER = Reader(
    name="KernelBench, terminal-bench, Aider, LiveCodeBench, HumanEval, MLE-bench, ...",
    recognised="`level_<l>_problem_<p>_sample_<s>_kernel.py`; records with `is_resolved` and "
    "`trial_name`, `tests_outcomes`, `code_list`, `task_id` and `completion` or `solution`, "
    "`competition_reports`, ...",
    mapped="nothing: they contain no patches; a message says so and what would help",
    unread="everything",
    records=(Records(knows, read),),
    folders=(Folders(knows_kernels, read_kernels, owns_files=False),),
    cases=("kernelbench", "terminal-bench"),
)
