"""A diff as shown to the judge: with line numbers, whole files or none, nothing cut."""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct

from core.patch.parse import FilePatch, Patch, diff_lines
from core.sources import encode

_END_OF_MAIL = re.compile(r"-- |\d+(?:\.\d+)+(?:[ .(].*)?")

BYTES_PER_TOKEN = 3
"""Code has about 3.5 bytes per token; assuming fewer keeps a prompt inside the limit."""


class ShownPatch(Struct, frozen=True):
    """A diff as shown to the judge, and its files that did not fit."""

    text: str
    left_out: tuple[str, ...]
    files: int
    outside: int = 0  # lines that belong to no file, and are not shown

    def missing(self, what: str) -> tuple[str, ...]:
        """What is said about the files that did not fit."""
        if not self.left_out:
            return ()
        names = ", ".join(self.left_out)
        return (f"{what}: {len(self.left_out)} of {self.files} files left out for size ({names})",)


def count_tokens(text: str) -> int:
    """Roughly how many tokens a text has, overestimated rather than underestimated."""
    return -(-len(encode(text)) // BYTES_PER_TOKEN)


def show_patch(patch: Patch, limit: int) -> ShownPatch:
    """A patch with line numbers, less the largest files until it has at most `limit` tokens.

    The names of what is left out count: they are said instead.
    Lines outside of its files are not shown: a mail's header names its author, and its message is
    not a change.
    """
    pieces = _pieces(patch)
    sizes = [count_tokens(text) for _, text in pieces]
    kept = set(range(len(pieces)))
    total = sum(sizes)
    for number in sorted(kept, key=lambda n: (-sizes[n], n)):
        if total <= limit:
            break
        kept.remove(number)
        total -= sizes[number] - count_tokens(f"{pieces[number][0]}, ")
    left_out = tuple(name for number, (name, _) in enumerate(pieces) if number not in kept)
    text = "\n".join(text for number, (_, text) in enumerate(pieces) if number in kept)
    return ShownPatch(text, left_out, len(pieces), _outside(patch))


def shown_names(patch: Patch) -> list[str]:
    """The names of all files, which are shown whatever is left out."""
    return [f"Files changed ({len(patch.files)}):", *(f"- {file.path}" for file in patch.files)]


def _pieces(patch: Patch) -> list[tuple[str, str]]:
    """Every file of a patch with its text; if it has none, the whole text."""
    if not patch.files:
        return [("the patch", patch.text)]
    return [(file.path, "\n".join(_numbered(patch, file))) for file in patch.files]


def _outside(patch: Patch) -> int:
    """How many lines belong to no file, ignoring blank ones and mail trailers."""
    if not patch.files:
        return 0
    inside = {n for file in patch.files for n in range(file.start, file.stop)}
    return sum(
        n not in inside and bool(line.strip()) and not _END_OF_MAIL.fullmatch(line)
        for n, line in enumerate(patch.lines)
    )


def _numbered(patch: Patch, file: FilePatch) -> Sequence[str]:
    numbers: dict[int, int] = {}
    for hunk in file.hunks:
        numbers.update((line.index, line.new) for line in diff_lines(patch, hunk) if line.new)
    return [
        f"{numbers.get(index, ''):>6} {patch.lines[index]}"
        for index in range(file.start, file.stop)
    ]
