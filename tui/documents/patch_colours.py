"""Syntax colours and word marks of one patch, prepared hunk by hunk for what is on the screen."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from core.patch.align import pair_changes, word_marks
from core.patch.parse import FilePatch, Hunk, Patch, diff_lines
from tui.documents.lines import StyledSpan
from tui.documents.syntax_colours import style_lines

BaseText = Callable[[str], str | None]
"""The text of a file of the base by its path; None where it is not known."""

Spans = tuple[StyledSpan, ...]
WordSpans = tuple[tuple[int, int], ...]


class PatchColours:
    """Knows the spans of a line once its hunk was prepared; remembers what was asked in vain.

    Where the base file is known, a hunk is coloured as part of the whole file, so that a string
    which begins above the hunk is seen as one; else each hunk is coloured by itself.
    """

    def __init__(self, patch: Patch, base_text: BaseText | None = None) -> None:
        self._patch = patch
        self._base_text = base_text
        self._spans: dict[int, Spans] = {}
        self._words: dict[int, WordSpans] = {}
        self._done: set[int] = set()
        self._wanted: dict[int, tuple[FilePatch, Hunk]] = {}
        self._files: dict[int, tuple[list[Spans], list[Spans]]] = {}
        self._lock = threading.Lock()

    def spans(self, file: FilePatch, hunk: Hunk, index: int) -> Spans:
        """Syntax spans of a line of the patch (without its marker), as far as prepared."""
        if hunk.start not in self._done:
            with self._lock:
                self._wanted[hunk.start] = (file, hunk)
            return ()
        return self._spans.get(index, ())

    def words(self, index: int) -> WordSpans:
        """The parts of a changed line that its counterpart in the same patch has not."""
        return self._words.get(index, ())

    @property
    def is_wanting(self) -> bool:
        """Were lines asked for whose hunks are not prepared?"""
        return bool(self._wanted)

    def prepare(self, cancelled: Callable[[], bool]) -> None:
        """Prepare the hunks that were asked for, the latest first. Runs off the UI thread."""
        while self._wanted and not cancelled():
            with self._lock:
                _, (file, hunk) = self._wanted.popitem()
            self._colour(file, hunk)
            self._mark_words(hunk)
            self._done.add(hunk.start)

    def _colour(self, file: FilePatch, hunk: Hunk) -> None:
        lines = list(diff_lines(self._patch, hunk))
        whole = self._whole_file(file)
        if whole is not None:
            old, new = whole
            for line in lines:
                number, source = (line.old, old) if line.kind == "-" else (line.new, new)
                if number is not None and number <= len(source):
                    self._spans[line.index] = source[number - 1]
            return
        for kind in "-+":  # the lines of each version by themselves, so that both make sense
            version = [line for line in lines if line.kind in (kind, " ")]
            styled = style_lines([line.text for line in version], file.path)
            for line, spans in zip(version, styled, strict=True):
                self._spans[line.index] = spans

    def _whole_file(self, file: FilePatch) -> tuple[list[Spans], list[Spans]] | None:
        """The spans of every line of the base file and of the patched one, if the base is known."""
        if self._base_text is None:
            return None
        if file.start not in self._files:
            text = self._base_text(file.old_path) if file.old_path is not None else ""
            if text is None:
                return None
            base = text.split("\n")
            patched = _patched(base, self._patch, file)
            styled = (style_lines(base, file.path), style_lines(patched, file.path))
            self._files[file.start] = styled
        return self._files[file.start]

    def _mark_words(self, hunk: Hunk) -> None:
        lines = self._patch.lines
        for index, other in pair_changes(self._patch, hunk).items():
            if index < other:
                before, after = word_marks(lines[index][1:], lines[other][1:])
                self._words[index], self._words[other] = before, after


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
