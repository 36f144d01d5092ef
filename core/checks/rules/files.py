"""Which files the patch touches, compared with those of the human commit and of the prompt."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from core.checks.context import CommitContext, Context
from core.checks.registry import Fact, Found, Measure, Settled, rule
from core.models import Severity, Side
from core.patch.apply import NetChange
from core.patch.parse import FilePatch, FileStatus, Patch, real_files
from core.patch.parse.bare_names import as_written, has_bare_names
from core.patch.parse.foreign import foreign_form


class FileSets(Struct, frozen=True):
    """Paths of the human commit and of an attempt; one file has one name, the human's new one.

    `tests` are those that only the human's tests change, if a dataset keeps them apart: changing
    them too agrees with the human, leaving them alone misses nothing.
    """

    human: frozenset[str]
    attempt: frozenset[str]
    tests: frozenset[str] = frozenset()

    @property
    def missed(self) -> frozenset[str]:
        """What only the human changes."""
        return self.human - self.attempt

    @property
    def extra(self) -> frozenset[str]:
        """What only the attempt changes."""
        return self.attempt - self.human - self.tests

    @property
    def match(self) -> bool:
        """Are they the same files?"""
        return not (self.missed or self.extra)


def file_sets(context: Context) -> FileSets | None:
    """Both sets of files; None if either is unknown or the patch is not whole."""
    if context.patch is None or not context.is_whole:
        return None
    if foreign_form(context.patch):
        return None  # it changes more than can be read
    attempts = _names_of(context.patch, context.changes, context.shared)
    humans = _human_names(context)
    if not attempts or not humans:
        return None
    tests = context.shared.human_tests
    known = touched(tests.files) if tests else frozenset()
    sets = [FileSets(human, attempt, known - human) for human in humans for attempt in attempts]
    sets = [_by_one_name(context, one) for one in sets]
    return sets[0] if len({one.match for one in sets}) == 1 else None


def _human_names(context: Context) -> list[frozenset[str]]:
    """The human's files under every way to read them; none if they are unknown."""
    shared = context.shared
    if shared.human_patch is not None:
        return _names_of(shared.human_patch, shared.human_changes, shared)
    files = frozenset(shared.commit.files) if shared.commit else frozenset()
    return [files] if files else []


def _names_of(
    patch: Patch, changes: tuple[NetChange, ...] | None, shared: CommitContext
) -> list[frozenset[str]]:
    """The files that a patch changes: as it comes out, else under every way to read its headers."""
    if changes is not None:
        return [frozenset(name for c in changes for name in _changed_names(c, shared))]
    if not patch.files or patch.problems:
        return []  # not all of it is read
    found = [touched(real_files(patch))]
    if has_bare_names(patch) and shared.base_sha is None:
        found.append(touched(real_files(as_written(patch))))
    return found


def _changed_names(change: NetChange, shared: CommitContext) -> Iterator[str]:
    """Both names of a renamed file, one of any other, none of a file that comes out unchanged."""
    if not comes_out_as_it_was(change, shared):
        yield from {n for n in (change.removed_path, change.new_path) if n is not None}


def comes_out_as_it_was(change: NetChange, shared: CommitContext) -> bool:
    """Does a change leave its file with the content and mode that it has in the base?"""
    if change.old_path is None or change.old_path != change.new_path:
        return False
    base = shared.base_file(change.old_path)
    return base is not None and (base.mode, base.content) == (change.mode, change.content)


def _by_one_name(context: Context, sets: FileSets) -> FileSets:
    """The same with the human's new name for each file that the human renames."""
    patch = context.shared.human_patch
    renamed = {
        f.old_path: f.new_path
        for f in (real_files(patch) if patch else ())
        if f.status is FileStatus.RENAMED and f.old_path and f.new_path
    }
    human, attempt, tests = (
        frozenset(renamed.get(name, name) for name in names)
        for names in (sets.human, sets.attempt, sets.tests)
    )
    return FileSets(human, attempt, tests)


def touched(files: Iterable[FilePatch]) -> frozenset[str]:
    """Every path that a patch changes, adds or removes: both names of a renamed file."""
    names: set[str] = set()
    for file in files:
        copied = file.status is FileStatus.COPIED
        names.update(name for name in (None if copied else file.old_path, file.new_path) if name)
    return frozenset(names)


@rule(
    "files.missed",
    Severity.ERROR,
    "A file of the human commit is not changed",
    certain=True,
    version=3,
    criteria=("files_match", "is_complete"),
)
def missed(context: Context) -> Iterator[Fact]:
    sets = file_sets(context)
    if sets is None:
        return
    for path in sorted(sets.missed):
        yield Found("changed by the human, not by the attempt", path, side=Side.HUMAN)
    yield Measure("files.human", len(sets.human))
    yield Measure("files.same", len(sets.human & sets.attempt))
    yield Settled("files_match", sets.match)
    if sets.missed:
        yield Settled("is_complete", False)


@rule(
    "files.extra",
    Severity.WARNING,
    "A file is changed that the human did not change",
    certain=True,
    version=3,
    criteria=("files_match",),
)
def extra(context: Context) -> Iterator[Fact]:
    sets = file_sets(context)
    for path in sorted(sets.extra) if sets else ():
        yield Found("changed by the attempt, not by the human", path)


@rule(
    "files.outside-targets",
    Severity.WARNING,
    "A file is changed that the prompt does not name as a target",
    certain=True,
    version=2,
)
def outside_targets(context: Context) -> Iterator[Fact]:
    targets = frozenset(context.attempt.target_files)
    for path in sorted(touched(context.files) - targets) if targets else ():
        yield Found("changed, although not one of the prompt's target files", path)


@rule(
    "files.given-away",
    Severity.WARNING,
    "The prompt's target files are exactly the human's files",
    certain=True,
)
def given_away(context: Context) -> Iterator[Fact]:
    targets = frozenset(context.attempt.target_files)
    commit, patch = context.shared.commit, context.shared.human_patch
    known = [frozenset(commit.files)] if commit else []
    if patch is not None:
        files = real_files(patch)
        known += [touched(files), frozenset(file.path for file in files)]
    if targets and targets in known:
        yield Found(f"the prompt names the {len(targets)} files of the human commit as targets")
