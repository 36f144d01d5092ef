"""Opening a run set with its store, and writing what became of it: where every command starts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from core.errors import RepositoryError
from core.export import write_export
from core.export.document import build_document
from core.models import Attempt, RunSet
from core.readers import read_runs
from core.sources import decode
from core.stats import Statistics, read_patch_facts, summarise
from core.store import Store
from core.store.location import StoreLocation, locate_store
from core.triage import Triage


@dataclass(frozen=True, slots=True)
class Session:
    """An open run set: the triage of it, and where its store is."""

    triage: Triage
    location: StoreLocation

    def statistics(self) -> Statistics:
        """Every figure; reads each patch once."""
        facts = read_patch_facts(self.triage.run_set.attempts)
        return summarise(self._run_set, self.triage.assessments(), facts)

    def export(self, path: Path, *, overwrite: bool = False) -> int:
        """Write an export in the format the ending names; returns the number of attempts.

        Raises `ExportError`; then nothing new stands there.
        """
        triage = self.triage
        document = build_document(
            self._run_set,
            triage.assessments(),
            triage.histories(),
            read_patch_facts(triage.run_set.attempts),
            store=self.location.path,
            created=datetime.now(UTC),
            version=installed_version(),
        )
        write_export(path, document, overwrite=overwrite)
        return len(document.attempts)

    def base_text(self, attempt: Attempt, path: str) -> str | None:
        """A file's text at the commit that an attempt started from; None where it is not known."""
        repository = self.triage.run_set.repository
        if repository is None or not attempt.base:
            return None
        from core.repository import opened

        try:
            data = opened(str(repository)).read_file(attempt.base, path)
        except RepositoryError:
            return None  # the load problems name what the repository lacks
        return None if data is None else decode(data)

    @property
    def _run_set(self) -> RunSet:
        """The run set with the store's load problems among its own."""
        return replace(self.triage.run_set, problems=self.triage.problems)


def open_session(
    root: Path,
    *,
    commits: Sequence[Path] = (),
    repository: Path | None = None,
    db: Path | None = None,
    reviewer: str = "",
) -> Session:
    """Read runs and what is stored about them. Raises `InputError` when there is nothing."""
    run_set = read_runs(root, commits=commits, repository=repository)
    location = locate_store(run_set.root, db)
    store = Store(location.path)
    return Session(Triage(run_set, store, store.load(), reviewer), location)


def installed_version() -> str:
    """The version of patchjury that is running."""
    try:
        return version("patchjury")
    except PackageNotFoundError:
        return "0 (not installed)"
