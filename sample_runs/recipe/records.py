"""The words a recipe is written in: edits, commits of the engine, attempts and their runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

Tree = dict[str, str]
"""The files of one commit: path to text."""


class RecipeError(Exception):
    """A recipe does not fit the files it is applied to."""


@dataclass(frozen=True)
class Edit:
    """Replace `old`, which occurs exactly once in the file, by `new`. No `old`: a new file."""

    path: str
    old: str
    new: str


@dataclass(frozen=True)
class Commit:
    """One commit of the engine's history. `name` is set for the human optimisations."""

    subject: str
    author: str
    date: str  # ISO 8601 with its offset
    edits: tuple[Edit, ...] = ()
    body: str = ""
    name: str = ""

    @property
    def message(self) -> str:
        """Subject and body as git keeps them."""
        return f"{self.subject}\n\n{self.body}\n" if self.body else f"{self.subject}\n"


@dataclass(frozen=True)
class Run:
    """One batch of an agent: where its attempts lie and how its pipeline writes them down.

    `folder` stands below `sample_runs`. `section` names the agent's part of the journal. Older
    journals are `minimal`, newer ones have `metadata`.
    """

    folder: str
    agent: str
    model: str
    model_full: str
    started: str  # ISO 8601, UTC
    section: str
    cli: str
    summary_model: str = ""  # what run_summary.json claims when that is wrong
    minimal: bool = False
    metadata: bool = False
    prediction: bool = False
    task_text: bool = False
    summary: bool = True


@dataclass(frozen=True)
class Attempt:
    """One attempt: what the agent changed, what its pipeline recorded, and what is planted in it.

    `edits` None means that there is no patch file, `()` an empty one. `verbatim` takes the human
    diff itself. `base` names a human commit on which the patch was made instead of the right one.
    """

    run: Run
    item: str  # may hold {sha8}
    human: str  # the name of the human commit
    outcome: str
    planted: tuple[str, ...]
    verdict: str  # for people: what a fair verdict says, and why
    edits: tuple[Edit, ...] | None = ()
    verbatim: bool = False
    base: str = ""
    own_diff: bool = False  # the patch also adds a file model_patch.diff with its own text
    wrong_hunk_count: bool = False
    status: str | None = "success"
    returncode: int | None = 0
    duration: float | None = 300.0
    error: tuple[str, str] | None = None  # the journal contains this message and type, no section
    error_is_null: bool = False  # the journal holds an error that is null
    journal: str = "whole"  # or "none", "broken"
    null_facts: bool = False  # commits and metrics of the journal are null
    short_human: bool = False
    steps: int | None = None  # writes a trajectory with that many steps
    logs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ListedAttempt:
    """A record of the attempts file. `keep` cuts the patch to that many characters."""

    run_id: str
    item: str
    human: str
    outcome: str
    planted: tuple[str, ...]
    verdict: str
    edits: tuple[Edit, ...] | None = ()
    keep: int | None = None
    status: str = "success"
    record_outcome: str = "success_with_patch"
    returncode: int | None = 0
    duration: float | None = 300.0
    error: tuple[str, str] | None = None


def apply_edits(tree: Tree, edits: Iterable[Edit]) -> Tree:
    """The tree after the edits. Raises `RecipeError` when one does not fit exactly once."""
    result = dict(tree)
    for edit in edits:
        text = result.get(edit.path, "")
        if not edit.old:
            if edit.path in result:
                raise RecipeError(f"{edit.path} is there already")
            result[edit.path] = edit.new
        elif text.count(edit.old) != 1:
            raise RecipeError(f"{edit.path}: found {text.count(edit.old)} times: {edit.old!r}")
        else:
            result[edit.path] = text.replace(edit.old, edit.new)
    return result
