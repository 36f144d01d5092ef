"""Diffs that lost their end when a pipeline stripped surrounding white space."""

from __future__ import annotations

from core.patch.parse.hunks import HunkHeader, hunk_header
from core.patch.parse.parse import parse_patch
from core.patch.parse.patch_records import Hunk, Patch

_MOST_CONTEXT = 100


def parse_reference(text: str) -> Patch:
    """Parse a human diff, whose end may have been stripped (an agent's patch is left as it is).

    Its last line feed and the blank context lines missing from its last hunk are put back: only
    what stripping can have removed, and only if the last hunk then has exactly what its header
    announces; any other text is parsed as it is.
    """
    if not text.strip() or text.endswith("\n"):
        return parse_patch(text)
    ended = parse_patch(text + "\n")
    if ended.refusal is None:
        return ended
    if lacking := _lacking(ended):
        whole = parse_patch(text + "\n" + " \n" * lacking)
        if whole.refusal is None:
            return whole
    return parse_patch(text)


def _lacking(patch: Patch) -> int:
    """How many context lines the last hunk of a patch lacks; 0 if that is not its problem."""
    hunks = patch.files[-1].hunks if patch.files else ()
    if not hunks or hunks[-1].stop != len(patch.lines) - 1:
        return 0
    hunk = hunks[-1]
    header = hunk_header(patch.lines[hunk.start - 1])
    assert header is not None  # it was read as one
    return _short_of(hunk, header)


def _short_of(hunk: Hunk, header: HunkHeader) -> int:
    old, new = header.old - hunk.old_count, header.new - hunk.new_count
    return old if old == new and 0 < old <= _MOST_CONTEXT else 0
