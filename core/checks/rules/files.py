"""Which files the patch touches, against those of the human commit and of the prompt."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from core.checks.context import Context, real_files
from core.checks.registry import Fact, Found, Measure, Settled, rule
from core.models import Severity, Side
from core.patch.parse import FilePatch, FileStatus


@dataclass(frozen=True, slots=True)
class FileSets:
    """Paths of the human commit and of an attempt; one file has one name, the human's new one."""

    human: frozenset[str]
    attempt: frozenset[str]


def file_sets(context: Context) -> FileSets | None:
    """Both sets of files; None when either is not known or the patch is not whole."""
    if context.patch is None or not context.is_whole:
        return None
    if any(problem.fatal for problem in context.patch.problems):
        return None
    renamed: dict[str, str] = {}
    patch = context.shared.human_patch
    if patch is not None:
        human = real_files(patch)
        renamed = {
            f.old_path: f.new_path
            for f in human
            if f.status is FileStatus.RENAMED and f.old_path and f.new_path
        }
        names = touched(human)
    else:
        names = frozenset(context.shared.commit.files) if context.shared.commit else frozenset()
    if not names:
        return None
    return FileSets(
        frozenset(renamed.get(name, name) for name in names),
        frozenset(renamed.get(name, name) for name in touched(context.files)),
    )


def touched(files: Iterable[FilePatch]) -> frozenset[str]:
    """Every path that a patch changes, adds or removes: both names of a renamed file."""
    names: set[str] = set()
    for file in files:
        copied = file.status is FileStatus.COPIED
        names.update(name for name in (None if copied else file.old_path, file.new_path) if name)
    return frozenset(names)


@rule("files.missed", Severity.ERROR, "A file of the human commit is not touched", certain=True)
def missed(context: Context) -> Iterator[Fact]:
    sets = file_sets(context)
    if sets is None:
        return
    for path in sorted(sets.human - sets.attempt):
        yield Found("the human changed this file, the attempt did not", path, side=Side.HUMAN)
    yield Measure("files.human", len(sets.human))
    yield Measure("files.same", len(sets.human & sets.attempt))
    yield Settled("files_match", sets.human == sets.attempt)
    if sets.human - sets.attempt:
        yield Settled("is_complete", False)


@rule("files.extra", Severity.WARNING, "A file is touched that the human left alone", certain=True)
def extra(context: Context) -> Iterator[Fact]:
    sets = file_sets(context)
    for path in sorted(sets.attempt - sets.human) if sets else ():
        yield Found("the attempt changed this file, the human did not", path)


@rule(
    "files.outside-targets",
    Severity.WARNING,
    "A file is touched that the prompt does not name as a target",
    certain=True,
)
def outside_targets(context: Context) -> Iterator[Fact]:
    targets = frozenset(context.attempt.target_files)
    for path in sorted(touched(context.files) - targets) if targets else ():
        yield Found("the attempt changed this file, which is no target of the prompt", path)


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
