"""What another process does with a repository; little to import, as each one starts Python."""

from __future__ import annotations

from multiprocessing.queues import SimpleQueue

from core.git.repository import Repository


def first_line(repository: Repository, sha: str, answers: SimpleQueue[object]) -> None:
    """Tell what it reads of a file of the commit."""
    answers.put(repository.read_file(sha, "src/run.sh"))
    repository.close()
