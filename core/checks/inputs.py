"""What a check report rests on, as one hash: while it is unchanged, a stored report holds."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Collection

from core import codec
from core.checks.context import Copies
from core.checks.registry import all_rules
from core.errors import SourceError
from core.models import Attempt, HumanCommit
from core.sources import TextSource, encode, recorded_size

NOTHING = b""
"""The digest of a text that is not there or cannot be read."""


def digest(text: str) -> bytes:
    """A short hash of a text's bytes."""
    return hashlib.blake2b(encode(text), digest_size=16).digest()


def digest_source(source: TextSource | None) -> bytes:
    """A short hash of the text that stands at a source now."""
    if source is None:
        return NOTHING
    try:
        return digest(source.read())
    except SourceError:
        return NOTHING


def ruleset(families: Collection[str]) -> str:
    """The rules of some families with their versions, and the Python that parses."""
    rules = [f"{rule.id}={rule.version}" for rule in all_rules() if rule.family in families]
    return f"python {sys.version_info.major}.{sys.version_info.minor} {' '.join(rules)}"


def hash_commit(commit: HumanCommit | None, diff: bytes) -> str:
    """What the checks read of a human commit; `diff` is the digest of its diff."""
    if commit is None:
        return ""
    return _hash([commit.sha, commit.parent, commit.subject, commit.files, diff.hex()])


def hash_inputs(
    rules: str, attempt: Attempt, patch: bytes, commit: str, base: str, copies: Copies
) -> str:
    """Everything that the checks read of one attempt: a hash, ":", and `base`.

    `patch` is the digest of its text, `commit` the hash of its human commit, `base` the full id
    of the base commit where a repository holds it. Prompts and logs count by name and size.
    """
    rest = _hash(
        [
            rules,
            [patch.hex(), attempt.patch.state, attempt.patch.recorded_bytes],
            [commit, attempt.reference_sha, attempt.base],
            [attempt.status, attempt.marked_success, codec.to_data(attempt.execution)],
            [attempt.target_files, codec.to_data(copies)],
            [_trace(source) for source in (*attempt.prompts, *attempt.logs)],
        ]
    )
    return f"{rest}:{base}"


def still_holds(stored: str, now: str) -> bool:
    """Does a report with the inputs `stored` hold for the inputs `now`?

    One that was made with the base files holds where no repository is at hand: their commit's id
    says what they were.
    """
    return stored == now or (now.endswith(":") and stored.startswith(now))


def _hash(data: object) -> str:
    text = json.dumps(data, sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def _trace(source: TextSource) -> list[object]:
    """A source's name and size, without reading it."""
    size = recorded_size(source)
    return [source.name, digest_source(source).hex() if size is None else size]
