"""Line comments: adding, changing, resolving, and finding their line again when lines moved."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from core.models import CommentKind, LineComment, Side
from core.records import replace
from core.sources import encode

Comments = tuple[LineComment, ...]


def lines_hash(lines: Sequence[str]) -> str:
    """The hash of commented lines, ignoring white space at their ends."""
    return hashlib.sha256(encode("\n".join(line.rstrip() for line in lines))).hexdigest()


def comment_on(
    file: str,
    first: int,
    lines: Sequence[str],
    text: str,
    side: Side = Side.ATTEMPT,
    kind: CommentKind = CommentKind.NOTE,
) -> LineComment:
    """A comment on the line `first`, or on the range that starts there; `lines` is its text."""
    last = first + len(lines) - 1 if len(lines) > 1 else None
    line_text = lines[0] if lines else ""
    return LineComment(file, first, text, side, kind, last, line_text, lines_hash(lines))


def same_place(one: LineComment, other: LineComment) -> bool:
    """Are two comments on the same lines? The two sides of one line are two places."""
    places = [(c.file, c.side, c.line, c.last_line) for c in (one, other)]
    return places[0] == places[1]


def put(
    comments: Comments, comment: LineComment, instead_of: LineComment | None = None
) -> Comments:
    """The comments with one more, or with one replaced; an empty text removes it."""
    if instead_of is not None and instead_of in comments:
        changed = (comment if c == instead_of else c for c in comments)
        return tuple(c for c in changed if c.text.strip())
    return (*comments, comment) if comment.text.strip() else comments


def resolve(comments: Comments, comment: LineComment, resolved: bool = True) -> Comments:
    """The comments with one of them resolved or reopened."""
    return put(comments, replace(comment, resolved=resolved), instead_of=comment)


def find_again(comment: LineComment, lines: Mapping[int, str]) -> int | None:
    """The line where the commented text is now (the nearest, if several); None if it is gone.

    `lines` are the known lines, by number, of the file on the comment's side. A comment that kept
    no text stays where it was.
    """
    if not comment.line_hash:
        return comment.line if comment.line in lines else None
    length = (comment.last_line or comment.line) - comment.line + 1
    first = comment.line_text.rstrip()

    def fits(start: int) -> bool:
        now = [lines[at] for at in range(start, start + length) if at in lines]
        return len(now) == length and lines_hash(now) == comment.line_hash

    fitting = [at for at, text in lines.items() if text.rstrip() == first and fits(at)]
    return min(fitting, key=lambda start: (abs(start - comment.line), start), default=None)
