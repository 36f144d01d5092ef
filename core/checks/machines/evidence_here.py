"""Is the evidence of a task the same on this machine as on the one that made the task?

A machine that sees other files, another repository, other rules or parsers would find facts, and
they would be stored as resting on something else. Anything that differs is not checked there.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

from msgspec import Struct

from core.checks.context import CommitContext
from core.checks.inputs import (
    NOTHING,
    CommitInputs,
    attempt_inputs,
    commit_inputs,
    digest_source,
    here_versions,
)
from core.checks.worker import CheckTask, Done, Item, Watchdog
from core.errors import PatchjuryError
from core.git.repository import Repository, opened
from core.records import replace
from core.version import installed_version


class Machine(Struct, frozen=True):
    """What a machine would check with: versions by name, and the paths that it cannot see."""

    versions: Mapping[str, str]
    unseen: tuple[str, ...] = ()

    def only(self, names: Collection[str]) -> Machine:
        """The same, restricted to these names."""
        return Machine({name: value for name, value in self.versions.items() if name in names})

    def differences(self, other: Machine) -> Iterator[str]:
        """How another machine differs, each difference as shown to a person."""
        for name in sorted(self.versions.keys() | other.versions.keys()):
            ours, theirs = (one.versions.get(name, "missing") for one in (self, other))
            if ours != theirs:
                yield f"{name} is {theirs}, here {ours}"
        yield from (f"it does not see {path}" for path in other.unseen)


def this_machine(paths: Sequence[str] = ()) -> Machine:
    """What this machine would check with; `paths` are those that it must see."""
    own = {"patchjury": installed_version(), "distributed": version("distributed")}
    unseen = tuple(path for path in paths if not Path(path).exists())
    return Machine({**own, **here_versions()}, unseen)


def run_where_same(
    function: Callable[[CheckTask], Sequence[Done]], task: CheckTask
) -> Sequence[Done]:
    """What `function` says about a task; for an attempt that is not the same here, what differs."""
    try:
        differences = list(_differences(task))
    except PatchjuryError as error:
        return [Done((), f"on the machine that was asked: {error}") for _ in task.items]
    same = tuple(item for item, names in zip(task.items, differences, strict=True) if not names)
    results = iter(function(replace(task, items=same)) if same else ())
    return [_refused(names) if names else next(results) for names in differences]


def _refused(names: Sequence[str]) -> Done:
    return Done((), f"the machine that was asked sees another {', '.join(names)}")


def _differences(task: CheckTask) -> Iterator[list[str]]:
    """For each attempt, the inputs that are not the same here."""
    repository = opened(task.repository) if task.repository else None
    shared = commit_inputs(task.commit)
    for item in task.items:
        with Watchdog():
            differing = _differing(item, task, repository, shared)
        yield differing


def _differing(
    item: Item, task: CheckTask, repository: Repository | None, shared: CommitInputs
) -> list[str]:
    attempt = item.attempt
    context = CommitContext(task.commit, attempt.base, repository)
    base = context.base_sha or "", context.base_name
    patch = digest_source(attempt.patch.source) if attempt.patch.has_text else NOTHING
    here = attempt_inputs(attempt, patch, shared, base, item.copies, item.made_on, item.speed)
    return sorted(
        {
            name
            for family in item.families
            for name, value in here.of(family).items()
            if item.inputs.of(family).get(name) != value
        }
    )
