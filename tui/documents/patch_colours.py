"""Syntax colours and word marks of one patch, prepared hunk by hunk for what is on the screen."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import NamedTuple

from core.patch.align import pair_changes, word_marks
from core.patch.parse import DiffLine, FilePatch, Hunk, Patch, diff_lines
from tui.documents.lines import StyledSpan
from tui.documents.syntax_colours import style_lines

BaseText = Callable[[str], str | None]
"""The text of a file of the base by its path; None if unknown."""

Spans = tuple[StyledSpan, ...]
WordSpans = tuple[tuple[int, int], ...]


class Version(NamedTuple):
    """A whole file by its lines, with the spans of each."""

    lines: Sequence[str]
    spans: Sequence[Spans]


Versions = tuple[Version, Version]
"""Before the patch, and after it."""


class PatchColours:
    """Knows the spans of a line once its hunk is prepared; remembers unanswered requests.

    If the base file is known, a hunk is coloured as part of the whole file, so that a string which
    begins above the hunk is recognised; otherwise, or if that file has other lines there, each hunk
    is coloured by itself.
    """

    def __init__(self, patch: Patch, base_text: BaseText | None = None) -> None:
        self._patch = patch
        self._base_text = base_text
        self._spans: dict[int, Spans] = {}
        self._words: dict[int, WordSpans] = {}
        self._done: set[int] = set()
        self._wanted: dict[int, tuple[FilePatch, Hunk]] = {}
        self._files: dict[int, Versions] = {}
        self._lock = threading.Lock()

    def spans(self, file: FilePatch, hunk: Hunk, index: int) -> Spans:
        """Syntax spans of a line of the patch (without its marker), if prepared."""
        if hunk.start not in self._done:
            with self._lock:
                self._wanted[hunk.start] = (file, hunk)
            return ()
        return self._spans.get(index, ())

    def words(self, index: int) -> WordSpans:
        """The parts of a changed line that its counterpart in the same patch lacks."""
        return self._words.get(index, ())

    @property
    def needs_preparing(self) -> bool:
        """Were lines requested whose hunks are not prepared?"""
        return bool(self._wanted)

    def prepare(self, cancelled: Callable[[], bool]) -> None:
        """Prepare the requested hunks, the latest first. Runs off the UI thread."""
        while self._wanted and not cancelled():
            with self._lock:
                _, (file, hunk) = self._wanted.popitem()
            self._colour(file, hunk)
            self._mark_words(hunk)
            self._done.add(hunk.start)

    def _colour(self, file: FilePatch, hunk: Hunk) -> None:
        lines = [line for line in diff_lines(self._patch, hunk) if line.kind != "\\"]
        whole = self._whole_file(file)
        if whole is not None and all(_stands(line, whole) for line in lines):
            for line in lines:
                number, whole_version = _place(line, whole)
                self._spans[line.index] = whole_version.spans[number - 1]
            return
        for kind in "-+":  # the lines of each version by themselves, so that both make sense
            version = [line for line in lines if line.kind in (kind, " ")]
            styled = style_lines([line.text for line in version], file.path)
            for line, spans in zip(version, styled, strict=True):
                self._spans[line.index] = spans

    def _whole_file(self, file: FilePatch) -> Versions | None:
        """The base file and the patched one with the spans of every line, if the base is known."""
        if self._base_text is None:
            return None
        if file.start not in self._files:
            text = self._base_text(file.old_path) if file.old_path is not None else ""
            if text is None:
                return None
            base = text.split("\n")
            patched = _patched(base, self._patch, file)
            self._files[file.start] = (
                Version(base, style_lines(base, file.path)),
                Version(patched, style_lines(patched, file.path)),
            )
        return self._files[file.start]

    def _mark_words(self, hunk: Hunk) -> None:
        lines = self._patch.lines
        for index, other in pair_changes(self._patch, hunk).items():
            if index < other:
                before, after = word_marks(lines[index][1:], lines[other][1:])
                self._words[index], self._words[other] = before, after


def _place(line: DiffLine, whole: Versions) -> tuple[int, Version]:
    """The line number stated by a hunk's line in one version (0: none)."""
    return (line.old or 0, whole[0]) if line.kind == "-" else (line.new or 0, whole[1])


def _stands(line: DiffLine, whole: Versions) -> bool:
    """Is it there? A patch may be made on another base, or state wrong lines."""
    number, version = _place(line, whole)
    return 0 < number <= len(version.lines) and version.lines[number - 1] == line.text


def _patched(base: Sequence[str], patch: Patch, file: FilePatch) -> list[str]:
    """The base with the file's hunks at the lines that they state."""
    result: list[str] = []
    at = 0
    for hunk in file.hunks:
        first = max(at, hunk.old_start - (1 if hunk.old_count else 0))
        result += base[at:first]
        result += [line.text for line in diff_lines(patch, hunk) if line.new is not None]
        at = first + hunk.old_count
    return result + list(base[at:])
