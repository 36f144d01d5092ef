"""A patch that undoes another: what SWE-smith's human fix is."""

from __future__ import annotations

import re

from msgspec import Struct

from core.sources import TextSource

_HUNK = re.compile(r"@@ -(\S+) \+(\S+) @@(.*)", re.DOTALL)
_PAIRS = (
    ("--- ", "+++ "),
    ("old mode ", "new mode "),
    ("deleted file mode ", "new file mode "),
    ("rename from ", "rename to "),
    ("copy from ", "copy to "),
)


class ReversedText(Struct, frozen=True):
    """The reverse of the patch at a source."""

    patch: TextSource

    @property
    def name(self) -> str:
        return self.patch.name

    @property
    def path(self) -> str | None:
        """The file that the patch is in."""
        return getattr(self.patch, "path", None)

    @property
    def outside(self) -> bool:
        """Was the patch reached through a link that leads out of the runs?"""
        return getattr(self.patch, "outside", False)

    def read(self) -> str:
        return reverse_patch(self.patch.read())


def reverse_patch(text: str) -> str:
    """A unified diff reversed: applying it is `git apply -R` of the original."""
    reverser = _Reverser()
    for line in text.splitlines(keepends=True):
        reverser.feed(line)
    return reverser.finish()


class _Reverser:
    """Processes a patch line by line; used once."""

    def __init__(self) -> None:
        self._out: list[str] = []
        self._header: list[str] = []
        self._removed: list[str] = []
        self._added: list[str] = []
        self._last = self._out
        self._old = self._new = 0  # lines left in the current hunk

    def feed(self, line: str) -> None:
        if line.startswith("\\") and not self._header:
            self._last.append(line)
        elif self._old > 0 or self._new > 0:
            self._body(line)
        else:
            self._end_block()
            match = _HUNK.fullmatch(line)
            if match is None:
                self._header.append(line)
                return
            self._end_header()
            self._old, self._new = _count(match[1]), _count(match[2])
            self._out.append(f"@@ -{match[2]} +{match[1]} @@{match[3]}")

    def finish(self) -> str:
        """The whole patch."""
        self._end_block()
        self._end_header()
        return "".join(self._out)

    def _body(self, line: str) -> None:
        if line.startswith("-"):
            self._last, self._old = self._added, self._old - 1
            self._added.append(f"+{line[1:]}")
        elif line.startswith("+"):
            self._last, self._new = self._removed, self._new - 1
            self._removed.append(f"-{line[1:]}")
        else:
            self._end_block()
            self._old, self._new = self._old - 1, self._new - 1
            self._out.append(line)

    def _end_block(self) -> None:
        """What was added is now removed, and precedes what is now added."""
        self._out += self._removed + self._added
        self._removed.clear()
        self._added.clear()
        self._last = self._out

    def _end_header(self) -> None:
        renamed = _renamed(self._header)
        lines = [renamed.get(line.rstrip("\r\n"), _swapped(line)) for line in self._header]
        for at in range(len(lines) - 1):
            if any(lines[at].startswith(b) and lines[at + 1].startswith(a) for a, b in _PAIRS):
                lines[at], lines[at + 1] = lines[at + 1], lines[at]
        self._out += lines
        self._header.clear()


def _count(side: str) -> int:
    number = side.partition(",")[2] or "1"
    return int(number) if number.isdigit() and len(number) < 10 else 0


def _renamed(header: list[str]) -> dict[str, str]:
    """The first line of a renaming, with the names swapped."""
    found: dict[str, str] = {}
    names = {}
    for line in header:
        for word in ("from", "to"):
            if line.startswith(f"rename {word} "):
                names[word] = line.removeprefix(f"rename {word} ").rstrip("\r\n")
        if len(names) == 2:
            one, other = names["from"], names["to"]
            found[f"diff --git a/{one} b/{other}"] = f"diff --git a/{other} b/{one}\n"
            names = {}
    return found


def _swapped(line: str) -> str:
    """A header line from the other side's view."""
    if line.startswith("index ") and ".." in line:
        before, _, after = line[6:].rstrip("\r\n").partition("..")
        ids, space, mode = after.partition(" ")
        return f"index {ids}..{before}{space}{mode}\n"
    for one, other in _PAIRS:
        for here, there in ((one, other), (other, one)):
            if line.startswith(here):
                return there + _side(line[len(here) :], here)
    return line


def _side(name: str, here: str) -> str:
    """A file's name with the other side's letter in front."""
    if here == "--- " and name.startswith("a/"):
        return f"b/{name[2:]}"
    return f"a/{name[2:]}" if here == "+++ " and name.startswith("b/") else name
