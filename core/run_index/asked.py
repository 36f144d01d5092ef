"""What is to be read: the folder or file, and what the user named beside it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path

from msgspec import Struct

from core import codec
from core.models import RunSet
from core.readers import read_runs
from core.readers.found import Found
from core.readers.human_commits import folders_looked_at
from core.run_index.stamps import Places


class Asked(Struct, frozen=True):
    """One reading of runs, with absolute paths; equal ones give the same result."""

    root: str
    commits: tuple[str, ...] = ()
    repository: str | None = None
    follow_links: bool = False
    measurements: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """A short name of it, for a file name."""
        text = json.dumps(codec.to_data(self), sort_keys=True)
        return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16).hexdigest()

    @property
    def top(self) -> Path:
        """The folder of the runs: the one that is named, or that of the named file."""
        root = Path(self.root).resolve()
        return root if root.is_dir() else root.parent

    @property
    def places(self) -> Places:
        """Everything that this reading looks at; of a repository, what its commits change."""
        root, top = Path(self.root).resolve(), self.top
        named = [Path(path).resolve() for path in (*self.commits, *self.measurements)]
        folders, trees = [*folders_looked_at(top), *named], [root]
        if top != root:
            folders.append(top)
        if self.repository is not None:
            repository = Path(self.repository).resolve()
            for place in (repository, repository / ".git"):
                folders.append(place)
                trees += [place / "objects", place / "refs"]
        return Places(tuple(map(str, trees)), tuple(map(str, folders)))

    def read(self, watcher: Callable[[Found], None] | None = None) -> RunSet:
        """Read it. Raises the errors of `read_runs`."""
        return read_runs(
            Path(self.root),
            commits=[Path(path) for path in self.commits],
            repository=None if self.repository is None else Path(self.repository),
            follow_links=self.follow_links,
            measurements=[Path(path) for path in self.measurements],
            watcher=watcher,
        )


def asked_by(
    root: Path,
    commits: Sequence[Path],
    repository: Path | None,
    measurements: Sequence[Path],
    follow_links: bool,
) -> Asked:
    """The reading that the options of a command ask for."""
    return Asked(
        str(root.absolute()),
        tuple(str(path.absolute()) for path in commits),
        None if repository is None else str(repository.absolute()),
        follow_links,
        tuple(str(path.absolute()) for path in measurements),
    )
