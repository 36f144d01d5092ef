"""The input of the rules: one attempt, and what the attempts at one commit share.

Everything is read and computed when a rule first asks for it, then kept: base files, the human
patch and its trees in `CommitContext` for all attempts, the rest in `Context` for one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import TypeVar, cast

from msgspec import Struct

from core.assess.speed import NOT_MEASURED, SpeedFact
from core.checks.languages.answers import Answer, Unknown
from core.checks.languages.file_source import Source, SourceCache, source_of
from core.checks.languages.python_judge import (
    SecondOpinion,
    judge_python,
    looks_python2,
    says_python2,
)
from core.checks.languages.python_source import PythonSource
from core.checks.languages.source import CodeSource, judge
from core.checks.made_on import NOT_TOLD, MadeOn
from core.errors import PatchjuryError, RepositoryError, SourceError
from core.git.repository import Repository
from core.models import Attempt, HumanCommit, PatchState
from core.patch.apply import Applied, BaseFile, NetChange, apply_patch, net_changes
from core.patch.parse import FilePatch, Patch, added_lines, is_own_diff, parse_patch, real_files
from core.patch.parse.repair import parse_reference
from core.patch.reading import understood
from core.sources import TextSource, read_end

PROMPT_CHARACTERS = 1024 * 1024
LOG_TAIL_BYTES = 64 * 1024
_MAX_NEIGHBOURS = 24

T = TypeVar("T")


class Copies(Struct, frozen=True):
    """Which other attempts of the run set have the same patch, or nearly the same."""

    same: tuple[str, ...] = ()  # keys of attempts, the first few
    near: tuple[tuple[str, float], ...] = ()  # key and similarity 0..1
    total: int = 0  # other attempts with the same patch


NO_COPIES = Copies()


class Versions(Struct, frozen=True):
    """A file that a patch touches, before and after; None if it does not exist."""

    file: FilePatch
    change: NetChange
    base: Source | None
    patched: Source | None

    @property
    def path(self) -> str:
        """The name after the patch."""
        return self.file.path


class CommitContext:
    """What the attempts at one human commit share. Without a repository, nothing of the base."""

    def __init__(
        self,
        commit: HumanCommit | None = None,
        base: str | None = None,
        repository: Repository | None = None,
    ) -> None:
        self.commit = commit
        self.base_name = base or (commit.parent if commit else None) or ""
        self._repository = repository
        self._base_sources: dict[str, Source | None] = {}
        self._patched_sources = SourceCache()
        self._of_human: dict[Callable[[Patch], object], object] = {}

    @cached_property
    def base_sha(self) -> str | None:
        """The full id of the base commit, None without a repository that holds it."""
        if self._repository is None or not self.base_name:
            return None
        try:
            return self._repository.resolve(self.base_name)
        except RepositoryError:
            return None

    @property
    def base_problem(self) -> str:
        """Why there is no base to look at; "" if there is one."""
        if self.base_sha is not None:
            return ""
        if self._repository is None:
            return "no repository was given"
        name = self.base_name
        return f"the repository does not contain {name}" if name else "no base commit is recorded"

    def base_file(self, path: str) -> BaseFile | None:
        """Whatever is at a path of the base commit. Raises `RepositoryError`."""
        if self._repository is None or self.base_sha is None:
            raise RepositoryError(self.base_problem)
        return self._repository.base_file(self.base_sha, path)

    def base_source(self, path: str) -> Source | None:
        """A regular file of the base, None if there is none; parsed at most once."""
        if path not in self._base_sources:
            self._base_sources[path] = self._read_source(path)
        return self._base_sources[path]

    def _read_source(self, path: str) -> Source | None:
        try:
            found = self.base_file(path)
        except RepositoryError:
            return None
        if found is None or not found.mode.startswith("100"):
            return None
        return source_of(path, found.content)

    def patched_source(self, change: NetChange) -> Source | None:
        """What a patch made of a file, None if that is gone or not known; parsed once for many."""
        if change.content is None:
            return None
        return self._patched_sources.source(change.path, change.content, change.mode or "100644")

    def may_be_python2(self, path: str, source: PythonSource) -> bool:
        """May a rejected text be Python 2, as the base's set-up or the files around a path are?"""
        if any(map(says_python2, self._python_sources(["setup.py", "setup.cfg"]))):
            return looks_python2(source) or self.base_source(path) is None
        if not looks_python2(source):
            return False
        return any(map(looks_python2, self._python_sources(self._neighbours(path))))

    def _python_sources(self, paths: list[str]) -> Iterator[PythonSource]:
        for path in paths:
            found = self.base_source(path)
            if found is not None:
                yield found if isinstance(found, PythonSource) else PythonSource(found.data)

    def _neighbours(self, path: str) -> list[str]:
        """A few Python files of the base in the folder of a path, and above it."""
        if self._repository is None or self.base_sha is None:
            return []
        folders = dict.fromkeys([path.rpartition("/")[0], ""])
        try:
            names = [
                f"{folder}/{name}" if folder else name
                for folder in folders
                for name in self._repository.names(self.base_sha, folder)
            ]
        except RepositoryError:
            return []
        return [name for name in names if name.endswith(".py")][:_MAX_NEIGHBOURS]

    @cached_property
    def human_text(self) -> str | None:
        """The human diff verbatim; None if there is none."""
        if self.commit is None or self.commit.diff is None:
            return None
        try:
            text = self.commit.diff.read()
        except PatchjuryError:
            return None
        return text if text.strip() else None

    @cached_property
    def _human_parsed(self) -> Patch | None:
        return None if self.human_text is None else parse_reference(self.human_text)

    @cached_property
    def human_applied(self) -> Applied | None:
        """The human patch on its base files; None if unknown."""
        if self._human_parsed is None or self.base_sha is None:
            return None
        return apply_patch(self._human_parsed, self.base_file)

    @cached_property
    def human_patch(self) -> Patch | None:
        """The human diff as facts refer to it, None if there is none."""
        if self._human_parsed is None:
            return None
        return understood(self._human_parsed, self.human_applied, self.base_file)

    def of_human(self, ask: Callable[[Patch], T]) -> T | None:
        """What a function of the rules says of the human patch, asked once; None without one."""
        if self.human_patch is None:
            return None
        if ask not in self._of_human:
            self._of_human[ask] = ask(self.human_patch)
        return cast("T", self._of_human[ask])

    @cached_property
    def human_changes(self) -> tuple[NetChange, ...] | None:
        """What the human patch makes of each file; None if it does not apply or is unknown."""
        return changes_of(self._human_parsed, self.human_applied)

    @cached_property
    def human_versions(self) -> dict[str, Versions] | None:
        """The human's files before and after by their new names; None if unknown."""
        if self.human_patch is None:
            return None
        versions = versions_of(self, self.human_patch, self.human_changes)
        return None if versions is None else {v.path: v for v in versions}

    @cached_property
    def human_tests(self) -> Patch | None:
        """The human's tests, where a dataset keeps them apart from the human diff."""
        if self.commit is None or self.commit.tests is None:
            return None
        try:
            return parse_reference(self.commit.tests.read())
        except PatchjuryError:
            return None

    @cached_property
    def human_names(self) -> frozenset[str]:
        """Every name of a file that the human changed, by the record or by a diff."""
        names = set(self.commit.files) if self.commit else set()
        for known in (self.human_patch, self.human_tests):
            for file in known.files if known is not None else ():
                names.update(name for name in (file.old_path, file.new_path) if name)
        return frozenset(names)

    @cached_property
    def human_added(self) -> frozenset[str]:
        """The stripped lines that the human added, those with letters only."""
        return added_lines(self.human_patch) if self.human_patch else frozenset()


class Context:
    """One attempt, as the rules see it."""

    def __init__(
        self,
        attempt: Attempt,
        shared: CommitContext,
        copies: Copies = NO_COPIES,
        made_on: MadeOn = NOT_TOLD,
        speed: SpeedFact = NOT_MEASURED,
    ) -> None:
        self.attempt = attempt
        self.shared = shared
        self.copies = copies
        self.made_on = made_on
        self.speed = speed

    @cached_property
    def text(self) -> str | None:
        """The patch's text, None if there is none or it cannot be read."""
        source = self.attempt.patch.source
        if source is None or not self.attempt.patch.has_text:
            return None
        try:
            return source.read()
        except SourceError:
            return None

    @cached_property
    def _parsed(self) -> Patch | None:
        return None if self.text is None else parse_patch(self.text)

    @cached_property
    def patch(self) -> Patch | None:
        """The patch as facts refer to it: see `core.patch.reading`."""
        if self._parsed is None:
            return None
        return understood(self._parsed, self.applied, self.shared.base_file)

    @property
    def is_whole(self) -> bool:
        """Is the whole patch available?"""
        return self.attempt.patch.state is PatchState.WHOLE and self.text is not None

    @cached_property
    def files(self) -> tuple[FilePatch, ...]:
        """The files of the patch; its own `model_patch.diff` is not one of them."""
        return real_files(self.patch) if self.patch else ()

    @cached_property
    def applied(self) -> Applied | None:
        """The patch on its base files; None if unknown."""
        if self._parsed is None or not self.is_whole or self.shared.base_sha is None:
            return None
        return apply_patch(self._parsed, self.shared.base_file)

    @cached_property
    def changes(self) -> tuple[NetChange, ...] | None:
        """What the patch makes of each file; None if it does not apply or that is unknown."""
        return changes_of(self._parsed, self.applied)

    @cached_property
    def versions(self) -> tuple[Versions, ...] | None:
        """Each file before and after; None if the patch does not apply or that is unknown."""
        return None if self.patch is None else versions_of(self.shared, self.patch, self.changes)

    def versions_at(self, path: str) -> Versions | None:
        """The file with a new name before and after, None if unknown."""
        return self._versions_by_path.get(path)

    @cached_property
    def _versions_by_path(self) -> dict[str, Versions]:
        return {versions.path: versions for versions in self.versions or ()}

    @cached_property
    def syntax(self) -> tuple[tuple[Versions, Answer], ...]:
        """What the patch did to the syntax of each file that has one; nothing without a base."""
        judged = [v for v in self.versions or () if isinstance(v.patched, PythonSource)]
        sources = (s for v in judged for s in (v.base, v.patched))
        second = SecondOpinion(s for s in sources if isinstance(s, PythonSource))
        return tuple(
            (versions, answer)
            for versions in self.versions or ()
            if (answer := self._judge(versions, second)) is not None
        )

    def _judge(self, versions: Versions, second: SecondOpinion) -> Answer | None:
        base, patched = versions.base, versions.patched
        if isinstance(patched, PythonSource):
            before = base if isinstance(base, PythonSource) else None
            path = versions.path
            return judge_python(
                before, patched, second, lambda source: self.shared.may_be_python2(path, source)
            )
        if isinstance(patched, CodeSource):
            same = isinstance(base, CodeSource) and base.language == patched.language
            return judge(base if same and isinstance(base, CodeSource) else None, patched)
        if patched is None or patched.is_inert:
            return None  # deleted, or without a syntax
        return Unknown("there is no parser here for this kind of file")

    @cached_property
    def prompt(self) -> str:
        """The agent's prompts, one after the other; unreadable ones left out."""
        return "\n".join(text for _, text in self.prompt_texts)

    @cached_property
    def prompt_texts(self) -> tuple[tuple[str, str], ...]:
        """Name and text of each readable prompt, cut at a length that no prompt reaches."""
        return tuple((p.name, _read(p)[:PROMPT_CHARACTERS]) for p in self.attempt.prompts)

    def log_texts(self) -> Iterator[tuple[str, str]]:
        """Name and whole text of each readable log."""
        for source in self.attempt.logs:
            yield source.name, _read(source)

    def log_tails(self) -> Iterator[tuple[str, str]]:
        """Name and last 64 KiB of each readable log."""
        for source in self.attempt.logs:
            yield source.name, _tail(source)


def changes_of(patch: Patch | None, applied: Applied | None) -> tuple[NetChange, ...] | None:
    """What a patch makes of each real file, None if it does not apply."""
    if patch is None or applied is None or not applied.applies:
        return None
    return tuple(c for c in net_changes(patch, applied) if not is_own_diff(c.path))


def versions_of(
    shared: CommitContext, patch: Patch, changes: tuple[NetChange, ...] | None
) -> tuple[Versions, ...] | None:
    """Each file before and after, None if unknown."""
    if changes is None:
        return None
    files = {file.path: file for file in patch.files}
    found = []
    for change in changes:
        base = shared.base_source(change.old_path) if change.old_path else None
        file = files.get(change.path, change.files[-1])
        found.append(Versions(file, change, base, shared.patched_source(change)))
    return tuple(found)


def _read(source: TextSource) -> str:
    try:
        return source.read()
    except SourceError:
        return ""


def _tail(source: TextSource) -> str:
    try:
        return read_end(source, LOG_TAIL_BYTES)
    except SourceError:
        return ""
