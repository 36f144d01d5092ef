"""What a rubric is made of, which of a commit's rubrics is current, and how a person edits one.

The newest rubric edited by a person is current; else the newest that was written from the same
human diff. None is ever overwritten: each is a record of its own, identified by the hash of its
texts.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime

from core.errors import InputError
from core.judge.question.schema import RubricReply
from core.models import JudgementState, Rubric
from core.records import replace


def rubric_hash(rubric: Rubric) -> str:
    """The hash of a rubric's four texts."""
    texts = [
        rubric.bottleneck,
        rubric.essential_change,
        rubric.must_haves,
        rubric.alternatives,
    ]
    return hashlib.sha256(json.dumps(texts).encode("ascii")).hexdigest()


def fill_rubric(rubric: Rubric, reply: RubricReply) -> Rubric:
    """A rubric with the texts of a reply, frozen."""
    filled = replace(
        rubric,
        bottleneck=reply.bottleneck,
        essential_change=reply.essential_change,
        must_haves=tuple(reply.must_haves),
        alternatives=tuple(reply.acceptable_alternatives),
    )
    return replace(filled, hash=rubric_hash(filled))


def edit_rubric(
    human: str,
    author: str,
    *,
    bottleneck: str,
    essential_change: str,
    must_haves: Sequence[str],
    alternatives: Sequence[str] = (),
) -> Rubric:
    """A rubric as a person wrote it, to be added to the store. Raises `InputError` when empty."""
    if not essential_change.strip():
        raise InputError("a rubric must name the essential change")
    rubric = Rubric(
        id=uuid.uuid4().hex,
        human=human,
        hash="",
        created=datetime.now(UTC),
        bottleneck=bottleneck,
        essential_change=essential_change,
        must_haves=tuple(must_haves),
        alternatives=tuple(alternatives),
        edited=True,
        author=author,
    )
    return replace(rubric, hash=rubric_hash(rubric))


def current_rubric(
    rubrics: Sequence[Rubric], diff_hash: str = "", *, real: bool = False
) -> Rubric | None:
    """The current rubric; `diff_hash` is the human diff's, "" for any diff.

    Rubrics that are set aside never hold, nor, with `real`, those that a fake server made up.
    """
    usable = [
        r for r in rubrics if r.state is JudgementState.VERDICT and r.hash and not r.set_aside
    ]
    if edited := [r for r in usable if r.edited]:
        return max(edited, key=lambda r: r.created)
    written = [
        r
        for r in usable
        if (not diff_hash or r.key == diff_hash)
        and not (real and any(call.fake for call in r.calls))
    ]
    return max(written, key=lambda r: r.created, default=None)
