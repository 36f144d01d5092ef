"""What kind of issue a judge raises, by the words of its message, and which wordings are alike.

Judges write freely and name no kinds: the 235 issues of the published GPT-5 verdicts have 235
wordings. The kinds follow an analyst's error distribution; an issue belongs to the first kind whose
words it contains, else `OTHER` (13 of those 235). This groups texts. It is neither a fact about a
patch nor an answer of the judge: those are the criteria.
"""

from __future__ import annotations

import re

OTHER = "of no kind by its words"

_KINDS: tuple[tuple[str, str], ...] = (
    (
        "files that do not belong",
        r"model_patch\.diff|(empty|unrelated|unnecessary|scratch|stray) (empty )?file|"
        r"repository noise",
    ),
    (
        "template or example code",
        r"template|placeholder|boilerplate|example usage|\bstubs?\b|dummy (code|implementation)",
    ),
    (
        "cut, or does not parse",
        r"syntax|indentation|\btruncated|\bmalformed|mid-line|incomplete line|does(n't| not) parse|"
        r"not compile|fails? to compile|compil\w+ (error|failure|issue)|invalid python|unclosed|"
        r"no body|duplicate (keyword|argument)|stray (comma|line)",
    ),
    (
        "names that may not exist",
        r"undefined(?! behavio)|(name|attribute|import)error|not (be )?(defined|imported)|"
        r"without (\w+ )?(import|defin|adding \w*\s?(corresponding )?defin)|missing import|"
        r"(may|might|does|likely (does )?)( not|n't)? (not )?exist|non-existent|unused import|"
        r"without ensuring \w+ is imported",
    ),
    (
        "wrong file or place",
        r"(wrong|incorrect|arbitrary) (file|place|location|context|module|class|function)|"
        r"(files?|modules?) (outside|unrelated|listed|specified)|target(ed)? (list|files?|python)|"
        r"(does|did) not (modify|touch|change)|(was|were) not modified|not modified|misplaced|"
        r"missing required file|no (changes|modifications) to",
    ),
    (
        "more than the change asked for",
        r"over-?optimi[sz]|beyond the (scope|human)|scope creep|not (in|part of) the (human|ref)|"
        r"additional (changes|optimi[sz]ations)|extra (changes|features)|unrelated change",
    ),
    (
        "another change than asked for",
        r"(does|do|did|is|are)( not|n't) (\w+ )?(address|match|align|relate|relevant|implement)|"
        r"unrelated|irrelevant|scope mismatch|misaligned|wrong (optimi[sz]ation|logic|approach)|"
        r"instead of the|not addressed|unaddressed|different (from|approach|logic|optimi[sz]ation)|"
        r"only (edits|modifies) (a )?documentation|no (actual )?implementation",
    ),
    (
        "not the whole change",
        r"incomplete|partial|missing|only (one|a single|some|part)|not (fully )?integrated|"
        r"never (called|used|populated)|dead code|omits?\b|lacks?\b|left (untouched|unchanged)|"
        r"not (used|updated|maintained)|unused",
    ),
    (
        "may be wrong when it runs",
        r"uninitiali[sz]ed|breaks?\b|breaking|broken|run-?time|off-by-one|regress|"
        r"behaviou?r|semantic|race|deadlock|overflow|out-of-bounds|undefined behavio|unsafe|"
        r"incorrect|nondetermin|non-determin|crash|fails?\b|failures?|corrupt|leak|stale|invalid|"
        r"incompatib|compatib|correctness|risk|side effects?|bugs?\b|disrupt|inconsisten",
    ),
    (
        "gain that is doubtful",
        r"negligible|speculative|(no|without) (measurable|meaningful|clear|evidence|performance)|"
        r"unclear|micro-optimi[sz]|benefit|not (yield|improve)|slower|overhead|degrad|throughput",
    ),
    (
        "style, tests, documentation",
        r"readab|maintainab|naming|comment|documentation|\bdocument|\btests?\b|style|logging",
    ),
)
_COMPILED = tuple((name, re.compile(words, re.IGNORECASE)) for name, words in _KINDS)

KINDS = (*(name for name, _ in _KINDS), OTHER)
"""Every kind, in the order in which they are tried."""

_LOOKED_AT = 500
"""Characters of a message, at most."""

_QUOTED = re.compile(r"`[^`\n]*`|'[^'\n]{1,80}'|\"[^\"\n]{1,80}\"")
_NAME = re.compile(r"\b[\w-]+(?:[./:\\][\w-]+)+(?:\(\))?|\b\w*_\w*\b(?:\(\))?|\b\w+\(\)")
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")


def issue_kind(message: str) -> str:
    """The kind of an issue, by the words of its message; `OTHER` when none matches."""
    return next((name for name, words in _COMPILED if words.search(message[:_LOOKED_AT])), OTHER)


def wording(message: str) -> str:
    """A message without what differs from patch to patch: quotes, names, paths, numbers, case."""
    text = _QUOTED.sub("…", message[:_LOOKED_AT])
    text = _NUMBER.sub("…", _NAME.sub("…", text))
    return " ".join(text.lower().split()).rstrip(".")
