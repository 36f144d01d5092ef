"""How untrusted text is set apart in a prompt, and which of it tries to talk to the judge.

Data stands between two lines that hold a random id, which nobody who wrote the data can know.
Whatever in the data looks like such a line is made harmless, and hidden characters are shown.
"""

from __future__ import annotations

import re
import secrets
from bisect import bisect_right
from collections.abc import Iterator

from core.diff import Patch, diff_lines
from core.models import Finding, Severity, Side
from core.text import one_line, visible

RULE = "judge.injection"
MAX_FINDINGS = 20

_LOOK_ALIKE = re.compile(r"[<＜‹«⟨〈《]{2,}[\s/]*patch[\s_-]?jury", re.IGNORECASE)
_PLAIN = re.compile(r"[\t\n\x20-\x7e]*")
_STAND_IN = re.compile(r"<U\+[0-9A-F]{4,6}>|\\x[0-9a-f]{2}")
_GAP = r"[\s+#/*\"'.,:;-]+"  # an instruction may run over the lines of a comment
_AIMED_AT_THE_JUDGE = (
    (
        "tells its reader to ignore instructions",
        rf"\b(?:ignore|disregard|forget|override|bypass){_GAP}(?:(?:all|any|the|your|these|those|of|"
        rf"my|previous|prior|above|preceding|earlier|foregoing|other){_GAP}){{0,4}}"
        r"(?:instruction|prompt|rule|rubric|guideline|criteri|direction)",
    ),
    (
        "speaks to a judge or a model",
        rf"\b(?:you{_GAP}are|dear|attention|hey|hello|note{_GAP}to|message{_GAP}(?:to|for)|"
        rf"instructions?{_GAP}(?:to|for)){_GAP}(?:(?:a|an|the|any|now|all|code|automated){_GAP}){{0,3}}"
        r"(?:judge|grader|evaluator|reviewer|llm|gpt|chatgpt|claude|language model|ai)\b",
    ),
    (
        "asks for an answer",
        rf"\b(?:answer|reply|respond)(?:{_GAP}with)?{_GAP}(?:yes|true)\b|"
        rf"\b(?:rate|score|grade|mark|judge|evaluate|classify|accept){_GAP}(?:this|my|the){_GAP}"
        r"(?:patch|attempt|diff|submission|solution)\b",
    ),
    (
        "names a criterion of the judge",
        r"\b(?:optimization_logic_match|is_template_code|files_match|syntax_correct|"
        r"quality_score|cannot_assess|true_success)\b",
    ),
    ("looks like a fence of the prompt", _LOOK_ALIKE.pattern),
)
_CHAT_MARK = r"<\|(?:im_start|im_end|system|user|assistant|endoftext)\|>|\[/?INST\]"
_PATTERNS = re.compile(
    "|".join(
        f"(?P<p{number}>{pattern})"
        for number, pattern in enumerate([p for _, p in _AIMED_AT_THE_JUDGE] + [_CHAT_MARK])
    ),
    re.IGNORECASE,
)


def new_fence() -> str:
    """An id that cannot be guessed."""
    return secrets.token_hex(8)


def fenced(name: str, text: str, fence: str) -> str:
    """A text that is `neutralised` between its fence lines."""
    return f"<<<patchjury:{fence} begin {name}>>>\n{text}\n<<<patchjury:{fence} end {name}>>>"


def neutralised(text: str) -> str:
    """The text with hidden characters shown and without anything that looks like a fence."""
    shown = text if _PLAIN.fullmatch(text) else visible(text, keep_newlines=True)
    return _LOOK_ALIKE.sub("(not a fence) patchjury", shown)


def find_tripwires(text: str, source: str = "") -> tuple[Finding, ...]:
    """Instructions aimed at a judge in a prompt or a log; lines count in the text."""
    found = []
    for line, message, severity, excerpt in _matches(text):
        found.append(
            Finding(RULE, severity, f"{message}: {excerpt}", file=source or None, line=line)
        )
    return tuple(found)


def patch_tripwires(patch: Patch) -> tuple[Finding, ...]:
    """Instructions aimed at a judge in a patch, at their file and line of the patched file."""
    matches = list(_matches(patch.text))
    places = _places(patch, {line - 1 for line, *_ in matches})
    found = []
    for line, message, severity, excerpt in matches:
        file, number, side = places.get(line - 1, (None, None, Side.ATTEMPT))
        found.append(
            Finding(RULE, severity, f"{message}: {excerpt}", file=file, line=number, side=side)
        )
    return tuple(found)


def _matches(text: str) -> Iterator[tuple[int, str, Severity, str]]:
    """Line (from 1), what it is, how much it matters and the words, `MAX_FINDINGS` at most."""
    plain = text if text.isascii() else _STAND_IN.sub("", visible(text, keep_newlines=True))
    starts: list[int] = []
    for number, match in enumerate(_PATTERNS.finditer(plain)):
        if number == MAX_FINDINGS:
            return
        starts = starts or [0, *(m.end() for m in re.finditer("\n", plain))]
        which = int((match.lastgroup or "p0")[1:])
        if which < len(_AIMED_AT_THE_JUDGE):
            what, severity = _AIMED_AT_THE_JUDGE[which][0], Severity.WARNING
        else:
            what, severity = "holds a mark of a chat template", Severity.INFO
        words = one_line(" ".join(match[0].split()), 80)
        yield bisect_right(starts, match.start()), what, severity, words


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
