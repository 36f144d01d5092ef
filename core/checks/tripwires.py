"""Which text tries to talk to the judge: patterns, and where they occur in a text.

A prompt or a log may have megabytes, nearly all of them harmless. So only places with one of a
pattern's first words are examined; finding those costs next to nothing.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import islice

from msgspec import Struct

from core.late_patterns import LatePattern
from core.models import Finding, Severity, Side
from core.patch.parse import Patch, diff_lines
from core.text import one_line, visible

RULE = "injection.patch"
MAX_FINDINGS = 20

_OPENS, _CLOSES = "[<＜‹«⟨〈《]", "[>＞›»⟩〉》]"
FENCE_LOOK_ALIKE = LatePattern(  # only where a run of marks begins: each is read once
    rf"(?<!{_OPENS}){_OPENS}{{2,}}+[\s/]*+patch[\s_-]?jury"
    rf"|(?<!{_OPENS}){_OPENS}{{3,}}+[^\n<>]{{0,80}}\b(?:begin|end)\b[^\n<>]{{0,80}}{_CLOSES}{{3,}}",
    re.IGNORECASE,
)
CHAT_MARK = LatePattern(
    r"<[|｜][\w▁ ]{2,40}[|｜]>|\[/?INST\]|<</?SYS>>|<(?:start|end)_of_turn>", re.IGNORECASE
)
"""What chat templates take for the end of a text and the start of another speaker's."""


class Tripwire(Struct, frozen=True):
    """One place that talks to the judge; `line` counts from 1, `words` are quoted from it."""

    line: int
    what: str
    severity: Severity
    words: str

    @property
    def message(self) -> str:
        """What it is, with its words."""
        return f"{self.what}: {self.words}"


class _Pattern(Struct, frozen=True):
    what: str
    starts: tuple[str, ...]  # in lower case; if any, every match begins with one of them
    regex: LatePattern[str]
    severity: Severity = Severity.WARNING
    most: int = MAX_FINDINGS  # in one text


_GAP = r"[\s+#/*\"'.,:;-]++"  # an instruction may run over the lines of a comment


def _pattern(what: str, starts: str, rest: str) -> _Pattern:
    """A pattern of one of some words (separated by `|`, a space is any gap) and what follows."""
    words = tuple(starts.split("|"))
    first = "|".join(re.escape(word).replace(r"\ ", _GAP) for word in words)
    beginnings = tuple({word.split(" ")[0] for word in words})
    regex = LatePattern(rf"\b(?:{first}){rest}", re.IGNORECASE)
    return _Pattern(what, beginnings, regex)


_PATTERNS = (
    _pattern(
        "tells its reader to ignore instructions",
        "ignore|disregard|forget|override|bypass",
        rf"{_GAP}(?:(?:all|any|the|your|these|those|of|my|previous|prior|above|preceding|earlier|"
        rf"foregoing|other){_GAP}){{0,4}}"
        r"(?:instruction|prompt|rule|rubric|guideline|criteri|direction)",
    ),
    _pattern(
        "addresses a judge or a model",
        "you are|dear|attention|hey|hello|note to|message to|message for|instruction to|"
        "instruction for|instructions to|instructions for",
        rf"{_GAP}(?:(?:a|an|the|any|now|all|code|automated){_GAP}){{0,3}}"
        r"(?:judge|grader|evaluator|reviewer|llm|gpt|chatgpt|claude|language model|ai)\b",
    ),
    _pattern(
        "asks for a certain answer",
        "answer|reply|respond",
        rf"(?:{_GAP}with)?{_GAP}(?:yes|true)\b",
    ),
    _pattern(
        "asks for a certain answer",
        "rate|score|grade|mark|judge|evaluate|classify|accept",
        rf"{_GAP}(?:this|my|the){_GAP}(?:patch|attempt|diff|submission|solution)\b",
    ),
    _pattern(
        "names a criterion of the judge",
        "optimization_logic_match|is_template_code|files_match|syntax_correct|quality_score|"
        "cannot_assess|true_success",
        r"\b",
    ),
    _Pattern("looks like one of the prompt's fences", (), FENCE_LOOK_ALIKE),
    _Pattern(
        "contains a chat template token",
        ("<|", "<｜", "[inst", "[/inst", "<<sys", "<</sys", "<start_of", "<end_of"),
        CHAT_MARK,
        Severity.INFO,
        most=1,  # a library for language models is full of them
    ),
)
_STAND_IN = re.compile(r"<U\+[0-9A-F]{4,6}>|\\x[0-9a-f]{2}")


def find_tripwires(text: str) -> list[Tripwire]:
    """The first `MAX_FINDINGS` places of a text that talk to a judge, each place once."""
    plain = text if text.isascii() else _STAND_IN.sub("", visible(text, keep_newlines=True))
    lower = plain.lower()
    found: dict[int, tuple[re.Match[str], _Pattern]] = {}
    for pattern in _PATTERNS:
        for match in islice(_matches(plain, lower, pattern), pattern.most):
            found.setdefault(match.start(), (match, pattern))
    starts = [0, *(match.end() for match in re.finditer("\n", plain))] if found else []
    return [
        Tripwire(
            bisect_right(starts, place),
            pattern.what,
            pattern.severity,
            one_line(" ".join(match[0].split()), 80),
        )
        for place, (match, pattern) in sorted(found.items())[:MAX_FINDINGS]
    ]


def patch_tripwires(patch: Patch) -> tuple[Finding, ...]:
    """What in a patch talks to a judge, at its file and line of the patched file."""
    tripwires = find_tripwires(patch.text)
    places = _places(patch, {wire.line - 1 for wire in tripwires})
    found = []
    for wire in tripwires:
        file, line, side = places.get(wire.line - 1, (None, None, Side.ATTEMPT))
        found.append(Finding(RULE, wire.severity, wire.message, file=file, line=line, side=side))
    return tuple(found)


def _matches(text: str, lower: str, pattern: _Pattern) -> Iterator[re.Match[str]]:
    """The matches of a pattern in order, tried only where one of its first words stands."""
    if not pattern.starts or len(lower) != len(text):  # some letters grow in lower case
        yield from pattern.regex.compiled.finditer(text)
        return
    end = 0
    for place in sorted(place for word in pattern.starts for place in _occurrences(lower, word)):
        if place >= end and (match := pattern.regex.compiled.match(text, place)):
            yield match
            end = match.end()


def _occurrences(text: str, word: str) -> Iterator[int]:
    place = text.find(word)
    while place >= 0:
        yield place
        place = text.find(word, place + 1)


def _places(patch: Patch, wanted: set[int]) -> dict[int, tuple[str, int | None, Side]]:
    places: dict[int, tuple[str, int | None, Side]] = {}
    if not wanted:
        return places
    for file in patch.files:
        for hunk in file.hunks:
            if not any(hunk.start <= line < hunk.stop for line in wanted):
                continue
            for line in diff_lines(patch, hunk):
                if line.index in wanted:
                    side = Side.ATTEMPT if line.new is not None else Side.BASE
                    places[line.index] = (file.path, line.new or line.old, side)
    return places
